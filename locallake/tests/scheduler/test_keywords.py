"""Keywords of a schedule's input."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

from locallake.scheduler.keywords import Attempt, filled

ATTEMPT = Attempt(
    "arn:schedule",
    datetime(2026, 11, 29, 3, 0, tzinfo=timezone(timedelta(hours=-3))),
    "an-id",
    number=2,
)


def test_every_keyword_is_replaced():
    text = json.dumps(
        [f"<aws.scheduler.{k}>" for k in ("schedule-arn", "scheduled-time", "execution-id")]
        + ["x <aws.scheduler.attempt-number> <aws.scheduler.attempt-number>"]
    )
    assert json.loads(filled(text, ATTEMPT)) == [
        "arn:schedule",
        "2026-11-29T06:00:00Z",
        "an-id",
        "x 2 2",
    ]
    assert ATTEMPT.at.astimezone(UTC).hour == 6


def test_an_escaped_keyword_is_none():
    text = '{"t": "\\u003caws.scheduler.scheduled-time\\u003e"}'
    assert filled(text, ATTEMPT) == text
    assert filled("<aws.scheduler.unknown>", ATTEMPT) == "<aws.scheduler.unknown>"
