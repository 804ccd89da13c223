"""What the Scheduler puts in the place of keywords, and when a schedule is due. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Attempt:
    """One call of a schedule's target.

    Attributes:
        at: the time for which the schedule was due, UTC.
        number: from 1.
    """

    schedule_arn: str
    at: datetime
    execution_id: str
    number: int = 1


def filled(text: str, attempt: Attempt) -> str:
    """The text with every keyword replaced.

    Keywords are characters of the input, as it is stored: where JSON has escaped their brackets
    they are none.
    """
    for keyword, value in (
        ("schedule-arn", attempt.schedule_arn),
        ("scheduled-time", stamp(attempt.at)),
        ("execution-id", attempt.execution_id),
        ("attempt-number", str(attempt.number)),
    ):
        text = text.replace(f"<aws.scheduler.{keyword}>", value)
    return text


def stamp(moment: datetime) -> str:
    """`2024-08-27T05:15:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
