"""What fails must fail the run, and what can be repeated is repeated."""

import os
import signal
import subprocess
from pathlib import Path

import local_aws
import parity
import psutil
import pytest
from conftest import Built

MODEL = "fct_commerce__gmv_daily"
MERGED = "int_commerce__purchase_history"


def run(built: Built, target: str, *arguments: str) -> str:
    return parity.run_dbt(built.case, target, *arguments, run_date="2026-01-01")


@pytest.mark.parametrize("target", local_aws.TARGETS)
def test_a_failing_statement_fails_the_run(built, target, monkeypatch):
    monkeypatch.setattr(
        local_aws,
        "settings",
        lambda name, lake, original=local_aws.settings: {
            **original(name, lake=lake),
            "LAKEHOUSE_RAW_DATABASE": "nothing_here",
        },
    )
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run(built, target, "run", "--select", "+int_commerce__purchase_received", "--full-refresh")

    assert "nothing_here" in failed.value.output


def test_a_commit_that_lost_a_race_is_repeated(aws, built):
    aws.fault("ICEBERG_COMMIT_ERROR", text="merge into")
    run(built, "athena", "run", "--select", MERGED)
    assert not pending_faults(aws.state)


def test_throttled_calls_are_repeated(aws, built):
    aws.fault("TooManyRequestsException", times=2)
    run(built, "athena", "run", "--select", MODEL)
    assert not pending_faults(aws.state)


def test_a_killed_spark_session_is_replaced_once(aws, built):
    run(built, "glue", "run", "--select", MODEL)
    killed = [process.pid for process in sessions(aws.state)]
    assert killed
    for process in killed:
        os.kill(process, signal.SIGKILL)
    before = set(aws.state.rglob("session.log"))

    run(built, "glue", "run", "--select", MODEL)

    assert len(set(aws.state.rglob("session.log")) - before) == 1


def pending_faults(state: Path) -> str:
    faults = state / "faults.json"
    return faults.read_text().strip("[] \n") if faults.exists() else ""


def sessions(state: Path) -> list[psutil.Process]:
    """The processes of the Glue sessions that belong to these services."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        is_worker = any(word.endswith("worker.py") for word in process.info["cmdline"] or [])
        if is_worker and (process.info["cwd"] or "").startswith(str(state)):
            found.append(process)
    return found
