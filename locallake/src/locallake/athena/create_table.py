"""CREATE TABLE for Trino: CTAS, and Iceberg tables in Hive's grammar.

The properties of a table are an allow-list: what Athena does not know is refused here, because
Trino may know it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from locallake.athena.hive_types import trino_type
from locallake.athena.lexer import TokenReader
from locallake.athena.plans import (
    Column,
    Context,
    StatementError,
    TableName,
    TrinoStatements,
    Unload,
    literal,
    quoted,
)
from locallake.athena.values import Type, trino_text
from locallake.settings import HIVE_CATALOG, ICEBERG_CATALOG, UNLOAD_DATABASE

# Athena's name → the session property of either connector; the codec is no table property in Trino.
_COMPRESSION = ("write_compression", "parquet_compression", "orc_compression")
_ICEBERG_EXTRA = re.compile(r"(vacuum|optimize|write)_[a-z_]+")
_FORMATS = {
    "iceberg": {"parquet", "orc", "avro"},
    "hive": {"parquet", "orc", "avro", "json", "textfile"},
}


def ctas_properties(reader: TokenReader) -> dict[str, str]:
    """Property → its value as written; texts keep their quotes."""
    reader.demand("(")
    properties: dict[str, str] = {}
    while True:
        name = reader.identifier()
        reader.demand("=")
        start, depth = reader.at, 0
        while (token := reader.peek()) is not None:
            if token.kind == "mark" and depth == 0 and token.text in ",)":
                break
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0) * (token.kind == "mark")
            reader.next()
        if reader.at == start or name in properties:
            reader.refuse(f"the property {name} is empty or stands twice")
        value = reader.statement[reader.tokens[start].start : reader.tokens[reader.at - 1].end]
        properties[name] = value
        if reader.takes(")"):
            return properties
        reader.demand(",")


def _text_of(value: str) -> str:
    return value[1:-1].replace("''", "'") if value.startswith("'") else value


def ctas(
    name: TableName, if_not_exists: bool, given: Mapping[str, str], body: str, context: Context
) -> TrinoStatements:
    left = dict(given)
    kind = _text_of(left.pop("table_type", "'hive'")).lower()
    if kind not in _FORMATS:
        raise StatementError(f"INVALID_TABLE_PROPERTY: table_type '{kind}' is not HIVE or ICEBERG")
    external = left.pop("is_external", str(kind == "hive")).lower()
    if external != str(kind == "hive").lower():
        raise StatementError(f"INVALID_TABLE_PROPERTY: is_external = {external} for {kind} tables")
    stored_as = _text_of(left.pop("format", "'parquet'")).lower()
    if stored_as not in _FORMATS[kind]:
        raise StatementError(f"INVALID_TABLE_PROPERTY: format '{stored_as}' for {kind} tables")
    codecs = [left.pop(key) for key in _COMPRESSION if key in left]
    written = {"format": literal(stored_as.upper())}
    written |= _iceberg_ctas(left) if kind == "iceberg" else _hive_ctas(left, context)
    if left:
        raise StatementError(
            f"INVALID_TABLE_PROPERTY: {', '.join(sorted(left))}: not known for {kind} tables"
        )
    catalog = ICEBERG_CATALOG if kind == "iceberg" else HIVE_CATALOG
    session = {f"{catalog}.compression_codec": _text_of(codecs[0]).upper()} if codecs else {}
    head = "create table if not exists" if if_not_exists else "create table"
    listed = ", ".join(f"{key} = {value}" for key, value in written.items())
    return TrinoStatements(
        (f"{head} {name.within(catalog)} with ({listed}) as {body}",),
        session,
        iceberg_query=_without_data_clause(body) if kind == "iceberg" else None,
    )


def _without_data_clause(body: str) -> str:
    """The query of a CTAS alone: behind it may stand whether its rows are taken."""
    return re.sub(r"\swith\s+(no\s+)?data\s*$", "", body, flags=re.IGNORECASE)


# What Athena writes into Iceberg tables, in Trino's names; a timestamp counts microseconds.
# Source: Athena user guide, "Supported data types for Iceberg tables in Athena".
_ICEBERG_TYPES = frozenset(
    ("boolean", "integer", "bigint", "real", "double", "decimal", "date", "varchar", "varbinary")
)


def check_iceberg_types(columns: Sequence[str], types: Sequence[Type]) -> None:
    """Trino widens what it can, `smallint` to `integer`; Athena refuses it.

    Raises: StatementError naming the first column of a type that Athena does not write.
    """
    for column, kind in zip(columns, types, strict=True):
        for part in _parts(kind):
            if part.name == "timestamp" and part.numbers != (6,):
                raise StatementError(
                    f"NOT_SUPPORTED: Timestamp precision ({part.numbers[0]}) not supported for "
                    f'Iceberg. Use "timestamp(6)" instead. (column {column})'
                )
            if part.name not in _ICEBERG_TYPES and part.name != "timestamp":
                raise StatementError(
                    f"NOT_SUPPORTED: Type not supported for Iceberg: {trino_text(part)} "
                    f"(column {column})"
                )


def _parts(kind: Type) -> Iterator[Type]:
    """The types of values: of a row, an array or a map those inside it."""
    if not kind.types:
        yield kind
    for inner in kind.types:
        yield from _parts(inner)


# ---- UNLOAD

_UNLOAD = ("compression", "field_delimiter", "partitioned_by")


def unload(query: str, location: str, given: Mapping[str, str], context: Context) -> Unload:
    """UNLOAD as a CTAS of a Hive table that goes at once: its files are what is wanted."""
    if not re.fullmatch(r"s3://[^/]+/.+", location):
        raise StatementError(f"INVALID_FUNCTION_ARGUMENT: {location} is no s3://bucket/prefix")
    if "format" not in given:
        raise StatementError("INVALID_TABLE_PROPERTY: UNLOAD needs a format")
    unknown = [key for key in given if key not in ("format", *_UNLOAD)]
    if unknown:
        raise StatementError(f"INVALID_TABLE_PROPERTY: {', '.join(unknown)}: not for UNLOAD")
    properties = {"external_location": literal(location), **given}
    if "compression" in properties:
        properties["write_compression"] = properties.pop("compression")
    query_id = context.results_folder.rpartition("/")[2].replace("-", "_")
    table = TableName(f"{UNLOAD_DATABASE}{query_id}", "unloaded")
    # Unlike a CTAS it may say where, also in a workgroup that decides where results lie.
    free = replace(context, location_enforced=False)
    return Unload(table, location, ctas(table, False, properties, query, free))


def _iceberg_ctas(left: dict[str, str]) -> dict[str, str]:
    if "location" not in left:
        raise StatementError("INVALID_TABLE_PROPERTY: an Iceberg table needs a location")
    written = {"location": left.pop("location")}
    if "partitioning" in left:
        written["partitioning"] = left.pop("partitioning")
    extra = {key: _text_of(left.pop(key)) for key in list(left) if _ICEBERG_EXTRA.fullmatch(key)}
    if extra:
        written["extra_properties"] = _entries(extra)
    return written


def _entries(properties: Mapping[str, str]) -> str:
    pairs = ", ".join(f"({literal(k)}, {literal(v)})" for k, v in properties.items())
    return f"map_from_entries(ARRAY[{pairs}])"


_HIVE_CTAS = {
    "external_location": "external_location",
    "partitioned_by": "partitioned_by",
    "bucketed_by": "bucketed_by",
    "bucket_count": "bucket_count",
    "field_delimiter": "textfile_field_separator",
}


def _hive_ctas(left: dict[str, str], context: Context) -> dict[str, str]:
    if "external_location" in left and context.location_enforced:
        raise StatementError(
            "The Create Table As Select query failed because it was submitted with an "
            "'external_location' property to an Athena Workgroup that enforces a centralized "
            "output location for all queries."
        )
    written = {ours: left.pop(theirs) for theirs, ours in _HIVE_CTAS.items() if theirs in left}
    written.setdefault("external_location", literal(context.results_folder))
    return written


# ---- Iceberg tables in Hive's grammar


def iceberg_ddl(reader: TokenReader, name: TableName, if_not_exists: bool) -> TrinoStatements:
    columns = column_list(reader)
    partitioning: list[str] = []
    location: str | None = None
    properties: dict[str, str] = {}
    while reader.peek() is not None:
        if reader.takes("comment"):
            reader.string()
        elif reader.takes("partitioned", "by"):
            partitioning = _transforms(reader)
        elif reader.takes("location"):
            location = reader.string()
        elif reader.takes("tblproperties"):
            properties = property_list(reader)
        else:
            reader.refuse("expecting PARTITIONED BY, LOCATION or TBLPROPERTIES")
    if properties.pop("table_type", "").lower() != "iceberg":
        raise StatementError("External keyword required for table type HIVE")
    if location is None:
        raise StatementError("an Iceberg table needs a LOCATION")
    stored_as = properties.pop("format", "parquet")
    codec = properties.pop("write_compression", None)
    unknown = [key for key in properties if not _ICEBERG_EXTRA.fullmatch(key)]
    if unknown:
        raise StatementError(f"INVALID_TABLE_PROPERTY: {', '.join(unknown)}")
    written = [f"format = {literal(stored_as.upper())}", f"location = {literal(location)}"]
    if partitioning:
        written.append(f"partitioning = ARRAY[{', '.join(literal(p) for p in partitioning)}]")
    if properties:
        written.append(f"extra_properties = {_entries(properties)}")
    listed = ", ".join(
        f"{quoted(column.name)} {trino_type(column.type)}"
        + (f" comment {literal(column.comment)}" if column.comment else "")
        for column in columns
    )
    head = "create table if not exists" if if_not_exists else "create table"
    session = {f"{ICEBERG_CATALOG}.compression_codec": codec.upper()} if codec else {}
    return TrinoStatements(
        (f"{head} {name.within(ICEBERG_CATALOG)} ({listed}) with ({', '.join(written)})",), session
    )


def column_list(reader: TokenReader) -> tuple[Column, ...]:
    reader.demand("(")
    columns = []
    while True:
        name = reader.identifier()
        hive_type = type_text(reader)
        comment = reader.string() if reader.takes("comment") else None
        columns.append(Column(name, hive_type, comment))
        if reader.takes(")"):
            return tuple(columns)
        reader.demand(",")


def type_text(reader: TokenReader) -> str:
    """The tokens of one Hive type, joined: `struct<a:int,b:array<string>>`."""
    parts: list[str] = []
    depth = 0
    while (token := reader.peek()) is not None:
        if depth == 0 and (token.text in (",", ")") or (parts and token.kind == "word")):
            break
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(token.text, 0)
        parts.append(reader.next().text)
    if not parts:
        reader.refuse("expecting a type")
    return "".join(parts)


def _transforms(reader: TokenReader) -> list[str]:
    """`day(ts), bucket(4, id)` as Trino writes them: `day(ts)`, `bucket(id, 4)`."""
    reader.demand("(")
    transforms = []
    while True:
        name = reader.identifier()
        if reader.takes("("):
            arguments = [reader.identifier()]
            while reader.takes(","):
                arguments.append(reader.identifier())
            reader.demand(")")
            arguments.sort(key=str.isdigit)
            name = f"{name}({', '.join(arguments)})"
        transforms.append(name)
        if reader.takes(")"):
            return transforms
        reader.demand(",")


def property_list(reader: TokenReader) -> dict[str, str]:
    reader.demand("(")
    properties = {}
    while True:
        name = reader.string()
        reader.demand("=")
        properties[name] = reader.string()
        if reader.takes(")"):
            return properties
        reader.demand(",")
