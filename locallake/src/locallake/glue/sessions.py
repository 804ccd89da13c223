"""Glue interactive sessions: their states, their queues of statements, and who waits for what.

Everything here runs on one event loop, so nothing is locked; a worker's events are handed over to
it by the caller. A worker is given as a function: the life cycle can be tested without Spark.

Source: AWS Glue API, "Interactive sessions".
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Event = Mapping[str, Any]


class Worker(Protocol):
    """The process of one session."""

    def run(self, statement: int, code: str, catalogue_version: int) -> None:
        """Send one statement; its end comes as an event `done`."""

    def interrupt(self) -> None:
        """Cancel what runs now, if anything does."""

    def end(self) -> None:
        """End the process and all it started."""


# (session id, request, receiver of events) → worker, which is still starting.
StartWorker = Callable[[str, Mapping[str, Any], Callable[[Event], None]], Worker]


class GlueApiError(Exception):
    """An error as Glue answers it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass
class Statement:
    """One piece of code in a session; changes as it runs."""

    id: int
    code: str
    state: str = "WAITING"
    started_on: float | None = None
    completed_on: float | None = None
    output: dict[str, Any] | None = None

    @property
    def is_finished(self) -> bool:
        return self.state in {"AVAILABLE", "CANCELLED", "ERROR"}


@dataclass
class Session:
    """One session; changes as its worker starts, works and ends."""

    id: str
    request: Mapping[str, Any]
    created_on: float
    status: str = "PROVISIONING"
    error_message: str | None = None
    completed_on: float | None = None
    worker: Worker | None = None
    statements: list[Statement] = field(default_factory=list)
    waiting: deque[Statement] = field(default_factory=deque)
    running: Statement | None = None
    timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_over(self) -> bool:
        return self.status in {"STOPPED", "FAILED", "TIMEOUT"}


class SessionStore:
    """All sessions of one local AWS.

    Args:
        start_worker: starts the process of a session.
        limit: sessions that may be alive at once; each is a JVM.
        catalogue_version: moves whenever a Hive table or a partition was written.
    """

    def __init__(
        self,
        start_worker: StartWorker,
        *,
        limit: int = 4,
        catalogue_version: Callable[[], int] = lambda: 0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._start_worker = start_worker
        self._limit = limit
        self._catalogue_version = catalogue_version
        self._now = now
        self._sessions: dict[str, Session] = {}

    def all(self) -> list[Session]:
        return list(self._sessions.values())

    def get(self, session_id: str) -> Session:
        """Raises: EntityNotFoundException, the one answer upon which dbt-glue creates it."""
        if session_id not in self._sessions:
            raise GlueApiError("EntityNotFoundException", f"Session {session_id} not found")
        return self._sessions[session_id]

    def create(self, session_id: str, request: Mapping[str, Any]) -> Session:
        """Start a session; it is PROVISIONING until its worker says it is ready.

        Raises: GlueApiError if the id is taken or too many sessions are alive.
        """
        if session_id in self._sessions:
            raise GlueApiError("AlreadyExistsException", f"Session already exists: {session_id}")
        alive = [session.id for session in self._sessions.values() if not session.is_over]
        if len(alive) >= self._limit:
            raise GlueApiError(
                "ResourceNumberLimitExceededException",
                f"{len(alive)} sessions are alive ({', '.join(alive)}), each a JVM of its own: "
                "delete one, set glue_session_reuse, or use fewer threads",
            )
        session = Session(session_id, request, self._now())
        session.worker = self._start_worker(
            session_id, request, lambda event: self.receive(session, event)
        )
        self._sessions[session_id] = session
        self._arm(session, "lifetime", request.get("Timeout"))
        self._arm(session, "idle", request.get("IdleTimeout"))
        return session

    def run(self, session_id: str, code: str) -> Statement:
        """Queue a statement; statements of one session run one at a time, in order.

        Raises: GlueApiError if the session is unknown or not READY.
        """
        session = self.get(session_id)
        if session.status != "READY":
            raise GlueApiError(
                "IllegalSessionStateException",
                f"Session {session_id} is in {session.status} state: {_reason(session)}",
            )
        statement = Statement(len(session.statements), code)
        session.statements.append(statement)
        session.waiting.append(statement)
        self._send_next(session)
        return statement

    def statement(self, session_id: str, statement_id: int) -> Statement:
        """Raises: GlueApiError if either is unknown, or the session ended before the statement."""
        session = self.get(session_id)
        if not 0 <= statement_id < len(session.statements):
            raise GlueApiError(
                "EntityNotFoundException", f"Statement {statement_id} of {session_id} not found"
            )
        statement = session.statements[statement_id]
        if statement.state == "CANCELLED" and session.status in {"STOPPED", "TIMEOUT"}:
            # dbt-glue polls a CANCELLED statement for ever; an error ends its wait.
            raise GlueApiError(
                "IllegalSessionStateException",
                f"Session {session_id} ended ({session.status}) before statement {statement_id}",
            )
        return statement

    def cancel(self, session_id: str, statement_id: int) -> None:
        """Cancel a statement that waits or runs; one that has finished stays as it is."""
        session = self.get(session_id)
        statement = self.statement(session_id, statement_id)
        if statement.state == "WAITING":
            session.waiting.remove(statement)
            self._finish(session, statement, "CANCELLED", None)
        elif statement.state == "RUNNING" and session.worker is not None:
            statement.state = "CANCELLING"
            session.worker.interrupt()

    def stop(self, session_id: str, status: str = "STOPPED") -> Session:
        """End a session; it stays listed until it is deleted."""
        session = self.get(session_id)
        if not session.is_over:
            self._close(session, status, "CANCELLED", None)
        return session

    def delete(self, session_id: str) -> None:
        """End a session and forget it."""
        self.stop(session_id)
        del self._sessions[session_id]

    def clear(self) -> None:
        """End and forget all sessions."""
        for session_id in list(self._sessions):
            self.delete(session_id)

    async def settled(
        self, session: Session, is_settled: Callable[[], bool], longest_seconds: float
    ) -> None:
        """Wait until a condition on a session holds, or the time is over."""
        try:
            async with asyncio.timeout(longest_seconds):
                while not is_settled():
                    await session.changed.wait()
        except TimeoutError:
            return

    def receive(self, session: Session, event: Event) -> None:
        """Take an event of a worker: ready, failed, done or lost."""
        if session.is_over:
            return
        match event["event"]:
            case "ready":
                session.status = "READY"
                self._arm(session, "idle", session.request.get("IdleTimeout"))
                self._announce(session)
            case "failed" | "lost":
                session.error_message = str(event["message"])
                self._close(session, "FAILED", "ERROR", _lost_output(session.error_message))
            case "done" if session.running is not None:
                statement, session.running = session.running, None
                state = "CANCELLED" if event["status"] == "cancelled" else "AVAILABLE"
                self._finish(session, statement, state, _output(statement, event))
                self._arm(session, "idle", session.request.get("IdleTimeout"))
                self._send_next(session)

    def _send_next(self, session: Session) -> None:
        if session.running is not None or not session.waiting or session.worker is None:
            return
        statement = session.waiting.popleft()
        session.running = statement
        statement.state = "RUNNING"
        statement.started_on = self._now()
        self._disarm(session, "idle")
        session.worker.run(statement.id, statement.code, self._catalogue_version())

    def _finish(
        self, session: Session, statement: Statement, state: str, output: dict[str, Any] | None
    ) -> None:
        statement.state = state
        statement.output = output
        statement.completed_on = self._now()
        self._announce(session)

    def _close(
        self, session: Session, status: str, statement_state: str, output: dict[str, Any] | None
    ) -> None:
        session.status = status
        session.completed_on = self._now()
        for name in list(session.timers):
            self._disarm(session, name)
        if session.worker is not None:
            session.worker.end()
        session.waiting.clear()
        session.running = None
        for statement in session.statements:
            if not statement.is_finished:
                self._finish(session, statement, statement_state, output)
        self._announce(session)

    def _arm(self, session: Session, name: str, minutes: float | None) -> None:
        self._disarm(session, name)
        if minutes is not None:
            session.timers[name] = asyncio.get_running_loop().call_later(
                minutes * 60, self._close, session, "TIMEOUT", "CANCELLED", None
            )

    @staticmethod
    def _disarm(session: Session, name: str) -> None:
        timer = session.timers.pop(name, None)
        if timer is not None:
            timer.cancel()

    @staticmethod
    def _announce(session: Session) -> None:
        # A new event for later waiters: those of the old one all wake up exactly once.
        session.changed.set()
        session.changed = asyncio.Event()


def _reason(session: Session) -> str:
    if session.error_message:
        return session.error_message
    return "wait until it is READY" if not session.is_over else "create it again"


def _lost_output(message: str) -> dict[str, Any]:
    return {"Status": "error", "ErrorName": "SessionLost", "ErrorValue": message, "Traceback": []}


def _output(statement: Statement, event: Event) -> dict[str, Any]:
    output: dict[str, Any] = {"ExecutionCount": statement.id, "Status": event["status"]}
    if event["status"] == "error":
        output |= {
            "ErrorName": event["name"],
            "ErrorValue": event["value"],
            "Traceback": event["traceback"],
        }
    if "text" in event:
        output["Data"] = {"TextPlain": event["text"]}
    return output
