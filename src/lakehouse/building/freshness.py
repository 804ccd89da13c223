"""How long ago each source delivered, as a number that an alarm of AWS can look at."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakehouse.aws import aws_errors
from lakehouse.building.checked_run import operation
from lakehouse.building.progress import plain
from lakehouse.errors import LakehouseError

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

# Names a namespace of CloudWatch; not set: nothing is written, as on a person's machine.
NAMESPACE_SETTING = "LAKEHOUSE_METRICS"
METRIC = "SourceAgeDays"
_LINE = re.compile(r"freshness: (\[.*\])")


class FreshnessError(LakehouseError):
    """The ages of the sources could not be looked up, so no alarm would see a late one."""


@dataclass(frozen=True)
class SourceAge:
    """How long ago a source delivered.

    Attributes:
        source: `<domain>.<entity>`.
        age_days: days from the last receipt to the run date.
    """

    source: str
    age_days: int


def told_ages(line: str) -> list[SourceAge] | None:
    """Return the ages that a line of the log tells; None if it is another line."""
    found = _LINE.fullmatch(line.strip())
    return None if found is None else [SourceAge(**each) for each in json.loads(found[1])]


def write_ages(
    words: Sequence[str], *, settings: Mapping[str, str], cloudwatch: CloudWatchClient
) -> list[SourceAge]:
    """Write the age of each source that ever delivered into the namespace of the settings.

    Args:
        words: of the run of dbt that has just passed; its options hold here too.
        settings: environment variables, with NAMESPACE_SETTING.
    Returns: what was written; nothing while the table of ages was never built.
    Raises: FreshnessError if the tables cannot be asked; AwsError if CloudWatch refuses.
    """
    told: list[SourceAge] = []

    def note(event: Any) -> None:
        if event.info.name == "JinjaLogInfo":
            told.extend(told_ages(plain(event.info.msg)) or ())

    outcome = operation("tell_freshness", {}, words, [note])
    if not outcome.is_success:
        raise FreshnessError(
            "the ages of the sources could not be looked up, and no alarm sees a late one: the log "
            "above says why; run it again"
        )
    namespace = settings[NAMESPACE_SETTING]
    if told:
        with aws_errors(f"CloudWatch, namespace {namespace}"):
            cloudwatch.put_metric_data(
                Namespace=namespace,
                MetricData=[
                    {
                        "MetricName": METRIC,
                        "Dimensions": [{"Name": "Source", "Value": each.source}],
                        "Value": each.age_days,
                        "Unit": "None",
                    }
                    for each in told
                ],
            )
    return told
