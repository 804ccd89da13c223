"""Marts of a DuckDB file as everybody may see them: SQL that names a personal column fails.

The file is attached read-only beside a database in memory that has a view for each mart, with the
open columns alone. A query sees these views and nothing else: no other table of the file, no file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.database import quoted
from lakehouse.errors import GuardedColumnError, TableReadError
from lakehouse.marts.declared import DeclaredTable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FILE = "file"
_UNKNOWN_COLUMN = re.compile(
    r'Referenced column "(\w+)" not found|does not have a column named "(\w+)"'
)


@dataclass(frozen=True)
class Answer:
    """What a query returns: rows of Python values, and the marts that it read."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    marts: tuple[str, ...]


@dataclass(frozen=True)
class OpenView:
    """A connection whose tables are the marts that the file holds.

    Attributes:
        built: marts that are there.
        bare: a connection without tables, which knows what a query may call: one that has the
            views would name what lies behind them.
    """

    connection: DuckDBPyConnection
    declared: Sequence[DeclaredTable]
    built: frozenset[str]
    bare: DuckDBPyConnection

    def marts_of(self, sql: str) -> tuple[str, ...]:
        """Return the marts that a query reads.

        Raises: GuardedColumnError for any other table; TableReadError for SQL that is none.
        """
        import duckdb

        known = {f"{mart.domain}.{mart.name}": mart.name for mart in self.declared}
        try:
            named = {
                name.split(" AS ")[0] for name in self.bare.get_table_names(sql, qualified=True)
            }
        except duckdb.Error as err:
            raise TableReadError(str(err)) from err
        if foreign := sorted(named - set(known)):
            raise GuardedColumnError(f"{', '.join(foreign)} is no mart; only marts are shown")
        return tuple(sorted(known[name] for name in named))

    def ask(self, sql: str) -> Answer:
        """Run a query.

        Raises: GuardedColumnError if it names a column that is not open; TableReadError if it
            cannot be run, above all where a mart is not built.
        """
        import duckdb

        marts = self.marts_of(sql)
        if missing := [name for name in marts if name not in self.built]:
            raise TableReadError(f"{', '.join(missing)}: not built")
        try:
            cursor = self.connection.execute(sql)
            columns = tuple(column[0] for column in cursor.description or ())
            return Answer(columns, tuple(map(tuple, cursor.fetchall())), marts)
        except duckdb.Error as err:
            self._tell_guarded(str(err), marts)
            raise TableReadError(str(err)) from err

    def _tell_guarded(self, message: str, marts: Sequence[str]) -> None:
        found = _UNKNOWN_COLUMN.search(message)
        name = (found[1] or found[2] or "") if found else ""
        for mart in self.declared:
            if mart.name in marts and name in mart.columns and name not in mart.open_columns:
                raise GuardedColumnError(
                    f"{mart.name}.{name} is {mart.columns[name]}: it is never shown; leave it out"
                )


@contextmanager
def open_view(
    path: Path, declared: Sequence[DeclaredTable], *, macros: Sequence[str] = ()
) -> Iterator[OpenView]:
    """Open the marts of a file for as long as the context lasts.

    Args:
        macros: `create macro …` statements; queries may call them.

    Raises: TableReadError if it is not there, cannot be opened, or lacks a column of a mart that
        it has.
    """
    # Imported late: other engines do not need it.
    import duckdb

    if not path.is_file():
        raise TableReadError(
            f"{path}: no such database; build the tables first (make build), or correct "
            "LAKEHOUSE_DUCKDB"
        )
    with duckdb.connect(":memory:") as connection, duckdb.connect(":memory:") as bare:
        try:
            connection.execute(f"attach {quoted(path)} as {_FILE} (read_only)")
            built = _make_views(connection, declared)
            for macro in macros:
                connection.execute(macro)
                bare.execute(macro)
            connection.execute("set enable_external_access = false; set lock_configuration = true")
        except duckdb.Error as err:
            raise TableReadError(str(err)) from err
        yield OpenView(connection, declared, built, bare)


def _make_views(
    connection: DuckDBPyConnection, declared: Sequence[DeclaredTable]
) -> frozenset[str]:
    held: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where database_name = ?",
        [_FILE],
    ).fetchall():
        held.setdefault((schema, table), set()).add(column)
    built = set()
    for mart in declared:
        columns = held.get((mart.domain, mart.name))
        if columns is None:
            continue
        if missing := sorted(set(mart.open_columns) - columns):
            raise TableReadError(
                f"{mart.domain}.{mart.name} lacks {', '.join(missing)}: another version of the "
                "project built it; build it again (lakehouse build --full-refresh)"
            )
        named = ", ".join(f'"{column}"' for column in mart.open_columns)
        connection.execute(f'create schema if not exists "{mart.domain}"')
        connection.execute(
            f'create view "{mart.domain}"."{mart.name}" as '
            f'select {named} from {_FILE}."{mart.domain}"."{mart.name}"'
        )
        built.add(mart.name)
    return frozenset(built)
