"""A file that is read in pieces is read as if it were held as a whole, wherever the pieces end."""

import codecs
import csv
import io
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lakehouse.errors import DeliveryError
from lakehouse.landing import csv_rows, delivery, json_rows, parquet_rows, raw_files
from lakehouse.landing.delivery import Delivery, parts_of
from lakehouse.landing.reading import read_parts

HEADER = ("purchase_id", "buyer_id")
SIGNS = st.sampled_from([*',"\r\n', *", a1", "é", "\u3000", "\x85", "\x1f", "\ufeff", "\r\n", '""'])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pieces")


def read(path, contract):
    """(place, values) per row as it is read, or the place that the refusal names."""
    entity = contract.entities["purchase"]
    rows, warned = [], []
    try:
        for found in read_parts(parts_of(Delivery("purchase", path), entity), entity=entity):
            warned += found.warnings
            columns = [found.columns[name].to_pylist() for name in HEADER if found.columns]
            rows += zip(found.places, *columns, strict=True)
    except DeliveryError as err:
        return str(err).partition(":")[0]
    return rows, [warning.partition(" line(s)")[0] for warning in warned]


def by_hand(text):
    """The same of a CSV file by Python's reader, all of it at once."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, blank, line, width = [], [], 1, 0
    try:
        for record in lines:
            if record and width and len(record) != width:
                return f"p.csv, line {line}"
            if record and width and any(map(str.strip, record)):
                rows.append((line, *record))
            elif record and width:
                blank.append(line)
            width = width or len(record)
            line = lines.line_num + 1
    except csv.Error:
        return f"p.csv, line {line}"
    return rows, [f"p.csv, line {blank[0]}: {len(blank)}"] if blank else []


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    parts=st.lists(
        st.one_of(
            st.sampled_from(["1,2\n", "1,2\r\n", "1,2\r", '"1","2"\n', ",\n", "\n", '1,"2\n3"\n']),
            st.lists(SIGNS, max_size=6).map("".join),
        ),
        max_size=8,
    ),
    chunk=st.integers(1, 40),
    at_once=st.integers(1, 4),
)
@example(parts=["1,2\r", "\n3,4\n"], chunk=23, at_once=1)
@example(parts=["\ufeff1,2\n"], chunk=22, at_once=1)
@example(parts=["1,2\n", "\n", "3,4\n", "5\n"], chunk=2, at_once=1)
def test_a_csv_is_read_as_pythons_reader_reads_all_of_it(
    parts, chunk, at_once, folder, contract, monkeypatch
):
    monkeypatch.setattr(delivery, "_CHUNK_BYTES", chunk)
    monkeypatch.setattr(csv_rows, "_ROWS_AT_ONCE", at_once)
    text = ",".join(HEADER) + "\n" + "".join(parts)
    path = folder / "p.csv"
    path.write_bytes(text.encode())
    assert read(path, contract) == by_hand(text)


def test_plain_text_is_read_without_pythons_reader(folder, contract, monkeypatch):
    path = folder / "p.csv"
    path.write_text(",".join(HEADER) + "\n" + "1,2\n" * 5)
    monkeypatch.setattr(csv_rows, "_as_columns", None)
    assert len(read(path, contract)[0]) == 5


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16", "cp1252"])
def test_signs_and_faults_of_an_encoding_are_found_across_pieces(
    folder, with_rules, monkeypatch, chunk, encoding
):
    monkeypatch.setattr(delivery, "_CHUNK_BYTES", chunk)
    contract = with_rules("purchase", encoding=encoding)
    path = folder / "p.csv"
    text = ",".join(HEADER) + "\né,ção\nà,2\n"
    path.write_bytes(text.encode(encoding))
    assert read(path, contract) == ([(2, "é", "ção"), (3, "à", "2")], [])
    if encoding == "utf-8":
        path.write_bytes(codecs.BOM_UTF8 + text.encode() + "x,é".encode()[:-1] + b"!\n")
        with pytest.raises(DeliveryError) as refusal:
            parts = parts_of(Delivery("purchase", path), contract.entities["purchase"])
            list(read_parts(parts, entity=contract.entities["purchase"]))
        assert "line 4: byte 0xc3 at offset 40 is not utf-8" in str(refusal.value)
        path.write_bytes(text.encode()[:-1] + b"\xe2\x82")
        assert read(path, contract) == "p.csv, line 3"


def test_json_and_parquet_are_read_in_pieces_too(folder, contract, monkeypatch):
    for module in (json_rows, parquet_rows):
        monkeypatch.setattr(module, "_ROWS_AT_ONCE", 2)
    path = folder / "p.json"
    path.write_text("\n".join(f'{{"purchase_id": {row}, "buyer_id": "b"}}' for row in range(5)))
    assert read(path, contract)[0] == [(row + 1, str(row), "b") for row in range(5)]
    path = folder / "p.parquet"
    pq.write_table(pa.table({"purchase_id": range(5), "buyer_id": ["b"] * 5}), path)
    assert read(path, contract)[0] == [(row + 1, str(row), "b") for row in range(5)]


def test_rows_of_many_days_are_written_in_their_order_with_what_memory_allows(
    write, land, raw_rows, monkeypatch
):
    monkeypatch.setattr(delivery, "_CHUNK_BYTES", 64)
    monkeypatch.setattr(raw_files, "_GROUP_BYTES", 600)
    days = [f"2023-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(500)]
    text = "".join(f"{n},x,{day}\n" for n, day in enumerate(days))
    [load] = land(
        ("purchase", write("p.csv", f"purchase_id,buyer_id,received\n{text}")),
        recorded_from="received",
    )
    assert (load.row_count, len(load.files)) == (500, len(set(days)))
    rows = raw_rows("purchase")
    assert {(int(row["purchase_id"]), row["ingest_date"]) for row in rows} == set(enumerate(days))
    assert all(int(row["purchase_id"]) + 1 == row["source_row"] for row in rows)
    by_day = {day: [r["source_row"] for r in rows if r["ingest_date"] == day] for day in days}
    assert all(numbers == sorted(numbers) for numbers in by_day.values())


def test_a_file_that_is_written_to_while_it_is_read_is_refused(
    write, land, left_behind, monkeypatch
):
    path = write("p.csv", "purchase_id,buyer_id\n1,2\n")
    first = csv_rows.checked_header

    def grows(*given, **named):
        path.write_text("purchase_id,buyer_id\n1,2\n3,4\n")
        return first(*given, **named)

    monkeypatch.setattr(csv_rows, "checked_header", grows)
    with pytest.raises(DeliveryError, match=r"p\.csv: was written to while it was read; land it"):
        land(("purchase", path))
    assert left_behind() == []


@pytest.mark.parametrize("name", ["a\nb", "a\x7fb", "a\u2028b", os.fsdecode(b"a\xff")])
def test_a_name_that_no_text_shows_is_refused_as_a_file_a_folder_or_a_place(
    write, land, left_behind, name
):
    shown = ascii(name)[1:-1]
    for path in (write(f"{name}.csv", "x"), write(f"{name}/part-0.csv", "x").parent):
        with pytest.raises(DeliveryError) as refusal:
            land(("purchase", path))
        assert str(refusal.value).startswith(shown) and "; rename it" in str(refusal.value)
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", path / "absent.csv"))
    assert f"{shown}/absent.csv: cannot be read (No such file" in str(refusal.value)
    assert left_behind() == []


def test_a_pipe_is_no_file(tmp_path, land, left_behind):
    os.mkfifo(tmp_path / "p.csv")
    with pytest.raises(DeliveryError, match="no regular file"):
        land(("purchase", tmp_path / "p.csv"))
    assert left_behind() == []
