"""The smoke run holds the tables against the README, and says which state failed."""

import sys
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
        entered = {"stateEnteredEventDetails": {"name": "Transform"}}
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
    with pytest.raises(smoke_run.SmokeError, match="is FAILED in Transform"):
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
