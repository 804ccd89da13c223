"""Files as other programs write them: lines of JSON, packed text, folders of parts.

Source: docs/architecture.md#files.
"""

import gzip
import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.errors import DeliveryError

HEADER = "purchase_id,buyer_id\n"
ONE, TWO = f"{HEADER}1,2\n", f"{HEADER}3,4\n"


def packed(text):
    return gzip.compress(text.encode(), mtime=0)


def told(rows):
    return [(r["source_file"], r["source_row"], r["purchase_id"], r["buyer_id"]) for r in rows]


@pytest.mark.parametrize("name", ["p.jsonl", "p.ndjson", "p.NDJSON"])
def test_lines_of_json_by_their_other_names(write, land, raw_rows, name):
    land(("purchase", write(name, '{"purchase_id": 1}\n{"purchase_id": 2}\n')))
    assert [row["purchase_id"] for row in raw_rows("purchase")] == ["1", "2"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.csv.gz", ONE),
        ("P.CSV.GZ", ONE),
        ("p.json.gz", '[{"purchase_id": 1, "buyer_id": 2}]'),
        ("p.jsonl.gz", '{"purchase_id": 1, "buyer_id": 2}'),
    ],
)
def test_packed_text_is_known_by_its_unpacked_bytes(write, land, raw_rows, name, text):
    [load] = land(("purchase", write(name, packed(text))))
    assert load.load_id.endswith(hashlib.sha256(text.encode()).hexdigest()[:12])
    assert told(raw_rows("purchase")) == [(name, 1, "1", "2")]
    again = write(name, gzip.compress(text.encode(), compresslevel=1, mtime=1))
    assert land(("purchase", again))[0].outcome == "repeated"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("p.csv.gz", packed(ONE)[:-9], "truncated or not gzip"),
        ("p.csv.gz", ONE.encode(), "truncated or not gzip"),
        ("p.csv.gz", packed(ONE)[:12] + b"\xff" * 20, "truncated or not gzip"),
        ("p.csv.gz", b"", "zero bytes"),
        ("p.csv.gz", packed(""), "zero bytes"),
        ("p.gz", packed(ONE), "'.gz' is not a declared format of purchase"),
        ("p.parquet.gz", packed(ONE), "'.gz' is not a declared format of purchase"),
    ],
)
def test_what_is_packed_badly_is_refused(write, land, left_behind, name, content, said):
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", write(name, content)))
    assert str(refusal.value).startswith(name) and said in str(refusal.value)
    assert ";" in str(refusal.value), "no next step"
    assert left_behind() == []


@pytest.fixture
def folder(write):
    """Write files below a folder that Spark could have written; returns the folder."""

    def write_folder(**parts):
        for name, content in parts.items():
            path = write(f"out/{name.replace('__', '.').replace('_0', '-0')}", content)
        return path.parent

    return write_folder


def test_a_folder_is_one_delivery_of_its_parts(folder, write, land, raw_rows):
    place = folder(part_00001__csv=TWO, part_00000__csv=ONE)
    for beside in ("_SUCCESS", "._SUCCESS.crc", ".part-00000.csv.crc", "_committed_1"):
        write(f"out/{beside}", "x")
    write("out/_temporary/0/part-00000.csv", "half")
    [load] = land(("purchase", place))
    assert told(raw_rows("purchase")) == [
        ("out/part-00000.csv", 1, "1", "2"),
        ("out/part-00001.csv", 1, "3", "4"),
    ]
    digests = [hashlib.sha256(text.encode()).digest() for text in (ONE, TWO)]
    assert load.load_id.endswith(hashlib.sha256(b"".join(digests)).hexdigest()[:12])
    assert (load.row_count, load.warnings) == (2, ())
    assert land(("purchase", place))[0].outcome == "repeated"


def test_the_folder_one_stands_in_has_its_name(folder, land, raw_rows, monkeypatch):
    monkeypatch.chdir(folder(part_00000__csv=ONE))
    land(("purchase", Path(".")))
    assert told(raw_rows("purchase")) == [("out/part-00000.csv", 1, "1", "2")]


def test_parts_may_be_packed_or_parquet_and_keep_what_nobody_declared(folder, land, raw_rows):
    land(("purchase", folder(part_00000__csv__gz=packed(f"{HEADER[:-1]},note\n1,2,x\n"))))
    assert raw_rows("purchase")[0]["rescued_data"] == '{"note":"x"}'


def test_a_folder_of_parquet_parts(folder, land, raw_rows):
    tables = [pa.table({"purchase_id": [number], "buyer_id": ["9"]}) for number in (1, 2)]
    land(
        (
            "purchase",
            folder(part_00000__snappy__parquet=tables[0], part_00001__snappy__parquet=tables[1]),
        )
    )
    assert [row["purchase_id"] for row in raw_rows("purchase")] == ["1", "2"]


def test_a_key_that_one_part_has_is_missing_from_none(folder, land, raw_rows):
    first, second = '{"purchase_id": 1}', '{"purchase_id": 2, "buyer_id": 3}'
    [load] = land(("purchase", folder(part_00000__json=first, part_00001__json=second)))
    assert load.warnings == ()
    assert told(raw_rows("purchase")) == [
        ("out/part-00000.json", 1, "1", None),
        ("out/part-00001.json", 1, "2", "3"),
    ]


def test_a_part_without_a_byte_is_a_part_without_rows(folder, land, raw_rows):
    [load] = land(("purchase", folder(part_00000__json="", part_00001__json='{"purchase_id": 1}')))
    assert (load.row_count, load.warnings) == (1, ())
    with pytest.raises(DeliveryError, match=r"out/part-00000\.json: the file has zero bytes"):
        land(("purchase", folder(part_00001__json="")))


def test_a_fault_of_a_part_names_folder_part_and_line(folder, land, left_behind):
    with pytest.raises(DeliveryError, match=r"out/part-00001\.csv, line 2: 1 fields"):
        land(("purchase", folder(part_00000__csv=ONE, part_00001__csv=f"{HEADER}3\n")))
    assert left_behind() == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (["part-00000.csv", "day=2024-01-01/part-00000.csv"], "out/day=2024-01-01: a folder"),
        (["part-00000.csv", "more/part-00000.csv"], "out/more: a folder inside"),
        (["part-00000.csv", "total.csv"], "out/total.csv: no part of a folder"),
        (["_SUCCESS"], "out: cannot be read, the folder has no part-* file"),
        (["part-00000.csv", "part-00001.json"], "out: parts in csv and json"),
        (["part-00000.txt"], "out/part-00000.txt: suffix '.txt' is not a declared format"),
    ],
)
def test_a_folder_that_is_not_as_spark_writes_it_is_refused(write, land, left_behind, files, said):
    for name in files:
        path = write(f"out/{name}", ONE)
    place = next(parent for parent in path.parents if parent.name == "out")
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", place))
    assert str(refusal.value).startswith(said) and ";" in str(refusal.value)
    assert left_behind() == []


def test_two_folders_of_one_name_are_refused(write, land, left_behind):
    first, second = (write(f"{place}/out/part-00000.csv", ONE).parent for place in "ab")
    with pytest.raises(DeliveryError, match="purchase: out is named twice"):
        land(("purchase", first), ("purchase", second))
    assert left_behind() == []


def test_a_raw_file_of_a_folder_is_named_after_its_load_alone(folder, land, raw):
    [load] = land(("purchase", folder(part_00000__csv=ONE, part_00001__csv=TWO)))
    [path] = raw.rglob("*.parquet")
    assert path.stem == load.load_id and pq.ParquetFile(path).metadata.num_rows == 2
