"""The workflow's definition, as applied: every state is reached, ends, and is bounded."""

import json

import pytest
from infra.applied import policies

from lakehouse.building.lease import Pace
from lakehouse.errors import LeaseHeldError


@pytest.fixture(scope="module")
def machine(state: dict) -> dict:
    found = [r for r in policies.resources(state) if r["type"] == "aws_sfn_state_machine"]
    return json.loads(found[0]["values"]["definition"])


def nested(machine: dict) -> list[dict]:
    """The machine and the machines inside its states."""
    inner = [
        state["ItemProcessor"] for state in machine["States"].values() if "ItemProcessor" in state
    ]
    return [machine, *(deeper for each in inner for deeper in nested(each))]


def successors(state: dict) -> set[str]:
    named = [*state.get("Choices", []), *state.get("Catch", [])]
    return {each["Next"] for each in named} | {
        state[key] for key in ("Next", "Default") if key in state
    }


def test_every_state_is_reached_and_every_path_ends(machine: dict):
    for part in nested(machine):
        reached, ahead = set(), {part["StartAt"]}
        while ahead:
            name = ahead.pop()
            reached.add(name)
            state = part["States"][name]
            assert successors(state) or state.get("End"), name
            ahead |= successors(state) - reached
        assert reached == part["States"].keys()


def test_every_task_is_bounded_and_retried(machine: dict):
    states = [item for part in nested(machine) for item in part["States"].items()]
    tasks = {name: state for name, state in states if state["Type"] == "Task"}
    assert len(tasks) >= 4
    for name, task in tasks.items():
        assert task["TimeoutSeconds"] > 0
        handled = [*task["Retry"], *task.get("Catch", [])]
        is_retried = any("States.TaskFailed" in each["ErrorEquals"] for each in handled)
        # It is itself the second attempt.
        assert is_retried != (name == "BuildAgain"), name
    tasks = tasks.values()
    builds = [task for task in tasks if task["Resource"].endswith("startBuild.sync")]
    # The rest of the answer holds the environment of the build in clear.
    assert all(set(build["ResultSelector"]) == {"build_id.$", "status.$"} for build in builds)


def test_no_state_fails_but_one_that_can_be_redriven(machine: dict):
    """A state of type Fail, redriven, fails again; a task does its work."""
    kinds = {state["Type"] for part in nested(machine) for state in part["States"].values()}
    assert kinds == {"Choice", "Map", "Pass", "Task", "Wait"}


def test_lease_of_another_is_known_by_the_status_of_the_command(machine: dict):
    [choice] = machine["States"]["IsHeld"]["Choices"]
    says, count = choice["And"]
    # As CodeBuild says it of a command.
    assert says["StringMatches"] == f"*Reason: exit status {LeaseHeldError.exit_code}*"
    longest = count["NumericLessThan"] * machine["States"]["WaitForLease"]["Seconds"]
    assert 2 * 3600 <= longest <= machine["TimeoutSeconds"] / 2
    # Else a build that was killed stands in the way of the one attempt more.
    pace = Pace()
    assert machine["States"]["Pause"]["Seconds"] > pace.ttl + pace.grace
