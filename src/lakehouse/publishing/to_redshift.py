"""Publishing to Redshift Serverless by its Data API: Parquet to S3, COPY to staging tables, swap.

All tables of an exposure are swapped in one transaction, which first compares what was staged with
the marts. A batch of the Data API is one transaction and holds 40 statements at most, so staging
tables are filled before, one batch each.
"""

from __future__ import annotations

import io
import re
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from lakehouse.aws import aws_errors, bucket_and_key
from lakehouse.errors import PublishError
from lakehouse.marts.fingerprint import fingerprint, row_text_sql
from lakehouse.marts.rows import TableReader, TextRow
from lakehouse.publishing.mart_rows import mart_rows
from lakehouse.publishing.publication import Publication, PublishedRows, PublishedTable
from lakehouse.publishing.removal import check_removal

if TYPE_CHECKING:
    from mypy_boto3_redshift_data import RedshiftDataAPIServiceClient
    from mypy_boto3_redshift_data.type_defs import DescribeStatementResponseTypeDef
    from mypy_boto3_s3 import S3Client

MOST_STATEMENTS = 40
_MOST_SECONDS = 1800.0
_STAGE = "__stage"
_TEXT_BYTES = 65535  # the most that Redshift holds; a longer text fails COPY, nothing is cut
_OWN_TYPES = {"timestamp": "timestamp without time zone", "text": "character varying"}
_COPY_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+")
_LOCATION = re.compile(r"s3://[a-z0-9.-]+/[A-Za-z0-9_./-]+")


@dataclass(frozen=True)
class RedshiftTarget:
    """A workgroup and the way to it.

    Attributes:
        copy_role: ARN of the role that COPY reads S3 with.
        exports: `s3://bucket/prefix` for Parquet files, which are deleted afterwards.
        data: client of the Data API; s3: client of S3.
    """

    workgroup: str
    database: str
    copy_role: str
    exports: str
    data: RedshiftDataAPIServiceClient
    s3: S3Client
    poll_seconds: float = 1.0
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class _Staged:
    """A table whose rows are exported.

    Attributes:
        is_same_shape: the published table exists with these columns, so its rows are exchanged and
            its grants stay; otherwise the table is.
    """

    table: PublishedTable
    rows: Sequence[TextRow]
    location: str
    is_same_shape: bool


def publish_to_redshift(
    publication: Publication,
    *,
    marts: TableReader,
    target: RedshiftTarget,
    allow_empty: bool = False,
    allow_removal: Collection[str] = (),
) -> list[PublishedRows]:
    """Make the published tables equal to the marts; readers see the old ones or the new ones.

    Args:
        allow_empty: let a mart without rows empty its table.
        allow_removal: tables of which any number of rows may go.
    Returns: one result per table; all its rows are written anew.
    Raises: PublishError if anything fails or what was staged is not equal; the old tables stay.
    Source: docs/domains/retail.md#publishing.
    """
    _check(target)
    folder = f"{target.exports.rstrip('/')}/{publication.exposure}/{uuid.uuid4().hex}"
    shapes = _shapes(publication, target)
    staged = []
    try:
        for table in publication.tables:
            rows = mart_rows(table, marts)
            _check_rows(publication, table, rows, shapes, target, allow_empty)
            location = f"{folder}/{table.name}.parquet"
            _put(location, parquet_bytes(table, rows), target)
            is_same = shapes.get(table.name) == _shape(table)
            staged.append(_Staged(table, rows, location, is_same))
        for one in staged:
            _run(stage_statements(publication, one.table, one.location, target.copy_role), target)
        for one in staged:
            _check_missing(publication, one, shapes, target, allow_removal)
        _run(_swap_statements(publication, staged), target)
        _run(
            [f"drop table if exists {_place(publication, one.table, _STAGE)}" for one in staged],
            target,
        )
    finally:
        for one in staged:
            _delete(one.location, target)
    return [
        PublishedRows(f"{publication.schema}.{one.table.name}", len(one.rows), len(one.rows), 0)
        for one in staged
    ]


def stage_statements(
    publication: Publication, table: PublishedTable, location: str, copy_role: str
) -> list[str]:
    """Return the SQL that fills a staging table from one Parquet file."""
    stage = _place(publication, table, _STAGE)
    columns = ", ".join(
        f'"{column.name}" {_sql_type(column.type)}{" not null" * (column.name in table.key)}'
        for column in table.columns
    )
    key = ", ".join(f'"{name}"' for name in table.key)
    style = "all" if table.is_replicated else "auto"
    return [
        f"drop table if exists {stage}",
        f"create table {stage} ({columns}, primary key ({key})) diststyle {style}",
        f"copy {stage} from '{location}' iam_role '{copy_role}' format as parquet",
    ]


def swap_statements(publication: Publication, staged: Sequence[_Staged]) -> list[str]:
    """Return the SQL of the one transaction: compare, exchange, grant."""
    statements = [_comparison(publication, one) for one in staged]
    for one in staged:
        place, stage = _place(publication, one.table), _place(publication, one.table, _STAGE)
        columns = ", ".join(f'"{column.name}"' for column in one.table.columns)
        if one.is_same_shape:
            statements += [
                f"delete from {place}",
                f"insert into {place} ({columns}) select {columns} from {stage}",
            ]
        else:
            statements += [
                f"drop table if exists {place}",
                f'alter table {stage} rename to "{one.table.name}"',
            ]
    places = ", ".join(_place(publication, one.table) for one in staged)
    # The schema is not the publisher's own: Terraform lets the role in there.
    statements += [
        f'grant select on table {places} to role "{role}"' for role in publication.readers
    ]
    return statements


def parquet_bytes(table: PublishedTable, rows: Sequence[TextRow]) -> bytes:
    """Return the rows as one Parquet file with the types of the published columns.

    Decimals are written as fixed-length byte arrays, which is what COPY is documented to read.
    """
    columns = zip(*rows, strict=True) if rows else [()] * len(table.columns)
    arrays = [
        pa.array([None if text is None else _value(text, column.type) for text in texts], kind)
        for column, texts, kind in (
            (column, texts, _arrow_type(column.type))
            for column, texts in zip(table.columns, columns, strict=True)
        )
    ]
    made = pa.Table.from_arrays(arrays, names=[column.name for column in table.columns])
    buffer = io.BytesIO()
    pq.write_table(made, buffer, compression="snappy", coerce_timestamps="us")
    return buffer.getvalue()


def _swap_statements(publication: Publication, staged: Sequence[_Staged]) -> list[str]:
    statements = swap_statements(publication, staged)
    if len(statements) > MOST_STATEMENTS:
        raise PublishError(
            f"exposure {publication.exposure}: {len(statements)} statements, and one transaction "
            f"of the Data API holds {MOST_STATEMENTS}; divide the exposure"
        )
    return statements


def _comparison(publication: Publication, one: _Staged) -> str:
    """A statement that fails, and with it its transaction, unless the stage equals the mart."""
    expected = fingerprint(one.rows)
    text = row_text_sql([(f'"{column.name}"', column.type) for column in one.table.columns])
    total = f"coalesce(sum(cast(strtol(left(md5({text}), 15), 16) as decimal(38, 0))), 0)"
    return (
        f"select 1 / case when count(*) = {expected.row_count} and {total} = {expected.checksum} "
        f"then 1 else 0 end as is_equal_to_{one.table.model} "
        f"from {_place(publication, one.table, _STAGE)}"
    )


def _check(target: RedshiftTarget) -> None:
    """Settings that become SQL text are what they say they are."""
    if not _COPY_ROLE.fullmatch(target.copy_role):
        raise PublishError(f"LAKEHOUSE_REDSHIFT_COPY_ROLE '{target.copy_role}' is no ARN of a role")
    if not _LOCATION.fullmatch(target.exports):
        raise PublishError(
            f"LAKEHOUSE_REDSHIFT_EXPORTS '{target.exports}' is no s3://bucket/prefix"
        )


def _check_rows(
    publication: Publication,
    table: PublishedTable,
    rows: Sequence[TextRow],
    shapes: dict[str, list[tuple[str, ...]]],
    target: RedshiftTarget,
    allow_empty: bool,
) -> None:
    """Redshift holds no key to be unique, and an empty mart is mostly one that was not built."""
    place = [column.name for column in table.columns]
    keys = [tuple(row[place.index(name)] for name in table.key) for row in rows]
    if len(set(keys)) != len(keys) or any(None in key for key in keys):
        raise PublishError(
            f"{table.model}: its key ({', '.join(table.key)}) is null or repeated; nothing is "
            f"published: run its tests"
        )
    if rows or allow_empty or table.name not in shapes:
        return
    if _query(f"select 1 from {_place(publication, table)} limit 1", target):
        raise PublishError(
            f"{table.model} has no rows, and {publication.schema}.{table.name} has: nothing is "
            f"published; build the mart, or publish with --allow-empty if all rows are meant to go"
        )


def _check_missing(
    publication: Publication,
    one: _Staged,
    shapes: dict[str, list[tuple[str, ...]]],
    target: RedshiftTarget,
    allowed: Collection[str],
) -> None:
    """Compare keys before the swap, as text: a table of another shape may hold them as such."""
    table = one.table
    if not one.rows or not set(table.key) <= {column for column, *_ in shapes.get(table.name, [])}:
        return
    match = " and ".join(
        f'cast(held."{name}" as varchar) = cast(new."{name}" as varchar)' for name in table.key
    )
    [(held_count, missing_count)] = _query(
        f'select count(*), count(*) - count(new."{table.key[0]}") from '
        f"{_place(publication, table)} as held left join "
        f"{_place(publication, table, _STAGE)} as new on {match}",
        target,
    )
    check_removal(
        publication,
        table,
        held_count=int(held_count),
        missing_count=int(missing_count),
        allowed=allowed,
    )


def _shapes(publication: Publication, target: RedshiftTarget) -> dict[str, list[tuple[str, ...]]]:
    rows = _query(
        "select table_name, column_name, data_type, character_maximum_length, numeric_precision, "
        f"numeric_scale from information_schema.columns where table_schema = "
        f"'{publication.schema}' order by table_name, ordinal_position",
        target,
    )
    shapes: dict[str, list[tuple[str, ...]]] = {}
    for table, *column in rows:
        name, kind, length, precision, scale = map(str, column)
        size = {"numeric": f"{precision},{scale}", "character varying": length}.get(kind, "")
        shapes.setdefault(table, []).append((name, kind, size))
    return shapes


def _shape(table: PublishedTable) -> list[tuple[str, ...]]:
    shape: list[tuple[str, ...]] = []
    for column in table.columns:
        kind, _, size = column.type.removesuffix(")").partition("(")
        kind = {"decimal": "numeric"}.get(kind, _OWN_TYPES.get(kind, kind))
        shape.append((column.name, kind, str(_TEXT_BYTES) if column.type == "text" else size))
    return shape


def _query(sql: str, target: RedshiftTarget) -> list[tuple[Any, ...]]:
    with aws_errors(f"Redshift {target.workgroup}"):
        started = target.data.execute_statement(
            WorkgroupName=target.workgroup, Database=target.database, Sql=sql
        )
    _wait(started["Id"], target)
    with aws_errors(f"Redshift {target.workgroup}"):
        pages = target.data.get_paginator("get_statement_result").paginate(Id=started["Id"])
        return [
            tuple(None if "isNull" in field else next(iter(field.values())) for field in record)
            for page in pages
            for record in page["Records"]
        ]


def _run(statements: Sequence[str], target: RedshiftTarget) -> None:
    """Run statements as one transaction."""
    with aws_errors(f"Redshift {target.workgroup}"):
        started = target.data.batch_execute_statement(
            WorkgroupName=target.workgroup, Database=target.database, Sqls=list(statements)
        )
    _wait(started["Id"], target)


def _wait(statement: str, target: RedshiftTarget) -> None:
    waited = 0.0
    while True:
        with aws_errors(f"Redshift {target.workgroup}"):
            told = target.data.describe_statement(Id=statement)
        if told["Status"] == "FINISHED":
            return
        if told["Status"] in ("FAILED", "ABORTED"):
            raise PublishError(_failure(told, target))
        if waited >= _MOST_SECONDS:
            with aws_errors(f"Redshift {target.workgroup}"):
                target.data.cancel_statement(Id=statement)
            raise PublishError(
                f"Redshift {target.workgroup}: still {told['Status']} after {waited:.0f} s, so it "
                f"is cancelled; the old tables stay: look for what blocks it, then publish again"
            )
        target.sleep(target.poll_seconds)
        waited += target.poll_seconds


def _failure(told: DescribeStatementResponseTypeDef, target: RedshiftTarget) -> str:
    failed = [one for one in told.get("SubStatements", []) if one.get("Status") == "FAILED"]
    sql = failed[0].get("QueryString", "") if failed else ""
    if found := re.search(r"as is_equal_to_(\w+)", sql):
        reason = f"what was staged is not equal to {found[1]}"
    else:
        said = (failed[0].get("Error") if failed else None) or told.get("Error") or told["Status"]
        reason = f"{' '.join(str(said).split())}{f' (in: {sql[:80]}…)' if sql else ''}"
    return (
        f"Redshift {target.workgroup}: {reason}; the transaction is rolled back and the old tables "
        f"stay: correct it, then publish again"
    )


def _put(location: str, content: bytes, target: RedshiftTarget) -> None:
    bucket, key = bucket_and_key(location)
    with aws_errors(location):
        target.s3.put_object(Bucket=bucket, Key=key, Body=content)


def _delete(location: str, target: RedshiftTarget) -> None:
    bucket, key = bucket_and_key(location)
    with aws_errors(location):
        target.s3.delete_object(Bucket=bucket, Key=key)


def _place(publication: Publication, table: PublishedTable, suffix: str = "") -> str:
    return f'"{publication.schema}"."{table.name}{suffix}"'


def _sql_type(kind: str) -> str:
    return f"varchar({_TEXT_BYTES})" if kind == "text" else kind


def _arrow_type(kind: str) -> pa.DataType:
    if kind.startswith("decimal"):
        precision, scale = map(int, re.findall(r"\d+", kind))
        return pa.decimal128(precision, scale)
    types: dict[str, pa.DataType] = {
        "text": pa.string(),
        "bigint": pa.int64(),
        "integer": pa.int32(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
    }
    return types[kind]


def _value(text: str, kind: str) -> Any:
    if kind.startswith("decimal"):
        return Decimal(text)
    readers: dict[str, Callable[[str], Any]] = {
        "text": str,
        "bigint": int,
        "integer": int,
        "boolean": lambda told: told == "true",
        "date": date.fromisoformat,
        "timestamp": datetime.fromisoformat,
    }
    return readers[kind](text)
