"""Rows of marts as text, whichever engine keeps them, and what makes two copies of them equal.

The text of a value is the one PostgreSQL, Redshift and Athena give it: decimals with all their
places, ISO dates, `true` and `false`. So a checksum can be computed on either side.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lakehouse.errors import ParityError, PublishError
from lakehouse.parity import AthenaReader, text_of
from lakehouse.publication import PublishedTable

TextRow = tuple[str | None, ...]
_DIGITS = 15  # hex digits of a row's hash: 60 bits fit a bigint


@dataclass(frozen=True)
class Fingerprint:
    """What two copies of a table must share: the number of rows, and the sum of their hashes."""

    row_count: int
    checksum: int


class Marts(Protocol):
    """Where marts are read."""

    def rows(self, table: PublishedTable) -> list[TextRow]:
        """All rows, values as text in the order of the published columns.

        Raises: PublishError if the mart cannot be read.
        """


@dataclass(frozen=True)
class DuckDbMarts:
    """Marts in a DuckDB file."""

    path: Path

    def rows(self, table: PublishedTable) -> list[TextRow]:
        # Imported late: other engines do not need it.
        import duckdb

        if not self.path.is_file():
            raise PublishError(f"{self.path}: no such database; run `dbt build` first")
        columns = ", ".join(f'"{column.source}"' for column in table.columns)
        sql = f'select {columns} from "{table.lake_schema}"."{table.lake_table}"'
        try:
            with duckdb.connect(str(self.path), read_only=True) as lake:
                return [tuple(map(text_of, row)) for row in lake.execute(sql).fetchall()]
        except (duckdb.Error, ParityError) as err:
            raise PublishError(
                f"{table.model} cannot be read ({err}); nothing is published: run `dbt build` first"
            ) from err


@dataclass(frozen=True)
class AthenaMarts:
    """Marts in the Glue catalogue, whichever engine wrote them."""

    reader: AthenaReader

    def rows(self, table: PublishedTable) -> list[TextRow]:
        sources = [column.source for column in table.columns]
        try:
            return list(self.reader.texts(table.lake_schema, table.lake_table, sources))
        except ParityError as err:
            raise PublishError(
                f"{table.model} cannot be read ({err}); nothing is published: run `lakehouse dbt "
                f"build` first"
            ) from err


def fingerprint(rows: Iterable[Sequence[str | None]]) -> Fingerprint:
    """Return what a copy of the rows must share, in whatever order it has them."""
    hashes = [
        int(hashlib.md5(_row_text(row).encode(), usedforsecurity=False).hexdigest()[:_DIGITS], 16)
        for row in rows
    ]
    return Fingerprint(len(hashes), sum(hashes))


def row_text_sql(columns: Sequence[tuple[str, str]]) -> str:
    """Return the SQL of a row's text, the same on PostgreSQL and Redshift.

    Args:
        columns: pairs of SQL expression and published type, in order.
    """
    parts = []
    for expression, kind in columns:
        text = f"cast({expression} as varchar)"
        if kind == "boolean":
            # Redshift does not cast a boolean to text.
            text = f"case when {expression} then 'true' else 'false' end"
        elif kind == "timestamp":
            text = f"to_char({expression}, 'YYYY-MM-DD HH24:MI:SS.US')"
        parts.append(
            f"case when {expression} is null then 'n' "
            f"else cast(length({text}) as varchar) || ':' || {text} end"
        )
    return " || ',' || ".join(parts)


def _row_text(row: Sequence[str | None]) -> str:
    # With lengths: no value can look like the border between two.
    return ",".join("n" if value is None else f"{len(value)}:{value}" for value in row)
