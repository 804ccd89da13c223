"""Bad input: the error names file, place and next step, and the raw zone stays as it was.

Source: docs/domains/quality.md#where-bad-input-ends.
"""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.errors import DeliveryError

GOOD = "purchase_id,buyer_id\n1,2\n"
AGAIN = "ask the source to send the file again"


def parquet_bytes(**columns):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()


WHOLE = parquet_bytes(purchase_id=[str(i) for i in range(5000)])
# Flips bytes inside the only data page: the footer alone is still readable.
DAMAGED = WHOLE[:200] + bytes(byte ^ 0xFF for byte in WHOLE[200:400]) + WHOLE[400:]
BROKEN_TEXT = parquet_bytes(
    purchase_id=pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff"], pa.binary()).buffers())
)
HTML = "<!doctype html><html>Service unavailable</html>"
MANY_KEYS = [f'"{number}": 1' for number in range(60_000)]
CASES = {
    "zero bytes": ("p.csv", "", ["p.csv", "zero bytes", AGAIN]),
    "zero bytes json": ("p.json", "", ["p.json", "zero bytes", AGAIN]),
    "zero bytes parquet": ("p.parquet", b"", ["p.parquet", "zero bytes", AGAIN]),
    "blank csv": ("p.csv", " \n\n", ["p.csv, line 1", "none of the columns"]),
    "another separator that no text shows": (
        "p.csv",
        "purchase_id\tbuyer_id\n1\t2\n",
        [r"separated by '\t': declare `delimiter`"],
    ),
    "a repeated column that breaks a line": (
        "p.csv",
        'purchase_id,"a\nb","A\nB","a\nb"\n',
        [r"p.csv, line 1: duplicated column a\nb"],
    ),
    "a header that is a line of separators": (
        "p.csv",
        f"purchase_id,buyer_id{',' * 300_000}",
        ["p.csv, line 1: duplicated column ;", AGAIN],
    ),
    "a record of many keys and one twice": (
        "p.json",
        f"{{{','.join(MANY_KEYS)}, {MANY_KEYS[-1]}}}",
        ["p.json, line 1, column 1: not JSON (duplicated key '59999'"],
    ),
    "only new lines": ("p.csv", "\n\n", ["p.csv, line 1: no header", AGAIN]),
    "only a byte order mark": ("p.csv", b"\xef\xbb\xbf", ["p.csv, line 1: no header"]),
    "truncated parquet": ("p.parquet", WHOLE[:-20], ["p.parquet: truncated or not Parquet", AGAIN]),
    "damaged parquet": ("p.parquet", DAMAGED, ["p.parquet", AGAIN]),
    "csv named parquet": ("p.parquet", GOOD, ["p.parquet: truncated or not Parquet", AGAIN]),
    "parquet binary": (
        "p.parquet",
        parquet_bytes(purchase_id=[b"1"]),
        ["p.parquet: column 'purchase_id' (binary)", "as text"],
    ),
    "parquet nested": (
        "p.parquet",
        parquet_bytes(purchase_id=[[1]]),
        ["p.parquet: column 'purchase_id' (list", "as text"],
    ),
    "parquet broken utf-8": ("p.parquet", BROKEN_TEXT, ["p.parquet: column 'purchase_id'", "UTF8"]),
    "parquet nul": (
        "p.parquet",
        parquet_bytes(purchase_id=["1", "a\0"]),
        ["p.parquet, row 2: NUL", AGAIN],
    ),
    "html for csv": ("p.csv", f"\n {HTML}", ["p.csv, line 1: HTML", AGAIN]),
    "html for json": ("p.json", HTML, ["p.json, line 1, column 1: not JSON", AGAIN]),
    "html for parquet": ("p.parquet", HTML, ["p.parquet: truncated or not Parquet", AGAIN]),
    "another csv": ("p.csv", "a,b\n1,2\n", ["p.csv, line 1: none of the columns", "purchase_id"]),
    "another separator": ("p.csv", "purchase_id;buyer_id\n1;2\n", ["not delimited by ','"]),
    "error object for json": ("p.json", '{"error": 1}', ["p.json, line 1: none of the columns"]),
    "json cut off": (
        "p.json",
        '[\n{"purchase_id": 1},\n{"purchase_id"',
        ["p.json, line 3, column 15: not JSON", AGAIN],
    ),
    "json array not closed": ("p.json", '[{"purchase_id": 1}', ["p.json, line 1, column 20"]),
    "json after the array": ("p.json", '[{"purchase_id": 1}]\nx', ["p.json, line 2, column 1"]),
    "json trailing comma": ("p.json", '[{"purchase_id": 1},]', ["p.json, line 1, column 21"]),
    "json two on a line": (
        "p.json",
        '{"purchase_id": 1} {"purchase_id": 2}',
        ["p.json, line 1, column 20", "new line"],
    ),
    "json nested as deep as it can be read": (
        "p.json",
        f'\n{{"purchase_id": {"[" * 700 + "1" + "]" * 700}}}',
        ["p.json, line 2: nested too deeply", AGAIN],
    ),
    "json not objects": ("p.json", '{"purchase_id": 1}\n5', ["p.json, line 2: not a JSON object"]),
    "json text in a later line": (
        "p.json",
        '[{"purchase_id": 1},\n{"purchase_id": 2},\n{"purchase_id": 3},\n"x"]',
        ["p.json, line 4: not a JSON object"],
    ),
    "json duplicated key": (
        "p.json",
        '{"purchase_id": 1}\n{"purchase_id": 1, "buyer_id": 2, "buyer_id": 3}',
        ["p.json, line 2, column 1", "duplicated key 'buyer_id'"],
    ),
    "json too deep": ("p.json", '{"purchase_id": ' + "[" * 200_000, ["p.json, line 1"]),
    "json half surrogate": (
        "p.json",
        '{"purchase_id": "1"}\n{"purchase_id": "\\ud800"}',
        ["p.json, line 2: half of a surrogate pair in 'purchase_id'", AGAIN],
    ),
    "json escaped nul": (
        "p.json",
        '{"purchase_id": 1}\n{"purchase_id": "\\u0000"}',
        ["p.json, line 2: NUL", AGAIN],
    ),
    "broken utf-8": (
        "p.csv",
        b"purchase_id,buyer_id\n1,2\n3,\xe3o\n",
        ["p.csv, line 3: byte 0xe3 at offset 27 is not utf-8", "fallback_encoding"],
    ),
    "broken utf-8 after a byte order mark": (
        "p.csv",
        b"\xef\xbb\xbfpurchase_id\n\xff\n",
        ["p.csv, line 2: byte 0xff at offset 15"],
    ),
    "utf-16": ("p.csv", GOOD.encode("utf-16"), ["p.csv, line 1: byte 0xff at offset 0"]),
    "nul byte": ("p.csv", "purchase_id,buyer_id\n1,2\n3,a\0\n", ["p.csv, line 3: NUL", AGAIN]),
    "missing required column": ("p.csv", "buyer_id\n1\n", ["required column purchase_id", AGAIN]),
    "missing required column in json": (
        "p.json",
        '[\n{"buyer_id": 1}]',
        ["p.json, line 2: required column purchase_id"],
    ),
    "missing required column in parquet": (
        "p.parquet",
        parquet_bytes(buyer_id=["1"]),
        ["p.parquet", "required column purchase_id", AGAIN],
    ),
    "missing required column without rows": ("p.csv", "buyer_id\n", ["required column"]),
    "renamed key column": ("p.csv", "purchase-id,buyer_id\n1,2\n", ["column purchase_id is miss"]),
    "duplicated header": (
        "p.csv",
        "purchase_id,buyer_id, buyer_id\n1,2,3\n",
        ["p.csv, line 1: duplicated column buyer_id", AGAIN],
    ),
    "row too short": ("p.csv", f'{GOOD}"3\n",4\n5\n', ["p.csv, line 5: 1 fields", "has 2", AGAIN]),
    "row too long": ("p.csv", f"{GOOD}3,4,5\n", ["p.csv, line 3: 3 fields", AGAIN]),
    "quote not closed": ("p.csv", f'{GOOD}3,"4\n5,6\n', ["p.csv, line 3: the row", AGAIN]),
    "text after a closed quote": ("p.csv", f'{GOOD}3,"4"x\n', ["p.csv, line 3: the row", AGAIN]),
    "format not declared": ("p.xlsx", GOOD, ["p.xlsx: suffix '.xlsx'", ".csv, .json, .parquet"]),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_lands_nothing(write, land, left_behind, case):
    name, content, said = CASES[case]
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", write(name, content)))
    assert [text for text in said if text not in str(refusal.value)] == [], str(refusal.value)
    assert left_behind() == []


def test_a_format_that_the_contract_does_not_declare_is_refused(write, land, with_rules):
    with pytest.raises(DeliveryError, match=r"'\.json' is not a declared format of purchase"):
        land(("purchase", write("p.json", "[]")), contract=with_rules("purchase", formats=("csv",)))


def test_text_that_is_neither_the_declared_nor_the_fallback_encoding_is_refused(
    write, land, left_behind, with_rules
):
    contract = with_rules("purchase", fallback_encoding="cp1252")
    with pytest.raises(DeliveryError, match=r"0x81 at offset 12 is not utf-8, nor .* cp1252"):
        land(("purchase", write("p.csv", b"purchase_id\n\x81\n")), contract=contract)
    assert left_behind() == []


def test_a_missing_file_and_a_directory_are_refused(tmp_path, land, left_behind):
    with pytest.raises(DeliveryError, match=r"nowhere\.csv: cannot be read .* check the path"):
        land(("purchase", tmp_path / "nowhere.csv"))
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DeliveryError, match=r"folder\.csv: cannot be read"):
        land(("purchase", tmp_path / "folder.csv"))
    assert left_behind() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.csv", "purchase_id,buyer_id\n"),
        ("p.json", "[ ]"),
        ("p.parquet", parquet_bytes(purchase_id=pa.array([], pa.string()))),
    ],
)
def test_a_delivery_without_rows_lands_nothing_and_warns(write, land, left_behind, name, content):
    [load] = land(("purchase", write(name, content)), recorded_from="transaction_datetime")
    assert (load.outcome, load.load_id, load.files) == ("empty", None, ())
    assert load.warnings == (f"{name}: no rows, nothing landed from it",)
    assert left_behind() == []


def test_an_empty_full_extract_is_refused_so_that_nobody_is_deleted(
    write, land, left_behind, with_rules
):
    files = [("purchase", write("p.csv", GOOD)), ("purchase", write("q.csv", "purchase_id\n"))]
    with pytest.raises(DeliveryError, match=r"q\.csv: no rows, but purchase is delivered whole"):
        land(*files, contract=with_rules("purchase", full_extract=True))
    assert left_behind() == []
