"""Servers are ended only when they are provably ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from locallake import process

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def files(tmp_path):
    yield {"log": tmp_path / "logs" / "x.log", "pid_file": tmp_path / "x.pid"}
    process.stop(tmp_path / "x.pid")


def test_a_started_server_is_found_and_ended(files):
    server = process.start(SLEEPER, environ=os.environ, **files)
    assert process.find(files["pid_file"]) == server
    assert process.stop(files["pid_file"])
    assert process.find(files["pid_file"]) is None
    assert process.start_mark(server.pid) is None


def test_nothing_is_ended_twice(files):
    process.start(SLEEPER, environ=os.environ, **files)
    assert process.stop(files["pid_file"])
    assert not process.stop(files["pid_file"])


def test_a_number_that_now_belongs_to_somebody_else_is_left_alone(files):
    other = subprocess.Popen(SLEEPER)
    try:
        stale = {"pid": other.pid, "started": "before the last boot"}
        files["pid_file"].write_text(json.dumps(stale))
        assert process.find(files["pid_file"]) is None
        assert not process.stop(files["pid_file"])
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_broken_pid_file_names_nobody(files):
    files["pid_file"].write_text("{")
    assert process.find(files["pid_file"]) is None


def test_what_a_server_prints_is_in_its_log(files):
    # It goes on: one that ends at once is, rightly, reported as not started.
    says = "import time; print('ready', flush=True); time.sleep(60)"
    process.start([sys.executable, "-c", says], environ=os.environ, **files)
    deadline = time.monotonic() + 20
    while "ready" not in files["log"].read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
