"""Calls of a service handed to a server of yours, once permissions are decided.

For a service whose work this package does not do, such as Redshift's Data API on a real PostgreSQL.
"""

from __future__ import annotations

import asyncio
import contextvars
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from locallake import loopback, ministack
from locallake.errors import ConfigurationError
from locallake.settings import Settings

Http = tuple[int, dict[str, str], bytes]
_TIMEOUT_S = 300.0


def install(settings: Settings) -> None:
    """Hand over the services that the settings name.

    Raises: ConfigurationError for one that the emulator does not have.
    """
    from ministack import app

    ministack.require(app, "SERVICE_HANDLERS")
    for service, address in settings.forwards:
        if service not in app.SERVICE_HANDLERS:
            raise ConfigurationError(f"--forward {service}: there is no such service")
        app.SERVICE_HANDLERS[service] = forwarded(address)


def forwarded(address: str) -> Callable[..., Awaitable[Http]]:
    """A service that another server answers."""

    async def handle(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any
    ) -> Http:
        request = urllib.request.Request(
            address.rstrip("/") + path,
            data=body,
            headers={
                name: value
                for name, value in headers.items()
                if name.lower() in ("content-type", "x-amz-target")
            },
            method=method,
        )
        # Not in the event loop: the server may ask this one meanwhile.
        return await asyncio.to_thread(contextvars.copy_context().run, _asked, request)

    return handle


def _asked(request: urllib.request.Request) -> Http:
    kind = {"Content-Type": "application/x-amz-json-1.1"}
    try:
        with loopback.open_url(request, timeout=_TIMEOUT_S) as answer:
            return answer.status, kind, answer.read()
    except urllib.error.HTTPError as err:
        return err.code, kind, err.read()
