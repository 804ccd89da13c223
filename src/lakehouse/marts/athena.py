"""Tables of the lake, read through Athena, whichever engine wrote them."""

from __future__ import annotations

import io
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from lakehouse.aws import aws_errors, bucket_and_key
from lakehouse.database import identifier
from lakehouse.errors import AwsError, TableReadError
from lakehouse.marts.rows import TextRow

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_SQL_TEXT = {
    "timestamp": "cast(cast({0} as timestamp(6)) as varchar)",
    "other": "cast({0} as varchar)",
}
# A double has as many spellings as engines; no table of the project holds one.
_UNCOMPARABLE = ("double", "real", "float")
_MOST_DELETED = 1000  # of one call


def unload_folder(results: str) -> str:
    """Return where unloaded rows go: below the results of queries, which an identity may write."""
    return f"{results.rstrip('/')}/unload"


@dataclass(frozen=True)
class AthenaReader:
    """Reads tables of the lake through Athena, which leaves their rows in S3 as Parquet.

    Not page by page from the answer to a query: that is one request per thousand rows.

    Attributes:
        athena, glue, s3: clients.
        workgroup: in which the queries run.
        unloads: `s3://bucket/prefix` below which each reading has a folder of its own for as long
            as it takes.
    """

    athena: AthenaClient
    glue: GlueClient
    s3: S3Client
    workgroup: str
    unloads: str
    poll_seconds: float = 0.1
    build_command: str = "lakehouse dbt build"

    def texts(self, schema: str, table: str, columns: Sequence[str]) -> Iterator[TextRow]:
        """Read some columns of a table or view as text.

        Raises: TableReadError if the table is not there, lacks a column, or the query fails;
            AwsError if it may not be run, or its files not be read or removed.
        """
        for batch in self.batches(schema, table, columns):
            values = [batch.column(column).to_pylist() for column in columns]
            yield from zip(*values, strict=True)

    def batches(self, schema: str, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Read as `texts` does, in pieces whose columns are text."""
        types = self.types(schema, table)
        texts = []
        for column in columns:
            if column not in types:
                raise TableReadError(f"{schema}.{table} has no column {column}")
            if types[column].startswith(_UNCOMPARABLE):
                raise TableReadError(
                    f"column {column} is a {types[column]}, which has no exact text"
                )
            kind = "timestamp" if types[column].startswith("timestamp") else "other"
            name = identifier(column)
            texts.append(f"{_SQL_TEXT[kind].format(name)} as {name}")
        place = identifier("awsdatacatalog", schema, table)
        query = f"select {', '.join(texts)} from {place}"
        folder = f"{self.unloads.rstrip('/')}/{uuid.uuid4().hex}/"
        started = self._start(query, folder)
        try:
            self._wait(started, query)
            for key in self._keys(folder):
                yield from self._file_batches(folder, key, columns)
        finally:
            self._empty(folder)

    def copy(self, connection: DuckDBPyConnection, name: str, schema: str, table: str) -> str:
        """Copy a table's texts to a temporary table of DuckDB; returns that, as SQL names it.

        Args:
            name: of the copy; one that is there is replaced.
        Raises: as `batches`.
        """
        place = identifier("temp", name)
        columns = list(self.types(schema, table))
        declared = ", ".join(f"{identifier(column)} varchar" for column in columns)
        connection.execute(f"create or replace temp table {identifier(name)} ({declared})")
        for batch in self.batches(schema, table, columns):
            connection.register("piece", batch)
            connection.execute(f"insert into {place} select * from piece")
            connection.unregister("piece")
        return place

    def _start(self, query: str, folder: str) -> str:
        """Have Athena write the rows of a query below an empty folder; returns the execution."""
        place = folder.replace("'", "''")
        sql = f"unload ({query}) to '{place}' with (format = 'PARQUET')"
        with aws_errors(f"Athena workgroup {self.workgroup}"):
            started = self.athena.start_query_execution(QueryString=sql, WorkGroup=self.workgroup)
        return started["QueryExecutionId"]

    def _wait(self, execution: str, query: str) -> None:
        while True:
            with aws_errors(f"Athena workgroup {self.workgroup}"):
                told = self.athena.get_query_execution(QueryExecutionId=execution)
            status = told["QueryExecution"]["Status"]
            if status["State"] not in ("QUEUED", "RUNNING"):
                break
            time.sleep(self.poll_seconds)
        if status["State"] != "SUCCEEDED":
            reason = status.get("StateChangeReason", status["State"])
            raise TableReadError(f"Athena could not run {query[:100]!r}: {reason}")

    def _keys(self, folder: str) -> list[str]:
        bucket, prefix = bucket_and_key(folder)
        with aws_errors(folder):
            pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def _file_batches(
        self, folder: str, key: str, columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        with aws_errors(folder):
            body = self.s3.get_object(Bucket=bucket_and_key(folder)[0], Key=key)["Body"].read()
        yield from pq.ParquetFile(io.BytesIO(body)).iter_batches(columns=list(columns))

    def _empty(self, folder: str) -> None:
        """Remove what a reading left, also one that failed: Athena removes nothing."""
        keys = self._keys(folder)
        for start in range(0, len(keys), _MOST_DELETED):
            objects: list[ObjectIdentifierTypeDef] = [
                {"Key": key} for key in keys[start : start + _MOST_DELETED]
            ]
            with aws_errors(folder):
                done = self.s3.delete_objects(
                    Bucket=bucket_and_key(folder)[0], Delete={"Objects": objects, "Quiet": True}
                )
            for kept in done.get("Errors", ()):
                raise AwsError(
                    f"{folder}: rows that were read stay there ({kept['Code']}: "
                    f"{kept.get('Message', '')}); remove them, and let this identity do it"
                )

    def types(self, schema: str, table: str) -> dict[str, str]:
        """Return column -> type as the catalogue has them. Raises: TableReadError, AwsError."""
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
