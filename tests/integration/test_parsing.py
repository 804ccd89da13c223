"""What differs by run does not reach dbt's parser, so that the project is parsed once.

For people: another database or raw zone costs no new parse. For the tests: every lake is run with
one manifest (tests/dbt_server.py), which is right only while these hold.
"""

import json
from contextlib import chdir
from typing import Any

import duckdb
import pytest
import yaml
from lake import PROJECT, Lake

VARIABLES = {
    "run_date": "2024-01-05",
    "as_of_date": "2024-01-04",
    "rejected_share_limit": 0.5,
    "commerce_value_rule": "unit_times_quantity",
    "commerce_gmv_date": "order_date",
    "commerce_excluded_statuses": ["DEVOLVIDA"],
    "report_year": 2020,
    "clock_skew_hours": 12,
}
# Said of the parse itself.
OF_THE_PARSE = ("metadata", "created_at")


@pytest.fixture
def parsed(tmp_path) -> Lake:
    """A lake that finds the project as another lake has parsed it."""
    lake = Lake(tmp_path / "lake")
    lake.find_parsed()
    return lake


def without(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: without(held, names) for key, held in value.items() if key not in names}
    return [without(held, names) for held in value] if isinstance(value, list) else value


def manifest_of(lake: Lake) -> dict[str, Any]:
    manifest = json.loads((lake.folder / "target" / "manifest.json").read_text())
    # A set by another name: a second parse lists members in another order.
    manifest["group_map"] = {name: sorted(nodes) for name, nodes in manifest["group_map"].items()}
    return without(manifest, OF_THE_PARSE)


def test_another_database_and_raw_zone_are_no_reason_to_parse(parsed: Lake) -> None:
    said = parsed.dbt("parse", "--log-level", "debug")
    assert "0 files changed" in said
    assert "Unable to do partial parsing" not in said


def test_a_table_is_found_by_its_schema_whatever_the_file_is_called(tmp_path) -> None:
    """In dbt, and where the file is opened by itself: a view in it knows no database."""
    lake = Lake(tmp_path)
    lake.raw.symlink_to(PROJECT / "data" / "raw")
    lake.dbt("run", "--select", "stg_commerce__purchase")
    count = "select count(*) as row_count from commerce.stg_commerce__purchase"
    shown = lake.dbt("show", "--inline", count, "--output", "json", "--quiet")
    renamed = lake.database.rename(tmp_path / "o'ther.duckdb")
    with duckdb.connect(str(renamed), read_only=True) as connection, chdir(tmp_path):
        found = connection.sql(count).fetchall()
    assert found == [(5,)]
    assert json.loads(shown)["show"] == [{"row_count": 5}]


def test_variables_change_nothing_that_is_parsed(parsed: Lake) -> None:
    parsed.dbt("parse")
    before = manifest_of(parsed)
    said = parsed.dbt("parse", "--log-level", "debug", variables=VARIABLES)
    # dbt itself cannot know: it parses anew for any other variable.
    assert "Unable to do partial parsing" in said
    assert manifest_of(parsed) == before


def test_every_variable_of_the_project_is_tried() -> None:
    declared = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]
    # What the credit features follow from, and where exposures lead, is no value of a run: it is
    # changed in the file.
    of_the_file = {"credit_declarations", "owner_mail_domain", "site_url"}
    assert set(declared) == {*VARIABLES, *of_the_file}
