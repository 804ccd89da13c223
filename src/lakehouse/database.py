"""The DuckDB file: which one it is, who has it open, and how paths and names stand in SQL."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_LOCKED = re.compile(
    r'(?:Could not set lock on|Cannot open) file "(?P<file>[^"]+)"'
    r"(?:: Conflicting lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)"
    r"|[^\n]*(?:lock|being used by another process))"
)


@dataclass(frozen=True)
class OpenElsewhere:
    """A database file that another process has open, as DuckDB said it.

    Attributes:
        how: a predicate of the file, with the process where DuckDB named it.
    """

    file: str
    how: str


def database_file(settings: Mapping[str, str] = os.environ) -> str:
    """Return the path of the DuckDB file, relative to the working directory.

    LAKEHOUSE_DUCKDB names it. Empty means not set: a shell cannot always unset what it was given.
    """
    return settings.get("LAKEHOUSE_DUCKDB") or "lakehouse.duckdb"


def quoted(path: str | Path) -> str:
    """Write a path as a text of SQL, for statements that take no parameter."""
    return "'" + str(path).replace("'", "''") + "'"


def identifier(*names: str) -> str:
    """Write a name of SQL, its parts with dots between, whatever characters they hold."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def open_elsewhere(message: str) -> OpenElsewhere | None:
    """Return the file that DuckDB could not open because another process has it; None otherwise.

    Args:
        message: of an exception, or what a command printed of one.
    """
    if not (found := _LOCKED.search(message)):
        return None
    how = "is open in another process"
    if found["program"]:
        how += f": {found['program'].rsplit('/', 1)[-1]}, PID {found['pid']}"
    return OpenElsewhere(found["file"], how)
