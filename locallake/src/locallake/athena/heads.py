"""Athena's statement heads, rewritten for Trino; bodies pass byte for byte.

Athena takes two grammars: Trino's for queries and CTAS, Hive's for most DDL. Trino takes the first
only, keeps Hive and Iceberg tables in two catalogs, and knows other table properties. So the head
of a statement (up to `as`, or all of a DDL statement) is read and written anew, and what Athena
does not take is refused: Trino would take more. A body is never touched: a translated body would be
a test of the translator.

Everything here is pure. What a table is, the caller tells by `kind_of`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from locallake.errors import LocallakeError

HIVE = "awsdatacatalog"
ICEBERG = "awsdatacatalog_iceberg"

# Athena's quota for one query string.
LONGEST_STATEMENT_BYTES = 262_144
# What VACUUM keeps when the table says nothing: five days.
SNAPSHOT_AGE_SECONDS = 432_000

Kind = Literal["iceberg", "hive", "view"]
KindOf = Callable[[str, str], Kind | None]
StatementType = Literal["DML", "DDL", "UTILITY"]


class StatementError(LocallakeError):
    """A statement that Athena refuses, or that this endpoint does not do."""


@dataclass(frozen=True)
class Name:
    """A table, view or schema in the one catalogue; unquoted."""

    schema: str
    table: str

    def within(self, catalog: str) -> str:
        return f'{catalog}."{_escaped(self.schema)}"."{_escaped(self.table)}"'


@dataclass(frozen=True)
class Column:
    """A column of a Hive-style list; `type` is written as Hive writes it."""

    name: str
    type: str
    comment: str | None = None


@dataclass(frozen=True)
class Query:
    """Statements for Trino, one after another; the last one's result is the answer.

    Args:
        session: Trino session properties for all of them.
        view: created by it; its columns must then be written into the catalogue.
    """

    statements: tuple[str, ...]
    session: Mapping[str, str] = field(default_factory=dict)
    view: Name | None = None


@dataclass(frozen=True)
class Vacuum:
    """Expire snapshots and remove orphan files, by the age that the table states."""

    table: Name


@dataclass(frozen=True)
class CreateExternalTable:
    """Hive DDL that the emulator's own parser understands."""

    statement: str


@dataclass(frozen=True)
class DropHiveTable:
    """Only the catalogue entry goes: Athena leaves the files of an external table."""

    table: Name
    if_exists: bool


@dataclass(frozen=True)
class DropSchema:
    schema: str
    if_exists: bool
    cascade: bool


@dataclass(frozen=True)
class AlterHiveColumns:
    table: Name
    columns: tuple[Column, ...]
    replace: bool


@dataclass(frozen=True)
class SetProperties:
    table: Name
    properties: Mapping[str, str]


Plan = (
    Query
    | Vacuum
    | CreateExternalTable
    | DropHiveTable
    | DropSchema
    | AlterHiveColumns
    | SetProperties
)

# ---- Tokens


@dataclass(frozen=True)
class _Token:
    kind: Literal["word", "quoted", "string", "number", "mark"]
    text: str  # words in lower case, quoted names and strings without their quotes
    start: int
    end: int


_SCANNER = re.compile(
    r"""(?P<blank>\s+|--[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`)
      | (?P<word>[A-Za-z_@][A-Za-z0-9_@$]*)
      | (?P<number>[0-9][A-Za-z0-9_.]*)
      | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)


def _tokens(statement: str) -> Iterator[_Token]:
    for found in _SCANNER.finditer(statement):
        kind, text = found.lastgroup, found.group()
        if kind == "blank":
            continue
        if kind in ("string", "quoted"):
            text = text[1:-1].replace(text[0] * 2, text[0])
        elif kind == "word":
            text = text.lower()
        yield _Token(kind, text, found.start(), found.end())  # type: ignore[arg-type]


class _Reader:
    """Goes through the tokens of one statement."""

    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.tokens = list(_tokens(statement))
        self.at = 0

    def peek(self, ahead: int = 0) -> _Token | None:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def next(self) -> _Token:
        token = self.peek()
        if token is None:
            raise StatementError("mismatched input '<EOF>': the statement ends too early")
        self.at += 1
        return token

    def takes(self, *words: str) -> bool:
        """Whether the next tokens are these words or marks; if so they are consumed."""
        for ahead, word in enumerate(words):
            token = self.peek(ahead)
            if token is None or token.kind not in ("word", "mark") or token.text != word:
                return False
        self.at += len(words)
        return True

    def demand(self, *words: str) -> None:
        if not self.takes(*words):
            self.refuse(f"expecting '{' '.join(words)}'")

    def refuse(self, reason: str) -> None:
        token = self.peek()
        if token is None:
            raise StatementError(f"mismatched input '<EOF>': {reason}")
        line = self.statement.count("\n", 0, token.start) + 1
        column = token.start - (self.statement.rfind("\n", 0, token.start) + 1) + 1
        given = self.statement[token.start : token.end]
        raise StatementError(f"line {line}:{column}: mismatched input '{given}': {reason}")

    def ends(self) -> None:
        if self.peek() is not None:
            self.refuse("the statement should end here")

    def identifier(self) -> str:
        token = self.peek()
        if token is None or token.kind not in ("word", "quoted", "number"):
            self.refuse("expecting a name")
        return self.next().text.lower()

    def string(self) -> str:
        token = self.peek()
        if token is None or token.kind != "string":
            self.refuse("expecting a text in single quotes")
        return self.next().text

    def name(self, database: str) -> Name:
        parts = [self.identifier()]
        while self.takes("."):
            parts.append(self.identifier())
        if len(parts) == 3:
            if parts[0] != HIVE:
                raise StatementError(f"CATALOG_NOT_FOUND: Catalog '{parts[0]}' not found")
            parts = parts[1:]
        if len(parts) > 3:
            raise StatementError(f"too many parts in the name {'.'.join(parts)}")
        return Name(parts[0], parts[1]) if len(parts) == 2 else Name(database, parts[0])

    def rest(self) -> str:
        """From the next token to the end, byte for byte."""
        token = self.peek()
        if token is None:
            self.refuse("expecting a query")
        return self.statement[self.next().start :]


def _escaped(name: str) -> str:
    return name.replace('"', '""')


def _quoted(name: str) -> str:
    return f'"{_escaped(name)}"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# ---- What a statement is

_DML = frozenset({"select", "with", "values", "table", "insert", "delete", "update", "merge"})
_DDL = frozenset({"create", "drop", "alter", "msck", "describe", "desc"})
_UTILITY = frozenset({"explain", "show", "optimize", "vacuum"})


def _first_word(statement: str) -> str:
    return next((t.text for t in _tokens(statement) if (t.kind, t.text) != ("mark", "(")), "")


def statement_type(statement: str) -> StatementType:
    """Decides, among others, whether the first row of a result repeats the column names."""
    first = _first_word(statement)
    return "DML" if first in _DML else "DDL" if first in _DDL else "UTILITY"


def without_end_mark(statement: str) -> str:
    """The statement without a trailing `;`.

    Raises: StatementError if there is more than one statement, as Athena runs one at a time.
    """
    marks = [t for t in _tokens(statement) if (t.kind, t.text) == ("mark", ";")]
    if not marks:
        return statement
    first = marks[0].start
    if any(t.text != ";" for t in _tokens(statement[first:])):
        raise StatementError("Only one sql statement is allowed. Got: " + statement[:200])
    return statement[:first] + statement[marks[-1].end :]


def check(statement: str) -> None:
    """What Athena refuses when the statement is handed in, before it is queued.

    Raises: StatementError
    """
    if len(statement.encode()) > LONGEST_STATEMENT_BYTES:
        raise StatementError(
            f"the query string is longer than {LONGEST_STATEMENT_BYTES} bytes, Athena's quota"
        )
    reader = _Reader(without_end_mark(statement))
    if _first_word(statement) not in _DML | _DDL | _UTILITY:
        reader.refuse("not a statement that Athena takes, or one that this endpoint does not do")
    if reader.takes("with", "function"):
        raise StatementError("inline functions are Trino's, Athena has none")
    if any(token.kind != "string" and token.text == ICEBERG for token in reader.tokens):
        raise StatementError(f"CATALOG_NOT_FOUND: Catalog '{ICEBERG}' not found")


# ---- The plan


def plan(
    statement: str,
    *,
    database: str,
    kind_of: KindOf,
    results_folder: str,
    location_enforced: bool = False,
) -> Plan:
    """What is to be done for one statement.

    Args:
        database: the schema of names that state none.
        results_folder: where a Hive CTAS without a location puts its files, below the results.
        location_enforced: the workgroup decides that place, the statement may not.
    Raises: StatementError if Athena would refuse the statement, or this endpoint cannot do it.
    """
    text = without_end_mark(statement)
    reader = _Reader(text)
    first = _first_word(text)
    if first in _DML or first == "explain":
        return Query((text,))
    reader.next()
    read = _HEADS.get(first)
    if read is None:
        raise StatementError(f"{first.upper()} is not done by this endpoint")
    return read(reader, _Context(database, kind_of, results_folder, location_enforced))


@dataclass(frozen=True)
class _Context:
    database: str
    kind_of: KindOf
    results_folder: str
    location_enforced: bool

    def known(self, name: Name) -> Kind:
        kind = self.kind_of(name.schema, name.table)
        if kind is None:
            raise StatementError(
                f"TABLE_NOT_FOUND: Table '{HIVE}.{name.schema}.{name.table}' does not exist"
            )
        return kind


def _create(reader: _Reader, context: _Context) -> Plan:
    if reader.takes("schema") or reader.takes("database"):
        return _create_schema(reader)
    if reader.takes("external", "table"):
        return CreateExternalTable(reader.statement)
    if reader.takes("or", "replace", "view"):
        return _create_view(reader, context, "create or replace view")
    if reader.takes("view"):
        return _create_view(reader, context, "create view")
    reader.demand("table")
    if_not_exists = reader.takes("if", "not", "exists")
    name = reader.name(context.database)
    token = reader.peek()
    if token is not None and token.text == "(" and not _opens_query(reader):
        return _create_iceberg(reader, name, if_not_exists)
    properties = _ctas_properties(reader) if reader.takes("with") else {}
    reader.demand("as")
    return _ctas(name, if_not_exists, properties, reader.rest(), context)


def _opens_query(reader: _Reader) -> bool:
    token = reader.peek(1)
    return token is not None and token.text in ("select", "with", "(")


def _create_schema(reader: _Reader) -> Query:
    head = "create schema if not exists" if reader.takes("if", "not", "exists") else "create schema"
    schema = reader.identifier()
    location = ""
    while reader.peek() is not None:
        if reader.takes("comment"):
            reader.string()
        elif reader.takes("location"):
            location = f" with (location = {_literal(reader.string())})"
        else:
            reader.refuse("expecting COMMENT or LOCATION")
    return Query((f"{head} {HIVE}.{_quoted(schema)}{location}",))


def _create_view(reader: _Reader, context: _Context, head: str) -> Query:
    name = reader.name(context.database)
    reader.demand("as")
    return Query((f"{head} {name.within(HIVE)} as {reader.rest()}",), view=name)


# ---- CTAS

# Athena's name → the session property of either connector; the codec is no table property in Trino.
_COMPRESSION = ("write_compression", "parquet_compression", "orc_compression")
_ICEBERG_EXTRA = re.compile(r"(vacuum|optimize|write)_[a-z_]+")
_FORMATS = {
    "iceberg": {"parquet", "orc", "avro"},
    "hive": {"parquet", "orc", "avro", "json", "textfile"},
}


def _ctas_properties(reader: _Reader) -> dict[str, str]:
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


def _ctas(
    name: Name, if_not_exists: bool, given: Mapping[str, str], body: str, context: _Context
) -> Query:
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
    written = {"format": _literal(stored_as.upper())}
    written |= _iceberg_ctas(left) if kind == "iceberg" else _hive_ctas(left, context)
    if left:
        raise StatementError(
            f"INVALID_TABLE_PROPERTY: {', '.join(sorted(left))}: not known for {kind} tables"
        )
    catalog = ICEBERG if kind == "iceberg" else HIVE
    session = {f"{catalog}.compression_codec": _text_of(codecs[0]).upper()} if codecs else {}
    head = "create table if not exists" if if_not_exists else "create table"
    listed = ", ".join(f"{key} = {value}" for key, value in written.items())
    return Query((f"{head} {name.within(catalog)} with ({listed}) as {body}",), session)


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
    pairs = ", ".join(f"({_literal(k)}, {_literal(v)})" for k, v in properties.items())
    return f"map_from_entries(ARRAY[{pairs}])"


_HIVE_CTAS = {
    "external_location": "external_location",
    "partitioned_by": "partitioned_by",
    "bucketed_by": "bucketed_by",
    "bucket_count": "bucket_count",
    "field_delimiter": "textfile_field_separator",
}


def _hive_ctas(left: dict[str, str], context: _Context) -> dict[str, str]:
    if "external_location" in left and context.location_enforced:
        raise StatementError(
            "The Create Table As Select query failed because it was submitted with an "
            "'external_location' property to an Athena Workgroup that enforces a centralized "
            "output location for all queries."
        )
    written = {ours: left.pop(theirs) for theirs, ours in _HIVE_CTAS.items() if theirs in left}
    written.setdefault("external_location", _literal(context.results_folder))
    return written


# ---- Iceberg DDL in Hive's grammar


def _create_iceberg(reader: _Reader, name: Name, if_not_exists: bool) -> Query:
    columns = _columns(reader)
    partitioning: list[str] = []
    location, properties = None, {}
    while reader.peek() is not None:
        if reader.takes("comment"):
            reader.string()
        elif reader.takes("partitioned", "by"):
            partitioning = _transforms(reader)
        elif reader.takes("location"):
            location = reader.string()
        elif reader.takes("tblproperties"):
            properties = _property_list(reader)
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
    written = [f"format = {_literal(stored_as.upper())}", f"location = {_literal(location)}"]
    if partitioning:
        written.append(f"partitioning = ARRAY[{', '.join(_literal(p) for p in partitioning)}]")
    if properties:
        written.append(f"extra_properties = {_entries(properties)}")
    listed = ", ".join(
        f"{_quoted(column.name)} {trino_type(column.type)}"
        + (f" comment {_literal(column.comment)}" if column.comment else "")
        for column in columns
    )
    head = "create table if not exists" if if_not_exists else "create table"
    session = {f"{ICEBERG}.compression_codec": codec.upper()} if codec else {}
    return Query(
        (f"{head} {name.within(ICEBERG)} ({listed}) with ({', '.join(written)})",), session
    )


def _columns(reader: _Reader) -> tuple[Column, ...]:
    reader.demand("(")
    columns = []
    while True:
        name = reader.identifier()
        hive_type = _type_text(reader)
        comment = reader.string() if reader.takes("comment") else None
        columns.append(Column(name, hive_type, comment))
        if reader.takes(")"):
            return tuple(columns)
        reader.demand(",")


def _type_text(reader: _Reader) -> str:
    """The tokens of one Hive type, joined: `struct<a:int,b:array<string>>`."""
    parts, depth = [], 0
    while (token := reader.peek()) is not None:
        if depth == 0 and (token.text in (",", ")") or (parts and token.kind == "word")):
            break
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(token.text, 0)
        parts.append(reader.next().text)
    if not parts:
        reader.refuse("expecting a type")
    return "".join(parts)


def _transforms(reader: _Reader) -> list[str]:
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


def _property_list(reader: _Reader) -> dict[str, str]:
    reader.demand("(")
    properties = {}
    while True:
        name = reader.string()
        reader.demand("=")
        properties[name] = reader.string()
        if reader.takes(")"):
            return properties
        reader.demand(",")


_TYPES = {
    "int": "integer",
    "string": "varchar",
    "float": "real",
    "binary": "varbinary",
    "timestamp": "timestamp(6)",
}


def trino_type(hive_type: str) -> str:
    """Hive's name of a type → Trino's: `array<struct<a:int>>` → `array(row("a" integer))`."""
    text = hive_type.strip().lower()
    outer, bracket, inner = text.partition("<")
    if not bracket:
        return _TYPES.get(text, text)
    parts = _split_type(inner.removesuffix(">"))
    if outer == "struct":
        fields = (part.partition(":") for part in parts)
        listed = ", ".join(f"{_quoted(name.strip())} {trino_type(t)}" for name, _, t in fields)
        return f"row({listed})"
    if outer in ("array", "map"):
        return f"{outer}({', '.join(trino_type(part) for part in parts)})"
    raise StatementError(f"TYPE_NOT_FOUND: Unknown type: {hive_type}")


def _split_type(text: str) -> list[str]:
    parts, depth = [""], 0
    for letter in text:
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


# ---- DROP, ALTER, maintenance, SHOW


def _drop(reader: _Reader, context: _Context) -> Plan:
    if reader.takes("schema") or reader.takes("database"):
        if_exists = reader.takes("if", "exists")
        schema = reader.identifier()
        cascade = reader.takes("cascade")
        if not cascade:
            reader.takes("restrict")
        reader.ends()
        return DropSchema(schema, if_exists, cascade)
    what = "view" if reader.takes("view") else "table"
    if what == "table":
        reader.demand("table")
    if_exists = reader.takes("if", "exists")
    name = reader.name(context.database)
    reader.ends()
    head = f"drop {what}" + (" if exists" if if_exists else "")
    if what == "view":
        return Query((f"{head} {name.within(HIVE)}",))
    kind = context.kind_of(name.schema, name.table)
    if kind == "iceberg":
        return Query((f"{head} {name.within(ICEBERG)}",))
    if kind == "view":
        raise StatementError(f"{name.schema}.{name.table} is a view: DROP VIEW drops it")
    return DropHiveTable(name, if_exists)


def _alter(reader: _Reader, context: _Context) -> Plan:
    reader.demand("table")
    name = reader.name(context.database)
    kind = context.known(name)
    table = name.within(ICEBERG)
    if reader.takes("rename", "to"):
        to = reader.name(name.schema)
        reader.ends()
        if kind != "iceberg":
            raise StatementError("ALTER TABLE RENAME is only for Iceberg tables in Athena")
        return Query((f"alter table {table} rename to {to.within(ICEBERG)}",))
    if reader.takes("add", "columns"):
        columns = _columns(reader)
        reader.ends()
        if kind != "iceberg":
            return AlterHiveColumns(name, columns, replace=False)
        return Query(
            tuple(
                f"alter table {table} add column {_quoted(c.name)} {trino_type(c.type)}"
                + (f" comment {_literal(c.comment)}" if c.comment else "")
                for c in columns
            )
        )
    if reader.takes("replace", "columns"):
        columns = _columns(reader)
        reader.ends()
        if kind == "iceberg":
            raise StatementError("REPLACE COLUMNS of an Iceberg table is not done by this endpoint")
        return AlterHiveColumns(name, columns, replace=True)
    if reader.takes("drop", "column"):
        column = reader.identifier()
        reader.ends()
        _only_iceberg(kind, "DROP COLUMN")
        return Query((f"alter table {table} drop column {_quoted(column)}",))
    if reader.takes("change", "column"):
        before, after = reader.identifier(), reader.identifier()
        new_type = trino_type(_type_text(reader))
        reader.ends()
        _only_iceberg(kind, "CHANGE COLUMN")
        rename = f"alter table {table} rename column {_quoted(before)} to {_quoted(after)}"
        retype = f"alter table {table} alter column {_quoted(after)} set data type {new_type}"
        return Query((retype,) if before == after else (rename, retype))
    if reader.takes("set", "tblproperties"):
        properties = _property_list(reader)
        reader.ends()
        return SetProperties(name, properties)
    reader.refuse("this form of ALTER TABLE is not done by this endpoint")
    raise AssertionError


def _only_iceberg(kind: Kind, what: str) -> None:
    if kind != "iceberg":
        raise StatementError(f"{what} is only for Iceberg tables")


def _optimize(reader: _Reader, context: _Context) -> Query:
    name = reader.name(context.database)
    reader.demand("rewrite", "data", "using", "bin_pack")
    _only_iceberg(context.known(name), "OPTIMIZE")
    where = f" {reader.rest()}" if reader.peek() is not None else ""
    if where and not where.lstrip().lower().startswith("where"):
        raise StatementError("OPTIMIZE takes WHERE and nothing else after BIN_PACK")
    return Query((f"alter table {name.within(ICEBERG)} execute optimize{where}",))


def _vacuum(reader: _Reader, context: _Context) -> Vacuum:
    name = reader.name(context.database)
    reader.ends()
    _only_iceberg(context.known(name), "VACUUM")
    return Vacuum(name)


def snapshot_age_query(table: Name) -> str:
    """The age that the table states itself; its Iceberg properties are not in the catalogue."""
    properties = Name(table.schema, f"{table.table}$properties").within(ICEBERG)
    return f"select value from {properties} where key = 'vacuum_max_snapshot_age_seconds'"


def vacuum_statements(table: Name, age_seconds: int) -> tuple[str, ...]:
    """Snapshots beyond the age go, then files that no snapshot names."""
    target = table.within(ICEBERG)
    return tuple(
        f"alter table {target} execute {what}(retention_threshold => '{age_seconds}s')"
        for what in ("expire_snapshots", "remove_orphan_files")
    )


def _msck(reader: _Reader, context: _Context) -> Query:
    reader.demand("repair", "table")
    name = reader.name(context.database)
    reader.ends()
    call = f"call {HIVE}.system.sync_partition_metadata"
    return Query((f"{call}({_literal(name.schema)}, {_literal(name.table)}, 'ADD')",))


def _show(reader: _Reader, context: _Context) -> Query:
    if reader.takes("databases") or reader.takes("schemas"):
        reader.ends()
        return Query((f"show schemas from {HIVE}",))
    if reader.takes("partitions"):
        name = reader.name(context.database)
        reader.ends()
        partitions = Name(name.schema, f"{name.table}$partitions")
        return Query((f"select * from {partitions.within(HIVE)}",))
    if reader.takes("tables"):
        named = reader.takes("in") or reader.takes("from")
        schema = reader.identifier() if named else context.database
        reader.ends()
        return Query((f"show tables from {HIVE}.{_quoted(schema)}",))
    if reader.takes("columns"):
        if not reader.takes("in"):
            reader.demand("from")
        name = reader.name(context.database)
        if reader.takes("in") or reader.takes("from"):
            name = Name(reader.identifier(), name.table)
        reader.ends()
        return Query((f"show columns from {name.within(HIVE)}",))
    reader.refuse("this form of SHOW is not done by this endpoint")
    raise AssertionError


_HEADS: Mapping[str, Callable[[_Reader, _Context], Plan]] = {
    "create": _create,
    "drop": _drop,
    "alter": _alter,
    "optimize": _optimize,
    "vacuum": _vacuum,
    "msck": _msck,
    "show": _show,
}


def column_pairs(columns: Sequence[Column]) -> list[dict[str, str]]:
    """Columns as the Glue catalogue writes them."""
    return [
        {"Name": c.name, "Type": c.type, **({"Comment": c.comment} if c.comment else {})}
        for c in columns
    ]
