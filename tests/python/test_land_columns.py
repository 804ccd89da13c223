"""Which columns a file may have: one shape of its feed, nothing dropped, nothing half understood.

With the contract as the project declares it.
Source: docs/architecture.md#shapes, docs/architecture.md#rescued-columns.
"""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from lakehouse.errors import DeliveryError, UsageError
from lakehouse.landing.contract import read_contract

MOMENT = "2024-01-05 10:00:00"
EVENT = {
    "transaction_datetime": MOMENT,
    "purchase_id": "1",
    "buyer_id": "2",
    "prod_item_id": "3",
    "order_date": "2024-01-05",
    "release_date": "2024-01-05",
    "producer_id": "4",
}
FULL = {
    "purchase_id": "1",
    "purchase_partition": "5",
    "buyer_id": "2",
    "prod_item_id": "3",
    "prod_item_partition": "6",
    "order_date": "2024-01-05",
    "release_date": "",
    "producer_id": "4",
}
EXTRA = {"transaction_datetime": MOMENT, "purchase_id": "1", "subsidiary": "nacional"}


@pytest.fixture
def contract(project_dir):
    return read_contract("commerce", project_dir=project_dir)


def csv_of(*rows):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def without(row, *columns):
    return {name: value for name, value in row.items() if name not in columns}


@pytest.mark.parametrize(
    ("entity", "row"),
    [
        ("purchase", EVENT),
        ("purchase", {**EVENT, "transaction_date": "2024-01-05"}),
        ("purchase", FULL),
        (
            "purchase",
            {
                **FULL,
                "purchase_status": "APROVADA",
                "purchase_total_value": "1",
                "transaction_datetime": MOMENT,
                "transaction_date": "2024-01-05",
            },
        ),
        (
            "product_item",
            {
                "transaction_datetime": MOMENT,
                "purchase_id": "1",
                "product_id": "2",
                "item_quantity": "3",
                "purchase_value": "4",
            },
        ),
        (
            "product_item",
            {
                "prod_item_id": "1",
                "prod_item_partition": "2",
                "product_id": "2",
                "item_quantity": "3",
                "purchase_value": "4",
                "purchase_id": "5",
            },
        ),
        ("purchase_extra_info", EXTRA),
        ("purchase_extra_info", {**EXTRA, "purchase_partition": "1"}),
        (
            "order_transaction_cost_hist",
            {
                "purchase_id": "1",
                "purchase_partition": "2",
                "order_transaction_cost_vat_value": "3",
                "order_transaction_cost_installment_value": "4",
                "order_transaction_cost_date": "2024-01-05",
                "transaction_datetime": MOMENT,
            },
        ),
    ],
)
def test_each_declared_shape_lands(land, write, entity, row):
    [load] = land((entity, write("p.csv", csv_of(row))))
    assert (load.outcome, load.warnings) == ("landed", ())


@pytest.mark.parametrize("suffix", ["csv", "json", "parquet"])
def test_a_purchase_file_without_release_date_is_refused(land, write, left_behind, suffix):
    row = without(EVENT, "release_date")
    content = {
        "csv": csv_of(row),
        "json": json.dumps([row]),
        "parquet": pa.Table.from_pylist([row]),
    }[suffix]
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", write(f"purchase.{suffix}", content)))
    said = str(refusal.value)
    assert said.startswith(f"purchase.{suffix}, line 1: ")
    assert "required column release_date of the shape 'event' of purchase is missing" in said
    assert "ask the source to send the file again" in said
    assert ("--absent-is-null release_date" in said) == (suffix == "json")
    assert ("json_omits_nulls" in said) == (suffix == "json")
    assert left_behind() == []


def test_an_item_needs_one_of_its_two_keys(write, land, left_behind):
    row = {"product_id": "1", "item_quantity": "1", "purchase_value": "1"}
    with pytest.raises(DeliveryError, match=r"required column .* of product_item is missing"):
        land(("product_item", write("i.csv", csv_of(row))))
    assert left_behind() == []


def test_a_column_of_another_shape_is_refused(land, write, left_behind):
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", write("p.csv", csv_of({**EVENT, "purchase_status": "APROVADA"}))))
    said = str(refusal.value)
    assert "the shape 'event' of purchase has no purchase_status" in said
    assert "'full', which has it, lacks purchase_partition, prod_item_partition" in said
    assert left_behind() == []


def test_a_file_of_another_feed_is_refused(land, write, left_behind):
    file = write("purchase.csv", csv_of(EVENT))
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase_extra_info", file))
    said = str(refusal.value)
    assert "purchase.csv has the columns of purchase, not of purchase_extra_info" in said
    assert "land it as purchase=" in said and "send the file again" not in said
    assert left_behind() == []


def test_names_are_told_by_case_and_outer_blanks_aside(land, write, raw_rows):
    row = {f" {name.upper()} ": value for name, value in EVENT.items()}
    [load] = land(("purchase", write("p.csv", csv_of(row))), recorded_from="transaction_datetime")
    assert load.warnings == ()
    assert raw_rows("purchase")[0]["buyer_id"] == "2"
    with pytest.raises(DeliveryError, match="duplicated column Buyer_Id, buyer_id"):
        land(("purchase", write("q.csv", csv_of({**EVENT, "Buyer_Id": "9"}))))


def test_json_columns_that_some_records_have_are_no_missing_columns(land, write, raw_rows):
    records = [without(EVENT, "release_date"), without(EVENT, "order_date")]
    [load] = land(("purchase", write("p.json", json.dumps(records))))
    assert load.warnings == ()
    assert [row["release_date"] for row in raw_rows("purchase")] == [None, "2024-01-05"]


def test_the_call_may_say_that_an_absent_key_is_null(land, write, raw_rows):
    records = [without(EVENT, "release_date", "buyer_id")]
    file = write("p.json", json.dumps(records))
    with pytest.raises(DeliveryError, match="required column buyer_id of the shape 'event'"):
        land(("purchase", file), absent_is_null=["release_date"])
    [load] = land(("purchase", file), absent_is_null=["release_date", "buyer_id"])
    assert load.warnings == ("p.json: no record has buyer_id, release_date; read as null",)
    [row] = raw_rows("purchase")
    assert (row["release_date"], row["buyer_id"], row["producer_id"]) == (None, None, "4")


def test_the_source_may_declare_that_it_leaves_out_nulls(land, write, with_rules):
    contract = with_rules("purchase", json_omits_nulls=True)
    file = write("p.json", json.dumps(without(EVENT, "release_date")))
    [load] = land(("purchase", file), contract=contract)
    assert load.warnings == ("p.json: no record has release_date; read as null",)
    again = write("p.csv", csv_of(without(EVENT, "release_date")))
    with pytest.raises(DeliveryError, match="release_date of the shape 'event'"):
        land(("purchase", again), contract=contract)


def test_a_source_that_leaves_out_nulls_is_still_told_from_another_feed(land, write, with_rules):
    contract = with_rules("purchase_extra_info", json_omits_nulls=True)
    file = write("purchase.json", json.dumps(without(EVENT, "release_date")))
    with pytest.raises(DeliveryError, match="has the columns of purchase, not of purchase_extra"):
        land(("purchase_extra_info", file), contract=contract)


def test_an_absent_column_that_no_entity_of_the_call_has_is_a_slip(land, write):
    with pytest.raises(UsageError, match=r"--absent-is-null realease_date: .*purchase"):
        land(("purchase", write("p.json", json.dumps(EVENT))), absent_is_null=["realease_date"])


def test_a_null_of_an_absent_key_is_empty_text_where_the_contract_says_so(land, write, raw_rows):
    file = write("e.json", json.dumps(without(EXTRA, "transaction_datetime")))
    land(("purchase_extra_info", file), absent_is_null=["transaction_datetime"])
    assert raw_rows("purchase_extra_info")[0]["transaction_datetime"] == ""


def test_columns_nobody_declared_are_kept_beside_the_row(land, write, raw_rows):
    rows = [
        {**EVENT, "voucher": 'a "b"', "Channel": " web "},
        {**EVENT, "purchase_id": "2", "voucher": "", "Channel": "é"},
    ]
    [load] = land(("purchase", write("p.csv", csv_of(*rows))))
    assert [row["rescued_data"] for row in raw_rows("purchase")] == [
        '{"Channel":" web ","voucher":"a \\"b\\""}',
        '{"Channel":"é","voucher":""}',
    ]
    assert load.warnings == (
        "p.csv: 'voucher', 'Channel' are not in the contract of purchase and kept in rescued_data; "
        "to use them, declare them in the sources YAML",
    )


def test_a_row_without_undeclared_values_has_no_rescued_data(land, write, raw_rows):
    records = [EVENT, {**EVENT, "gift": None}, {**EVENT, "gift": {"to": ["Ana", 1.50]}}]
    land(("purchase", write("p.json", json.dumps(records))))
    assert [row["rescued_data"] for row in raw_rows("purchase")] == [
        None,
        None,
        '{"gift":"{\\"to\\":[\\"Ana\\",1.5]}"}',
    ]
    assert list(raw_rows("purchase")[0])[-2:] == ["rescued_data", "ingest_date"]


def test_undeclared_parquet_values_of_any_type_are_kept_as_text(land, write, raw_rows):
    extra = {
        "amount": Decimal("1.50"),
        "day": date(2024, 1, 5),
        "list": [1, 2],
        "struct": {"b": Decimal("2.50"), "a": b"\xff"},
        "bytes": b"\x00\xff",
    }
    land(("purchase", write("p.parquet", pa.Table.from_pylist([{**EVENT, **extra}]))))
    assert json.loads(raw_rows("purchase")[0]["rescued_data"]) == {
        "amount": "1.50",
        "day": "2024-01-05",
        "list": "[1,2]",
        "struct": '{"b":"2.50","a":"ff"}',
        "bytes": "00ff",
    }


def test_a_column_without_name_and_values_is_nothing(land, write, raw_rows):
    header, row = csv_of(EVENT).splitlines()
    [load] = land(("purchase", write("p.csv", f"{header},\n{row},\n")))
    assert load.warnings == ()
    assert raw_rows("purchase")[0]["rescued_data"] is None


@pytest.mark.parametrize(
    "name",
    [
        "Op",
        "op",
        "__op",
        "_operation",
        "CDC_OPERATION",
        "__deleted",
        "is_deleted",
        "_change_type",
        "row_kind",
        " dml_type ",
    ],
)
def test_a_change_marker_that_nobody_declared_is_refused(land, write, left_behind, name):
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", write("p.csv", csv_of({name: "I", **EVENT}))))
    said = str(refusal.value)
    assert f"p.csv, line 1: column '{name.strip()}' says what was done to a row" in said
    assert "declare `operation` for purchase in the sources YAML" in said
    assert left_behind() == []


@pytest.mark.parametrize("name", ["opcode", "deleted_at", "operations", "change"])
def test_a_column_that_only_resembles_a_marker_is_kept(land, write, name):
    assert land(("purchase", write("p.csv", csv_of({name: "I", **EVENT}))))[0].outcome == "landed"


def test_a_refused_separator_names_the_one_that_the_file_has(land, write):
    text = csv_of(EVENT).replace(",", ";")
    with pytest.raises(DeliveryError, match=r"separated by ';'.*declare `delimiter`"):
        land(("purchase", write("p.csv", text)))


def test_a_missing_sender_is_named(land, write, project_dir, sample_dir):
    credit = read_contract("credit", project_dir=project_dir)
    file = sample_dir.parent / "credit" / "parceiro.csv"
    with pytest.raises(DeliveryError, match="or land it with --sender parceiro"):
        land(("proposal", file), contract=credit)
