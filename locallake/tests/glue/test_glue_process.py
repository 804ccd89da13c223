"""The process of a session, with a small stand-in for the interpreter that has Spark."""

from __future__ import annotations

import os
import queue
import stat
import sys
import time

import pytest

from locallake.glue.process import SparkProcess, session_folder, worker_environment

# Speaks the worker's protocol; what it does is the code it is sent, as one word.
STAND_IN = """\
#!{python}
import json, os, signal, subprocess, sys, time
# As the worker does: a shell's background job is begun with interrupts ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
out = os.fdopen(int(sys.argv[3]), "w", buffering=1)
say = lambda **message: print(json.dumps(message), file=out, flush=True)
start = json.loads(sys.stdin.readline())
os.makedirs("scratch")
child = subprocess.Popen(["sleep", "600"])
say(event="ready", pid=child.pid, start=start, environ=dict(os.environ))
for line in sys.stdin:
    request = json.loads(line)
    if request["code"] == "die":
        print("out of memory", file=sys.stderr, flush=True)
        os._exit(52)
    if request["code"] in ("killed while it writes", "half an answer"):
        out.write('{{"event": "done", "sta')
        out.flush()
    if request["code"] == "killed while it writes":
        os.kill(os.getpid(), signal.SIGKILL)
    if request["code"] == "half an answer":
        out.write("\\n")
        out.flush()
        time.sleep(600)
    if request["code"] == "wait":
        try:
            say(event="waits")
            time.sleep(600)
        except KeyboardInterrupt:
            say(event="done", status="cancelled")
            continue
    say(event="done", status="ok", text=request["code"])
"""


@pytest.fixture
def stand_in(tmp_path):
    command = tmp_path / "python"
    command.write_text(STAND_IN.format(python=sys.executable))
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return command


@pytest.fixture
def started(stand_in, tmp_path):
    """(process, its events); the process is ended afterwards."""
    events = queue.Queue()
    process = SparkProcess(
        stand_in,
        environment={"PATH": os.defpath, "ONLY": "this"},
        start={"session": "s", "conf": {}},
        folder=tmp_path / "s",
        on_event=events.put,
    )
    yield process, events
    process.end()


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as fields:
            return fields.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def is_soon(condition):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_worker_is_started_with_its_configuration_and_nothing_of_ours(started, monkeypatch):
    _, events = started
    ready = events.get(timeout=10)
    assert ready["start"] == {"session": "s", "conf": {}}
    assert ready["environ"]["ONLY"] == "this"
    assert "HOME" not in ready["environ"]


def test_statements_are_sent_and_answered(started):
    process, events = started
    events.get(timeout=10)
    process.run(0, "hello", 1)
    assert events.get(timeout=10) == {"event": "done", "status": "ok", "text": "hello"}


def test_an_interrupt_reaches_the_worker(started):
    process, events = started
    events.get(timeout=10)
    process.run(0, "wait", 1)
    # A signal that comes before the statement runs would end the stand-in.
    assert events.get(timeout=10) == {"event": "waits"}
    process.interrupt()
    assert events.get(timeout=10) == {"event": "done", "status": "cancelled"}


def test_a_worker_that_dies_is_reported_with_the_end_of_its_log_and_takes_its_children(
    started, tmp_path
):
    process, events = started
    child = events.get(timeout=10)["pid"]
    process.run(0, "die", 1)
    lost = events.get(timeout=10)
    assert lost["event"] == "lost"
    assert "exit status 52" in lost["message"]
    assert "out of memory" in lost["message"]
    assert is_soon(lambda: not is_running(child))
    assert is_soon(lambda: not (tmp_path / "s" / "scratch").exists())
    assert (tmp_path / "s" / "session.log").exists()


def test_a_killed_worker_is_reported_too(started):
    process, events = started
    events.get(timeout=10)
    os.kill(process.pid, 9)
    assert "signal 9" in events.get(timeout=10)["message"]


@pytest.mark.parametrize("code", ["killed while it writes", "half an answer"])
def test_a_worker_whose_answer_breaks_off_is_lost_and_takes_its_children(started, tmp_path, code):
    process, events = started
    child = events.get(timeout=10)["pid"]
    process.run(0, code, 1)
    lost = events.get(timeout=10)
    assert lost["event"] == "lost"
    assert "signal 9" in lost["message"]
    assert is_soon(lambda: not is_running(child))
    assert is_soon(lambda: not (tmp_path / "s" / "scratch").exists())


def test_ending_a_worker_ends_its_children(started):
    process, events = started
    child = events.get(timeout=10)["pid"]
    process.end()
    assert events.get(timeout=10)["event"] == "lost"
    assert is_soon(lambda: not is_running(child))
    process.end()


def test_sending_to_a_dead_worker_is_no_error_of_its_own(started):
    process, events = started
    events.get(timeout=10)
    process.end()
    assert events.get(timeout=10)["event"] == "lost"
    process.run(0, "late", 1)


def test_two_sessions_of_one_id_have_two_folders_with_harmless_names(tmp_path):
    folders = {session_folder(tmp_path, "../a b/c") for _ in range(2)}
    assert len(folders) == 2
    for folder in folders:
        assert folder.parent == tmp_path
        assert folder.name.startswith("___a_b_c-")


def test_a_worker_knows_dummy_keys_and_the_local_endpoint_only(tmp_path):
    environ = worker_environment(
        endpoint="http://127.0.0.1:1",
        region="sa-east-1",
        java_home=tmp_path / "jdk",
        command=tmp_path / "bin" / "python",
        folder=tmp_path / "s",
    )
    assert environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert environ["AWS_ACCESS_KEY_ID"] == "test"
    assert environ["PATH"].startswith(str(tmp_path / "jdk" / "bin"))
    assert not {"PYTHONPATH", "SPARK_HOME", "AWS_PROFILE"} & environ.keys()
