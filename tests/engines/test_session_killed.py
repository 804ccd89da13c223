"""A Spark session whose process is lost. After the other tests: the next session starts cold."""

import os
import signal
from pathlib import Path

import parity
import psutil
from conftest import Aws, Built

MODEL = "fct_commerce__gmv_daily"


def test_a_killed_spark_session_is_replaced_once(aws: Aws, built: Built):
    run(built)
    killed = [process.pid for process in sessions(aws.state)]
    assert killed
    for process in killed:
        os.kill(process, signal.SIGKILL)
    before = set(aws.state.rglob("session.log"))

    run(built)

    assert len(set(aws.state.rglob("session.log")) - before) == 1


def run(built: Built) -> None:
    parity.run_dbt(built.case, "glue", "run", "--select", MODEL, run_date="2026-01-01")


def sessions(state: Path) -> list[psutil.Process]:
    """The processes of the Glue sessions that belong to these services."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        is_worker = any(word.endswith("worker.py") for word in process.info["cmdline"] or [])
        if is_worker and (process.info["cwd"] or "").startswith(str(state)):
            found.append(process)
    return found
