"""Macros refuse bad input with an error that quotes it, so that the reader sees what to change."""

import duckdb
import pytest
from lake import Lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(tmp_path_factory.mktemp("macros"))


@pytest.mark.parametrize(
    ("macro", "arguments", "variables", "quoted"),
    [
        ("iso_date", {"variable": "run_date", "value": "2024-1-5"}, {}, "run_date '2024-1-5'"),
        ("iso_date", {"variable": "month", "value": "2024-13-01"}, {}, "month '2024-13-01'"),
        ("iso_date", {"variable": "run_date", "value": "2024-02-30"}, {}, "run_date '2024-02-30'"),
        ("iso_date", {"variable": "run_date", "value": "2023-02-29"}, {}, "run_date '2023-02-29'"),
        ("iso_date", {"variable": "run_date", "value": "2024-01-05\n"}, {}, "run_date"),
        ("run_date", {}, {"run_date": "05/01/2024"}, "run_date '05/01/2024'"),
        (
            "is_known_day",
            {"day": "ingest_date"},
            {"as_of_date": "yesterday"},
            "as_of_date 'yesterday'",
        ),
        ("gmv_as_of", {"known_on": "2024-01"}, {}, "known_on '2024-01'"),
        ("gmv_as_of", {"known_on": "2024-01-31", "month": "2024-1"}, {}, "YYYY-MM, '2024-1'"),
        ("gmv_date_column", {}, {"commerce_gmv_date": "paid"}, "commerce_gmv_date 'paid'"),
        ("line_value", {}, {"commerce_value_rule": "total"}, "commerce_value_rule 'total'"),
        (
            "is_cancelled",
            {"purchase_status": "purchase_status"},
            {"commerce_excluded_statuses": "CANCELADA"},
            "commerce_excluded_statuses 'CANCELADA'",
        ),
        (
            "is_cancelled",
            {"purchase_status": "purchase_status"},
            {"commerce_excluded_statuses": 7},
            "commerce_excluded_statuses '7'",
        ),
        ("rejection_reason", {"conditions": {"too_late": ["1 = 1"]}}, {}, "'too_late' missing_key"),
        ("row_content", {"columns": [["a_ratio", "double"]]}, {}, "'double' 'a_ratio'"),
        ("unknown_engine", {"macro_name": "as_timestamp"}, {}, "'as_timestamp' 'duckdb'"),
        ("default__row_as_json", {"values": []}, {}, "'row_as_json' 'duckdb'"),
        ("model_node", {"model_name": "fct_commerce__gone"}, {}, "'fct_commerce__gone'"),
        (
            "raw_relation",
            {"source_name": "commerce", "table_name": "gone"},
            {},
            "'commerce.gone'",
        ),
        (
            "carried_entities",
            {"model_name": "stg_commerce__purchase"},
            {},
            "'stg_commerce__purchase'",
        ),
    ],
)
def test_bad_input_is_refused_and_quoted(
    lake: Lake, macro: str, arguments: dict, variables: dict, quoted: str
) -> None:
    passed, said = lake.try_macro(macro, arguments, variables=variables)
    assert not passed
    assert "Compilation Error" in said
    assert [words for words in quoted.split(" ") if words not in said] == []


@pytest.mark.parametrize(
    ("macro", "arguments", "variables"),
    [
        ("iso_date", {"variable": "run_date", "value": "2024-02-29"}, {}),
        ("gmv_date_column", {}, {"commerce_gmv_date": "order_date"}),
        ("line_value", {}, {"commerce_value_rule": "unit_times_quantity"}),
        (
            "is_cancelled",
            {"purchase_status": "purchase_status"},
            {"commerce_excluded_statuses": []},
        ),
        ("row_content", {"columns": [["an_amount", "decimal"]]}, {}),
    ],
)
def test_good_input_is_taken(lake: Lake, macro: str, arguments: dict, variables: dict) -> None:
    passed, said = lake.try_macro(macro, arguments, variables=variables)
    assert passed, said


def test_a_lake_of_a_version_without_record_tables_is_refused(tmp_path) -> None:
    lake = Lake(tmp_path)
    with duckdb.connect(str(lake.database)) as connection:
        connection.execute("create schema commerce")
        connection.execute("create table commerce.processed_load (model_name varchar)")

    passed, said = lake.try_macro("create_reflected_load_tables", {}, variables={})

    assert not passed
    assert "'commerce'" in said and "--full-refresh" in said
    with duckdb.connect(str(lake.database)) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'commerce'"
        ).fetchall()
    assert tables == [("processed_load",)]
