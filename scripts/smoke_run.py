"""One run of the workflow of the environment that the variables name, for scripts/smoke-aws.sh.

Starts the run, waits for its end, compares what the tables say with the README, and prints what a
bill is made of: builds, statements, bytes, sessions, each with the list price of
src/lakehouse/prices.toml.
"""

from __future__ import annotations

import math
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import costs

from lakehouse import prices
from lakehouse.aws import AwsClients
from lakehouse.errors import LakehouseError
from lakehouse.marts.engine import open_reader
from lakehouse.workflow import inputs_by_hand, start_by_hand

PROJECT = Path(__file__).resolve().parent.parent
MART = "rpt_commerce__gmv_current"
MOST_SECONDS = 4 * 3600


class SmokeError(LakehouseError):
    """The run failed, or its tables say something else than the README."""


@dataclass(frozen=True)
class Driver:
    """A part of the bill.

    Attributes:
        amount: of the unit that the price is of.
    """

    name: str
    amount: float
    unit: str
    usd: float


def published(readme: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return columns and rows of the answer that the README shows of `make build`.

    Raises: SmokeError if there is none.
    """
    found = re.search(rf"commerce\.{MART}:\n(.*?)└", readme, re.S)
    if found is None:
        raise SmokeError(f"the README shows no answer of {MART}")
    lines = [line for line in found[1].splitlines() if "│" in line]
    cells = [tuple(cell.strip() for cell in line.split("│")[1:-1]) for line in lines]
    columns, _types, *rows = cells
    return list(columns), rows


def run(settings: Mapping[str, str], *, stepfunctions: Any, pause: float) -> str:
    """Run the workflow to its end; returns the execution's name.

    Raises: SmokeError with the state that failed.
    """
    machine = settings["LAKEHOUSE_WORKFLOW"]
    select = settings.get("SMOKE_SELECT", "").split()
    name = start_by_hand(
        inputs_by_hand(select=select),
        machine=machine,
        now=datetime.now(UTC),
        stepfunctions=stepfunctions,
    )
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    end = time.monotonic() + MOST_SECONDS
    while (
        status := stepfunctions.describe_execution(executionArn=execution)["status"]
    ) == "RUNNING":
        if time.monotonic() > end:
            raise SmokeError(f"{name} runs for more than four hours: look at it in Step Functions")
        time.sleep(pause)
    if status != "SUCCEEDED":
        history = stepfunctions.get_execution_history(executionArn=execution, reverseOrder=True)
        names = [
            event["stateEnteredEventDetails"]["name"]
            for event in history["events"]
            if "stateEnteredEventDetails" in event
        ]
        raise SmokeError(
            f"{name} is {status} in {names[0] if names else 'its first state'}: the log of the "
            "build of that name in CodeBuild says why"
        )
    return name


def compare(settings: Mapping[str, str]) -> int:
    """Hold the mart against the README; returns the number of rows. Raises: SmokeError."""
    columns, rows = published((PROJECT / "README.md").read_text(encoding="utf-8"))
    reader = open_reader(settings, AwsClients("published numbers"))
    schema = settings["LAKEHOUSE_DATABASE_COMMERCE"]
    found = sorted(tuple(map(str, row)) for row in reader.texts(schema, MART, columns))
    if found != sorted(rows):
        raise SmokeError(f"{schema}.{MART} says {found}, and the README {sorted(rows)}")
    return len(found)


def drivers(settings: Mapping[str, str], rates: costs.Rates) -> Iterator[Driver]:
    """What was used since the environment was made, and what it costs by the list."""
    price = rates.prices
    prefix = settings["LAKEHOUSE_WORKFLOW"].rpartition(":")[2].removesuffix("-workflow")
    codebuild = boto3.client("codebuild")
    minutes: dict[str, float] = {}
    for step in ("extract", "transform", "publish", "maintain"):
        ids = codebuild.list_builds_for_project(projectName=f"{prefix}-{step}")["ids"]
        for build in codebuild.batch_get_builds(ids=ids)["builds"] if ids else ():
            size = build["environment"]["computeType"].rpartition("_")[2].lower()
            lasted = (build["endTime"] - build["startTime"]).total_seconds()
            minutes[size] = minutes.get(size, 0) + max(1, math.ceil(lasted / 60))
    for size, amount in sorted(minutes.items()):
        yield Driver(f"{size} builds", amount, "minutes", amount * price[f"{size}_minute"])

    athena = boto3.client("athena")
    group = settings["LAKEHOUSE_ATHENA_WORKGROUP"]
    ids = [
        each
        for page in athena.get_paginator("list_query_executions").paginate(WorkGroup=group)
        for each in page["QueryExecutionIds"]
    ]
    paid = 0.0
    for start in range(0, len(ids), 50):
        answer = athena.batch_get_query_execution(QueryExecutionIds=ids[start : start + 50])
        for each in answer["QueryExecutions"]:
            if each["StatementType"] == "DML":
                scanned = each["Statistics"].get("DataScannedInBytes", 0)
                paid += max(scanned, prices.athena_least_bytes())
    yield Driver("statements to Athena", len(ids), "statements", 0.0)
    yield Driver("bytes to Athena", paid / 1e9, "GB paid", prices.athena_usd(paid, {}))

    if settings["LAKEHOUSE_TARGET"] != "glue":
        return
    glue = boto3.client("glue")
    hours = 0.0
    for session in glue.list_sessions()["Sessions"]:
        if session["Id"].startswith(prefix.replace("-", "_")):
            # Not every answer has the units; the time of a session always counts for its workers.
            seconds = session.get("DPUSeconds")
            if seconds is None:
                seconds = session.get("ExecutionTime", 0) * session.get("NumberOfWorkers", 1)
            hours += seconds / 3600
    yield Driver("sessions of Glue", hours, "units and hours", hours * price["glue_unit_hour"])


def main() -> int:
    settings = os.environ
    pause = 1.0 if settings.get("AWS_ENDPOINT_URL") else 15.0
    try:
        name = run(settings, stepfunctions=AwsClients("workflow").stepfunctions(), pause=pause)
        rows = compare(settings)
    except LakehouseError as err:
        print(f"error: {err}", file=sys.stderr)
        return err.exit_code
    print(f"{name}: {MART} has the {rows} rows of the README")
    _print(list(drivers(settings, costs.read_rates())))
    return 0


def _print(found: Sequence[Driver]) -> None:
    for driver in found:
        print(f"{driver.name:24} {driver.amount:10.2f} {driver.unit:16} {driver.usd:8.4f} USD")
    print(f"{'all':52} {sum(driver.usd for driver in found):8.4f} USD")


if __name__ == "__main__":
    sys.exit(main())
