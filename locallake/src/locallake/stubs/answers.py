"""What the stubs share: their errors, their answers, and whose they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Http = tuple[int, dict[str, str], bytes]
Document = dict[str, Any]


class NotFoundError(Exception):
    """A resource that was never made, or is gone."""


class InvalidInputError(Exception):
    """A request that the service refuses."""


class UnknownOperationError(Exception):
    """An operation that the stub does not have."""


def answer(body: Mapping[str, Any], status: int = 200) -> Http:
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(body).encode()


def failure(code: str, message: str, status: int = 400) -> Http:
    # AWS's own clients read one spelling or the other.
    return answer({"__type": code, "message": message, "Message": message}, status)


def account_id() -> str:
    from ministack.core.responses import get_account_id

    return str(get_account_id())


def region() -> str:
    from ministack.core.responses import get_region

    return str(get_region())
