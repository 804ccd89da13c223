"""A run of the workflow by hand: what it is asked, and what is refused before anything starts."""

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from lakehouse.cli import app
from lakehouse.errors import UsageError
from lakehouse.workflow import inputs_by_hand, start_by_hand


class StepFunctions:
    def __init__(self):
        self.started = []

    def start_execution(self, **request):
        self.started.append(request)


def test_what_is_not_given_is_said():
    assert inputs_by_hand() == {
        "extracts": [],
        "run_date": "-",
        "step": "transform",
        "select": "-",
        "full_refresh": "-",
        "variables": "-",
    }


def test_run_is_named_after_its_second_and_has_its_inputs():
    service = StepFunctions()
    inputs = inputs_by_hand(
        sources=["retail.venda"],
        select=["a", "b"],
        full_refresh=True,
        variables=["report_year=2020"],
    )
    now = datetime(2026, 11, 29, 6, 7, 8, 999, tzinfo=UTC)
    assert start_by_hand(inputs, machine="m", now=now, stepfunctions=service) == (
        "byhand-20261129T060708Z"
    )
    [request] = service.started
    assert (request["stateMachineArn"], request["name"]) == ("m", "byhand-20261129T060708Z")
    assert json.loads(request["input"]) == {
        "extracts": [{"source": "retail.venda", "object": "-"}],
        "run_date": "-",
        "step": "transform",
        "select": "a b",
        "full_refresh": "yes",
        "variables": '{"report_year": 2020}',
    }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"sources": ["--help"]}, "'--help' is no domain"),
        ({"select": ["--vars"]}, "--select has '--vars'"),
        ({"variables": ["report_year"]}, "'report_year' is not <name>=<value>"),
        ({"variables": ["as_of_date=2024-01-01"]}, "'as_of_date' is no variable"),
        ({"select": ["a" * 2001]}, "selectors and variables have 2003 characters of 2000"),
    ],
)
def test_what_a_build_would_refuse_starts_nothing(given, told):
    with pytest.raises(UsageError, match=told):
        inputs_by_hand(**given)


def test_command_says_what_it_needs(monkeypatch):
    monkeypatch.delenv("LAKEHOUSE_WORKFLOW", raising=False)
    result = CliRunner().invoke(app, ["run", "--full-refresh"])
    assert result.exit_code == 2
    assert "LAKEHOUSE_WORKFLOW is not set" in result.stderr
