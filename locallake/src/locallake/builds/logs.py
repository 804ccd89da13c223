"""The log of a build: lines for CloudWatch Logs, written by the build's role."""

from __future__ import annotations

import threading
import time
from typing import Any

_EVENTS = 1000
_PAUSE_S = 1.0


class BuildLog:
    """Collects lines and hands them over about once a second.

    Args:
        logs: a client of CloudWatch Logs with the build's credentials.
    """

    def __init__(self, logs: Any, *, group: str, stream: str) -> None:
        self._logs, self._group, self._stream = logs, group, stream
        self._lines: list[dict[str, Any]] = []
        self._written = time.monotonic()
        self._lock = threading.Lock()

    def open(self) -> None:
        """Make the stream. Raises: ClientError if the role may not, or there is no such group."""
        self._logs.create_log_stream(logGroupName=self._group, logStreamName=self._stream)

    def say(self, line: str) -> None:
        with self._lock:
            # CloudWatch refuses an event without text.
            event = {"timestamp": int(time.time() * 1000), "message": line or " "}
            self._lines.append(event)
            due = time.monotonic() - self._written > _PAUSE_S or len(self._lines) >= _EVENTS
        if due:
            self.flush()

    def flush(self) -> None:
        with self._lock:
            lines, self._lines = self._lines, []
            self._written = time.monotonic()
        if lines:
            self._logs.put_log_events(
                logGroupName=self._group, logStreamName=self._stream, logEvents=lines
            )
