"""The smoke run holds the tables against the README, and says which state failed."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lake import PROJECT

sys.path.insert(0, str(PROJECT / "scripts"))

import smoke_run

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:lakehouse-smokea-workflow"
SETTINGS = {"LAKEHOUSE_WORKFLOW": MACHINE, "LAKEHOUSE_DATABASE_COMMERCE": "c"}
README = (PROJECT / "README.md").read_text(encoding="utf-8")


class Workflow:
    """Step Functions, whose executions end as told."""

    def __init__(self, *statuses: str) -> None:
        self.statuses = list(statuses)
        self.started: list[dict[str, str]] = []

    def start_execution(self, **given: str) -> None:
        self.started.append(given)

    def describe_execution(self, *, executionArn: str) -> dict[str, str]:
        assert executionArn.startswith(MACHINE.replace("stateMachine", "execution") + ":byhand-")
        return {"status": self.statuses.pop(0)}

    def get_execution_history(self, **_: Any) -> dict[str, Any]:
        entered = {"stateEnteredEventDetails": {"name": "Build"}}
        return {"events": [{"type": "ExecutionFailed"}, entered]}


def test_the_readme_is_read_as_it_is_printed():
    columns, rows = smoke_run.published(README)
    assert columns == ["gmv_date", "subsidiary", "gmv_amount", "purchase_count"]
    assert rows == [
        ("2023-02-28", "internacional", "2000.00", "1"),
        ("2023-03-01", "nacional", "55.00", "1"),
    ]


def test_a_readme_without_the_answer_is_an_error():
    with pytest.raises(smoke_run.SmokeError, match="shows no answer"):
        smoke_run.published(README.replace("rpt_commerce__gmv_current:", "another:"))


def test_a_run_is_waited_for():
    workflow = Workflow("RUNNING", "RUNNING", "SUCCEEDED")
    smoke_run.run(SETTINGS, stepfunctions=workflow, pause=0)
    assert len(workflow.started) == 1 and workflow.statuses == []


def test_a_run_that_fails_names_its_state():
    with pytest.raises(smoke_run.SmokeError, match="is FAILED in Build"):
        smoke_run.run(SETTINGS, stepfunctions=Workflow("RUNNING", "FAILED"), pause=0)


@pytest.mark.parametrize("amount", ["55.00", "55.01"])
def test_other_numbers_than_the_readme_shows_are_an_error(monkeypatch, amount: str):
    class Reader:
        def texts(self, schema, table, columns):
            yield from [
                ("2023-03-01", "nacional", amount, "1"),
                ("2023-02-28", "internacional", "2000.00", "1"),
            ]

    monkeypatch.setattr(smoke_run, "open_reader", lambda *_: Reader())
    if amount == "55.00":
        assert smoke_run.compare(SETTINGS) == 2
    else:
        with pytest.raises(smoke_run.SmokeError, match=r"55\.01"):
            smoke_run.compare(SETTINGS)


class Clients:
    """What builds, statements and sessions an account had."""

    def __init__(self, service: str) -> None:
        self.service = service

    def list_builds_for_project(self, *, projectName: str) -> dict[str, Any]:
        return {"ids": ["b"] if projectName == "lakehouse-smokea-transform" else []}

    def batch_get_builds(self, *, ids: list[str]) -> dict[str, Any]:
        began = datetime(2026, 11, 29, tzinfo=UTC)
        of = {"computeType": "BUILD_GENERAL1_SMALL"}
        return {
            "builds": [
                {"environment": of, "startTime": began, "endTime": began + timedelta(seconds=61)}
                for _ in ids
            ]
        }

    def get_paginator(self, _: str) -> "Clients":
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [{"QueryExecutionIds": ["1", "2", "3"]}]

    def batch_get_query_execution(self, **_: Any) -> dict[str, Any]:
        scanned = [("DML", 2_000_000_000), ("DML", 1), ("DDL", 0)]
        return {
            "QueryExecutions": [
                {"StatementType": kind, "Statistics": {"DataScannedInBytes": size}}
                for kind, size in scanned
            ]
        }

    def list_sessions(self) -> dict[str, Any]:
        return {
            "Sessions": [
                {"Id": "lakehouse_smokea-1", "DPUSeconds": 1800.0},
                {"Id": "lakehouse_smokea-2", "ExecutionTime": 900, "NumberOfWorkers": 2},
                {"Id": "of_somebody", "DPUSeconds": 1e9},
            ]
        }


@pytest.mark.parametrize("target", ["athena", "glue"])
def test_the_bill_is_of_this_environment_alone(monkeypatch, target: str):
    """A started minute counts whole, a small statement ten megabytes, DDL nothing."""
    asked: list[str] = []

    def client(service: str) -> Clients:
        asked.append(service)
        return Clients(service)

    monkeypatch.setattr(smoke_run.boto3, "client", client)
    settings = {**SETTINGS, "LAKEHOUSE_TARGET": target, "LAKEHOUSE_ATHENA_WORKGROUP": "w"}
    found = {d.name: d for d in smoke_run.drivers(settings, smoke_run.costs.read_rates())}
    assert found["small builds"].amount == 2
    assert found["small builds"].usd == pytest.approx(0.01)
    assert found["bytes to Athena"].amount == pytest.approx(2.01)
    assert found["statements to Athena"].amount == 3
    if target == "glue":
        assert found["sessions of Glue"].amount == pytest.approx(1.0)
    else:
        # Where no session was ever asked for, Glue's need not even be there.
        assert "glue" not in asked and "sessions of Glue" not in found
