"""The process of a build: one group, its output line by line, ended by a stop or a time-out."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_WATCHED = Path(__file__).with_name("watched.py")


class BuildProcess:
    """A command in a process group of its own, which ends with the emulator too.

    Args:
        environment: the whole environment; nothing is inherited.
    """

    def __init__(
        self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str]
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(_WATCHED), *command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, say: Callable[[str], None], *, seconds: float) -> int | None:
        """Hand over every line until the command ends; return its exit status.

        Returns: None if it was still running after `seconds`, and was ended.
        """
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            self.end()

        timer = threading.Timer(seconds, expire)
        timer.daemon = True
        timer.start()
        try:
            assert self._process.stdout is not None
            for line in self._process.stdout:
                say(line.decode(errors="replace").rstrip("\n"))
            status = self._process.wait()
        finally:
            timer.cancel()
            self.end()
        return None if expired.is_set() else status

    def end(self) -> None:
        """End the whole group, whatever of it is left."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
