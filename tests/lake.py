"""A lake of its own for a test: a raw zone, a DuckDB file, and the commands run on them."""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lakehouse.building.parsed import begin_as_parsed

PROJECT = Path(__file__).parents[1]
DBT_SERVER = Path(__file__).with_name("dbt_server.py")
PARSED = PROJECT / "target" / "checks" / "parsed"
# What says nothing about a lake is run once: by the README's `make build`, in its test.
OF_THE_LAKE = ("--exclude", "resource_type:unit_test", "path:tests/macros")
# With `--selector` dbt takes no notice of --exclude.
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
# The same where only commerce has rows, in a lake that begins with `other_domains` (conftest.py).
OF_COMMERCE = ("--select", "path:models/commerce", "path:models/quality", *OF_THE_LAKE)
# Nobody reads what these commands write of themselves, and it is half of what a small one costs.
COMMANDS_TO_HURRY = ("build", "run", "run-operation", "seed", "show", "test")
QUICK = ("--no-write-json", "--log-level-file", "none")
INHERITED = ("HOME", "LANG", "PATH", "TMPDIR")
ON_DUCKDB = {"LAKEHOUSE_TARGET": "duckdb"}
LAKEHOUSE = (sys.executable, "-m", "lakehouse")


class DbtServer:
    """The process that runs dbt for this one (see dbt_server.py), started at the first command.

    Args:
        project: the dbt project; parsed: where dbt keeps how it read it.
        environment: what it is parsed with, beside the variables of this process.
    """

    def __init__(
        self, project: Path, parsed: Path, environment: Mapping[str, str] = ON_DUCKDB
    ) -> None:
        self._project, self._parsed, self._environment = project, parsed, environment
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def run(
        self,
        words: list[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        dies_after: str | None = None,
        copy: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt; returns the finished command, failed or not.

        Args:
            dies_after: model after which the command is killed, if any.
            copy: of the project, in its place; it is parsed when it is named first.
        """
        with self._lock, tempfile.TemporaryDirectory() as streams:
            stdout, stderr = Path(streams) / "stdout", Path(streams) / "stderr"
            request = {
                "project": str(copy or self._project),
                "words": words,
                "environment": dict(environment),
                "directory": str(directory),
                "dies_after": dies_after,
                "stdout": str(stdout),
                "stderr": str(stderr),
            }
            process = self._started()
            assert process.stdin and process.stdout
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            assert answer, f"the process that runs dbt ended: {process.wait()}"
            code = json.loads(answer)["returncode"]
            return subprocess.CompletedProcess(
                words, code, stdout.read_text("utf-8"), stderr.read_text("utf-8")
            )

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, str(DBT_SERVER), str(self._project), str(self._parsed)],
                env={**os.environ, **self._environment},
                cwd=self._project,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            atexit.register(self.end)
        return self._process

    def end(self) -> None:
        if self._process is not None and self._process.stdin:
            self._process.stdin.close()
            self._process.wait()


DBT = DbtServer(PROJECT, PARSED)


@dataclass(frozen=True)
class Lake:
    """A folder that holds `raw/`, `lakehouse.duckdb` and what dbt writes besides.

    Attributes:
        project: whose models build it, where it is not this one.
    """

    folder: Path
    project: Path = PROJECT

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def database(self) -> Path:
        return self.folder / "lakehouse.duckdb"

    @property
    def environment(self) -> dict[str, str]:
        # Few variables: dbt looks through all of them for secrets before every line that it logs.
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return {
            **kept,
            **ON_DUCKDB,
            "LAKEHOUSE_RAW": str(self.raw),
            "LAKEHOUSE_DUCKDB": str(self.database),
        }

    def begin_with(self, database: Path) -> None:
        """Take a copy of what another lake has built."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(database, self.database)

    def write_raw(
        self, path: str, columns: Iterable[str], rows: Iterable[Mapping[str, object]]
    ) -> None:
        """Write one raw file as landing would: contract columns and provenance as text.

        Args:
            path: below the raw zone, `<domain>/<entity>/ingest_date=…/<load_id>.parquet`.
            columns: contract columns of the entity; a key a row lacks is written as null.
            rows: with recorded_at, load_id, source_file (text) and source_row (int), and with
                is_full_extract (bool) if the entity may be delivered whole.
        """
        written = [dict(row) for row in rows]
        names = [*columns, "recorded_at", "load_id", "source_file"]
        schema = pa.schema([(name, pa.string()) for name in names] + [("source_row", pa.int64())])
        if any("is_full_extract" in row for row in written):
            schema = schema.append(pa.field("is_full_extract", pa.bool_()))
        file = self.raw / path
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(written, schema=schema), file)

    def land(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run `lakehouse land` as a person would; returns the finished process, failed or not."""
        return subprocess.run(
            [*LAKEHOUSE, "land", *map(str, arguments)],
            env=self.environment,
            cwd=self.project,
            capture_output=True,
            text=True,
        )

    def try_dbt(
        self, command: str, *arguments: object, variables: Mapping[str, object] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt in a process of its own; returns the finished command, failed or not.

        Args:
            command: the words before the options, such as `docs generate`.
        """
        quick = QUICK if command in COMMANDS_TO_HURRY else ()
        return self._run([*command.split()], *quick, *arguments, variables=variables)

    def kill_run(
        self, *arguments: object, after: str, variables: Mapping[str, object] | None = None
    ) -> None:
        """Begin `dbt run`, and kill it as soon as it has built the model `after`."""
        done = self._run(["run"], *QUICK, *arguments, variables=variables, dies_after=after)
        assert done.returncode == -signal.SIGKILL, "the run ended before it was killed"

    def build(
        self, *arguments: object, variables: Mapping[str, object] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `lakehouse build` in a process of its own; returns it finished, failed or not."""
        return self._run(["lakehouse", "build"], *arguments, variables=variables)

    def lakehouse(self, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `lakehouse …` in a process of its own; returns it finished, failed or not."""
        return self._serve(["lakehouse", *words], **environment)

    def _run(
        self,
        command: list[str],
        *arguments: object,
        variables: Mapping[str, object] | None,
        dies_after: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        places = ["--project-dir", self.project, "--profiles-dir", self.project]
        places += ["--target-path", self.folder / "target", "--log-path", self.folder / "logs"]
        given = ["--vars", json.dumps(variables)] if variables else []
        words = [*command, *places, "--no-use-colors", *arguments, *given]
        return self._serve(words, dies_after=dies_after)

    def _serve(
        self, words: Iterable[object], *, dies_after: str | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return DBT.run(
            [*map(str, words)],
            environment={**self.environment, **environment},
            directory=self.folder,
            dies_after=dies_after,
            copy=None if self.project == PROJECT else self.project,
        )

    def dbt(
        self, command: str, *arguments: object, variables: Mapping[str, object] | None = None
    ) -> str:
        """Run dbt; returns what it printed. Raises AssertionError with its errors if it fails."""
        done = self.try_dbt(command, *arguments, variables=variables)
        if done.returncode:
            start = max(done.stdout.find("Completed with"), 0)
            printed = done.stdout[start:][-4000:]
            raise AssertionError(f"dbt {command} failed: {printed}\n{done.stderr[-2000:]}")
        return done.stdout

    def try_macro(
        self, name: str, arguments: Mapping[str, object], *, variables: Mapping[str, object]
    ) -> tuple[bool, str]:
        """Call a macro by itself; returns whether it passed, and what dbt said."""
        words = (name, "--args", json.dumps(arguments))
        done = self.try_dbt("run-operation", *words, variables=variables)
        return done.returncode == 0, done.stdout

    def find_parsed(self) -> None:
        """Let a process of its own find the project as it was parsed for all lakes."""
        self.dbt("ls", "--resource-type", "exposure")
        begin_as_parsed(self.folder / "target", parsed_in=PARSED / "target")

    def query(self, sql: str) -> list[tuple]:
        """Rows of a query on the built database."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.sql(sql).fetchall()

    def table(self, name: str, columns: Iterable[str]) -> Counter[tuple]:
        """Rows of a model by its name, as a multiset, since tables have no order."""
        schema = name.split("__")[0].split("_")[1]
        return Counter(self.query(f"select {', '.join(columns)} from {schema}.{name}"))
