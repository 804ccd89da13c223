"""What tells two builds apart, table by table."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.aws import AwsClients
from lakehouse.comparing.builds import (
    ATHENA,
    GIT,
    AthenaBuild,
    Build,
    attached,
    built_commit,
    commit_of,
)
from lakehouse.database import database_file, identifier
from lakehouse.errors import ComparisonError, DeclarationError, TableReadError
from lakehouse.marts.athena import AthenaReader
from lakehouse.marts.comparison import TableDifference, columns_of, compare, unreadable
from lakehouse.marts.declared import DeclaredTable, declared_tables
from lakehouse.marts.engine import open_reader

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Without it DuckDB takes most of the machine; beyond it, it spills to the disk.
_MEMORY = "1500MB"
# Rows that are told of a report, which people read whole; of others three examples do.
_REPORT, _REPORT_EXAMPLES, _EXAMPLES = "rpt_", 10, 3
_ADDS_UP = ("_amount", "_count")


@dataclass(frozen=True)
class ComparedTable:
    """A table of both builds.

    Attributes:
        schema: as it is called after.
        totals: column -> its sum before and after, of amounts and counts that have changed.
    """

    schema: str
    difference: TableDifference
    totals: Mapping[str, tuple[str | None, str | None]]

    @property
    def is_report(self) -> bool:
        return self.difference.table.startswith(_REPORT)


@dataclass(frozen=True)
class BuildDifference:
    """What tells two builds apart.

    Attributes:
        before, after: what the builds are called.
        compared: tables that both have, equal ones too.
        gone, new: tables that one of them has.
    """

    before: str
    after: str
    compared: tuple[ComparedTable, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def different(self) -> tuple[ComparedTable, ...]:
        return tuple(each for each in self.compared if not each.difference.is_equal)

    @property
    def is_equal(self) -> bool:
        return not (self.different or self.gone or self.new)

    @property
    def has_trouble(self) -> bool:
        return any(each.difference.trouble for each in self.compared)


def diff(
    before: str,
    after: str | None,
    *,
    tables: Sequence[str] = (),
    is_of_all: bool = False,
    project_dir: Path,
    run_date: date,
    settings: Mapping[str, str] = os.environ,
    say: Callable[[str], None] = lambda _: None,
) -> BuildDifference:
    """Compare two builds; neither is changed.

    Args:
        before, after: a database file, `athena:PREFIX`, or a commit, branch or tag, which is built
            first; after: None for the build that the settings name.
        tables: names; all marts if none is given; is_of_all: all tables, not marts alone.
        run_date: the open day of commits that are built.
        say: gets a sentence of what takes long.
    Raises: ComparisonError if a build, a table or the project's YAML is not there or unreadable.
    """
    try:
        declared = declared_tables(project_dir)
    except DeclarationError as err:
        raise ComparisonError(str(err)) from err
    with _connection(settings) as connection:
        context = _Context(connection, project_dir, run_date, settings, say)
        pair = context.build(before, "before"), context.build(after, "after")
        return compared_builds(connection, *pair, declared, tables=tables, is_of_all=is_of_all)


def compared_builds(
    connection: DuckDBPyConnection,
    before: Build,
    after: Build,
    declared: Mapping[str, DeclaredTable],
    *,
    tables: Sequence[str] = (),
    is_of_all: bool = False,
) -> BuildDifference:
    """Compare two builds that are open.

    Raises: ComparisonError if a table that is named is in neither, or there is nothing to compare.
    """
    was, now = before.tables(), after.tables()
    known = sorted({*was, *now})
    if unknown := sorted({*tables} - {*known}):
        raise ComparisonError(
            f"{', '.join(unknown)}: no such table in {before.name} nor in {after.name}"
        )
    wanted = [
        name
        for name in known
        if name in tables
        or (not tables and (is_of_all or (name in declared and declared[name].is_mart)))
    ]
    if not wanted:
        raise ComparisonError(f"neither {before.name} nor {after.name} has a mart of this project")
    as_text = before.is_text or after.is_text
    compared = []
    for name in (each for each in wanted if each in was and each in now):
        table = declared.get(name, DeclaredTable(name, "", ""))
        compared.append(
            _compared(connection, table, (before, was[name]), (after, now[name]), as_text=as_text)
        )
    return BuildDifference(
        before=before.name,
        after=after.name,
        compared=tuple(compared),
        gone=tuple(name for name in wanted if name not in now),
        new=tuple(name for name in wanted if name not in was),
    )


def _compared(
    connection: DuckDBPyConnection,
    table: DeclaredTable,
    before: tuple[Build, str],
    after: tuple[Build, str],
    *,
    as_text: bool,
) -> ComparedTable:
    totals: dict[str, tuple[str | None, str | None]] = {}
    try:
        relations = [
            build.relation(schema, table.name, as_text=as_text) for build, schema in (before, after)
        ]
        found = compare(
            connection,
            table.name,
            *relations,
            key=table.key,
            is_shown=table.is_open,
            examples=_REPORT_EXAMPLES if table.name.startswith(_REPORT) else _EXAMPLES,
        )
        if not found.is_equal:
            totals = _totals(connection, table, relations)
    except TableReadError as err:
        found = unreadable(table.name, err)
    return ComparedTable(after[1], found, totals)


def _totals(
    connection: DuckDBPyConnection, table: DeclaredTable, relations: Sequence[str]
) -> dict[str, tuple[str | None, str | None]]:
    """Sums of amounts and counts, where the two builds' differ."""
    sums: list[dict[str, str | None]] = []
    for relation in relations:
        names = [
            name
            for name in columns_of(connection, relation)
            if name.endswith(_ADDS_UP) and table.is_open(name) and name not in table.key
        ]
        # As text it may come from Athena; amounts have two decimals, counts none.
        parts = ", ".join(
            f"cast(sum(try_cast({identifier(name)} as decimal(38, 2))) as varchar)"
            for name in names
        )
        found = connection.execute(f"select {parts} from {relation}").fetchone() if names else ()
        sums.append({n: _plain(n, v) for n, v in zip(names, found or (), strict=True)})
    was, now = sums
    return {
        name: (was.get(name), now.get(name))
        for name in {**was, **now}
        if was.get(name) != now.get(name)
    }


def _plain(name: str, total: str | None) -> str | None:
    return total.removesuffix(".00") if total and name.endswith("_count") else total


@dataclass(frozen=True)
class _Context:
    """What it takes to find a build."""

    connection: DuckDBPyConnection
    project_dir: Path
    run_date: date
    settings: Mapping[str, str]
    say: Callable[[str], None]

    def build(self, word: str | None, alias: str) -> Build:
        if word is None:
            return self._own(alias)
        if word.startswith(ATHENA):
            return self._environment(word.removeprefix(ATHENA))
        path = Path(word)
        is_path = not word.startswith(GIT) and (path.suffix == ".duckdb" or path.is_file())
        if is_path:
            return attached(self.connection, path, alias=alias, name=word)
        reference = word.removeprefix(GIT)
        commit = commit_of(reference, project_dir=self.project_dir)
        if commit is None:
            raise ComparisonError(
                f"{word} is neither a database file nor a commit, branch or tag of this "
                f"repository; an environment on AWS is {ATHENA}PREFIX"
            )
        built = built_commit(
            commit,
            project_dir=self.project_dir,
            raw=self.settings.get("LAKEHOUSE_RAW") or None,
            run_date=self.run_date.isoformat(),
            say=self.say,
        )
        name = f"{reference} ({commit[:7]})"
        return attached(self.connection, built.database, alias=alias, name=name)

    def _own(self, alias: str) -> Build:
        if self.settings.get("LAKEHOUSE_TARGET", "duckdb") != "duckdb":
            return self._environment(self.settings.get("LAKEHOUSE_SCHEMA_PREFIX", "lakehouse_dev"))
        path = Path(database_file(self.settings))
        return attached(self.connection, path, alias=alias, name=str(path))

    def _environment(self, prefix: str) -> AthenaBuild:
        if not prefix:
            raise ComparisonError(f"{ATHENA} lacks its prefix, such as {ATHENA}lakehouse_dev")
        given = {**self.settings, "LAKEHOUSE_TARGET": "athena"}
        reader = open_reader(given, AwsClients("comparing"))
        assert isinstance(reader, AthenaReader)
        return AthenaBuild(f"{ATHENA}{prefix}", self.connection, prefix, reader)


@contextmanager
def _connection(settings: Mapping[str, str]) -> Iterator[DuckDBPyConnection]:
    import duckdb

    with (
        _told_of_duckdb(),
        tempfile.TemporaryDirectory(prefix="lakehouse-diff-") as spilled,
        duckdb.connect(":memory:") as connection,
    ):
        connection.execute(
            "set memory_limit = ?", [settings.get("LAKEHOUSE_DUCKDB_MEMORY", _MEMORY)]
        )
        connection.execute("set temp_directory = ?", [spilled])
        connection.execute("set preserve_insertion_order = false; set timezone = 'UTC'")
        # Drawn to standard output, where the report goes.
        connection.execute("set enable_progress_bar = false")
        yield connection


@contextmanager
def _told_of_duckdb() -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.Error as err:
        raise ComparisonError(f"the builds cannot be compared: {err}") from err
