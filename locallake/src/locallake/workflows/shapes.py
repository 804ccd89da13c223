"""Names of members: Step Functions writes them in PascalCase, CodeBuild's API in camelCase."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any


def from_parameters(value: Any) -> Any:
    """The parameters of a state as the request of the API."""
    return _renamed(value, lambda name: name[:1].lower() + name[1:])


def to_result(value: Any) -> Any:
    """The answer of the API as the result of a state; times are milliseconds since 1970."""
    return _renamed(value, lambda name: name[:1].upper() + name[1:])


def _renamed(value: Any, rename: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {rename(name): _renamed(member, rename) for name, member in value.items()}
    if isinstance(value, list):
        return [_renamed(member, rename) for member in value]
    return int(value.timestamp() * 1000) if isinstance(value, datetime) else value
