"""A person's own lake: made by one command, and never in the files of the project.

Source: docs/architecture.md#own-lake.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lakehouse.cli import app

HEADER = (
    "transaction_datetime,purchase_id,buyer_id,prod_item_id,order_date,release_date,producer_id"
)
ROW = f"{HEADER}\n2024-01-05 10:00:00,1,2,3,2024-01-05,,4\n"


@pytest.fixture
def project(tmp_path, project_dir):
    """A checkout with contracts and a sample of its own."""
    made = tmp_path / "project"
    made.mkdir()
    (made / "models").symlink_to(project_dir / "models")
    shutil.copy(project_dir / "dbt_project.yml", made)
    shutil.copytree(project_dir / "data" / "raw" / "commerce", made / "data" / "raw" / "commerce")
    return made


@pytest.fixture
def run(project, monkeypatch):
    monkeypatch.delenv("LAKEHOUSE_RAW", raising=False)
    monkeypatch.chdir(project)

    def run_command(*arguments):
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run_command


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def exports_of(folder):
    return (
        f"export LAKEHOUSE_RAW={folder / 'raw'}\n"
        f"export LAKEHOUSE_DUCKDB={folder / 'lakehouse.duckdb'}\n"
    )


def test_a_new_lake_is_empty_and_git_takes_no_notice_of_it(run, project):
    result = run("new", "mine")
    assert (result.exit_code, result.stdout) == (0, exports_of(project / "mine"))
    assert files_in(project / "mine") == [".gitignore"]
    assert (project / "mine" / "raw").is_dir()
    assert (project / "mine" / ".gitignore").read_text() == "*\n"


def test_a_new_lake_may_start_from_the_sample(run, project):
    result = run("new", "mine", "--with-sample")
    assert (result.exit_code, result.stdout) == (0, exports_of(project / "mine"))
    assert files_in(project / "mine" / "raw") == files_in(project / "data" / "raw")


def test_a_lake_that_is_there_is_named_again_and_stays_as_it_is(run, project):
    run("new", "mine", "--with-sample")
    before = files_in(project)
    again = run("new", "mine")
    assert (again.exit_code, again.stdout) == (0, exports_of(project / "mine"))
    assert files_in(project) == before
    mixed = run("new", "mine", "--with-sample")
    assert (mixed.exit_code, mixed.stdout) == (2, "")
    assert "holds rows already" in mixed.stderr and "another folder" in mixed.stderr


def test_a_path_of_the_shell_comes_back_as_it_is(run, project):
    assert "'" in run("new", "o'brien's lake").stdout
    lines = run("new", "o'brien's lake").stdout + 'printf %s "$LAKEHOUSE_RAW"'
    said = subprocess.run(["sh", "-c", lines], capture_output=True, text=True, check=True).stdout
    assert said == str(project / "o'brien's lake" / "raw")


@pytest.mark.parametrize("folder", ["data", "data/raw", "data/raw/mine", "data/mine"])
def test_the_files_of_the_project_are_no_place_for_a_lake(run, project, folder):
    before = files_in(project)
    result = run("new", folder)
    assert result.exit_code == 2
    assert "is of the project" in result.stderr
    assert files_in(project) == before


def test_a_folder_that_holds_something_else_is_left_alone(run, project):
    (project / "notes").mkdir()
    (project / "notes" / "a.txt").write_text("a")
    result = run("new", "notes")
    assert result.exit_code == 2
    assert "notes: holds other files; name a new folder" in result.stderr
    assert files_in(project / "notes") == ["a.txt"]
    assert run("new", "notes/a.txt").exit_code == 2


def test_a_sample_that_is_not_there_is_said(run, project):
    shutil.rmtree(project / "data")
    result = run("new", "mine", "--with-sample")
    assert result.exit_code == 2
    assert "no sample" in result.stderr and not (project / "mine").exists()


@pytest.mark.parametrize("raw", [None, "", "data/raw", "data/raw/mine", "link", "data"])
def test_landing_into_the_sample_is_refused(run, project, write, monkeypatch, raw):
    if raw is not None:
        (project / "link").symlink_to(project / "data" / "raw")
        monkeypatch.setenv("LAKEHOUSE_RAW", raw)
    before = files_in(project)
    result = run("land", "commerce", f"purchase={write('p.csv', ROW)}")
    assert result.exit_code == 2
    assert 'eval "$(lakehouse new mine)"' in result.stderr
    assert "LAKEHOUSE_RAW" in result.stderr and "LAKEHOUSE_DUCKDB" in result.stderr
    assert files_in(project) == before


def test_extracting_into_the_sample_is_refused(run, project):
    result = run("extract", "retail")
    assert result.exit_code == 2
    assert 'eval "$(lakehouse new mine)"' in result.stderr


def test_rows_land_in_the_new_lake(run, project, write, monkeypatch):
    before = files_in(project / "data")
    run("new", "mine")
    monkeypatch.setenv("LAKEHOUSE_RAW", str(project / "mine" / "raw"))
    assert run("land", "commerce", f"purchase={write('p.csv', ROW)}").exit_code == 0
    assert len(list((project / "mine" / "raw").rglob("*.parquet"))) == 1
    assert files_in(project / "data") == before


def test_no_test_sees_the_lake_of_the_shell(project_dir, tmp_path):
    conftest = project_dir / "tests" / "conftest.py"
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import os, runpy; runpy.run_path({str(conftest)!r}); "
            "print([n for n in os.environ if n in ('LAKEHOUSE_RAW', 'LAKEHOUSE_DUCKDB')])",
        ],
        env={
            **os.environ,
            "LAKEHOUSE_RAW": str(tmp_path / "raw"),
            "LAKEHOUSE_DUCKDB": str(tmp_path / "lakehouse.duckdb"),
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == "[]\n"
    assert Path(project_dir / "data" / "raw").is_dir()
