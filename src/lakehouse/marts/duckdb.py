"""Tables of a DuckDB file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.errors import TableReadError
from lakehouse.marts.rows import Rows, TextRow

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class DuckDbReader:
    """Reads tables of a DuckDB file."""

    path: Path
    build_command: str = "dbt build"

    def texts(self, schema: str, table: str, columns: Sequence[str]) -> Iterator[TextRow]:
        """Read some columns of a table or view as text.

        Raises: TableReadError if the file or the table is not there, or lacks a column.
        """
        # Imported late: other engines do not need it.
        import duckdb

        if not self.path.is_file():
            raise TableReadError(f"{self.path}: no such database")
        names = ", ".join(f'"{column}"' for column in columns)
        try:
            with duckdb.connect(str(self.path), read_only=True) as lake:
                found = lake.execute(f'select {names} from "{schema}"."{table}"').fetchall()
        except duckdb.Error as err:
            raise TableReadError(str(err)) from err
        for row in found:
            yield tuple(map(text_of, row))


def duckdb_rows(connection: DuckDBPyConnection, schema: str, table: str) -> Rows:
    """Read a table or view of a DuckDB connection."""
    cursor = connection.execute(f"select * from {schema}.{table}")
    columns = tuple(column[0] for column in cursor.description)
    return Rows(columns, Counter(tuple(map(text_of, row)) for row in cursor.fetchall()))


def text_of(value: object) -> str | None:
    """Return a DuckDB value as Athena spells it.

    Raises: TableReadError if the value is of a type that engines spell differently.
    """
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime():
            # Not strftime: it leaves out the zeros before a year of three digits.
            return value.isoformat(sep=" ", timespec="microseconds")
        case int() | Decimal() | date():
            # Not str(): small decimals would become 0E-12.
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
    raise TableReadError(f"{value!r} is a {type(value).__name__}, which cannot be compared as text")
