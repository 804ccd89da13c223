"""What happened once starts one execution, however often the event is delivered."""

import importlib.util
import json
import re

import pytest
from infra.terraform_tool import TERRAFORM

PATH = TERRAFORM / "modules" / "orchestration" / "function" / "start_workflow.py"
NOT_GIVEN = {"full_refresh": "-", "select": "-", "variables": "-"}
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:lakehouse-dev-workflow"


@pytest.fixture(scope="module")
def function():
    spec = importlib.util.spec_from_file_location("start_workflow", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def schedule_event(**changes: object) -> dict:
    return {
        "schedule": "daily",
        "scheduled_time": "2026-11-21T06:00:00Z",
        "extracts": ["commerce", "retail"],
        "step": "transform",
    } | changes


def object_event(key: str = "market/IBOV/2026-11-20.json", **changes: object) -> dict:
    new_object = {"key": key, "version-id": "v1", "etag": "e1"} | changes
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": "transient"}, "object": new_object},
    }


class FakeStepFunctions:
    """Keeps executions by name, as the service does after they have ended."""

    class exceptions:
        class ExecutionAlreadyExists(Exception):
            pass

    def __init__(self) -> None:
        self.executions: dict[str, dict] = {}

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> None:
        assert stateMachineArn == MACHINE
        if name in self.executions:
            raise self.exceptions.ExecutionAlreadyExists
        self.executions[name] = json.loads(input)


def test_schedule_is_named_after_its_day(function):
    assert function.execution_of(schedule_event()) == (
        "daily-2026-11-21",
        {
            "extracts": [
                {"source": "commerce", "object": "-"},
                {"source": "retail", "object": "-"},
            ],
            "run_date": "2026-11-21",
            "step": "transform",
            **NOT_GIVEN,
        },
    )


def test_fetching_alone_does_not_build(function):
    assert function.execution_of(schedule_event(step="-"))[1]["step"] == "-"


def test_maintenance_is_a_run_of_its_own(function):
    event = schedule_event(schedule="maintenance", extracts=[], step="maintain")
    name, workflow_input = function.execution_of(event)
    assert name == "maintenance-2026-11-21"
    assert (workflow_input["step"], workflow_input["extracts"]) == ("maintain", [])


def test_schedule_that_names_no_step_builds_the_tables(function):
    event = schedule_event()
    del event["step"]
    assert function.execution_of(event)[1]["step"] == "transform"


def test_object_is_named_after_its_version(function):
    name, workflow_input = function.execution_of(object_event())
    assert re.fullmatch(r"market-[0-9a-f]{40}", name)
    assert workflow_input == {
        "extracts": [{"source": "market", "object": "s3://transient/market/IBOV/2026-11-20.json"}],
        "run_date": "-",
        "step": "transform",
        **NOT_GIVEN,
    }


def test_input_depends_on_the_object_alone(function):
    late = object_event() | {"time": "2026-11-22T00:00:00Z", "id": "another delivery"}
    assert function.execution_of(late) == function.execution_of(object_event())


@pytest.mark.parametrize(
    "other", [{"version-id": "v2"}, {"key": "market/IBOV/2026-11-21.json"}, {"version-id": None}]
)
def test_another_object_or_version_is_another_execution(function, other):
    assert (
        function.execution_of(object_event(**other))[0] != function.execution_of(object_event())[0]
    )


def test_second_delivery_starts_nothing(function):
    stepfunctions = FakeStepFunctions()
    answers = [function.start(object_event(), MACHINE, stepfunctions) for _ in range(3)]
    assert [answer["started"] for answer in answers] == [True, False, False]
    assert len(stepfunctions.executions) == 1


def test_another_day_starts_again(function):
    stepfunctions = FakeStepFunctions()
    for day in ("2026-11-21", "2026-11-22", "2026-11-22"):
        function.start(schedule_event(scheduled_time=f"{day}T06:00:00Z"), MACHINE, stepfunctions)
    assert list(stepfunctions.executions) == ["daily-2026-11-21", "daily-2026-11-22"]


@pytest.mark.parametrize(
    "event",
    [
        {},
        schedule_event(scheduled_time="<aws.scheduler.scheduled-time>"),
        schedule_event(scheduled_time=""),
        schedule_event(scheduled_time="2026-02-30T06:00:00Z"),
        schedule_event(scheduled_time="2026-W48-7T06:00:00Z"),
        schedule_event(extracts=["--help"]),
        schedule_event(extracts=["retail venda"]),
        schedule_event(extracts=[7]),
        schedule_event(step="publish"),
        schedule_event(step=True),
        object_event("-h/file.json"),
        object_event("market/a\0b.json"),
        schedule_event(schedule="every day"),
        schedule_event(schedule="d" * 80),
        object_event("no-domain.json"),
        object_event(**{"version-id": None, "etag": None}),
        object_event("märz/file.json"),
        object_event() | {"detail-type": "Object Deleted"},
    ],
)
def test_event_that_names_nothing_is_an_error(function, event):
    with pytest.raises(function.UnknownEventError):
        function.execution_of(event)
