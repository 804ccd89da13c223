"""Good input: text reaches raw exactly as delivered, whatever the format."""

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lakehouse.landing.delivery import Delivery, parts_of
from lakehouse.landing.land import land_delivery
from lakehouse.landing.raw_store import LocalRawStore
from lakehouse.landing.reading import read_parts

NO_NUL_NO_SURROGATE = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20
)


def only_rows(path, contract, name="purchase"):
    entity = contract.entities[name]
    found = list(read_parts(parts_of(Delivery(name, path), entity), entity=entity))
    [rows] = [rows for rows in found if rows.row_count]
    return rows


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.tuples(NO_NUL_NO_SURROGATE, NO_NUL_NO_SURROGATE), min_size=1, max_size=5
    ).filter(lambda rows: any(value.strip() for row in rows for value in row))
)
def test_any_text_in_a_csv_reaches_raw_unchanged(rows, tmp_path_factory, contract):
    folder = tmp_path_factory.mktemp("round_trip")
    path = folder / "purchase.csv"
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([("purchase_id", "purchase_status"), *rows])
    store = LocalRawStore(folder / "raw")
    [load] = land_delivery(
        [Delivery("purchase", path)],
        contract=contract,
        store=store,
        received_at=datetime(2024, 5, 6, tzinfo=UTC),
    )
    landed = pq.ParquetFile(folder / "raw" / load.files[0].key).read()
    values = zip(
        landed["purchase_id"].to_pylist(), landed["purchase_status"].to_pylist(), strict=True
    )
    given = [row for row in rows if any(value.strip() for value in row)]
    assert list(values) == given
    assert landed["source_row"].to_pylist() == list(range(1, len(given) + 1))


def test_separators_without_a_value_are_no_row_and_warned_of(write, land, raw_rows):
    text = "purchase_id,purchase_status\n1,A\n,\n \t, \n2,B\n"
    [load] = land(("purchase", write("p.csv", text)))
    assert [row["purchase_id"] for row in raw_rows("purchase")] == ["1", "2"]
    assert load.warnings == (
        "p.csv, line 3: 2 line(s) hold separators and no value; they are no rows",
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_csv_keeps_quotes_separators_and_line_ends_inside_fields(write, land, raw_rows, line_end):
    text = f'purchase_id,purchase_status{line_end}1,"a ""b"", c\r\nd\n"{line_end}2,x"y{line_end}'
    land(("purchase", write("p.csv", text)))
    assert [row["purchase_status"] for row in raw_rows("purchase")] == ['a "b", c\r\nd\n', 'x"y']


def test_a_byte_order_mark_is_no_part_of_the_first_column(write, land, raw_rows):
    land(("purchase", write("p.csv", b"\xef\xbb\xbfpurchase_id,buyer_id\n1,2\n")))
    assert raw_rows("purchase")[0]["purchase_id"] == "1"


def test_a_field_of_ten_megabytes_is_landed_whole(write, land, raw_rows):
    field = "é\n" * 5_000_000
    land(("purchase", write("p.csv", f'purchase_id,purchase_status\n1,"{field}"\n')))
    assert raw_rows("purchase")[0]["purchase_status"] == field


def test_an_empty_csv_field_is_empty_text_and_an_absent_column_is_null(write, land, raw_rows):
    land(("purchase", write("p.csv", "purchase_id,release_date\n1,\n")))
    row = raw_rows("purchase")[0]
    assert (row["release_date"], row["order_date"]) == ("", None)


def test_blank_lines_are_not_rows(write, land, raw_rows):
    land(("purchase", write("p.csv", "\npurchase_id,buyer_id\n1,2\n\n3,4\n\n")))
    assert [(r["purchase_id"], r["source_row"]) for r in raw_rows("purchase")] == [
        ("1", 1),
        ("3", 2),
    ]


def test_a_reordered_header_lands_by_name_and_blanks_around_names_do_not_count(
    write, land, raw_rows
):
    land(("purchase", write("p.csv", " buyer_id , purchase_id\n2,1\n")))
    row = raw_rows("purchase")[0]
    assert (row["purchase_id"], row["buyer_id"]) == ("1", "2")


def test_an_extra_column_is_kept_as_one_text_with_a_warning_that_names_it(write, land, raw_rows):
    [load] = land(("purchase", write("p.csv", "purchase_id,coupon\n1,X\n")))
    assert len(load.warnings) == 1
    assert "p.csv: 'coupon' is not in the contract of purchase" in load.warnings[0]
    assert "coupon" not in raw_rows("purchase")[0]
    assert raw_rows("purchase")[0]["rescued_data"] == '{"coupon":"X"}'


def test_the_declared_separator_and_encoding_are_used(write, land, raw_rows, with_rules):
    contract = with_rules("purchase", delimiter=";", encoding="latin-1")
    path = write("p.csv", "purchase_id;purchase_status\n1;não, ainda\n".encode("latin-1"))
    land(("purchase", path), contract=contract)
    assert raw_rows("purchase")[0]["purchase_status"] == "não, ainda"


def test_the_fallback_encoding_is_used_only_for_text_that_needs_it_and_is_said(
    write, land, raw_rows, with_rules
):
    contract = with_rules("purchase", fallback_encoding="latin-1")
    rows = "purchase_id,purchase_status\n1,não\n"
    files = [
        ("purchase", write("utf.csv", rows.encode())),
        ("purchase", write("latin.csv", rows.encode("latin-1"))),
    ]
    [load] = land(*files, contract=contract)
    assert [row["purchase_status"] for row in raw_rows("purchase")] == ["não", "não"]
    [warning] = load.warnings
    assert "latin.csv, line 2: byte 0xe3 at offset 31" in warning
    assert "read as latin-1" in warning


@pytest.mark.parametrize(
    "layout",
    [
        pytest.param(lambda records: f"[{','.join(records)}]", id="array"),
        pytest.param(lambda records: "\n".join(records), id="lines"),
        pytest.param(lambda records: "\r\n".join(records) + "\r\n", id="crlf lines"),
        pytest.param(lambda records: "\ufeff[\n" + ",\n".join(records) + "\n]\n", id="bom"),
    ],
)
def test_json_values_keep_the_digits_they_were_delivered_with(write, land, raw_rows, layout):
    records = [
        '{"purchase_id": 11.0, "buyer_id": 12345678901234567890123, "order_date": null}',
        '{"purchase_id": "a\\u00e9 ", "buyer_id": true, "prod_item_id": 1.10E+2, "order_date": -0}',
        '{"purchase_id": {"b": [1.0, "x\\"é", null, false]}, "buyer_id": NaN}',
    ]
    land(("purchase", write("p.json", layout(records))))
    columns = ("purchase_id", "buyer_id", "prod_item_id", "order_date")
    assert [tuple(row[c] for c in columns) for row in raw_rows("purchase")] == [
        ("11.0", "12345678901234567890123", None, None),
        ("aé ", "true", "1.10E+2", "-0"),
        ('{"b":[1.0,"x\\"é",null,false]}', "NaN", None, None),
    ]


def test_a_null_is_empty_text_only_where_the_contract_says_so_and_the_file_has_the_column(
    write, land, raw_rows
):
    records = [
        {"purchase_id": 1, "transaction_datetime": None, "buyer_id": None},
        {"purchase_id": 2, "buyer_id": 5},
    ]
    land(("purchase", write("with.json", json.dumps(records))))
    assert [(r["transaction_datetime"], r["buyer_id"]) for r in raw_rows("purchase")] == [
        ("", None),
        ("", "5"),
    ]
    land(("purchase_extra_info", write("without.json", '[{"purchase_id": 1}]')))
    assert raw_rows("purchase_extra_info")[0]["transaction_datetime"] is None


MOMENT = datetime(2024, 2, 29, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (pa.int64(), -5, "-5"),
        (pa.uint64(), 2**64 - 1, "18446744073709551615"),
        (pa.bool_(), True, "true"),
        (pa.float64(), 11.0, "11.0"),
        (pa.float64(), 0.1, "0.1"),
        (pa.float64(), 5e-7, "0.0000005"),
        (pa.float64(), 1e22, "10000000000000000000000"),
        (pa.float64(), float("nan"), "nan"),
        (pa.float32(), 0.1, "0.1"),
        (pa.decimal128(38, 9), Decimal("0.000000001"), "0.000000001"),
        (pa.decimal128(10, 2), Decimal("-12.30"), "-12.30"),
        (pa.decimal128(38, 18), Decimal("50.000000000000000000"), "50.00"),
        (pa.decimal128(10, 3), Decimal("2.000"), "2.00"),
        (pa.decimal128(10, 3), Decimal("-2.500"), "-2.50"),
        (pa.decimal128(10, 3), Decimal("2.345"), "2.345"),
        (pa.decimal128(18, 4), Decimal("2.3450"), "2.3450"),
        (pa.date32(), date(2024, 2, 29), "2024-02-29"),
        (pa.timestamp("us"), MOMENT, "2024-02-29 01:02:03.000004"),
        (pa.timestamp("ms"), MOMENT.replace(microsecond=0), "2024-02-29 01:02:03.000000"),
        (pa.timestamp("ns"), 1, "1970-01-01 00:00:00.000000001"),
        (pa.timestamp("ns"), 1000, "1970-01-01 00:00:00.000001"),
        (
            pa.timestamp("us", "America/Sao_Paulo"),
            MOMENT.replace(tzinfo=UTC),
            "2024-02-29 01:02:03.000004",
        ),
        (pa.large_string(), "a", "a"),
        (pa.dictionary(pa.int32(), pa.string()), "a", "a"),
    ],
)
def test_parquet_values_become_exact_text(write, contract, kind, value, text):
    column = pa.array([value, None], kind)
    table = pa.table({"purchase_id": column, "not_wanted": pa.array([b"\0", b"\xff"])})
    file = only_rows(write("p.parquet", table), contract)
    assert file.columns["purchase_id"].to_pylist() == [text, None]
    assert list(file.columns) == ["purchase_id"]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (pa.timestamp("ns"), datetime(2024, 2, 29), "2024-02-29"),
        (pa.timestamp("s"), datetime(2024, 2, 29), "2024-02-29"),
        (pa.timestamp("ms", "UTC"), datetime(2024, 2, 29, tzinfo=UTC), "2024-02-29"),
        (pa.timestamp("us", "America/Sao_Paulo"), datetime(2024, 2, 29, tzinfo=UTC), "2024-02-29"),
        (pa.timestamp("us"), datetime(2024, 2, 29, 3), "2024-02-29 03:00:00.000000"),
        (pa.timestamp("ns"), 1, "1970-01-01 00:00:00.000000001"),
        (pa.date32(), date(2024, 2, 29), "2024-02-29"),
        (pa.string(), "2024-02-29 00:00:00", "2024-02-29 00:00:00"),
    ],
)
def test_a_typed_midnight_is_a_day_where_the_contract_has_days(write, contract, kind, value, text):
    table = pa.table({"purchase_id": ["1"], "order_date": pa.array([value], kind)})
    file = only_rows(write("p.parquet", table), contract)
    assert file.columns["order_date"].to_pylist() == [text]


@pytest.mark.parametrize(
    ("number", "text"),
    [("2.000", "2.00"), ("-2.5000", "-2.50"), ("2.345", "2.345"), ("2.0", "2.0"), ("2e3", "2e3")],
)
def test_zeros_of_a_json_number_that_say_nothing_go(write, land, raw_rows, number, text):
    delivered = '{"purchase_id": "2.000", "purchase_value": NUMBER}'.replace("NUMBER", number)
    land(("product_item", write("p.json", delivered)))
    assert [(r["purchase_id"], r["purchase_value"]) for r in raw_rows("product_item")] == [
        ("2.000", text)
    ]
