"""One file of DuckDB: whoever asks for it is told the same, and its path reaches SQL whole."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from check_dbt import connected

from lakehouse.aws import AwsClients
from lakehouse.building.duckdb_file import Plugin
from lakehouse.building.recorded import Recorded, run_record
from lakehouse.building.setting import Setting
from lakehouse.database import database_file, quoted
from lakehouse.marts.engine import open_reader

PROJECT = Path(__file__).parents[2]
DEFAULT = "lakehouse.duckdb"


@pytest.mark.parametrize(
    ("settings", "file"),
    [
        ({}, DEFAULT),
        ({"LAKEHOUSE_DUCKDB": ""}, DEFAULT),
        ({"LAKEHOUSE_DUCKDB": "mine/a.duckdb"}, "mine/a.duckdb"),
    ],
)
def test_the_file_is_the_same_for_whoever_asks(settings, file, tmp_path, monkeypatch):
    monkeypatch.delenv("LAKEHOUSE_DUCKDB", raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    setting = Setting((), settings, start=tmp_path, project=tmp_path, programs=tmp_path)
    spilled: dict[str, str] = {}
    Plugin(name="plugin", plugin_config={}).update_connection_config(None, spilled)

    assert database_file() == database_file(settings) == file
    assert setting.database == file
    assert open_reader(settings, AwsClients("a lake")).path == Path(file)
    assert spilled == {"temp_directory": f"{file}.tmp"}


def test_what_is_printed_after_a_build_is_of_the_same_file(tmp_path, monkeypatch):
    with duckdb.connect(tmp_path / DEFAULT) as connection:
        connection.execute("create schema commerce")
        connection.execute(
            "create table commerce.rpt_commerce__gmv_current as "
            "select 1 as gmv_date, 'here' as subsidiary, 2 as gmv_amount, 3 as purchase_count"
        )
    monkeypatch.setenv("LAKEHOUSE_DUCKDB", "")

    done = subprocess.run(
        [sys.executable, PROJECT / "scripts" / "where_to_look.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert "here" in done.stdout


def test_a_path_may_hold_what_ends_a_text_of_sql(tmp_path, monkeypatch):
    path = tmp_path / "it's 'mine'.duckdb"
    monkeypatch.setenv("LAKEHOUSE_DUCKDB", str(path))

    run_record(Recorded((("create table lakehouse.a (b int)", False),), {}), path)
    with duckdb.connect() as connection:
        Plugin(name="plugin", plugin_config={}).configure_connection(connection)
        connection.execute("insert into lakehouse.a values (1)")
    with connected(path) as connection:
        assert connection.execute("select b from a").fetchall() == [(1,)]

    assert duckdb.execute(f"select {quoted(path)}").fetchone() == (str(path),)
