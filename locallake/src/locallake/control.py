"""Calls that AWS does not have, and tests of AWS need: `X-Amz-Target: Locallake.<Operation>`."""

from __future__ import annotations

import asyncio
import contextvars
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from locallake import loopback
from locallake.errors import ConfigurationError

Http = tuple[int, dict[str, str], bytes]
Operation = Callable[[Mapping[str, Any]], Mapping[str, Any]]

NAME = "locallake"
_TARGET = "Locallake"
_TIMEOUT_S = 300
_operations: dict[str, Operation] = {}


def add(name: str, operation: Operation) -> None:
    """Answer an operation; it runs in a thread, and refuses by a ConfigurationError."""
    from ministack import app
    from ministack.core import router

    _operations[name] = operation
    router.SERVICE_PATTERNS[NAME] = {
        "host_patterns": [rf"^{NAME}\."],
        "target_prefixes": [f"{_TARGET}."],
    }
    app.SERVICE_HANDLERS[NAME] = handle


async def handle(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Any
) -> Http:
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    kind = {"Content-Type": "application/x-amz-json-1.1"}
    try:
        if operation not in _operations:
            raise ConfigurationError(f"there is no call {operation}")
        # The operation may call services, which this loop answers.
        context = contextvars.copy_context()
        asked = json.loads(body or b"{}")
        found = await asyncio.to_thread(context.run, _operations[operation], asked)
    except ConfigurationError as err:
        refusal = {"__type": "AccessDeniedException", "message": str(err)}
        return 400, kind, json.dumps(refusal).encode()
    return 200, kind, json.dumps(found).encode()


def call(endpoint: str, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Make such a call.

    Raises: ConfigurationError with the refusal's words.
    """
    request = urllib.request.Request(
        endpoint,
        data=json.dumps(asked).encode(),
        headers={"X-Amz-Target": f"{_TARGET}.{operation}"},
        method="POST",
    )
    try:
        with loopback.open_url(request, timeout=_TIMEOUT_S) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as err:
        raise ConfigurationError(json.load(err).get("message", str(err))) from err
