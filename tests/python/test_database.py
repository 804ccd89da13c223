"""One file of DuckDB: whoever asks for it is told the same, and its path reaches SQL whole."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from lakehouse.aws import AwsClients
from lakehouse.building.recorded import Recorded, run_record
from lakehouse.building.setting import Setting
from lakehouse.database import database_file, quoted
from lakehouse.marts.engine import open_reader

PROJECT = Path(__file__).parents[2]
DEFAULT = "lakehouse.duckdb"
PLUGIN = """
from lakehouse.building.duckdb_file import Plugin
plugin = Plugin(name="plugin", plugin_config={})
"""


def said_by(*program: object, folder: Path) -> str:
    """What a program prints; dbt is imported there alone, for it leaves DuckDB untidied here."""
    done = subprocess.run([sys.executable, *program], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


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

    assert database_file() == database_file(settings) == file
    assert setting.database == file
    assert open_reader(settings, AwsClients("a lake")).path == Path(file)


def test_dbt_is_told_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("LAKEHOUSE_DUCKDB", "")
    spilled = "found = {}; plugin.update_connection_config(None, found); print(found)"

    said = said_by("-c", PLUGIN + spilled, folder=tmp_path)

    assert said == f"{{'temp_directory': '{DEFAULT}.tmp'}}\n"


def test_what_is_printed_after_a_build_is_of_the_same_file(tmp_path, monkeypatch):
    with duckdb.connect(tmp_path / DEFAULT) as connection:
        connection.execute("create schema commerce")
        connection.execute(
            "create table commerce.rpt_commerce__gmv_current as "
            "select 1 as gmv_date, 'here' as subsidiary, 2 as gmv_amount, 3 as purchase_count"
        )
    monkeypatch.setenv("LAKEHOUSE_DUCKDB", "")

    assert "here" in said_by(PROJECT / "scripts" / "where_to_look.py", folder=tmp_path)


def test_a_path_may_hold_what_ends_a_text_of_sql(tmp_path, monkeypatch):
    path = tmp_path / "it's 'mine'.duckdb"
    monkeypatch.setenv("LAKEHOUSE_DUCKDB", str(path))
    monkeypatch.setenv("PYTHONPATH", str(PROJECT / "scripts"))
    program = """
import os, check_dbt, duckdb
with duckdb.connect() as connection:
    plugin.configure_connection(connection)
    connection.execute("insert into lakehouse.a values (1)")
with check_dbt.connected(os.environ["LAKEHOUSE_DUCKDB"]) as connection:
    print(connection.execute("select b from a").fetchall())
"""

    run_record(Recorded((("create table lakehouse.a (b int)", False),), {}), path)

    assert said_by("-c", PLUGIN + program, folder=tmp_path) == "[(1,)]\n"
    assert duckdb.execute(f"select {quoted(path)}").fetchone() == (str(path),)
