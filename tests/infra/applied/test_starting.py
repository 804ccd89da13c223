"""The function that starts the workflow, run with its own role."""

from infra.applied.conftest import Deployment
from infra.applied.workflow import executions, invoked

# It fetches and builds nothing: what a run does is tested where its builds are.
BY_HAND = {
    "schedule": "byhand",
    "scheduled_time": "2026-11-21T00:00:00Z",
    "extracts": [],
    "step": "-",
}


def test_run_by_hand_starts_once(deployment: Deployment):
    assert invoked(deployment, BY_HAND) == {"name": "byhand-2026-11-21", "started": True}
    assert invoked(deployment, BY_HAND)["name"] == "byhand-2026-11-21"
    assert len(executions(deployment, "byhand-2026-11-21")) == 1


def test_function_called_nothing_that_its_role_forbids(deployment: Deployment):
    invoked(deployment, BY_HAND)
    called = [
        call
        for call in deployment.aws.calls()
        if call["identity"] == "lakehouse-dev-start-workflow" and call["allowed"]
    ]
    machine = deployment.outputs()["state_machine_arn"]
    assert {(call["action"], call["resource"]) for call in called} == {
        ("states:StartExecution", machine)
    }
