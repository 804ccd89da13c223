"""The same table in DuckDB and in the lake, compared row for row and value by value.

Rows are read from the lake by Athena, whichever engine wrote them, as text: a decimal with all its
places, a timestamp with its microseconds. So a scale that differs is a difference.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lakehouse.errors import ParityError

_SHOWN_ROWS = 3
_SQL_TEXT = {
    "timestamp": "cast(cast({0} as timestamp(6)) as varchar)",
    "other": "cast({0} as varchar)",
}
# A double has as many spellings as engines; no table of the project holds one.
_UNCOMPARABLE = ("double", "real", "float")


@dataclass(frozen=True)
class Rows:
    """Columns in their order, and rows as a multiset, every value text or None."""

    columns: tuple[str, ...]
    rows: Counter[tuple[str | None, ...]]


@dataclass(frozen=True)
class Difference:
    """What one table has here and not there."""

    table: str
    only_expected: list[tuple[str | None, ...]]
    only_actual: list[tuple[str | None, ...]]
    columns: tuple[str, ...]
    note: str = ""

    def sentences(self) -> Iterator[str]:
        """Say what differs, with the first rows."""
        if self.note:
            yield f"{self.table}: {self.note}"
            return
        yield (
            f"{self.table}: {len(self.only_expected)} row(s) are missing or other, "
            f"{len(self.only_actual)} are too many or other"
        )
        for side, rows in (("expected", self.only_expected), ("found", self.only_actual)):
            for row in rows[:_SHOWN_ROWS]:
                pairs = zip(self.columns, row, strict=True)
                yield f"  {side}: " + " ".join(f"{name}={value!r}" for name, value in pairs)


def text_of(value: object) -> str | None:
    """Return a DuckDB value as Athena spells it.

    Raises: ParityError if the value is of a type that engines spell differently.
    """
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S.%f")
        case int() | Decimal() | date():
            # Not str(): small decimals would become 0E-12.
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
    raise ParityError(f"{value!r} is a {type(value).__name__}, which cannot be compared as text")


def duckdb_rows(connection: Any, schema: str, table: str) -> Rows:
    """Read a table or view of a DuckDB connection."""
    cursor = connection.execute(f"select * from {schema}.{table}")
    columns = tuple(column[0] for column in cursor.description)
    return Rows(columns, Counter(tuple(map(text_of, row)) for row in cursor.fetchall()))


@dataclass(frozen=True)
class AthenaReader:
    """Reads tables of the lake through Athena.

    Attributes:
        athena, glue: clients.
        workgroup: in which the queries run; it says where their results go.
    """

    athena: Any
    glue: Any
    workgroup: str
    poll_seconds: float = 0.1

    def rows(self, schema: str, table: str, columns: Sequence[str]) -> Rows:
        """Read the columns of a table or view.

        Raises: ParityError if the table is not there, lacks a column, or the query fails.
        """
        types = self._types(schema, table)
        if set(types) != set(columns):
            raise ParityError(
                f"columns differ: {sorted(set(columns) ^ set(types))} are on one side only"
            )
        return Rows(tuple(columns), Counter(self.texts(schema, table, columns)))

    def texts(
        self, schema: str, table: str, columns: Sequence[str]
    ) -> Iterator[tuple[str | None, ...]]:
        """Read some columns of a table or view as text.

        Raises: ParityError if the table is not there, lacks a column, or the query fails.
        """
        types = self._types(schema, table)
        texts = []
        for column in columns:
            if column not in types:
                raise ParityError(f"{schema}.{table} has no column {column}")
            if types[column].startswith(_UNCOMPARABLE):
                raise ParityError(f"column {column} is a {types[column]}, which has no exact text")
            kind = "timestamp" if types[column].startswith("timestamp") else "other"
            texts.append(_SQL_TEXT[kind].format(f'"{column}"'))
        sql = (
            f"select json_format(cast(array[{', '.join(texts)}] as json)) "
            f'from "awsdatacatalog"."{schema}"."{table}"'
        )
        for (text,) in self.query(sql):
            yield tuple(json.loads(text))

    def query(self, sql: str) -> Iterator[tuple[str | None, ...]]:
        """Run a statement to its end and return the rows of its answer, as Athena spells them.

        Raises: ParityError with Athena's reason if it fails.
        """
        started = self.athena.start_query_execution(QueryString=sql, WorkGroup=self.workgroup)
        name = started["QueryExecutionId"]
        while True:
            execution = self.athena.get_query_execution(QueryExecutionId=name)["QueryExecution"]
            if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
                break
            time.sleep(self.poll_seconds)
        if execution["Status"]["State"] != "SUCCEEDED":
            reason = execution["Status"].get("StateChangeReason", execution["Status"]["State"])
            raise ParityError(f"Athena could not run {sql[:100]!r}: {reason}")
        return self._answer(name)

    def _answer(self, query: str) -> Iterator[tuple[str | None, ...]]:
        is_head = True
        for page in self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=query):
            for row in page["ResultSet"]["Rows"]:
                if not is_head:
                    yield tuple(cell.get("VarCharValue") for cell in row["Data"])
                is_head = False

    def _types(self, schema: str, table: str) -> dict[str, str]:
        try:
            found = self.glue.get_table(DatabaseName=schema, Name=table)["Table"]
        except self.glue.exceptions.EntityNotFoundException as err:
            raise ParityError(f"{schema}.{table} is not in the catalogue") from err
        columns = found["StorageDescriptor"]["Columns"]
        # A column that a table once had stays in Glue's list for Iceberg, marked as not current.
        return {
            column["Name"]: column["Type"]
            for column in columns
            if column.get("Parameters", {}).get("iceberg.field.current") != "false"
        }


def difference(table: str, expected: Rows, actual: Rows) -> Difference | None:
    """Compare two tables as multisets of rows; None if they are equal."""
    missing, extra = expected.rows - actual.rows, actual.rows - expected.rows
    if not missing and not extra:
        return None
    return Difference(
        table=table,
        only_expected=sorted(missing.elements(), key=repr),
        only_actual=sorted(extra.elements(), key=repr),
        columns=expected.columns,
    )


def unreadable(table: str, err: ParityError) -> Difference:
    """Return the difference of a table that could not be compared."""
    note = re.sub(r"\s+", " ", str(err))[:500]
    return Difference(table=table, only_expected=[], only_actual=[], columns=(), note=note)
