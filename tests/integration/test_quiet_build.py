"""`lakehouse build` as a person runs it: what it prints when all is well, and when it is not."""

import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from lake import PROJECT, Lake

from lakehouse.landing.contract import read_contract

# What a shell runs in the background ignores Ctrl-C, and so would what these tests start.
HEEDING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
LAKEHOUSE = [sys.executable, "-c", HEEDING + "from lakehouse.cli import app; app()"]
ENTITY = "commerce/purchase_extra_info"
COLUMNS = read_contract("commerce", project_dir=PROJECT).entity("purchase_extra_info").columns
RECEIVED = "int_commerce__purchase_extra_info"
SMALL = ("--select", f"+{RECEIVED}", "--exclude-resource-type", "unit_test")
TICK = re.compile(r" *\d+ s  ")
# Only one feed of the domain has files here.
SILENT = re.compile(r"warning: No raw file of commerce\.(?!purchase_extra_info)")


@dataclass(frozen=True)
class Printed:
    """What a build printed, without the lines that say how far it is, and that feeds are silent."""

    exit_code: int
    lines: tuple[str, ...]
    whole: str

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def printed(done: subprocess.CompletedProcess[str]) -> Printed:
    assert done.stderr == ""
    lines = tuple(
        line for line in done.stdout.splitlines() if not (TICK.match(line) or SILENT.match(line))
    )
    assert lines[0] == "reading the project…"
    assert all(line.isprintable() for line in done.stdout.splitlines())
    return Printed(done.returncode, lines[2 if lines[1:2] == ("",) else 1 :], done.stdout)


def build(lake: Lake, *arguments: str) -> Printed:
    """Build the real project into the lake."""
    places = ["--project-dir", PROJECT, "--profiles-dir", PROJECT]
    places += ["--target-path", lake.folder / "target", "--log-path", lake.folder / "logs"]
    return printed(
        subprocess.run(
            [*LAKEHOUSE, "build", *map(str, places), *arguments],
            env=lake.environment,
            cwd=lake.folder,
            capture_output=True,
            text=True,
        )
    )


def land(lake: Lake, day: str, *, rejected: int = 0, twice: int = 0, count: int = 200) -> None:
    """A load of that many rows: of some the purchase cannot be read, some stand in it twice."""
    load = f"{day.replace('-', '')}T000000000000Z-000000000000"
    rows = [
        {
            "purchase_id": "unreadable" if number < rejected else str(number),
            "subsidiary": "nacional",
            "transaction_datetime": f"{day} 08:00:00",
            "recorded_at": f"{day} 12:00:00.000000",
            "load_id": load,
            "source_file": "extra.csv",
            "source_row": number,
        }
        for number in range(count)
    ]
    lake.write_raw(
        f"{ENTITY}/ingest_date={day}/{load}.parquet", COLUMNS, rows + rows[-twice:][:twice]
    )


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """One lake for all cases, where dbt finds the project as it was parsed last."""
    lake = Lake(tmp_path_factory.mktemp("quiet"))
    lake.find_parsed()
    land(lake, "2024-01-01")
    return lake


@pytest.fixture(scope="module")
def well(lake: Lake) -> Printed:
    return build(lake, *SMALL)


@pytest.fixture(scope="module")
def warned(lake: Lake, well: Printed) -> Printed:
    land(lake, "2024-01-02", rejected=1)
    return build(lake, *SMALL)


@pytest.fixture(scope="module")
def failed(lake: Lake, warned: Printed) -> Printed:
    land(lake, "2024-01-03", rejected=20, twice=3)
    return build(lake, *SMALL)


def test_a_good_build_says_what_is_where_in_a_few_lines(lake: Lake, well: Printed) -> None:
    assert well.exit_code == 0
    assert re.fullmatch(
        r"Done in .*: 3 models and 1 seed built; \d+ data tests passed\.", well.lines[0]
    )
    assert well.lines[1:] == (
        "Tables:  lakehouse.duckdb (commerce, quality)",
        "Log:     logs/dbt.log",
    )
    assert lake.query(f"select count(*) from commerce.{RECEIVED}") == [(200,)]


def test_the_log_holds_what_is_not_printed(lake: Lake, well: Printed) -> None:
    log = (lake.folder / "logs/dbt.log").read_text()
    assert f"PASS grain_{RECEIVED}" in log
    assert "PASS" not in well.whole


def test_a_warning_is_told_and_the_build_is_well(warned: Printed) -> None:
    assert warned.exit_code == 0
    (line,) = [line for line in warned.lines if line.startswith(f"warning: {RECEIVED}")]
    assert line.endswith(
        "load 20240102T000000000000Z-000000000000 of purchase_extra_info, 2024-01-02: "
        "1 of 200 rows are rejected (unparsable_key 1)"
    )
    assert "1 test warns" in warned.text
    assert len(warned.lines) < 10


def test_failing_rules_name_the_table_the_rows_and_what_to_do(failed: Printed) -> None:
    assert failed.exit_code == 1
    (head,) = [line for line in failed.lines if line.startswith("Failed after")]
    assert "2 tests fail" in head
    assert f"{RECEIVED}: no two rows have the same load_key, source_row" in failed.text
    assert "3 keys for which it does not hold" in failed.text
    assert f"{RECEIVED}: a load has more rejected rows than a build lets pass" in failed.text
    assert "2024-01-03: 20 of 203 rows are rejected (unparsable_key 20)" in failed.text
    assert "lakehouse accept 20240103T000000000000Z-000000000000" in failed.text
    # The load of the day before, which warned, is still held by no mart.
    assert "1 of 200 rows are rejected" in failed.text
    assert "docs/runbook.md" in failed.text
    assert len(failed.lines) < 25


def test_the_query_that_a_failure_names_is_there(lake: Lake, failed: Printed) -> None:
    places = [line.split(maxsplit=1)[1] for line in failed.lines if line.strip().startswith("SQL ")]
    assert len(places) == 2
    assert all("select" in (lake.folder / place).read_text() for place in places)


def test_the_command_that_a_failure_names_shows_the_rows(lake: Lake, failed: Printed) -> None:
    (command,) = [line.split(maxsplit=1)[1] for line in failed.lines if "--inline" in line]
    shown = subprocess.run(
        shlex.split(command), env=lake.environment, cwd=lake.folder, capture_output=True, text=True
    )
    assert "20240103T000000000000Z-000000000000" in shown.stdout, shown.stdout


def test_a_database_that_is_open_elsewhere_is_named(lake: Lake, failed: Printed) -> None:
    with duckdb.connect(str(lake.database)):
        locked = build(lake, *SMALL)
    assert locked.exit_code == 1
    assert any(
        line.startswith("lakehouse.duckdb is open in another process") for line in locked.lines
    )
    assert "LAKEHOUSE_DUCKDB=other.duckdb" in locked.text


@dataclass(frozen=True)
class OwnProject:
    """A dbt project of a few models, which is read in a second."""

    lake: Lake

    def write(self, path: str, text: str) -> None:
        file = self.lake.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*LAKEHOUSE, "build", *arguments],
            env=self.lake.environment,
            cwd=self.lake.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def build(self, *arguments: str) -> Printed:
        started = self.start(*arguments)
        output, errors = started.communicate()
        return printed(
            subprocess.CompletedProcess(started.args, started.returncode, output, errors)
        )


@pytest.fixture
def project(tmp_path: Path) -> Iterator[OwnProject]:
    own = OwnProject(Lake(tmp_path))
    own.lake.raw.mkdir()
    own.write(
        "dbt_project.yml",
        "{name: own, profile: own, flags: {send_anonymous_usage_stats: false}}",
    )
    output = "{type: duckdb, path: '{{ env_var(\"LAKEHOUSE_DUCKDB\") }}'}"
    own.write("profiles.yml", f"own: {{target: duckdb, outputs: {{duckdb: {output}}}}}")
    own.write("models/whole.sql", "select 1 as x")
    yield own


def test_a_template_that_cannot_be_read_is_named_with_its_line(project: OwnProject) -> None:
    project.write("models/broken.sql", "select 1 as x\n{% if %}")
    said = project.build()
    assert said.exit_code == 1
    assert "models/broken.sql, line 2" in said.lines
    assert "Expected an expression" in said.text
    assert len(said.lines) < 12


def test_each_kind_of_failure_is_told_and_what_was_skipped_is_counted(project: OwnProject) -> None:
    project.write("models/wrong.sql", "select no_column from (select 1 as x)")
    project.write("models/below.sql", "select * from {{ ref('wrong') }}")
    for number in range(12):
        refusal = 'exceptions.raise_compiler_error("Give a day, \'" ~ model.name ~ "__a\' asks.")'
        project.write(f"models/asks_{number}.sql", f"{{% do {refusal} if execute %}}select 1 as x")
    for number in range(11):
        project.write(f"tests/assert_{number}.sql", "select * from {{ ref('whole') }}")
    said = project.build()
    assert said.exit_code == 1
    assert "11 tests fail, 13 nodes could not be built, 1 node after them skipped" in said.lines[0]
    assert said.text.count("Give a day") == 1
    assert " and 11 more could not be built" in said.text
    assert "Binder Error" in said.text
    assert "And 3 more, in the log." in said.lines


def test_an_option_that_dbt_does_not_know_is_said(project: OwnProject) -> None:
    said = project.build("--no-such-option")
    assert said.exit_code == 1
    assert said.lines[-1] == "No such option '--no-such-option'."


def test_a_build_that_is_stopped_ends_in_one_line(project: OwnProject) -> None:
    started = project.start()
    assert started.stdout is not None
    assert started.stdout.readline() == "reading the project…\n"
    started.send_signal(signal.SIGINT)
    output, errors = started.communicate(timeout=60)
    assert (started.returncode, errors) == (130, "")
    assert output.startswith("Stopped after") and output.count("\n") == 1
