"""Which build is meant, and where its tables are: a file, an environment, a commit."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lakehouse.aws import aws_errors
from lakehouse.database import identifier, open_elsewhere, quoted
from lakehouse.errors import ComparisonError
from lakehouse.marts.duckdb import as_texts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from lakehouse.marts.athena import AthenaReader

ATHENA, GIT = "athena:", "git:"
# Of a build that is compared: its tests say nothing of the other one.
TABLES_ALONE = ("--resource-type", "model", "--resource-type", "seed")
_STAMP = "built.json"


class Build(Protocol):
    """The tables of one build, for a DuckDB connection that compares them.

    Attributes:
        name: what the build is called.
        is_text: its values come as text, so the other build's must too.
    """

    @property
    def name(self) -> str: ...

    @property
    def is_text(self) -> bool: ...

    def tables(self) -> dict[str, str]:
        """Return name -> schema of all tables and views of the build."""

    def relation(self, schema: str, table: str, *, as_text: bool) -> str:
        """Return a table as SQL names it. Raises: TableReadError if it cannot be read."""


@dataclass(frozen=True)
class DuckDbBuild:
    """A database file, attached read-only under an alias."""

    name: str
    connection: DuckDBPyConnection
    alias: str
    is_text: bool = False

    def tables(self) -> dict[str, str]:
        found = self.connection.execute(
            "select table_name, table_schema from information_schema.tables "
            "where table_catalog = ?",
            [self.alias],
        )
        return dict(found.fetchall())

    def relation(self, schema: str, table: str, *, as_text: bool) -> str:
        place = identifier(self.alias, schema, table)
        return as_texts(self.connection, place) if as_text else place


@dataclass(frozen=True)
class AthenaBuild:
    """An environment on Athena and Glue: the databases of a prefix, read through Athena."""

    name: str
    connection: DuckDBPyConnection
    prefix: str
    reader: AthenaReader
    is_text: bool = True

    def tables(self) -> dict[str, str]:
        found: dict[str, str] = {}
        with aws_errors(f"Glue databases {self.prefix}_…"):
            pages = self.reader.glue.get_paginator("get_databases").paginate()
            names = [base["Name"] for page in pages for base in page["DatabaseList"]]
            schemas = [name for name in names if name.startswith(f"{self.prefix}_")]
            for schema in schemas:
                tables = self.reader.glue.get_paginator("get_tables")
                for page in tables.paginate(DatabaseName=schema):
                    found |= {table["Name"]: schema for table in page["TableList"]}
        if not found:
            raise ComparisonError(
                f"{self.name}: the catalogue has no tables in databases {self.prefix}_…; "
                "build them, or name another prefix"
            )
        return found

    def relation(self, schema: str, table: str, *, as_text: bool) -> str:
        return self.reader.copy(self.connection, f"copy of {schema}.{table}", schema, table)


def attached(connection: DuckDBPyConnection, path: Path, *, alias: str, name: str) -> DuckDbBuild:
    """Attach a database file to read it.

    Raises: ComparisonError if it is missing, in use, or no database.
    """
    import duckdb

    if not path.is_file():
        raise ComparisonError(
            f"{path}: no such database; build it first (LAKEHOUSE_DUCKDB={path} lakehouse build)"
        )
    try:
        connection.execute(f"attach {quoted(path)} as {identifier(alias)} (read_only)")
    except duckdb.Error as err:
        if held := open_elsewhere(str(err)):
            raise ComparisonError(
                f"{path} {held.how}; wait until it has ended, or compare a copy of the file"
            ) from err
        raise ComparisonError(f"{path} cannot be read as a DuckDB database: {err}") from err
    return DuckDbBuild(name, connection, alias)


def commit_of(reference: str, *, project_dir: Path) -> str | None:
    """Return the commit that a word means to git; None if it means none."""
    words = ["git", "rev-parse", "--verify", "--quiet", "--end-of-options", reference + "^{commit}"]
    try:
        done = subprocess.run(words, cwd=project_dir, capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


@dataclass(frozen=True)
class BuiltCommit:
    """A commit's project in a folder of its own, and the database that it built."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "lakehouse.duckdb"

    @property
    def state(self) -> Path:
        """Where dbt left the commit's manifest."""
        return self.folder / "target"


def built_commit(
    commit: str,
    *,
    project_dir: Path,
    raw: str | None,
    run_date: str,
    say: Callable[[str], None],
) -> BuiltCommit:
    """Build a commit on DuckDB below target/builds; what is built is kept for the next call.

    Args:
        raw: the raw zone, a folder or s3://…; None for the sample of the commit.
        run_date: ISO date of the open day.
    Raises: ComparisonError if the commit cannot be built.
    """
    inputs = {"run_date": run_date, "raw": _listing(raw) if raw else "the commit's sample"}
    key = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:8]
    done = BuiltCommit(project_dir.resolve() / "target" / "builds" / f"{commit[:12]}-{key}")
    if (done.folder / _STAMP).is_file():
        return done
    say(f"building {commit[:12]} in {done.folder}")
    shutil.rmtree(done.folder, ignore_errors=True)
    done.folder.mkdir(parents=True)
    _export(commit, done.folder, project_dir=project_dir)
    build_project(
        done.folder,
        ["build", *TABLES_ALONE, "--vars", json.dumps({"run_date": run_date})],
        database=done.database,
        raw=raw or str(done.folder / "data" / "raw"),
    )
    (done.folder / _STAMP).write_text(json.dumps(inputs))
    return done


def build_project(
    project: Path,
    words: Sequence[str],
    *,
    database: Path,
    raw: str,
    environment: Mapping[str, str] = os.environ,
) -> str:
    """Run `lakehouse` of a folder's own code on DuckDB; returns what it printed.

    Raises: ComparisonError with the end of what it printed, if it fails.
    """
    given = {
        **environment,
        "LAKEHOUSE_TARGET": "duckdb",
        "LAKEHOUSE_DUCKDB": str(database),
        "LAKEHOUSE_RAW": raw if raw.startswith("s3://") else str(Path(raw).resolve()),
        "PYTHONPATH": str(project / "src"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "lakehouse", *words],
        cwd=project,
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        end = "\n".join(done.stdout.splitlines()[-30:])
        raise ComparisonError(f"lakehouse {' '.join(words)} failed in {project}:\n{end}")
    return done.stdout


def _export(commit: str, folder: Path, *, project_dir: Path) -> None:
    with tempfile.TemporaryFile() as archive:
        done = subprocess.run(
            ["git", "archive", "--format=tar", commit],
            cwd=project_dir,
            stdout=archive,
            stderr=subprocess.PIPE,
        )
        if done.returncode:
            raise ComparisonError(f"git cannot give {commit}: {done.stderr.decode().strip()}")
        archive.seek(0)
        with tarfile.open(fileobj=archive) as files:
            # Python 3.11.2, as Debian 12 has it, knows no filters.
            files.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
            files.extractall(folder)


def _listing(raw: str) -> list[str]:
    """What a raw zone holds: its files are never changed, so their names and sizes say it."""
    if raw.startswith("s3://"):
        # Not listed: what is asked of it twice in a day may have changed meanwhile.
        return [raw, datetime.now(UTC).isoformat()]
    root = Path(raw)
    files = (f"{path.relative_to(root)} {path.stat().st_size}" for path in root.rglob("*.parquet"))
    return [str(root.resolve()), *sorted(files)]
