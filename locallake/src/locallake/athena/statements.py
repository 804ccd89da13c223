"""Athena's statements for Trino: the head is written anew, the body passes byte for byte.

Athena takes two grammars: Trino's for queries and CTAS, Hive's for most DDL. Trino takes the first
only, keeps Hive and Iceberg tables in two catalogs, and knows other table properties. So the head
of a statement (up to `as`, or all of a DDL statement) is read and written anew, and what Athena
does not take is refused: Trino would take more. A body is never touched: a translated body would be
a test of the translator.

Everything here is pure. What a table is, the caller tells by `kind_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from locallake.athena import hive
from locallake.athena.create_table import (
    column_list,
    ctas,
    ctas_properties,
    iceberg_ddl,
    property_list,
    type_text,
    unload,
)
from locallake.athena.hive_types import trino_type
from locallake.athena.lexer import TokenReader, tokens
from locallake.athena.plans import (
    AlterHiveColumns,
    Context,
    CreateExternalTable,
    DropHiveTable,
    DropSchema,
    Kind,
    KindOf,
    Metastore,
    Plan,
    SetProperties,
    StatementError,
    TableName,
    TrinoStatements,
    Unload,
    Vacuum,
    literal,
    quoted,
)
from locallake.settings import HIVE_CATALOG, ICEBERG_CATALOG

# Athena's quota for one query string.
LONGEST_STATEMENT_BYTES = 262_144
SNAPSHOT_AGE = "vacuum_max_snapshot_age_seconds"
# What VACUUM keeps when the table says nothing: five days.
SNAPSHOT_AGE_SECONDS = 432_000

StatementType = Literal["DML", "DDL", "UTILITY"]

# ---- What a statement is

_QUERIES = frozenset({"select", "with", "values", "table", "insert", "delete", "update", "merge"})
_DML = _QUERIES | {"unload"}
_DDL = frozenset({"create", "drop", "alter", "msck", "describe", "desc"})
_UTILITY = frozenset({"explain", "show", "optimize", "vacuum"})


def _first_word(statement: str) -> str:
    return next((t.text for t in tokens(statement) if (t.kind, t.text) != ("mark", "(")), "")


def statement_type(statement: str) -> StatementType:
    """Decides, among others, whether the first row of a result repeats the column names."""
    first = _first_word(statement)
    return "DML" if first in _DML else "DDL" if first in _DDL else "UTILITY"


def without_end_mark(statement: str) -> str:
    """The statement without a trailing `;`.

    Raises: StatementError if there is more than one statement, as Athena runs one at a time.
    """
    marks = [t for t in tokens(statement) if (t.kind, t.text) == ("mark", ";")]
    if not marks:
        return statement
    first = marks[0].start
    if any(t.text != ";" for t in tokens(statement[first:])):
        raise StatementError("Only one sql statement is allowed. Got: " + statement[:200])
    return statement[:first] + statement[marks[-1].end :]


def check_submission(statement: str) -> None:
    """What Athena refuses when the statement is handed in, before it is queued.

    Raises: StatementError
    """
    if len(statement.encode()) > LONGEST_STATEMENT_BYTES:
        raise StatementError(
            f"the query string is longer than {LONGEST_STATEMENT_BYTES} bytes, Athena's quota"
        )
    reader = TokenReader(without_end_mark(statement))
    if _first_word(statement) not in _DML | _DDL | _UTILITY:
        reader.refuse("not a statement that Athena takes, or one that this endpoint does not do")
    if reader.takes("with", "function"):
        raise StatementError("inline functions are Trino's, Athena has none")
    if any(token.kind != "string" and token.text == ICEBERG_CATALOG for token in reader.tokens):
        raise StatementError(f"CATALOG_NOT_FOUND: Catalog '{ICEBERG_CATALOG}' not found")


# ---- The plan


def plan(
    statement: str,
    *,
    database: str,
    kind_of: KindOf,
    metastore: Metastore,
    results_folder: str,
    location_enforced: bool = False,
) -> Plan:
    """What is to be done for one statement.

    Args:
        database: the schema of names that state none.
        metastore: what DDL in Hive's grammar must find.
        results_folder: where a Hive CTAS without a location puts its files, below the results.
        location_enforced: the workgroup decides that place, the statement may not.
    Raises: StatementError if Athena would refuse the statement, or this endpoint cannot do it.
    """
    text = without_end_mark(statement)
    reader = TokenReader(text)
    first = _first_word(text)
    if first in _QUERIES or first == "explain":
        return TrinoStatements((text,))
    reader.next()
    read = _PLANNERS.get(first)
    if read is None:
        raise StatementError(f"{first.upper()} is not done by this endpoint")
    return read(reader, Context(database, kind_of, metastore, results_folder, location_enforced))


def _create(reader: TokenReader, context: Context) -> Plan:
    if reader.takes("schema") or reader.takes("database"):
        return _create_schema(reader, context)
    if reader.takes("external", "table"):
        reader.takes("if", "not", "exists")
        _hive_table(reader, context)
        return CreateExternalTable(reader.statement)
    if reader.takes("or", "replace", "view"):
        return _create_view(reader, context, "create or replace view")
    if reader.takes("view"):
        return _create_view(reader, context, "create view")
    reader.demand("table")
    if_not_exists = reader.takes("if", "not", "exists")
    start = reader.at
    name = reader.name(context.database)
    token = reader.peek()
    if token is not None and token.text == "(" and not _opens_query(reader):
        reader.at = start
        return iceberg_ddl(reader, _hive_table(reader, context), if_not_exists)
    properties = ctas_properties(reader) if reader.takes("with") else {}
    reader.demand("as")
    return ctas(name, if_not_exists, properties, reader.rest(), context)


def _opens_query(reader: TokenReader) -> bool:
    token = reader.peek(1)
    return token is not None and token.text in ("select", "with", "(")


def _hive_table(reader: TokenReader, context: Context) -> TableName:
    """The table of a statement in Hive's grammar, once Hive's client would go on to it."""
    name = reader.hive_name(context.database)
    hive.check_session(context)
    return name


def _create_schema(reader: TokenReader, context: Context) -> TrinoStatements:
    head = "create schema if not exists" if reader.takes("if", "not", "exists") else "create schema"
    schema = reader.identifier()
    location = ""
    while reader.peek() is not None:
        if reader.takes("comment"):
            reader.string()
        elif reader.takes("location"):
            location = f" with (location = {literal(reader.string())})"
        else:
            reader.refuse("expecting COMMENT or LOCATION")
    # Not `check_session`: dbt-athena makes the database of its own context this way.
    hive.check_creation(schema, context.metastore)
    return TrinoStatements((f"{head} {HIVE_CATALOG}.{quoted(schema)}{location}",))


def _create_view(reader: TokenReader, context: Context, head: str) -> TrinoStatements:
    name = reader.name(context.database)
    reader.demand("as")
    return TrinoStatements((f"{head} {name.within(HIVE_CATALOG)} as {reader.rest()}",), view=name)


# ---- DROP, ALTER, maintenance, SHOW


def _drop(reader: TokenReader, context: Context) -> Plan:
    if reader.takes("schema") or reader.takes("database"):
        if_exists = reader.takes("if", "exists")
        schema = reader.identifier()
        cascade = reader.takes("cascade")
        if not cascade:
            reader.takes("restrict")
        reader.ends()
        hive.check_default(context.metastore)
        return DropSchema(schema, if_exists, cascade)
    what = "view" if reader.takes("view") else "table"
    if what == "table":
        reader.demand("table")
    if_exists = reader.takes("if", "exists")
    name = _hive_table(reader, context)
    reader.ends()
    head = f"drop {what}" + (" if exists" if if_exists else "")
    if what == "view":
        return TrinoStatements((f"{head} {name.within(HIVE_CATALOG)}",))
    kind = context.kind_of(name.schema, name.table)
    if kind == "iceberg":
        return TrinoStatements((f"{head} {name.within(ICEBERG_CATALOG)}",))
    if kind == "view":
        raise StatementError(f"{name.schema}.{name.table} is a view: DROP VIEW drops it")
    return DropHiveTable(name, if_exists)


def _alter(reader: TokenReader, context: Context) -> Plan:
    reader.demand("table")
    name = _hive_table(reader, context)
    kind = context.known(name)
    table = name.within(ICEBERG_CATALOG)
    if reader.takes("rename", "to"):
        to = reader.hive_name(name.schema)
        reader.ends()
        if kind != "iceberg":
            raise StatementError("ALTER TABLE RENAME is only for Iceberg tables in Athena")
        return TrinoStatements((f"alter table {table} rename to {to.within(ICEBERG_CATALOG)}",))
    if reader.takes("add", "columns"):
        columns = column_list(reader)
        reader.ends()
        if kind != "iceberg":
            return AlterHiveColumns(name, columns, replace=False)
        return TrinoStatements(
            tuple(
                f"alter table {table} add column {quoted(c.name)} {trino_type(c.type)}"
                + (f" comment {literal(c.comment)}" if c.comment else "")
                for c in columns
            )
        )
    if reader.takes("replace", "columns"):
        columns = column_list(reader)
        reader.ends()
        if kind == "iceberg":
            raise StatementError("REPLACE COLUMNS of an Iceberg table is not done by this endpoint")
        return AlterHiveColumns(name, columns, replace=True)
    if reader.takes("drop", "column"):
        column = reader.identifier()
        reader.ends()
        _only_iceberg(kind, "DROP COLUMN")
        return TrinoStatements((f"alter table {table} drop column {quoted(column)}",))
    if reader.takes("change", "column"):
        before, after = reader.identifier(), reader.identifier()
        new_type = trino_type(type_text(reader))
        reader.ends()
        _only_iceberg(kind, "CHANGE COLUMN")
        rename = f"alter table {table} rename column {quoted(before)} to {quoted(after)}"
        retype = f"alter table {table} alter column {quoted(after)} set data type {new_type}"
        return TrinoStatements((retype,) if before == after else (rename, retype))
    if reader.takes("set", "tblproperties"):
        properties = property_list(reader)
        reader.ends()
        return SetProperties(name, properties)
    reader.refuse("this form of ALTER TABLE is not done by this endpoint")


def _only_iceberg(kind: Kind, what: str) -> None:
    if kind != "iceberg":
        raise StatementError(f"{what} is only for Iceberg tables")


def _optimize(reader: TokenReader, context: Context) -> TrinoStatements:
    name = reader.name(context.database)
    reader.demand("rewrite", "data", "using", "bin_pack")
    _only_iceberg(context.known(name), "OPTIMIZE")
    where = f" {reader.rest()}" if reader.peek() is not None else ""
    if where and not where.lstrip().lower().startswith("where"):
        raise StatementError("OPTIMIZE takes WHERE and nothing else after BIN_PACK")
    return TrinoStatements((f"alter table {name.within(ICEBERG_CATALOG)} execute optimize{where}",))


def _vacuum(reader: TokenReader, context: Context) -> Vacuum:
    name = reader.name(context.database)
    reader.ends()
    _only_iceberg(context.known(name), "VACUUM")
    return Vacuum(name)


def snapshot_age_query(table: TableName) -> str:
    """The age that the table states itself; its Iceberg properties are not in the catalogue."""
    properties = TableName(table.schema, f"{table.table}$properties").within(ICEBERG_CATALOG)
    return f"select value from {properties} where key = '{SNAPSHOT_AGE}'"


def vacuum_statements(table: TableName, age_seconds: int) -> tuple[str, ...]:
    """Snapshots beyond the age go, then files that no snapshot names."""
    target = table.within(ICEBERG_CATALOG)
    return tuple(
        f"alter table {target} execute {what}(retention_threshold => '{age_seconds}s')"
        for what in ("expire_snapshots", "remove_orphan_files")
    )


def _msck(reader: TokenReader, context: Context) -> TrinoStatements:
    reader.demand("repair", "table")
    name = _hive_table(reader, context)
    reader.ends()
    call = f"call {HIVE_CATALOG}.system.sync_partition_metadata"
    return TrinoStatements((f"{call}({literal(name.schema)}, {literal(name.table)}, 'ADD')",))


def _show(reader: TokenReader, context: Context) -> TrinoStatements:
    if reader.takes("databases") or reader.takes("schemas"):
        reader.ends()
        hive.check_session(context)
        return TrinoStatements((f"show schemas from {HIVE_CATALOG}",))
    if reader.takes("partitions"):
        name = _hive_table(reader, context)
        reader.ends()
        partitions = TableName(name.schema, f"{name.table}$partitions")
        return TrinoStatements((f"select * from {partitions.within(HIVE_CATALOG)}",))
    if reader.takes("tables"):
        named = reader.takes("in") or reader.takes("from")
        schema = reader.identifier() if named else context.database
        reader.ends()
        hive.check_session(context)
        return TrinoStatements((f"show tables from {HIVE_CATALOG}.{quoted(schema)}",))
    if reader.takes("columns"):
        if not reader.takes("in"):
            reader.demand("from")
        name = _hive_table(reader, context)
        if reader.takes("in") or reader.takes("from"):
            name = TableName(reader.identifier(), name.table)
        reader.ends()
        return TrinoStatements((f"show columns from {name.within(HIVE_CATALOG)}",))
    reader.refuse("this form of SHOW is not done by this endpoint")


def _describe(reader: TokenReader, context: Context) -> Plan:
    reader.takes("extended") or reader.takes("formatted")
    _hive_table(reader, context)
    raise StatementError("DESCRIBE is not done by this endpoint")


def _unload(reader: TokenReader, context: Context) -> Unload:
    query = reader.bracketed()
    reader.demand("to")
    location = reader.string()
    reader.demand("with")
    properties = ctas_properties(reader)
    reader.ends()
    return unload(query, location, properties, context)


_PLANNERS: Mapping[str, Callable[[TokenReader, Context], Plan]] = {
    "create": _create,
    "drop": _drop,
    "alter": _alter,
    "optimize": _optimize,
    "vacuum": _vacuum,
    "msck": _msck,
    "show": _show,
    "describe": _describe,
    "desc": _describe,
    "unload": _unload,
}
