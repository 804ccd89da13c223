"""Tables of a DuckDB file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.database import identifier
from lakehouse.errors import TableReadError
from lakehouse.marts.comparison import columns_of
from lakehouse.marts.rows import TextRow

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A cast to text says what Athena's cast says: no other type is in a table of the project.
_SPELLED_ALIKE = re.compile(
    r"VARCHAR|BOOLEAN|DATE|U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DECIMAL\(\d+,\d+\)"
)


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
        place = identifier(schema, table)
        try:
            with duckdb.connect(str(self.path), read_only=True) as lake:
                types = columns_of(lake, place)
                for column in columns:
                    if column not in types:
                        raise TableReadError(f"{schema}.{table} has no column {column}")
                wanted = {column: types[column] for column in columns}
                texts = text_columns(f"{schema}.{table}", wanted)
                yield from lake.execute(f"select {texts} from {place}").fetchall()
        except duckdb.Error as err:
            raise TableReadError(str(err)) from err


def as_texts(connection: DuckDBPyConnection, relation: str) -> str:
    """Return the relation with its values spelled as Athena spells them, as SQL names it.

    Raises: TableReadError for a type that engines spell differently.
    """
    return f"(select {text_columns(relation, columns_of(connection, relation))} from {relation})"


def text_columns(table: str, types: Mapping[str, str]) -> str:
    """Return the select list that spells the columns of a table as Athena does.

    Args:
        table: as an error calls it; types: column -> DuckDB's type, in order.
    Raises: TableReadError for a type that engines spell differently.
    """
    texts = []
    for name, kind in types.items():
        column = identifier(name)
        if kind == "TIMESTAMP":
            text = f"strftime({column}, '%Y-%m-%d %H:%M:%S.%f')"
        elif _SPELLED_ALIKE.fullmatch(kind):
            text = f"cast({column} as varchar)"
        else:
            raise TableReadError(
                f"{table}: column {name} is a {kind}, which cannot be compared as text"
            )
        texts.append(f"{text} as {column}")
    return ", ".join(texts)
