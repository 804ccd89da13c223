"""Glue in the emulator: interactive sessions on a local Spark, and the catalogue's fixes."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from locallake import ministack
from locallake.errors import ConfigurationError
from locallake.glue import api, fixes
from locallake.glue.process import SparkProcess, session_folder, worker_environment
from locallake.glue.sessions import Event, GlueApiError, SessionStore, StartWorker
from locallake.glue.spark_conf import SparkHost, session_conf
from locallake.settings import Settings

Http = tuple[int, dict[str, str], bytes]
AsyncHandler = Callable[[str, str, Mapping[str, str], bytes, Any], Awaitable[Http]]
SyncHandler = Callable[[str, str, Mapping[str, str], bytes, Any], Http]

_HOOKS = ("handle_request", "_handle_request_sync")
_TABLE_WRITES = frozenset({"CreateTable", "UpdateTable"})
_OTHER_WRITES = frozenset(
    {
        "CreateDatabase",
        "DeleteDatabase",
        "DeleteTable",
        "BatchDeleteTable",
        "CreatePartition",
        "UpdatePartition",
        "DeletePartition",
        "BatchCreatePartition",
        "BatchUpdatePartition",
        "BatchDeletePartition",
    }
)


class CatalogueVersion:
    """A number that moves when something was written that Spark's own catalogue mirrors."""

    def __init__(self) -> None:
        # A counter's next() is one step of the interpreter: writes come from several threads.
        self._numbers = itertools.count(1)
        self.current = 0

    def move(self) -> None:
        self.current = next(self._numbers)


def install(settings: Settings) -> None:
    """Put sessions into the emulator's Glue.

    Raises: HookError if the emulator is not the version this was written for.
    """
    from ministack.services import glue

    ministack.require(glue, *_HOOKS)
    fixes.install(settings)
    version = CatalogueVersion()
    install_counting(glue, version)
    if settings.spark_python is not None:
        ministack.on_reset(install_sessions(glue, local_store(settings, version)))


def local_store(settings: Settings, version: CatalogueVersion) -> SessionStore:
    """A session store whose workers are Spark processes on this machine."""
    return SessionStore(spark_starter(settings), catalogue_version=lambda: version.current)


def spark_starter(settings: Settings) -> StartWorker:
    """How a session's process is started, from its request.

    Raises: ConfigurationError if the settings lack the Spark environment.
    """
    command, java_home, jars = settings.spark_python, settings.spark_java_home, settings.spark_jars
    if command is None or java_home is None or jars is None:
        raise ConfigurationError(
            "the settings name no Spark environment: run `locallake up` with Glue sessions"
        )
    host = SparkHost(settings.endpoint, settings.region, jars, settings.engine_memory_mb)

    def start(
        session_id: str, request: Mapping[str, Any], on_event: Callable[[Event], None]
    ) -> SparkProcess:
        loop = asyncio.get_running_loop()
        folder = session_folder(settings.sessions, session_id)
        try:
            conf = session_conf(request.get("DefaultArguments", {}), host=host, folder=folder)
        except ConfigurationError as err:
            raise GlueApiError("InvalidInputException", str(err)) from err
        return SparkProcess(
            command,
            environment=worker_environment(
                endpoint=settings.endpoint,
                region=settings.region,
                java_home=java_home,
                command=command,
                folder=folder,
                **_credentials(settings, request),
            ),
            start={"session": session_id, "conf": conf},
            folder=folder,
            on_event=on_loop(loop, on_event),
        )

    return start


def _credentials(settings: Settings, request: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """A session acts as its role where permissions are enforced."""
    if not settings.enforce:
        return {}
    from locallake.permissions.plugin import role_credentials

    try:
        credentials = role_credentials(
            request["Role"], service="glue.amazonaws.com", session="GlueJobRunnerSession"
        )
    except ConfigurationError as err:
        raise GlueApiError("AccessDeniedException", str(err)) from err
    return {"credentials": credentials}


def on_loop(
    loop: asyncio.AbstractEventLoop, receive: Callable[[Event], None]
) -> Callable[[Event], None]:
    """The same receiver, callable from any thread; silent once the loop has gone."""

    def hand_over(event: Event) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(receive, event)

    return hand_over


def install_sessions(glue: Any, store: SessionStore) -> Callable[[], None]:
    """Answer the calls of sessions from a store; leave all others to the emulator.

    Returns: what ends all sessions, to be called from any thread but the event loop's.
    """
    others: AsyncHandler = glue.handle_request
    loops: list[asyncio.AbstractEventLoop] = []

    async def handle_request(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any
    ) -> Http:
        action = action_of(headers)
        if action not in api.ACTIONS:
            return await others(method, path, headers, body, query_params)
        if not loops:
            loops.append(asyncio.get_running_loop())
        return await api.answer(store, action, body)

    def end_all() -> None:
        # The store belongs to the loop. Where no call came yet, there is no session either.
        for loop in loops:
            asyncio.run_coroutine_threadsafe(_cleared(store), loop).result(timeout=10)

    glue.handle_request = handle_request
    return end_all


def install_counting(glue: Any, version: CatalogueVersion) -> None:
    """Move the catalogue's version after every write of something that is not Iceberg."""
    stock: SyncHandler = glue._handle_request_sync

    def handle_request_sync(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any
    ) -> Http:
        action = action_of(headers)
        counted = moves_version(action, body)
        if action == "DeleteTable":
            # dbt drops an Iceberg table after every merge: reading the whole catalogue anew for
            # each would cost more than the merge.
            asking = {**headers, "x-amz-target": "AWSGlue.GetTable"}
            counted = not _is_iceberg_table(stock(method, path, asking, body, query_params))
        answer = stock(method, path, headers, body, query_params)
        if counted and answer[0] == 200:
            version.move()
        return answer

    glue._handle_request_sync = handle_request_sync


def moves_version(action: str, body: bytes) -> bool:
    """Whether a call writes something that Spark's own catalogue mirrors."""
    if action in _OTHER_WRITES:
        return True
    if action not in _TABLE_WRITES:
        return False
    return not _is_iceberg(json.loads(body or b"{}").get("TableInput", {}))


def _is_iceberg_table(answer: Http) -> bool:
    return answer[0] == 200 and _is_iceberg(json.loads(answer[2]).get("Table", {}))


def _is_iceberg(table: Mapping[str, Any]) -> bool:
    kind: str = (table.get("Parameters") or {}).get("table_type", "")
    return kind.upper() == "ICEBERG"


def action_of(headers: Mapping[str, str]) -> str:
    """The Glue call that a request names."""
    return headers.get("x-amz-target", "").rpartition(".")[2]


async def _cleared(store: SessionStore) -> None:
    store.clear()
