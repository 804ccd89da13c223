"""The function that starts the workflow, run with its own role: by hand and for an object."""

import json
import time
from collections.abc import Callable
from typing import Any

from infra.applied.conftest import Deployment

BY_HAND = {"schedule": "byhand", "scheduled_time": "2026-11-21T00:00:00Z", "extracts": []}


def until(found: Callable[[], Any], *, seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)
    return value


def invoked(deployment: Deployment, event: dict) -> dict:
    answer = deployment.aws.client("lambda").invoke(
        FunctionName="lakehouse-dev-start-workflow", Payload=json.dumps(event)
    )
    payload = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload


def executions(deployment: Deployment, prefix: str) -> list[dict]:
    found = deployment.aws.client("stepfunctions").list_executions(
        stateMachineArn=deployment.outputs()["state_machine_arn"]
    )
    return [each for each in found["executions"] if each["name"].startswith(prefix)]


def test_run_by_hand_starts_once(deployment: Deployment):
    assert invoked(deployment, BY_HAND) == {"name": "byhand-2026-11-21", "started": True}
    assert invoked(deployment, BY_HAND) == {"name": "byhand-2026-11-21", "started": False}
    assert len(executions(deployment, "byhand")) == 1


def test_new_object_starts_a_run_and_another_prefix_does_not(deployment: Deployment):
    s3, bucket = deployment.aws.client("s3"), deployment.outputs()["buckets"]["transient"]
    s3.put_object(Bucket=bucket, Key="education/alunos.csv", Body=b"{}")
    s3.put_object(Bucket=bucket, Key="market/IBOV/2026-11-20.json", Body=b"{}")
    until(lambda: executions(deployment, "market"))
    assert len(executions(deployment, "")) == 2


def test_function_called_nothing_that_its_role_forbids(deployment: Deployment):
    invoked(deployment, BY_HAND)
    called = [
        call
        for call in deployment.aws.calls()
        if call["identity"] == "lakehouse-dev-start-workflow"
    ]
    machine = deployment.outputs()["state_machine_arn"]
    assert {(call["action"], call["resource"], call["allowed"]) for call in called} == {
        ("states:StartExecution", machine, True)
    }
