"""Glue's Hive tables as Spark's own catalogue sees them (runs in the session's process).

On AWS `spark_catalog` is the Glue catalogue. Here it is an in-memory copy of the tables that are
not Iceberg, brought up to date before a statement whenever the catalogue has changed. Only
databases that a statement has named are asked for their tables: the role may lack permission for
others. One way only: tables and partitions that a session makes in it never reach Glue. Like Spark
on AWS it knows no partition projection: a partition that is not registered is absent.

Loaded by path from worker.py, so it may import the standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

T = TypeVar("T")

# Spark's parser takes one statement for many partitions; a very long one costs more than it saves.
_PARTITIONS_PER_STATEMENT = 200


@dataclass(frozen=True)
class MirroredTable:
    """One Hive table: its columns with types in Hive's spelling, which is Spark's."""

    database: str
    name: str
    source: str
    location: str
    columns: tuple[tuple[str, str], ...]
    partition_keys: tuple[tuple[str, str], ...] = ()
    partitions: Mapping[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def identifier(self) -> str:
        return f"spark_catalog.{quoted(self.database)}.{quoted(self.name)}"


@dataclass(frozen=True)
class Mirror:
    """What Spark's own catalogue holds."""

    databases: frozenset[str] = frozenset()
    tables: Mapping[str, MirroredTable] = field(default_factory=dict)


class AnalysisException(Exception):
    """Named as Spark names it: clients are shown the name of the class."""


def check_default_database(glue: GlueClient) -> None:
    """Look `default` up, as the Hive client of a session on AWS does before anything else.

    Where it is missing, that client would make it, if the role may make databases.

    Raises: AnalysisException if the role may not look, or there is none.
    Source: aws-samples/dbt-glue#373, and the open source client of Glue for Hive.
    """
    try:
        glue.get_database(Name="default")
    except Exception as err:
        raise AnalysisException(
            "org.apache.hadoop.hive.ql.metadata.HiveException: MetaException(message:"
            f"Unable to verify existence of default database: {err})"
        ) from err


def named_in(code: str) -> frozenset[str]:
    """Return what a statement reads or lists tables of, if there are databases of these names.

    `use` is none: it looks the database up and asks for no table.
    """
    found = re.findall(r"\b(\w+)`?\s*\.|\b(?:in|from)\s+`?(\w+)", code.lower())
    return frozenset(name for pair in found for name in pair if name)


def read_catalogue(glue: GlueClient, wanted: Collection[str]) -> Mirror:
    """Read what there is to mirror.

    Args:
        wanted: the databases whose tables are asked for.
    Returns: all databases, and the tables whose files Spark can read by itself.
    """
    databases = [
        database["Name"]
        for page in glue.get_paginator("get_databases").paginate()
        for database in page["DatabaseList"]
    ]
    tables: dict[str, MirroredTable] = {}
    for database in databases:
        if database not in wanted:
            continue
        try:
            for table in _tables(database, glue):
                tables[table.identifier] = table
        except glue.exceptions.EntityNotFoundException:
            # Dropped while its neighbours were read.
            continue
    return Mirror(frozenset(databases), tables)


def _tables(database: str, glue: GlueClient) -> Iterable[MirroredTable]:
    for page in glue.get_paginator("get_tables").paginate(DatabaseName=database):
        for entry in page["TableList"]:
            table = mirrored(database, entry)
            if table is not None:
                yield _with_partitions(table, glue)


def mirrored(database: str, entry: Mapping[str, Any]) -> MirroredTable | None:
    """A table of the catalogue, its partitions left out; None where Spark cannot read it alone."""
    storage = entry.get("StorageDescriptor", {})
    source = data_source(entry)
    if source is None or not storage.get("Location"):
        return None
    return MirroredTable(
        database=database,
        name=entry["Name"],
        source=source,
        location=storage["Location"],
        columns=_columns(storage.get("Columns", ())),
        partition_keys=_columns(entry.get("PartitionKeys", ())),
    )


def data_source(entry: Mapping[str, Any]) -> str | None:
    """The Spark data source for a Hive table: parquet, orc, json, or None."""
    kind = entry.get("Parameters", {}).get("table_type", "").upper()
    if kind in {"ICEBERG", "DELTA", "HUDI"} or entry.get("TableType") == "VIRTUAL_VIEW":
        return None
    library = (
        entry.get("StorageDescriptor", {}).get("SerdeInfo", {}).get("SerializationLibrary", "")
    ).lower()
    for source in ("parquet", "orc", "json"):
        if source in library:
            return source
    return None


def changes(before: Mirror, after: Mirror) -> list[str]:
    """The statements that turn one state of Spark's own catalogue into another."""
    statements = [
        f"create database if not exists spark_catalog.{quoted(name)}"
        for name in sorted(after.databases - before.databases)
    ]
    statements.extend(
        f"drop table if exists {identifier}" for identifier in before.tables.keys() - after.tables
    )
    for identifier, table in after.tables.items():
        known = before.tables.get(identifier)
        if known is None or not _same_definition(known, table):
            # Also for an unknown table: one that was refused half-way may have been left behind.
            statements.append(f"drop table if exists {identifier}")
            statements.append(create_statement(table))
            known = replace(table, partitions={})
        statements.extend(_partition_changes(known, table))
    return statements


def create_statement(table: MirroredTable) -> str:
    """The table as Spark creates it, over files that are already there."""
    columns = ", ".join(
        f"{quoted(name)} {kind}" for name, kind in (*table.columns, *table.partition_keys)
    )
    keys = ", ".join(quoted(name) for name, _ in table.partition_keys)
    partitioned = f" partitioned by ({keys})" if keys else ""
    return (
        f"create table {table.identifier} ({columns}) using {table.source}"
        f"{partitioned} location {literal(table.location)}"
    )


def bring_up_to_date(
    before: Mirror,
    glue: GlueClient,
    wanted: Collection[str],
    run: Callable[[str], object],
    report: Callable[[str], object],
) -> Mirror:
    """Make Spark's own catalogue equal to Glue's.

    A table that Spark refuses is reported and left out; the others go on. It is tried again
    whenever the catalogue changes.

    Args:
        wanted: the databases whose tables are asked for.
        run: executes one statement of Spark SQL.
        report: writes one line to the session's log.
    Returns: what Spark's own catalogue holds now.
    """
    after = read_catalogue(glue, wanted)
    refused: set[str] = set()
    for statement in changes(before, after):
        try:
            run(statement)
        except Exception as err:
            reason = str(err).split("\n", 1)[0]
            report(f"not mirrored: {statement[:200]}: {reason}")
            refused.update(name for name in after.tables if name in statement)
    return Mirror(
        after.databases,
        {name: table for name, table in after.tables.items() if name not in refused},
    )


def quoted(name: str) -> str:
    """A name as Spark SQL writes it."""
    return "`" + name.replace("`", "``") + "`"


def literal(text: str) -> str:
    """A text as Spark SQL writes it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _columns(entries: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((entry["Name"], entry.get("Type", "string")) for entry in entries)


def _with_partitions(table: MirroredTable, glue: GlueClient) -> MirroredTable:
    if not table.partition_keys:
        return table
    pages = glue.get_paginator("get_partitions").paginate(
        DatabaseName=table.database, TableName=table.name
    )
    partitions = {
        tuple(entry["Values"]): _location(entry, table)
        for page in pages
        for entry in page["Partitions"]
    }
    return replace(table, partitions=partitions)


def _location(partition: Mapping[str, Any], table: MirroredTable) -> str:
    given: str | None = partition.get("StorageDescriptor", {}).get("Location")
    if given:
        return given
    names = (name for name, _ in table.partition_keys)
    path = "/".join(f"{n}={v}" for n, v in zip(names, partition["Values"], strict=True))
    return f"{table.location.rstrip('/')}/{path}"


def _same_definition(one: MirroredTable, other: MirroredTable) -> bool:
    return replace(one, partitions={}) == replace(other, partitions={})


def _partition_changes(before: MirroredTable, after: MirroredTable) -> list[str]:
    names = [name for name, _ in after.partition_keys]
    # A partition that moved is dropped and added again: one statement cannot say both.
    gone = [
        values
        for values, place in before.partitions.items()
        if after.partitions.get(values) != place
    ]
    new = [
        (values, place)
        for values, place in after.partitions.items()
        if before.partitions.get(values) != place
    ]
    drops = [
        f"alter table {after.identifier} drop if exists "
        + ", ".join(f"partition ({_spec(names, values)})" for values in chunk)
        for chunk in _chunks(gone)
    ]
    adds = [
        f"alter table {after.identifier} add if not exists "
        + " ".join(
            f"partition ({_spec(names, values)}) location {literal(place)}"
            for values, place in chunk
        )
        for chunk in _chunks(new)
    ]
    return drops + adds


def _spec(names: Sequence[str], values: Sequence[str]) -> str:
    return ", ".join(
        f"{quoted(name)}={literal(value)}" for name, value in zip(names, values, strict=True)
    )


def _chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    for start in range(0, len(items), _PARTITIONS_PER_STATEMENT):
        yield items[start : start + _PARTITIONS_PER_STATEMENT]
