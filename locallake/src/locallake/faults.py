"""Faults on demand: proof that a client repeats what AWS would have it repeat.

`locallake fault` writes what shall fail into the state folder; each entry is used up by the first
statement that contains its text. Without such a file nothing is ever injected.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

# What Athena answers to StartQueryExecution when it is asked too often.
THROTTLED = "TooManyRequestsException"
COMMIT_CONFLICT = "ICEBERG_COMMIT_ERROR"
# What Athena answers to OPTIMIZE after 100 partitions, if there are more; the client asks again.
MORE_RUNS = "ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED"
# What the local S3 answers when memory is used up; the text is held against `bucket/key`.
STORE_FULL = "StoreFull"
KINDS = (COMMIT_CONFLICT, MORE_RUNS, THROTTLED, STORE_FULL)


@dataclass(frozen=True)
class Fault:
    """One failure.

    Args:
        error: one of KINDS.
        text: a statement (of StoreFull: the place of an object) that contains it, in any case of
            letters, is the one that fails.
    """

    error: str
    text: str = ""


def add(file: Path, fault: Fault, *, times: int) -> None:
    """Have the next `times` statements that fit fail."""
    with _entries(file) as entries:
        entries.extend([fault] * times)


def take(file: Path, error: str, statement: str) -> bool:
    """Whether this statement shall fail so; the entry that says it is used up."""
    if not file.exists():
        return False
    with _entries(file) as entries:
        for fault in entries:
            if fault.error == error and fault.text.lower() in statement.lower():
                entries.remove(fault)
                return True
    return False


@contextmanager
def _entries(file: Path) -> Iterator[list[Fault]]:
    """The entries, written back afterwards: the command line and several threads share the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+") as content:
        fcntl.flock(content, fcntl.LOCK_EX)
        content.seek(0)
        entries = [Fault(**entry) for entry in json.loads(content.read() or "[]")]
        yield entries
        content.seek(0)
        content.truncate()
        content.write(json.dumps([asdict(fault) for fault in entries]))
