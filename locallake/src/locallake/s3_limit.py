"""A store with an end: S3 lies in memory, so a write is refused before the machine has none left.

Without it the kernel ends some process, without a word to the client. The limit is held against the
whole process, because versions, parts of uploads and the catalogue take memory too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from locallake import faults, ministack
from locallake.settings import Settings

# All that add bytes; each takes the bucket and the key first.
_WRITES = ("_put_object", "_upload_part", "_upload_part_copy", "_copy_object")
_STATM = Path("/proc/self/statm")

Write = Callable[..., Any]


def install(settings: Settings) -> None:
    """Hold every write to S3 against the limit.

    Raises: HookError if the emulator is not the version this was written for.
    """
    from ministack.services import s3

    ministack.require(s3, *_WRITES, "_error")
    for name in _WRITES:
        held = limited(getattr(s3, name), settings, refuse=s3._error, used_bytes=resident_bytes)
        setattr(s3, name, held)


def limited(
    write: Write, settings: Settings, *, refuse: Callable[..., Any], used_bytes: Callable[[], int]
) -> Write:
    """Return the write, refused once the store is full or a fault says that it is.

    Args:
        refuse: makes S3's answer of a code, a message, a status and a resource.
        used_bytes: memory that is taken.
    """

    def held(bucket: str, key: str, *given: Any, **named: Any) -> Any:
        limit = settings.store_limit_bytes
        is_full = limit is not None and used_bytes() >= limit
        if is_full or faults.take(settings.faults, faults.STORE_FULL, f"{bucket}/{key}"):
            # Not of the 500s, which clients repeat for minutes.
            return refuse(faults.STORE_FULL, message(limit), 400, f"/{bucket}/{key}")
        return write(bucket, key, *given, **named)

    return held


def message(limit_bytes: int | None) -> str:
    size = "" if limit_bytes is None else f" ({limit_bytes / 2**20:.0f} MB of memory)"
    return (
        f"the local S3 is full{size}: empty it with `locallake reset`, or start it with more, "
        "`locallake up --store-limit MB`"
    )


def resident_bytes() -> int:
    """Memory of this process, bytes."""
    return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def default_limit_bytes() -> int:
    """Half of the machine's memory: engines, sessions and dbt have the other half."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
