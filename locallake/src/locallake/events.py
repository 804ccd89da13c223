"""EventBridge as AWS has it, where the emulator falls short of it.

- An event of a new object in a bucket with versions names the version.
- A function that a rule calls must allow the rule; what may not be called goes to the target's
  queue of dead letters.
- It is called as every asynchronous call: twice again when it fails, then its own dead letters.
"""

from __future__ import annotations

import contextvars
import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from locallake import ministack
from locallake.settings import Settings

PRINCIPAL = "events.amazonaws.com"
_version: contextvars.ContextVar[str | None] = contextvars.ContextVar(
    "locallake_version_of_object", default=None
)


def install(settings: Settings) -> None:
    """Put the corrections in place.

    Raises: HookError if the emulator is not the version this was written for.
    """
    from ministack.services import eventbridge, lambda_svc, s3, sqs

    ministack.require(s3, "_fire_s3_event")
    ministack.require(eventbridge, "_dispatch_event", "_invoke_target", "_dispatch_to_lambda")
    ministack.require(lambda_svc, "_get_func_record_for_ref", "invoke_async_with_retry")
    ministack.require(sqs, "_act_send_message", "_queue_by_arn")
    fire, dispatch = s3._fire_s3_event, eventbridge._dispatch_event
    invoke = eventbridge._invoke_target

    def fire_s3_event(*given: Any, version_id: str | None = None, **named: Any) -> Any:
        token = _version.set(version_id)
        try:
            return fire(*given, version_id=version_id, **named)
        finally:
            _version.reset(token)

    def dispatch_event(event: dict[str, Any], *given: Any) -> Any:
        version = _version.get()
        if event.get("Source") == "aws.s3" and version:
            event = event | {"Detail": with_version(event["Detail"], version)}
        return dispatch(event, *given)

    def invoke_target(
        target: Mapping[str, Any], event: Any, rule: Mapping[str, Any], *given: Any
    ) -> Any:
        if ":lambda:" in target.get("Arn", "") and not _allowed(lambda_svc, target, rule):
            _bury(sqs, settings, target, rule, event)
            return None
        return invoke(target, event, rule, *given)

    def dispatch_to_lambda(arn: str, payload: str) -> None:
        function, _, _ = lambda_svc._get_func_record_for_ref(arn)
        if function:
            lambda_svc.invoke_async_with_retry(function, json.loads(payload))

    s3._fire_s3_event, eventbridge._dispatch_event = fire_s3_event, dispatch_event
    eventbridge._invoke_target = invoke_target
    eventbridge._dispatch_to_lambda = dispatch_to_lambda


def with_version(detail: str, version: str) -> str:
    """The detail of an event of S3 with the version of its object."""
    found = json.loads(detail)
    found["object"]["version-id"] = version
    return json.dumps(found)


def allows(policy: Mapping[str, Any], rule_arn: str) -> bool:
    """Whether a function's policy lets EventBridge call it for a rule."""
    return any(
        statement.get("Effect") == "Allow"
        and PRINCIPAL in _texts(statement.get("Principal", {}), "Service")
        and "lambda:InvokeFunction" in _texts(statement, "Action")
        and all(
            fnmatchcase(rule_arn, pattern)
            for wanted in statement.get("Condition", {}).values()
            for pattern in _texts(wanted, "AWS:SourceArn")
        )
        for statement in policy.get("Statement", [])
    )


def _texts(found: Any, name: str) -> list[str]:
    value = found.get(name, []) if isinstance(found, Mapping) else found
    return [value] if isinstance(value, str) else list(value)


def _allowed(lambda_svc: Any, target: Mapping[str, Any], rule: Mapping[str, Any]) -> bool:
    # Schedules call with a role of theirs instead.
    if "GroupName" in rule:
        return True
    function, _, _ = lambda_svc._get_func_record_for_ref(target["Arn"])
    return bool(function) and allows(function["policy"], rule["Arn"])


def _bury(
    sqs: Any, settings: Settings, target: Mapping[str, Any], rule: Mapping[str, Any], event: Any
) -> None:
    arn = (target.get("DeadLetterConfig") or {}).get("Arn")
    if arn is None or sqs._queue_by_arn(arn) is None:
        return
    *_, account, queue = arn.split(":")
    told = {"RULE_ARN": rule["Arn"], "TARGET_ARN": target["Arn"], "ERROR_CODE": "NO_PERMISSIONS"}
    sqs._act_send_message(
        {
            "QueueUrl": f"{settings.endpoint}/{account}/{queue}",
            "MessageBody": json.dumps(event, default=str),
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value} for name, value in told.items()
            },
        },
        "",
    )
