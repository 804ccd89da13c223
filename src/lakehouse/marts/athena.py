"""Tables of the lake, read through Athena, whichever engine wrote them."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.aws import aws_errors
from lakehouse.errors import TableReadError
from lakehouse.marts.rows import Rows, TextRow

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_glue import GlueClient

_SQL_TEXT = {
    "timestamp": "cast(cast({0} as timestamp(6)) as varchar)",
    "other": "cast({0} as varchar)",
}
# A double has as many spellings as engines; no table of the project holds one.
_UNCOMPARABLE = ("double", "real", "float")


@dataclass(frozen=True)
class AthenaReader:
    """Reads tables of the lake through Athena.

    Attributes:
        athena, glue: clients.
        workgroup: in which the queries run; it says where their results go.
    """

    athena: AthenaClient
    glue: GlueClient
    workgroup: str
    poll_seconds: float = 0.1
    build_command: str = "lakehouse dbt build"

    def rows(self, schema: str, table: str, columns: Sequence[str]) -> Rows:
        """Read the columns of a table or view.

        Raises: TableReadError if the table is not there, lacks a column, or the query fails.
        """
        types = self._types(schema, table)
        if set(types) != set(columns):
            raise TableReadError(
                f"columns differ: {sorted(set(columns) ^ set(types))} are on one side only"
            )
        return Rows(tuple(columns), Counter(self.texts(schema, table, columns)))

    def texts(self, schema: str, table: str, columns: Sequence[str]) -> Iterator[TextRow]:
        """Read some columns of a table or view as text.

        Raises: TableReadError if the table is not there, lacks a column, or the query fails.
        """
        types = self._types(schema, table)
        texts = []
        for column in columns:
            if column not in types:
                raise TableReadError(f"{schema}.{table} has no column {column}")
            if types[column].startswith(_UNCOMPARABLE):
                raise TableReadError(
                    f"column {column} is a {types[column]}, which has no exact text"
                )
            kind = "timestamp" if types[column].startswith("timestamp") else "other"
            texts.append(_SQL_TEXT[kind].format(f'"{column}"'))
        sql = (
            f"select json_format(cast(array[{', '.join(texts)}] as json)) "
            f'from "awsdatacatalog"."{schema}"."{table}"'
        )
        for (text,) in self.query(sql):
            assert text is not None, "the text of an array is never null"
            yield tuple(json.loads(text))

    def query(self, sql: str) -> Iterator[TextRow]:
        """Run a statement to its end and return the rows of its answer, as Athena spells them.

        Raises: TableReadError with Athena's reason if it fails; AwsError if it may not be run.
        """
        with self._refusals():
            started = self.athena.start_query_execution(QueryString=sql, WorkGroup=self.workgroup)
        name = started["QueryExecutionId"]
        while True:
            with self._refusals():
                told = self.athena.get_query_execution(QueryExecutionId=name)
            execution = told["QueryExecution"]
            if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
                break
            time.sleep(self.poll_seconds)
        if execution["Status"]["State"] != "SUCCEEDED":
            reason = execution["Status"].get("StateChangeReason", execution["Status"]["State"])
            raise TableReadError(f"Athena could not run {sql[:100]!r}: {reason}")
        return self._answer(name)

    def _answer(self, query: str) -> Iterator[TextRow]:
        pages = iter(
            self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=query)
        )
        is_head = True
        while True:
            with self._refusals():
                page = next(pages, None)
            if page is None:
                return
            for row in page["ResultSet"]["Rows"]:
                if not is_head:
                    yield tuple(cell.get("VarCharValue") for cell in row["Data"])
                is_head = False

    def _refusals(self) -> AbstractContextManager[None]:
        return aws_errors(f"Athena workgroup {self.workgroup}")

    def _types(self, schema: str, table: str) -> dict[str, str]:
        with aws_errors(f"Glue table {schema}.{table}"):
            try:
                found = self.glue.get_table(DatabaseName=schema, Name=table)["Table"]
            except self.glue.exceptions.EntityNotFoundException as err:
                raise TableReadError(f"{schema}.{table} is not in the catalogue") from err
        columns = found["StorageDescriptor"]["Columns"]
        # A column that a table once had stays in Glue's list for Iceberg, marked as not current.
        return {
            column["Name"]: column["Type"]
            for column in columns
            if column.get("Parameters", {}).get("iceberg.field.current") != "false"
        }
