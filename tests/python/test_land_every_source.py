"""Every line of "Where bad input ends" that landing decides, for every source that can have it.

Answers that are no tables (market, the names of retail's employees) have tests of their own.

Source: docs/domains/quality.md#where-bad-input-ends.
"""

import csv
import io
import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lake import PROJECT

from lakehouse.errors import DeliveryError
from lakehouse.landing.contract import known_domains, read_contract
from lakehouse.landing.delivery import Delivery
from lakehouse.landing.land import land_delivery
from lakehouse.landing.raw_store import LocalRawStore

CONTRACTS = {name: read_contract(name, project_dir=PROJECT) for name in known_domains(PROJECT)}
PLAIN = ("csv", "json", "parquet")
SOURCES = [
    (domain, entity.name, kind)
    for domain, contract in CONTRACTS.items()
    for entity in contract.entities.values()
    for kind in entity.rules.formats
    if kind in PLAIN
]
TEXT_SOURCES = [source for source in SOURCES if source[2] != "parquet"]
CSV_SOURCES = [source for source in SOURCES if source[2] == "csv"]


def of(sources):
    return pytest.mark.parametrize("source", sources, ids=" ".join)


def entity_of(source):
    return CONTRACTS[source[0]].entity(source[1])


def good_columns(source, *, optional=True):
    """The columns of the first shape of a source."""
    shape = entity_of(source).rules.shapes[0]
    return [*shape.required, *(shape.optional if optional else ())]


def written(source, names, rows, *, line_end="\n"):
    """A file of a source as bytes, all values text."""
    rules, kind = entity_of(source).rules, source[2]
    if kind == "parquet":
        sink = io.BytesIO()
        columns = [pa.array(list(column), pa.string()) for column in zip(*rows, strict=True)]
        columns = columns or [pa.array([], pa.string())] * len(names)
        pq.write_table(pa.Table.from_arrays(columns, names=list(names)), sink)
        return sink.getvalue()
    if kind == "json":
        pairs = [dict(zip(names, row, strict=True)) for row in rows]
        return json.dumps(pairs, ensure_ascii=False).encode()
    text = io.StringIO()
    writer = csv.writer(text, delimiter=rules.delimiter, lineterminator=line_end)
    writer.writerows([names, *rows])
    return text.getvalue().encode(rules.encoding)


@pytest.fixture
def land_bytes(tmp_path):
    """Land bytes as a file of a source; returns the load and what raw holds then."""

    def land(source, content, name=None):
        domain, entity, kind = source
        path = tmp_path / (name or f"delivered.{kind}")
        path.write_bytes(content)
        [load] = land_delivery(
            [Delivery(entity, path)],
            contract=CONTRACTS[domain],
            store=LocalRawStore(tmp_path / "raw"),
            received_at=datetime(2024, 5, 6, 12, tzinfo=UTC),
        )
        rows = [
            row
            for file in sorted((tmp_path / "raw").rglob("*.parquet"))
            for row in pq.ParquetFile(file).read().to_pylist()
        ]
        return load, rows

    return land


@pytest.fixture
def refused(land_bytes, tmp_path):
    """Land what must be refused; returns the sentence."""

    def land(source, content):
        with pytest.raises(DeliveryError) as refusal:
            land_bytes(source, content)
        assert not list(tmp_path.rglob("*.parquet") if source[2] != "parquet" else [])
        assert not (tmp_path / "raw").exists()
        said = str(refusal.value)
        assert said.startswith("delivered.") and ";" in said
        return said

    return land


def values(names):
    return [f"{name} é" if name.startswith("n") else f"v{n}" for n, name in enumerate(names)]


@of(SOURCES)
def test_no_bytes_and_bytes_of_another_format_are_refused(source, refused):
    assert "zero bytes" in refused(source, b"")
    assert refused(source, b"<html><body>503</body></html>")
    other = {"csv": b'[{"a": 1}]', "json": b"a,b\n1,2\n", "parquet": b"a,b\n1,2\n"}[source[2]]
    assert refused(source, other)
    if source[2] != "csv":  # of which no line says that it is the last
        names = good_columns(source)
        assert refused(source, written(source, names, [values(names)])[:-12])


@of(SOURCES)
def test_no_rows_land_nothing_and_never_delete(source, land_bytes, refused):
    content = written(source, good_columns(source), [])
    if entity_of(source).rules.full_extract is True:
        assert "everything would be deleted" in refused(source, content)
    else:
        load, rows = land_bytes(source, content)
        assert (load.outcome, rows) == ("empty", [])
        assert load.warnings == (f"delivered.{source[2]}: no rows, nothing landed from it",)


@of(TEXT_SOURCES)
def test_fields_land_as_delivered_and_a_byte_order_mark_goes(source, land_bytes):
    names = good_columns(source)
    first = ['a\r\nb, "c"; d\n', *values(names)[1:]]
    content = written(source, names, [first, values(names)], line_end="\r\n")
    _, rows = land_bytes(source, b"\xef\xbb\xbf" + content)
    assert [[row[name] for name in names] for row in rows] == [first, values(names)]


@of(SOURCES)
def test_a_field_of_ten_megabytes_lands_whole(source, land_bytes):
    names = good_columns(source)
    large = [("x " * 31 + "y\n") * 156_250, *values(names)[1:]]
    _, [row] = land_bytes(source, written(source, names, [large]))
    assert row[names[0]] == large[0]


@of(TEXT_SOURCES)
def test_bytes_of_another_encoding_are_refused_or_read_as_the_contract_says(
    source, land_bytes, refused
):
    names = good_columns(source)
    content = written(source, names, [values(names)]) + b"\xe7\n"
    rules = entity_of(source).rules
    if rules.encoding != "utf-8":
        pytest.skip("every byte is of that encoding")
    if rules.fallback_encoding:
        broken = written(source, names, [["\ue000", *values(names)[1:]]])
        load, [row] = land_bytes(source, broken.replace("\ue000".encode(), b"\xe7"))
        assert row[names[0]] == b"\xe7".decode(rules.fallback_encoding)
        assert f"the file is read as {rules.fallback_encoding}" in load.warnings[0]
    else:
        said = refused(source, content)
        assert "byte 0xe7 at offset" in said and " line " in said


@of(SOURCES)
def test_columns_are_known_by_name(source, land_bytes):
    names = good_columns(source)
    row = values(names)
    turned = [f" {name.upper()} " for name in reversed(names)]
    _, [landed] = land_bytes(source, written(source, turned, [row[::-1]]))
    assert [landed[name] for name in names] == row


@of(SOURCES)
def test_an_undeclared_column_is_kept_and_a_change_marker_refused(source, land_bytes, refused):
    names = good_columns(source)
    said = refused(source, written(source, [*names, "_Is_Deleted"], [[*values(names), "1"]]))
    assert "says what was done to a row" in said
    load, [row] = land_bytes(source, written(source, [*names, "cupom"], [[*values(names), "x"]]))
    assert row["rescued_data"] == '{"cupom":"x"}'
    assert "'cupom' is not in the contract" in load.warnings[0]


@of(SOURCES)
def test_a_missing_optional_column_is_null(source, land_bytes):
    names = good_columns(source, optional=False)
    _, [row] = land_bytes(source, written(source, names, [values(names)]))
    assert {name: row[name] for name in entity_of(source).columns} == {
        name: dict(zip(names, values(names), strict=True)).get(name)
        for name in entity_of(source).columns
    }


@of(SOURCES)
def test_a_missing_renamed_or_repeated_column_is_refused(source, refused):
    names = good_columns(source, optional=False)
    for number, name in enumerate(names):
        short = [other for other in names if other != name]
        if short:
            assert name in refused(source, written(source, short, [values(short)]))
        renamed = [*names[:number], f"{name}_", *names[number + 1 :]]
        assert name in refused(source, written(source, renamed, [values(renamed)]))
    twice = [*names, names[0].upper()]
    assert "duplicated" in refused(source, written(source, twice, [values(twice)]))


@of(SOURCES)
def test_the_same_file_again_is_one_delivery_and_another_is_another(source, land_bytes):
    names = good_columns(source)
    content = written(source, names, [values(names)])
    assert land_bytes(source, content)[0].outcome == "landed"
    load, rows = land_bytes(source, content)
    assert (load.outcome, len(rows)) == ("repeated", 1)
    load, rows = land_bytes(source, content, name=f"other.{source[2]}")
    assert (load.outcome, len(rows)) == ("landed", 2)
