"""Fires schedules: by the emulator's clock, or on demand for any time (`locallake fire`).

Stock, keywords stay as they are, the role is not asked, and what fails is only logged.
"""

from __future__ import annotations

import json
import re
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from locallake import control, ministack
from locallake.clients import client_as
from locallake.errors import ConfigurationError
from locallake.scheduler.keywords import Attempt, filled, stamp
from locallake.settings import Settings
from locallake.workflows.shapes import from_parameters

OPERATION = "FireSchedule"
PRINCIPAL = "scheduler.amazonaws.com"
# What the Scheduler tries again; anything else goes to the dead letters at once.
_RETRIED = (
    *("TooManyRequestsException", "ThrottlingException", "ServiceException", "500", "503"),
    "AccountLimitExceededException",
)
_DEFAULT_ATTEMPTS = 185
# An operation of CodeBuild's API; those of others name their members otherwise.
_API = re.compile(r"arn:[a-z-]+:scheduler:::aws-sdk:(?P<service>codebuild):(?P<operation>\w+)")
_PAUSE_S = 60.0


def install(settings: Settings) -> None:
    """Have schedules fire as AWS's do.

    Raises: HookError if the emulator is not the version this was written for.
    """
    from ministack.services import eventbridge, scheduler

    ministack.require(scheduler, "_schedules", "_tick_schedules")
    ministack.require(eventbridge, "_invoke_target", "_parse_cron_fields", "_cron_next_fire")
    firing = Firing(settings, scheduler, eventbridge)
    invoke_target = eventbridge._invoke_target

    def invoke(target: Any, event: Mapping[str, Any], rule: Mapping[str, Any], *given: Any) -> Any:
        if event.get("Source") != "aws.scheduler" or "GroupName" not in rule:
            return invoke_target(target, event, rule, *given)
        due = datetime.fromtimestamp(float(event["Time"]), UTC).replace(second=0, microsecond=0)
        threading.Thread(target=firing.deliver, args=(dict(rule), due), daemon=True).start()
        return None

    eventbridge._invoke_target = invoke
    control.add(OPERATION, firing.fire)


class Firing:
    """Calls targets of schedules."""

    def __init__(self, settings: Settings, scheduler: Any, eventbridge: Any) -> None:
        self._settings, self._scheduler, self._eventbridge = settings, scheduler, eventbridge

    def fire(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do what the Scheduler does at a time.

        Args:
            asked: Group, Name, At (ISO 8601 with an offset).
        Raises: ConfigurationError if it would do nothing then.
        """
        name = f"{asked['Group']}/{asked['Name']}"
        schedule = self._scheduler._schedules.get(name)
        if schedule is None:
            known = ", ".join(sorted(self._scheduler._schedules)) or "none"
            raise ConfigurationError(f"there is no schedule {name}; there are: {known}")
        at = datetime.fromisoformat(asked["At"]).astimezone(UTC)
        if schedule["State"] != "ENABLED":
            raise ConfigurationError(f"{name} is {schedule['State']}: it fires never; enable it")
        self._check_due(name, schedule, at)
        return self.deliver(schedule, at)

    def _check_due(self, name: str, schedule: Mapping[str, Any], at: datetime) -> None:
        zone, expression = schedule["ScheduleExpressionTimezone"], schedule["ScheduleExpression"]
        fields = self._eventbridge._parse_cron_fields(expression)
        if zone != "UTC" or fields is None:
            raise ConfigurationError(f"{name}: {expression} in {zone}; here: cron(…) in UTC")
        due = self._eventbridge._cron_next_fire(fields, at - timedelta(minutes=1))
        if due != at:
            after = "never" if due is None else f"at {stamp(due)}"
            raise ConfigurationError(f"{name} does not fire at {stamp(at)}; next {after}")

    def deliver(self, schedule: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
        """Call the target until it takes the call; else write to the dead letters.

        Returns: Delivered, Attempts; Error and DeadLetter if it was not delivered.
        """
        target = schedule["Target"]
        policy = target.get("RetryPolicy") or {}
        attempts = 1 + int(policy.get("MaximumRetryAttempts", _DEFAULT_ATTEMPTS))
        attempt = Attempt(schedule["Arn"], at, str(uuid.uuid4()))
        code, message = "", ""
        for number in range(1, attempts + 1):
            attempt = replace(attempt, number=number)
            payload = filled(target.get("Input") or "{}", attempt)
            code, message = self._called(schedule, target, payload)
            if not code:
                return {"Delivered": True, "Attempts": number}
            if code not in _RETRIED:
                break
            time.sleep(_PAUSE_S * self._settings.wait_scale)
        dead = self._dead_letter(schedule, target, attempt, code, message)
        return {
            "Delivered": False,
            "Attempts": attempt.number,
            "Error": f"{code}: {message}",
            "DeadLetter": dead,
        }

    def _called(
        self, schedule: Mapping[str, Any], target: Mapping[str, Any], payload: str
    ) -> tuple[str, str]:
        from botocore.exceptions import ClientError, ParamValidationError

        try:
            if api := _API.fullmatch(target["Arn"]):
                client = self._client(api["service"], schedule, target)
                operation = re.sub(r"(?<!^)(?=[A-Z])", "_", api["operation"]).lower()
                getattr(client, operation)(**from_parameters(json.loads(payload)))
            elif ":lambda:" in target["Arn"]:
                self._client("lambda", schedule, target).invoke(
                    FunctionName=target["Arn"], InvocationType="Event", Payload=payload.encode()
                )
            else:
                return "InvalidTarget", f"{target['Arn']}: no target that is called here"
        except ParamValidationError as err:
            return "ValidationException", str(err)
        except ClientError as err:
            return err.response["Error"]["Code"], err.response["Error"]["Message"]
        except ConfigurationError as err:
            return "AccessDeniedException", str(err)
        return "", ""

    def _dead_letter(
        self,
        schedule: Mapping[str, Any],
        target: Mapping[str, Any],
        attempt: Attempt,
        code: str,
        message: str,
    ) -> str:
        """Send what was not delivered; returns where it lies or why it is lost."""
        from botocore.exceptions import ClientError

        arn = (target.get("DeadLetterConfig") or {}).get("Arn")
        if arn is None:
            return "lost: the schedule has no queue for dead letters"
        told = {
            "SCHEDULE_ARN": schedule["Arn"],
            "TARGET_ARN": target["Arn"],
            "ERROR_CODE": code,
            "ERROR_MESSAGE": message or "-",
        }
        try:
            queues = self._client("sqs", schedule, target)
            *_, account, queue = arn.split(":")
            queues.send_message(
                QueueUrl=f"{self._settings.endpoint}/{account}/{queue}",
                MessageBody=filled(target.get("Input") or "{}", attempt),
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in told.items()
                },
            )
        except (ClientError, ConfigurationError) as err:
            return f"lost: {err}"
        return str(arn)

    def _client(self, service: str, schedule: Mapping[str, Any], target: Mapping[str, Any]) -> Any:
        return client_as(
            self._settings,
            service,
            target["RoleArn"],
            principal=PRINCIPAL,
            source_arn=schedule["Arn"],
        )
