"""A run of the workflow that finds the lease held: it waits, and is no failure."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from infra.applied import emulator
from infra.applied.conftest import Deployment
from infra.applied.workflow import MACHINE, Notices, building, executions, invoked, run_of, until

from lakehouse.workflow import inputs_by_hand, start_by_hand

PROJECT = f"{emulator.PREFIX}-transform"
HOLDER = """
import os, sys
from lakehouse.building.lease import held
with held(os.environ, run="by hand"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def started(deployment: Deployment) -> str:
    """The name of a run that builds one small table."""
    return start_by_hand(
        inputs_by_hand(select=["ref_quality__load_decision"]),
        machine=MACHINE,
        now=datetime.now(UTC),
        stepfunctions=deployment.aws.client("stepfunctions"),
    )


def builds(deployment: Deployment, *, since: int = 0, project: str = PROJECT) -> list[dict]:
    """Builds of the project, the newest first, without those that were there before."""
    client = deployment.aws.client("codebuild")
    names = client.list_builds_for_project(projectName=project)["ids"]
    found = client.batch_get_builds(ids=names)["builds"] if names else []
    return sorted(found, key=lambda each: each["startTime"], reverse=True)[: len(found) - since]


def messages(build: dict) -> str:
    contexts = [each for phase in build["phases"] for each in phase.get("contexts", [])]
    return " ".join(each["message"] for each in contexts)


def ending_with(status: int) -> dict:
    """A source whose builds do nothing, and end so."""
    command = f"sh -c 'exit {status}'"
    spec = f"version: 0.2\nphases:\n  build:\n    commands:\n      - {command}\n"
    return {"type": "NO_SOURCE", "buildspec": spec}


@contextmanager
def held(deployment: Deployment) -> Iterator[None]:
    """Another process holds the lease of the environment meanwhile."""
    settings = deployment.outputs()["profile"] | deployment.aws.region | emulator.ADMINISTRATOR
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        env=dict(os.environ) | settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        yield
    finally:
        holder.communicate("\n", timeout=60)


@pytest.mark.long
def test_run_whose_tables_another_writes_waits_until_they_are_free(
    deployment: Deployment, released: str
):
    before = len(builds(deployment))
    with held(deployment):
        name = started(deployment)

        def status() -> str:
            return executions(deployment, name)[0]["status"]

        # It was refused more often than a failure is repeated, and goes on to ask.
        until(
            lambda: len(builds(deployment, since=before)) > 2 or status() != "RUNNING", seconds=600
        )
        assert status() == "RUNNING"
        assert "Reason: exit status 75" in messages(builds(deployment, since=before)[-1])
    run_of(deployment, name, "SUCCEEDED")
    last, *refused = [each["buildStatus"] for each in builds(deployment, since=before)]
    assert (last, set(refused)) == ("SUCCEEDED", {"FAILED"})


def test_failure_of_another_kind_gets_one_attempt_more_and_is_redriven(deployment: Deployment):
    before, notices = len(builds(deployment)), Notices(deployment)
    with building(deployment, PROJECT, ending_with(1)):
        name = started(deployment)
        execution = run_of(deployment, name, "FAILED")
        assert notices.says(name, "FAILED")
    assert len(builds(deployment, since=before)) == 2
    with building(deployment, PROJECT, ending_with(0)):
        deployment.aws.client("stepfunctions").redrive_execution(executionArn=execution)
        run_of(deployment, name, "SUCCEEDED")
    assert len(builds(deployment, since=before)) == 3


def test_maintenance_by_its_schedule_waits_as_a_build_does(deployment: Deployment):
    schedule = deployment.aws.client("scheduler").get_schedule(
        Name="maintenance", GroupName=emulator.PREFIX
    )
    event = schedule["Target"]["Input"].replace(
        "<aws.scheduler.scheduled-time>", "2026-11-29T10:00:00Z"
    )
    project, name = f"{emulator.PREFIX}-maintain", "maintenance-2026-11-29"
    with building(deployment, project, ending_with(75)):
        assert invoked(deployment, json.loads(event)) == {"name": name, "started": True}
        until(
            lambda: (
                len(builds(deployment, project=project)) > 2
                or executions(deployment, name)[0]["status"] != "RUNNING"
            ),
            seconds=600,
        )
        assert executions(deployment, name)[0]["status"] == "RUNNING"
        assert {each["buildStatus"] for each in builds(deployment, project=project)[1:]} == {
            "FAILED"
        }
        with building(deployment, project, ending_with(0)):
            run_of(deployment, name, "SUCCEEDED")
    assert builds(deployment, project=project)[0]["buildStatus"] == "SUCCEEDED"


@pytest.mark.long
def test_lease_that_is_never_given_back_ends_the_run_after_three_hours(deployment: Deployment):
    before = len(builds(deployment))
    with building(deployment, PROJECT, ending_with(75)):
        run_of(deployment, started(deployment), "FAILED")
    # One and 36 that were waited for, and the one attempt more of any failure.
    assert len(builds(deployment, since=before)) == 38
