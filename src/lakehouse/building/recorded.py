"""A dbt build of a few models, recorded once and run again by DuckDB alone.

Starting dbt, reading a project and rendering its models takes seconds; the SQL that comes out
takes a fraction of one. Where a command builds the same models in a new database each time, the
statements are the same each time: they are recorded while dbt runs them, kept under a digest of
everything that they follow from, and run again as they are. A build that was not green is never
recorded, and whoever runs a record falls back to dbt as soon as one statement fails or one test
finds a row, so that every error is told by dbt itself.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from lakehouse.building.alias import ALIAS
from lakehouse.database import quoted

# Of a model, seed or hook: what changes the database. What dbt asks it besides is left out, and so
# are transactions: a database that was not built to its end is thrown away. Whatever is neither
# makes a build that is not recorded.
_CHANGES = re.compile(r"\s*(create|insert|delete|alter|drop|update|merge)\b", re.IGNORECASE)
_ASKS = re.compile(r"\s*(select|describe|show|begin|commit|rollback|set|use)\b", re.IGNORECASE)
_COMMENT = re.compile(r"^\s*/\*.*?\*/\s*", re.DOTALL)


@dataclass(frozen=True)
class Recorded:
    """What dbt sent to DuckDB, in its order.

    Attributes:
        changes_and_tests: (SQL, whether it is a data test). A test answers one row: the failures,
            whether they warn, whether they are an error.
        seeds: table -> its rows, every value as text; they are inserted after the table is made.
    """

    changes_and_tests: tuple[tuple[str, bool], ...]
    seeds: Mapping[str, Sequence[Sequence[str | None]]]


@dataclass(frozen=True)
class DbtBuild:
    """What became of a build.

    Attributes:
        said: what dbt printed.
        recorded: what it sent; None unless every node was green, without a warning.
    """

    is_success: bool
    said: str
    recorded: Recorded | None


class RecordedRunError(Exception):
    """The record does not fit this run: dbt must say what is wrong."""


def digest_of(files: Iterable[Path], *, root: Path, settings: Sequence[str]) -> str:
    """Return a digest of everything that recorded statements follow from.

    Args:
        files: of the project; their places below `root` and their bytes count.
        settings: arguments of dbt. The versions of dbt, its adapter and DuckDB count too.
    """
    from importlib.metadata import version

    found = hashlib.sha256()
    packages = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb", "duckdb", "jinja2")
    for text in (*settings, *(f"{name}=={version(name)}" for name in packages)):
        found.update(text.encode() + b"\0")
    for path in (*sorted(files), Path(__file__)):
        name = path.relative_to(root) if path.is_relative_to(root) else path.name
        found.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def read_record(path: Path) -> Recorded | None:
    """Return what was kept there; None if nothing usable is."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        statements = tuple((str(sql), bool(is_test)) for sql, is_test in kept["statements"])
        return Recorded(statements, dict(kept["seeds"])) if statements else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_record(recorded: Recorded, path: Path) -> None:
    """Keep a record for the next call; where nothing can be written, that one asks dbt again."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            text = json.dumps({"statements": recorded.changes_and_tests, "seeds": recorded.seeds})
            beside.write_text(text, "utf-8")
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        for other in path.parent.glob("*.json"):
            if other != path:
                other.unlink(missing_ok=True)


def run_record(recorded: Recorded, database: Path, *, memory_limit: str | None = None) -> None:
    """Run the statements on a new database; relative paths are of the working directory.

    Args:
        memory_limit: of DuckDB, in its words; None for its default, which is dbt's here too.
    Raises: RecordedRunError if a statement fails or a test finds rows that are an error.
    """
    with duckdb.connect(":memory:") as connection:
        try:
            _attach(connection, database)
            connection.execute("set preserve_insertion_order = false; set timezone = 'UTC'")
            connection.execute("set parquet_metadata_cache = true")
            if memory_limit:
                connection.execute("set memory_limit = ?", [memory_limit])
            for sql, is_test in recorded.changes_and_tests:
                answer = connection.execute(sql)
                if is_test:
                    found = answer.fetchone()
                    if found is None or found[1] or found[2]:
                        raise RecordedRunError(f"a data test finds rows: {sql}")
                elif (table := _table_made(sql)) in recorded.seeds:
                    _fill(connection, table, recorded.seeds[table])
        except duckdb.Error as err:
            raise RecordedRunError(str(err)) from err


def record_build(
    words: Sequence[str], *, directory: Path, database: str, environment: Mapping[str, str]
) -> DbtBuild:
    """Run dbt in a process of its own, one statement after another, and note what it sends.

    Args:
        words: arguments of dbt, a build.
        directory: the working directory.
        database: the DuckDB file in it, a new one, which `environment` names too.
    """
    with tempfile.TemporaryDirectory() as folder:
        sent = Path(folder) / "sent.json"
        done = subprocess.run(
            [sys.executable, "-m", __name__, str(sent), *words],
            env=dict(environment),
            cwd=directory,
            capture_output=True,
            text=True,
        )
        recorded = read_record(sent) if done.returncode == 0 else None
    if recorded is not None:
        recorded = replace(recorded, seeds=_rows_of(recorded.seeds, directory / database))
    return DbtBuild(done.returncode == 0, done.stdout + done.stderr, recorded)


def _fill(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[str | None]]
) -> None:
    if rows:
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into {table} values ({places})", rows)


def _table_made(sql: str) -> str:
    """The table that a statement makes, quoted as dbt quotes it; empty if it makes none."""
    found = re.match(r'create table ("\w+"\."\w+"\."\w+")', sql, re.IGNORECASE)
    return found[1] if found else ""


def _main(kept: Path, words: Sequence[str]) -> int:
    """Run dbt, one statement after another, and write the record."""
    from dbt.artifacts.schemas.run import RunExecutionResult
    from dbt.cli.main import dbtRunner

    sent: list[tuple[str, str]] = []

    def note(event: Any) -> None:
        if event.info.name == "SQLQuery":
            sent.append((event.data.node_info.unique_id, _COMMENT.sub("", event.data.sql)))

    outcome = dbtRunner(callbacks=[note]).invoke([*words, "--threads", "1"])
    if not outcome.success or not isinstance(outcome.result, RunExecutionResult):
        if outcome.exception is not None:
            print(f"error: {outcome.exception}")
        return 1
    results = outcome.result.results
    if all(str(result.status) in ("success", "pass") for result in results):
        seeds = [r.node.relation_name for r in results if r.node.unique_id.startswith("seed.")]
        tests = sum(result.node.unique_id.startswith("test.") for result in results)
        statements = _kept(sent)
        if statements is not None and sum(is_test for _, is_test in statements) == tests:
            keep_record(Recorded(statements, dict.fromkeys(seeds, ())), kept)
    return 0


def _kept(sent: Iterable[tuple[str, str]]) -> tuple[tuple[str, bool], ...] | None:
    """What is run again; None if something is neither a change, nor a test, nor a question."""
    kept: list[tuple[str, bool]] = []
    for node, sql in sent:
        is_test = node.startswith("test.") and "should_error" in sql
        # A seed's rows are bound to its insert or lie in its file: what the table holds is kept.
        is_bound = node.startswith("seed.") and sql.lstrip().lower().startswith(("insert", "copy"))
        if is_test or (_CHANGES.match(sql) and not is_bound):
            kept.append((sql, is_test))
        elif not is_bound and not _ASKS.match(sql):
            return None
    return tuple(kept)


def _rows_of(tables: Iterable[str], database: Path) -> dict[str, list[list[str | None]]]:
    with duckdb.connect(":memory:") as connection:
        _attach(connection, database)
        return {
            table: [list(row) for row in connection.execute(_as_text(table)).fetchall()]
            for table in tables
        }


def _as_text(table: str) -> str:
    return f"select cast(columns(*) as varchar) from {table}"


def _attach(connection: duckdb.DuckDBPyConnection, database: Path) -> None:
    connection.execute(f"attach {quoted(database)} as {ALIAS}")


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1]), sys.argv[2:]))
