"""Files that say what was done to a row: read where the feed declares it, else refused.

Source: docs/architecture.md#operations.
"""

import csv
import io
import json

import pytest
import yaml
from change_files import (
    debezium_envelope,
    debezium_lines,
    delta_changes,
    dms_csv,
    dms_full_load,
)
from operations import OPERATION, project_with_operations

from lakehouse.errors import ContractError, DeliveryError
from lakehouse.landing.contract import read_contract

ROW = {
    "transaction_datetime": "2024-01-02 10:00:00",
    "purchase_id": "1",
    "purchase_partition": "1",
    "buyer_id": "2",
    "prod_item_id": "3",
    "prod_item_partition": "1",
    "order_date": "2024-01-02",
    "release_date": "2024-01-02",
    "producer_id": "4",
}
CHANGES = [("insert", ROW), ("update", {**ROW, "buyer_id": "9"}), ("delete", ROW)]
DELETED = {"column": "deleted", "insert": ["false"], "delete": ["true"]}
CHANGE_TYPE = {
    "column": "change_type",
    "insert": ["insert"],
    "update": ["update_postimage"],
    "delete": ["delete"],
    "before": ["update_preimage"],
    "time": "commit_timestamp",
}
# Envelopes and changes without names are refused whether an operation is declared or not.
DECLARED = [True, False]


@pytest.fixture
def declare(tmp_path):
    """The contract of commerce with an operation for purchases, as the sources YAML may have it."""

    def contract_with(operation=OPERATION, feed="purchase"):
        project = project_with_operations(tmp_path / "project", {feed: operation})
        return read_contract("commerce", project_dir=project)

    return contract_with


@pytest.fixture
def commerce(project_dir):
    return read_contract("commerce", project_dir=project_dir)


def column(rows, name):
    return [row[name] for row in rows]


def test_changes_of_dms_land_with_their_operation_and_the_time_of_their_commit(
    land, write, raw_rows, declare
):
    operation = {**OPERATION, "time": "committed_at"}
    text = dms_csv(CHANGES, timestamp_column="committed_at")
    [load] = land(("purchase", write("20240102-110000000.csv", text)), contract=declare(operation))
    assert (load.outcome, load.row_count, load.warnings) == ("landed", 3, ())
    assert column(raw_rows("purchase"), "op") == ["I", "U", "D"]
    assert raw_rows("purchase")[2]["committed_at"] == "2024-01-02 11:02:00.000000"


def test_a_full_load_of_dms_has_no_operation(land, write, raw_rows, declare):
    file = write("LOAD00000001.csv", dms_full_load([ROW]))
    [load] = land(("purchase", file), contract=declare())
    assert load.outcome == "landed"
    assert column(raw_rows("purchase"), "op") == [None]


@pytest.mark.parametrize(
    ("operation", "name", "codes"),
    [(OPERATION, "op", ["c", "u", "d"]), (DELETED, "deleted", ["false", "false", "true"])],
)
def test_unwrapped_events_of_debezium_land_by_either_of_their_columns(
    land, write, raw_rows, declare, operation, name, codes
):
    file = write("purchase.jsonl", debezium_lines(CHANGES))
    [load] = land(("purchase", file), contract=declare(operation))
    assert load.outcome == "landed"
    assert column(raw_rows("purchase"), name) == codes
    other = "__deleted" if name == "op" else "__op"
    assert f"'{other}'" in load.warnings[0] and "rescued_data" in load.warnings[0]
    assert other in raw_rows("purchase")[0]["rescued_data"]


def test_a_change_feed_of_delta_lands_with_both_rows_of_an_update(land, write, raw_rows, declare):
    changed = {**ROW, "buyer_id": "9"}
    table = delta_changes([("insert", ROW, None), ("update", changed, ROW), ("delete", ROW, None)])
    [load] = land(("purchase", write("p.parquet", table)), contract=declare(CHANGE_TYPE))
    assert load.outcome == "landed"
    rows = raw_rows("purchase")
    codes = ["insert", "update_preimage", "update_postimage", "delete"]
    assert column(rows, "change_type") == codes
    assert rows[3]["commit_timestamp"] == "2024-01-02 11:02:00.000000"


def test_an_empty_operation_is_not_that_of_a_file_without_the_column(
    land, write, raw_rows, declare
):
    lines = [{"op": None, **ROW}, {"op": "", **ROW}, ROW]
    content = "\n".join(map(json.dumps, lines))
    land(("purchase", write("p.jsonl", content)), contract=declare())
    assert column(raw_rows("purchase"), "op") == ["", "", ""]


@pytest.mark.parametrize("marker", ["is_deleted", "__deleted", "cdc_operation"])
def test_a_second_marker_is_refused(land, write, left_behind, declare, marker):
    text = dms_csv([("insert", {**ROW, marker: "false"})])
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", write("p.csv", text)), contract=declare())
    said = str(refusal.value)
    assert f"column '{marker}' says what was done to a row" in said
    assert "the operation of purchase is 'op'" in said
    assert left_behind() == []


def test_an_operation_of_one_feed_is_none_of_another(land, write, left_behind, declare):
    text = dms_csv([("insert", {"transaction_datetime": "", "purchase_id": "1", "subsidiary": ""})])
    with pytest.raises(DeliveryError, match="declare `operation` for purchase_extra_info"):
        land(("purchase_extra_info", write("e.csv", text)), contract=declare())
    assert left_behind() == []


@pytest.mark.parametrize("is_declared", DECLARED)
@pytest.mark.parametrize("has_schema", [True, False])
def test_an_envelope_is_refused_with_the_setting_that_unwraps_it(
    land, write, left_behind, commerce, declare, has_schema, is_declared
):
    file = write("p.jsonl", debezium_envelope(CHANGES, has_schema=has_schema))
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", file), contract=declare() if is_declared else commerce)
    said = str(refusal.value)
    assert said.startswith("p.jsonl, line 1: the envelope of Debezium")
    assert "ExtractNewRecordState" in said and "delete.tombstone.handling.mode=rewrite" in said
    assert left_behind() == []


@pytest.mark.parametrize("is_declared", DECLARED)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("20240102-110000000.csv", dms_csv(CHANGES, has_names=False)),
        ("changes.csv", dms_csv(CHANGES, has_names=False)),
        ("LOAD0000000A.csv", dms_full_load([ROW], has_names=False)),
    ],
)
def test_a_file_of_dms_without_header_is_refused_with_the_setting_that_adds_one(
    land, write, left_behind, commerce, declare, name, text, is_declared
):
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", write(name, text)), contract=declare() if is_declared else commerce)
    said = str(refusal.value)
    assert said.startswith(f"{name}, line 1: none of the columns of purchase")
    assert "AddColumnName=true" in said
    assert left_behind() == []


def test_a_file_of_another_program_without_header_is_not_said_to_be_of_dms(land, write, commerce):
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", write("p.csv", "1,2,3\n4,5,6\n")), contract=commerce)
    assert "AddColumnName" not in str(refusal.value)


@pytest.mark.parametrize("code", ["t", "T", " truncate "])
def test_a_truncation_is_refused_with_the_setting_that_skips_it(
    land, write, left_behind, declare, code
):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([["op", *ROW], ["c", *ROW.values()], [code, *ROW.values()]])
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", write("p.csv", text.getvalue())), contract=declare())
    said = str(refusal.value)
    assert said.startswith(f"p.csv, line 3: '{code.strip()}' in 'op' says that a table was emptied")
    assert "skipped.operations=t" in said
    assert left_behind() == []


def test_a_code_that_is_declared_is_no_truncation(land, write, declare):
    operation = {**OPERATION, "update": ["t"]}
    text = dms_csv([("truncate", ROW)]).replace("\nT,", "\nt,")
    [load] = land(("purchase", write("p.csv", text)), contract=declare(operation))
    assert load.outcome == "landed"


@pytest.mark.parametrize("is_declared", DECLARED)
def test_a_full_load_of_dms_and_its_changes_are_two_calls(
    land, write, left_behind, commerce, declare, is_declared
):
    files = (
        write("LOAD00000001.csv", dms_full_load([ROW])),
        write("20141029-1134010000.csv", dms_csv(CHANGES)),
    )
    contract = declare() if is_declared else commerce
    with pytest.raises(DeliveryError) as refusal:
        land(*(("purchase", file) for file in files), contract=contract)
    said = str(refusal.value)
    assert "LOAD00000001.csv" in said and "20141029-1134010000.csv" in said
    assert "two calls, the full load first" in said
    assert left_behind() == []


def test_several_files_of_one_kind_are_one_call(land, write, declare):
    names = ["LOAD00000001.csv", "LOAD0000000A.csv"]
    files = [write(name, dms_full_load([{**ROW, "purchase_id": name}])) for name in names]
    [load] = land(*(("purchase", file) for file in files), contract=declare())
    assert load.row_count == 2


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ({**OPERATION, "deletes": ["X"]}, "operation has no deletes"),
        ({"column": "op", "insert": ["I"]}, "`delete` has one"),
        ({**OPERATION, "insert": ["I", "D"]}, "a code stands in one list"),
        ({**OPERATION, "delete": [True]}, "True in delete is no code in quotes"),
        ({**OPERATION, "delete": ["it's"]}, "is no code in quotes"),
        ({**OPERATION, "delete": "DEL"}, "delete is a list of codes"),
        ({**OPERATION, "time": "op"}, "column and time are two columns"),
        ({"delete": ["D"]}, "column"),
    ],
)
def test_an_operation_that_cannot_be_used_names_the_file(declare, operation, said):
    with pytest.raises(ContractError, match=r"_commerce__sources\.yml") as refusal:
        declare(operation)
    assert said in str(refusal.value)


def test_an_operation_names_declared_columns_of_a_feed_of_events(tmp_path, project_dir):
    project = project_with_operations(tmp_path / "project", {})
    path = project / "models/education/staging/_education__sources.yml"
    declared = yaml.safe_load(path.read_text("utf-8"))
    landing = declared["sources"][0]["tables"][0]["config"]["meta"]["landing"]
    landing["operation"] = {"column": "op", "delete": ["D"]}
    path.write_text(yaml.safe_dump(declared), "utf-8")
    with pytest.raises(ContractError, match=r"name undeclared columns: .'op'"):
        read_contract("education", project_dir=project)
    landing["operation"]["column"] = declared["sources"][0]["tables"][0]["columns"][0]["name"]
    landing["full_extract"] = True
    path.write_text(yaml.safe_dump(declared), "utf-8")
    with pytest.raises(ContractError, match="is delivered whole, so it has no operation"):
        read_contract("education", project_dir=project)
