"""`lakehouse diff`: what tells two builds apart is told, by its exit status too."""

import json
import re
import subprocess
import sys
from pathlib import Path

import boto3
import duckdb
import fake_aws
import pytest
from fake_athena import FakeAthena
from fake_aws import FakeAws
from typer.testing import CliRunner

from lakehouse.cli import app
from lakehouse.comparing import diff as comparing
from lakehouse.comparing.builds import commit_of
from lakehouse.marts.athena import AthenaReader

YAML = """
models:
  - name: rpt_shop__sales
    config: {meta: {grain: [day]}}
    columns:
      - {name: day, config: {meta: {class: public}}}
      - {name: seller, config: {meta: {class: personal}}}
      - {name: total_amount, config: {meta: {class: internal}}}
      - {name: note}
  - name: dim_shop__keyless
    columns:
      - {name: a, config: {meta: {class: public}}}
"""
TABLES = """
create schema shop;
create table shop.rpt_shop__sales as select * from (values
    (date '2024-01-01', 'Ana', cast(10.00 as decimal(18, 2)), 'x'),
    (date '2024-01-02', 'Bia', cast(20.00 as decimal(18, 2)), 'y')
) t (day, seller, total_amount, note);
create table shop.dim_shop__keyless as select 1 as a;
create table shop.int_shop__inner as select 1 as a;
"""
CHANGED = """
update shop.rpt_shop__sales set total_amount = 25.00, seller = 'CANARY', note = 'CANARY'
where day = date '2024-01-02'
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "project" / "models" / "shop" / "marts" / "shop.yml"
    path.parent.mkdir(parents=True)
    path.write_text(YAML)
    return tmp_path / "project"


def build(path: Path, *changes: str) -> Path:
    with duckdb.connect(str(path)) as lake:
        for sql in (TABLES, *changes):
            lake.execute(sql)
    return path


def told(*words: object, project: Path, code: int) -> str:
    done = CliRunner().invoke(app, ["diff", "--project-dir", str(project), *map(str, words)])
    assert done.exit_code == code, done.output
    return done.output


def test_equal_builds_are_said_to_be_equal(tmp_path, project):
    builds = build(tmp_path / "a.duckdb"), build(tmp_path / "b.duckdb")
    assert "All 2 tables are equal." in told(*builds, project=project, code=0)
    assert "All 3 tables are equal." in told(*builds, "--all", project=project, code=0)


def test_changed_values_and_sums_are_told_and_what_is_not_declared_public_is_masked(
    tmp_path, project
):
    builds = build(tmp_path / "a.duckdb"), build(tmp_path / "b.duckdb", CHANGED)
    for form in ((), ("--markdown",), ("--json",)):
        text = told(*builds, *form, project=project, code=1)
        assert "CANARY" not in text and "Bia" not in text
        assert "25.00" in text and "35.00" in text and "2024-01-02" in text
    said = json.loads(told(*builds, "--json", project=project, code=1))
    [table] = said["different"]
    assert {each["name"]: each["count"] for each in table["changed"]} == {
        "seller": 1,
        "total_amount": 1,
        "note": 1,
    }
    assert table["totals"] == {"total_amount": ["30.00", "35.00"]}


def test_tables_of_one_build_alone_are_a_difference(tmp_path, project):
    builds = (
        build(tmp_path / "a.duckdb"),
        build(tmp_path / "b.duckdb", "drop table shop.dim_shop__keyless"),
    )
    assert "dim_shop__keyless: only before" in told(*builds, project=project, code=1)
    assert "dim_shop__keyless: only after" in told(*reversed(builds), project=project, code=1)
    only = ("--table", "rpt_shop__sales")
    assert "All 1 tables are equal." in told(*builds, *only, project=project, code=0)
    alone = told(*builds, "--table", "dim_shop__keyless", project=project, code=1)
    assert "No table is on both sides, 1 on one side only." in alone


def test_a_table_without_a_key_is_compared_whole_and_it_is_said(tmp_path, project):
    builds = (
        build(tmp_path / "a.duckdb"),
        build(tmp_path / "b.duckdb", "insert into shop.dim_shop__keyless values (1)"),
    )
    text = told(*builds, project=project, code=1)
    assert "no key is declared (meta.grain)" in text and "1 row only after" in text


def test_tables_of_different_shape_are_compared_in_what_they_share(tmp_path, project):
    reshaped = (
        "alter table shop.rpt_shop__sales drop column note",
        'alter table shop.rpt_shop__sales add column "it""s" int',
        "alter table shop.rpt_shop__sales alter total_amount type decimal(18, 4)",
    )
    builds = build(tmp_path / "a.duckdb"), build(tmp_path / "b.duckdb", *reshaped)
    text = told(*builds, project=project, code=1)
    assert "column note (VARCHAR) is gone" in text
    assert 'column it"s (INTEGER) is new' in text
    assert "column total_amount was DECIMAL(18,2), is DECIMAL(18,4)" in text
    assert "changed" not in text


def test_what_a_view_cannot_answer_is_trouble_and_no_difference(tmp_path, project):
    broken = (
        "drop table shop.dim_shop__keyless",
        "create view shop.dim_shop__keyless as select a from shop.int_shop__inner",
        "drop table shop.int_shop__inner",
    )
    builds = build(tmp_path / "a.duckdb"), build(tmp_path / "b.duckdb", *broken)
    text = told(*builds, project=project, code=2)
    assert "dim_shop__keyless: " in text and "int_shop__inner does not exist" in text


def test_a_database_that_is_missing_is_named(tmp_path, project):
    here = build(tmp_path / "a.duckdb")
    text = told(here, tmp_path / "none.duckdb", project=project, code=2)
    assert "none.duckdb: no such database; build it first" in text


def test_a_file_that_is_no_database_is_named(tmp_path, project):
    other = tmp_path / "b.duckdb"
    other.write_text("no database" * 1000)
    text = told(build(tmp_path / "a.duckdb"), other, project=project, code=2)
    assert "b.duckdb cannot be read as a DuckDB database" in text


def test_a_database_that_is_being_written_is_named(tmp_path, project):
    pair = build(tmp_path / "a.duckdb"), build(tmp_path / "b.duckdb")
    program = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open'); input()"
    words = [sys.executable, "-uc", program, str(pair[1])]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout and writer.stdout.readline() == b"open\n"
        text = told(*pair, project=project, code=2)
        writer.communicate(b"\n")
    assert re.search(rf"b\.duckdb is open in another process: \S+, PID {writer.pid}; wait", text)


@pytest.mark.parametrize("word", ["no-such-branch", "git:no-such", "--output=x", "HEAD; echo x"])
def test_a_word_that_means_nothing_is_named(tmp_path, project, word):
    here = build(tmp_path / "a.duckdb")
    text = told("--", here, word, project=project, code=2)
    assert f"{word} is neither a database file nor a commit" in text


def test_a_table_that_neither_has_is_named(tmp_path, project):
    builds = build(tmp_path / "a.duckdb"), build(tmp_path / "b.duckdb")
    text = told(*builds, "--table", "rpt_shop__gone", project=project, code=2)
    assert "rpt_shop__gone: no such table" in text


def test_a_folder_without_models_is_named(tmp_path):
    builds = build(tmp_path / "a.duckdb"), build(tmp_path / "b.duckdb")
    assert "declares no mart" in told(*builds, project=tmp_path, code=2)


def test_nothing_is_drawn_where_the_report_goes():
    with comparing._connection({}) as connection:
        [(is_drawn,)] = connection.sql("select current_setting('enable_progress_bar')").fetchall()
    assert is_drawn is False


def test_a_branch_is_its_commit(project_dir):
    head = commit_of("HEAD", project_dir=project_dir)
    assert head and commit_of(head[:12], project_dir=project_dir) == head
    assert commit_of("HEAD", project_dir=Path("/")) is None


def test_an_environment_on_athena_is_compared_as_text(tmp_path, project, monkeypatch):
    aws = FakeAws(databases={"prod_shop"})
    with fake_aws.running(aws) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        athena = FakeAthena(aws)
        athena.lake.execute(
            "create schema awsdatacatalog.prod_shop; "
            "create table awsdatacatalog.prod_shop.rpt_shop__sales as select * from (values "
            "(date '2024-01-01', 'Ana', cast(10.00 as decimal(18, 2)), 'x'), "
            "(date '2024-01-02', 'Bia', cast(20.50 as decimal(18, 2)), 'y')) "
            "t (day, seller, total_amount, note)"
        )
        kinds = {"day": "date", "seller": "string", "total_amount": "decimal(18,2)"}
        columns = [{"Name": n, "Type": k} for n, k in ({**kinds, "note": "string"}).items()]
        aws.tables["prod_shop", "rpt_shop__sales"] = {
            "Name": "rpt_shop__sales",
            "StorageDescriptor": {"Columns": columns},
        }
        reader = AthenaReader(
            athena, boto3.client("glue"), boto3.client("s3"), "wg", "s3://results/unload"
        )
        monkeypatch.setattr(comparing, "open_reader", lambda *_: reader)
        words = (build(tmp_path / "a.duckdb"), "athena:prod", "--table", "rpt_shop__sales")
        text = told(*words, project=project, code=1)
        empty = told(words[0], "athena:none", project=project, code=2)
    assert "day=2024-01-02: 20.00 -> 20.50" in text and "1 row changed" in text
    assert "sum of total_amount: 30.00 -> 30.50" in text
    assert "athena:none: the catalogue has no tables in databases none_" in empty
