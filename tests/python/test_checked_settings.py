"""Settings that cannot work are refused with a sentence, before dbt reads the project."""

import pytest
from typer.testing import CliRunner

from lakehouse.building.checked_settings import check_settings
from lakehouse.cli import app
from lakehouse.errors import UsageError


@pytest.mark.parametrize("prefix", ["my-lake", "My_lake", "1lake", "lake.dev"])
def test_a_prefix_that_the_catalogue_refuses_is_named(prefix, tmp_path):
    with pytest.raises(UsageError, match="LAKEHOUSE_SCHEMA_PREFIX"):
        check_settings({"LAKEHOUSE_SCHEMA_PREFIX": prefix}, target="athena", project_dir=tmp_path)
    check_settings({"LAKEHOUSE_SCHEMA_PREFIX": prefix}, target="duckdb", project_dir=tmp_path)


def test_what_can_work_is_taken(tmp_path):
    (tmp_path / "it's").mkdir()
    for environment, target in (
        ({}, "duckdb"),
        ({"LAKEHOUSE_RAW": "it's"}, "duckdb"),
        ({"LAKEHOUSE_RAW": str(tmp_path)}, "duckdb"),
        ({"LAKEHOUSE_RAW": "s3://lake/raw", "LAKEHOUSE_SCHEMA_PREFIX": "lake_dev"}, "glue"),
    ):
        check_settings(environment, target=target, project_dir=tmp_path)


@pytest.mark.parametrize("command", ["build", "dbt"])
def test_a_folder_that_is_not_there_stops_a_run_at_once(command, tmp_path, monkeypatch):
    monkeypatch.setenv("LAKEHOUSE_RAW", str(tmp_path / "nowhere"))
    words = [command, *(["build"] if command == "dbt" else [])]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "nowhere" in done.stderr and "land a delivery first" in done.stderr
    assert done.stdout == ""
