"""Start the workflow: for a schedule under the day's name, for a new object under the object's.

Events arrive at least once. The name of an execution is a pure function of what happened, and Step
Functions takes a name once, so a second delivery starts nothing.
"""

import hashlib
import json
import os
import re
from datetime import date

# As `lakehouse extract` takes it. Anything else would be a word of its command line: an option.
_SOURCE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
# What a run builds after its extracts; `-` is: nothing.
_STEPS = ("transform", "maintain", "-")
# What a person may give besides, by `lakehouse run`: every state finds a value.
_NOT_GIVEN = {"full_refresh": "-", "select": "-", "variables": "-"}
NAME_LIMIT = 80  # of Step Functions, letters, digits, hyphens and underscores only


class UnknownEventError(ValueError):
    """The event is neither a schedule's nor a new object's; it goes to the dead letters."""


def execution_of(event: dict) -> tuple[str, dict]:
    """Derive an execution from an event.

    Args:
        event: `{"schedule", "scheduled_time", "extracts", "step"}` from the Scheduler (time in UTC,
            ISO 8601; step is one of _STEPS), or EventBridge's "Object Created" of S3.
    Returns: the execution's name and its input.
    Raises: UnknownEventError if the event is neither, or lacks what the name is made of.
    """
    if "schedule" in event:
        return _of_schedule(event)
    if event.get("source") == "aws.s3" and event.get("detail-type") == "Object Created":
        return _of_object(event["detail"])
    raise UnknownEventError(f"neither a schedule nor a new object: {sorted(event)}")


def handler(event: dict, context: object) -> dict:
    # Imported late: the pure part is tested without it.
    import boto3

    return start(event, os.environ["STATE_MACHINE_ARN"], boto3.client("stepfunctions"))


def start(event: dict, state_machine_arn: str, stepfunctions) -> dict:
    """Start the event's execution unless it was started before.

    Returns: the execution's name, and whether this call started it.
    """
    name, workflow_input = execution_of(event)
    try:
        stepfunctions.start_execution(
            stateMachineArn=state_machine_arn,
            name=name,
            input=json.dumps(workflow_input, sort_keys=True),
        )
    except stepfunctions.exceptions.ExecutionAlreadyExists:
        # One of this name has ended; a running one with the same input answers without error.
        return {"name": name, "started": False}
    return {"name": name, "started": True}


def _of_schedule(event: dict) -> tuple[str, dict]:
    day = _day(event.get("scheduled_time"))
    extracts = [{"source": _source(name), "object": "-"} for name in event.get("extracts", [])]
    step = event.get("step", "transform")
    if step not in _STEPS:
        raise UnknownEventError(f"step is none of {', '.join(_STEPS)}: {step!r}")
    workflow_input = _NOT_GIVEN | {
        "extracts": extracts,
        "run_date": day,
        "step": step,
    }
    return _name(event["schedule"], day), workflow_input


def _of_object(detail: dict) -> tuple[str, dict]:
    bucket, key = detail["bucket"]["name"], detail["object"]["key"]
    version = detail["object"].get("version-id") or detail["object"].get("etag")
    if not version:
        raise UnknownEventError(f"object without version and etag: s3://{bucket}/{key}")
    source, _, rest = key.partition("/")
    if not rest:
        raise UnknownEventError(f"key without a domain before its first slash: {key}")
    if "\0" in key:
        raise UnknownEventError(f"no environment variable of a build can hold this key: {key!r}")
    digest = hashlib.sha256(f"{bucket}/{key}@{version}".encode()).hexdigest()[:40]
    workflow_input = _NOT_GIVEN | {
        "extracts": [{"source": _source(source), "object": f"s3://{bucket}/{key}"}],
        "run_date": "-",
        "step": "transform",
    }
    return _name(source, digest), workflow_input


def _day(moment: object) -> str:
    day = str(moment or "")[:10]
    try:
        # Python reads other forms of a day too; an unfilled placeholder is none.
        if date.fromisoformat(day).isoformat() == day:
            return day
    except ValueError:
        pass
    raise UnknownEventError(f"no day in scheduled_time: {moment!r}")


def _source(name: object) -> str:
    if not isinstance(name, str) or not _SOURCE.fullmatch(name):
        raise UnknownEventError(f"not a domain, nor one of its entities: {name!r}")
    return name


def _name(*parts: str) -> str:
    name = "-".join(parts)
    if not re.fullmatch(rf"[A-Za-z0-9_-]{{1,{NAME_LIMIT}}}", name):
        raise UnknownEventError(f"not a name that Step Functions takes: {name!r}")
    return name
