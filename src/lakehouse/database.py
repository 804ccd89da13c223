"""The DuckDB file: which one it is, and how paths and names stand in SQL."""

import os
from collections.abc import Mapping
from pathlib import Path


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
