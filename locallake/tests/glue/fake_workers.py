"""A worker without Spark: the tests say what it answers and when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from locallake.glue.sessions import Event, GlueApiError


class FakeWorker:
    """Remembers what it was sent; `say` is its answer."""

    def __init__(self, request: Mapping[str, Any], on_event: Callable[[Event], None]) -> None:
        self.request = request
        self.sent: list[tuple[int, str, int]] = []
        self.interrupts = 0
        self.is_ended = False
        self._on_event = on_event

    def run(self, statement: int, code: str, catalogue_version: int) -> None:
        self.sent.append((statement, code, catalogue_version))

    def interrupt(self) -> None:
        self.interrupts += 1

    def end(self) -> None:
        self.is_ended = True

    def say(self, event: str, **fields: Any) -> None:
        self._on_event({"event": event, **fields})

    def answer(self, text: str = "") -> None:
        self.say("done", status="ok", text=text)


class FakeWorkers:
    """Starts fake workers and keeps them, the newest of each session under its id."""

    def __init__(self) -> None:
        self.of: dict[str, FakeWorker] = {}
        self.refusal: GlueApiError | None = None

    def __call__(
        self, session_id: str, request: Mapping[str, Any], on_event: Callable[[Event], None]
    ) -> FakeWorker:
        if self.refusal is not None:
            raise self.refusal
        self.of[session_id] = FakeWorker(request, on_event)
        return self.of[session_id]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def in_loop(scenario: Coroutine[Any, Any, Any]) -> Any:
    """Run one scenario on an event loop, as the emulator does; a wait for ever is a failure."""
    return asyncio.run(asyncio.wait_for(scenario, timeout=10))
