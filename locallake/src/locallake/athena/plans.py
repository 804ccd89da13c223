"""What is to be done for one Athena statement, and the names it is said in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from locallake.errors import LocallakeError
from locallake.settings import HIVE_CATALOG

Kind = Literal["iceberg", "hive", "view"]
KindOf = Callable[[str, str], Kind | None]


class StatementError(LocallakeError):
    """A statement that Athena refuses, or that this endpoint does not do."""


@dataclass(frozen=True)
class TableName:
    """A table or view of the one catalogue, unquoted."""

    schema: str
    table: str

    def within(self, catalog: str) -> str:
        return f'{catalog}."{escaped(self.schema)}"."{escaped(self.table)}"'


@dataclass(frozen=True)
class Column:
    """A column of a Hive-style list; `type` is written as Hive writes it."""

    name: str
    type: str
    comment: str | None = None


@dataclass(frozen=True)
class TrinoStatements:
    """Statements for Trino, one after another; the last one's result is the answer.

    Args:
        session: Trino session properties for all of them.
        view: created by it; its columns must then be written into the catalogue.
        iceberg_query: fills an Iceberg table; Trino would turn what Athena refuses in its columns.
    """

    statements: tuple[str, ...]
    session: Mapping[str, str] = field(default_factory=dict)
    view: TableName | None = None
    iceberg_query: str | None = None


@dataclass(frozen=True)
class Vacuum:
    """Expire snapshots and remove orphan files, by the age that the table states."""

    table: TableName


@dataclass(frozen=True)
class Unload:
    """Files of a query at a location that is empty.

    Args:
        table: exists only meanwhile, alone in a database of its own.
        create: fills it at the location.
    """

    table: TableName
    location: str
    create: TrinoStatements


@dataclass(frozen=True)
class CreateExternalTable:
    """Hive DDL that the emulator's own parser understands."""

    statement: str


@dataclass(frozen=True)
class DropHiveTable:
    """Only the catalogue entry goes: Athena leaves the files of an external table."""

    table: TableName
    if_exists: bool


@dataclass(frozen=True)
class DropSchema:
    schema: str
    if_exists: bool
    cascade: bool


@dataclass(frozen=True)
class AlterHiveColumns:
    table: TableName
    columns: tuple[Column, ...]
    replace: bool


@dataclass(frozen=True)
class SetProperties:
    table: TableName
    properties: Mapping[str, str]


Plan = (
    TrinoStatements
    | Vacuum
    | Unload
    | CreateExternalTable
    | DropHiveTable
    | DropSchema
    | AlterHiveColumns
    | SetProperties
)


@dataclass(frozen=True)
class Metastore:
    """The Glue catalogue as Hive's client meets it before it runs a statement.

    Args:
        has_database: whether a database is there.
        denied: (IAM action, database) → AWS's refusal to the one who asks; None if allowed.
    """

    has_database: Callable[[str], bool]
    denied: Callable[[str, str], str | None]


@dataclass(frozen=True)
class Context:
    """What surrounds a statement; the arguments of `statements.plan`."""

    database: str
    kind_of: KindOf
    metastore: Metastore
    results_folder: str
    location_enforced: bool

    def known(self, name: TableName) -> Kind:
        kind = self.kind_of(name.schema, name.table)
        if kind is None:
            raise StatementError(
                f"TABLE_NOT_FOUND: Table '{HIVE_CATALOG}.{name.schema}.{name.table}' does not exist"
            )
        return kind


def escaped(name: str) -> str:
    return name.replace('"', '""')


def quoted(name: str) -> str:
    return f'"{escaped(name)}"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
