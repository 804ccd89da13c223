"""The operating-system side of a session: one process group with its own pipes, folder and log."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_SCRIPT = Path(__file__).with_name("worker.py")
_LOG_TAIL_CHARACTERS = 1_500
_NOBODY = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class SparkProcess:
    """A worker of sessions.py in a process of its own.

    Args:
        command: the interpreter of the Spark environment.
        environment: the whole environment; nothing is inherited.
        start: the first line sent, which holds the configuration.
        folder: belongs to this session alone; the log stays there, the rest goes at the end.
        on_event: called in another thread for each event.
    """

    def __init__(
        self,
        command: Path,
        *,
        environment: Mapping[str, str],
        start: Mapping[str, Any],
        folder: Path,
        on_event: Callable[[Mapping[str, Any]], None],
    ) -> None:
        self._folder = folder
        self._on_event = on_event
        folder.mkdir(parents=True)
        self._log = folder / "session.log"
        read_end, write_end = os.pipe()
        try:
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    [str(command), "-I", str(_SCRIPT), str(write_end)],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=folder,
                    env=dict(environment),
                    pass_fds=(write_end,),
                    # A group of its own: ending it ends the JVM and whatever Spark started.
                    start_new_session=True,
                )
        finally:
            os.close(write_end)
        self._send(start)
        threading.Thread(
            target=self._receive, args=(read_end,), name=f"glue-{folder.name}", daemon=True
        ).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def run(self, statement: int, code: str, catalogue_version: int) -> None:
        self._send({"statement": statement, "code": code, "catalogue_version": catalogue_version})

    def interrupt(self) -> None:
        # To the worker alone: it asks the JVM to cancel its jobs.
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)

    def end(self) -> None:
        """End the group; the thread that reads its events collects it."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        # A worker that has died is reported by the end of its events, not here.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write((json.dumps(message) + "\n").encode())
            self._process.stdin.flush()

    def _receive(self, read_end: int) -> None:
        with os.fdopen(read_end, encoding="utf-8") as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                except ValueError:
                    # A worker killed while it wrote: nothing that follows could be understood.
                    self.end()
                    break
                self._on_event(event)
        status = self._process.wait()
        # The leader is dead, the JVM may not be: its group outlives it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        message = f"the Spark process ended ({_ending(status)}); log {self._log}: {self._tail()}"
        self._on_event({"event": "lost", "message": message})
        for name in ("scratch", "warehouse"):
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-_LOG_TAIL_CHARACTERS:]


def session_folder(sessions: Path, session_id: str) -> Path:
    """A folder that no other session has, even one of the same id: the log of each is kept."""
    return sessions / f"{re.sub(r'[^A-Za-z0-9_-]', '_', session_id)[:80]}-{uuid.uuid4().hex[:8]}"


def worker_environment(
    *,
    endpoint: str,
    region: str,
    java_home: Path,
    command: Path,
    folder: Path,
    credentials: Mapping[str, str] = _NOBODY,
) -> dict[str, str]:
    """All that a session's process knows of the outside.

    Nothing is inherited: a PYTHONPATH, a SPARK_HOME or real credentials of the caller stay out.
    """
    return {
        "PATH": os.pathsep.join([str(java_home / "bin"), str(command.parent), os.defpath]),
        "JAVA_HOME": str(java_home),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYSPARK_PYTHON": str(command),
        "SPARK_LOCAL_IP": "127.0.0.1",
        **credentials,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _ending(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit status {status}"
