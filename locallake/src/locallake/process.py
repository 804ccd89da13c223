"""Servers that outlive the command that starts them, and are ended only when provably ours.

A pid alone is no proof: after a reboot, or days later, the same number may belong to somebody
else's process. So the pid file also holds when the process started, and both must agree.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from locallake.errors import ProcessError


@dataclass(frozen=True)
class Server:
    """A process of ours: its number and when it started, as `start_mark` writes it."""

    pid: int
    started: str


def start_mark(pid: int) -> str | None:
    """What distinguishes this process from a later one with the same number; None if it is gone.

    A process that has ended but was not yet waited for counts as gone.
    """
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The name, in parentheses, may hold blanks and parentheses itself.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        if fields[0] in "ZX":
            return None
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}:{fields[19]}"
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, started = shown.stdout.strip().partition(" ")
    return started.strip() if started and not state.startswith("Z") else None


def start(
    command: Sequence[str], *, environ: Mapping[str, str], log: Path, pid_file: Path
) -> Server:
    """Start a server in a session of its own, so that Ctrl-C in the terminal does not reach it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    mark = start_mark(process.pid)
    if mark is None:
        raise ProcessError(f"{command[0]} ended at once: see {log}")
    server = Server(process.pid, mark)
    pid_file.write_text(json.dumps({"pid": server.pid, "started": server.started}))
    return server


def find(pid_file: Path) -> Server | None:
    """The server this file names, if it still runs."""
    try:
        entry = json.loads(pid_file.read_text())
        server = Server(int(entry["pid"]), str(entry["started"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return server if start_mark(server.pid) == server.started else None


def wait_until(
    ready: Callable[[], bool], *, name: str, pid_file: Path, log: Path, seconds: float
) -> None:
    """Return when the server that this file names is ready.

    Raises: ProcessError if it ended or is not ready in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        is_ready = ready()
        # Asked after the answer, which may be of somebody else who took the port.
        if find(pid_file) is None:
            raise ProcessError(f"{name} ended while starting: the reason is at the end of {log}")
        if is_ready:
            return
        if time.monotonic() > deadline:
            raise ProcessError(f"{name} is not ready after {seconds:.0f} s: see {log}")
        time.sleep(0.1)


def stop(pid_file: Path, *, wait_seconds: float = 20.0) -> bool:
    """End the server this file names and forget it; False when it did not run.

    Raises: ProcessError if it is still there after SIGTERM, the wait, and SIGKILL.
    """
    server = find(pid_file)
    if server is None:
        pid_file.unlink(missing_ok=True)
        return False
    for number, seconds in ((signal.SIGTERM, wait_seconds), (signal.SIGKILL, 5.0)):
        try:
            os.kill(server.pid, number)
        except ProcessLookupError:
            break
        if _gone(server, seconds):
            break
    if start_mark(server.pid) == server.started:
        raise ProcessError(f"process {server.pid} does not end: see `ps -p {server.pid}`")
    pid_file.unlink(missing_ok=True)
    return True


def _gone(server: Server, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if start_mark(server.pid) != server.started:
            return True
        time.sleep(0.1)
    return False
