"""The workflow's definition, as applied: every state is reached, ends, and is bounded."""

import json

import pytest
from infra.applied import policies


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
    choices = {choice["Next"] for choice in state.get("Choices", [])}
    return choices | {state[key] for key in ("Next", "Default") if key in state}


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
    tasks = [s for part in nested(machine) for s in part["States"].values() if s["Type"] == "Task"]
    assert len(tasks) >= 3
    for task in tasks:
        assert task["TimeoutSeconds"] > 0
        assert any("States.TaskFailed" in retry["ErrorEquals"] for retry in task["Retry"])
    builds = [task for task in tasks if task["Resource"].endswith("startBuild.sync")]
    # The rest of the answer holds the environment of the build in clear.
    assert all(set(build["ResultSelector"]) == {"build_id.$", "status.$"} for build in builds)
