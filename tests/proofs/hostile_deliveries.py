"""Deliveries that are broken in a thousand ways, each made from a number.

A delivery starts as a good file of some entity and goes through faults that real files have: cut
off, in another encoding, of another separator, packed badly, named oddly, not a file at all.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
from lake import PROJECT

from lakehouse.landing.contract import DomainContract, EntityContract

ODD_NAMES = (
    "a b", "ação", "a'b", 'a"b', "a;b", "a=b", "a%20b", "$(true)", "-rf", "--help", "a\nb", "a\tb",
    "a\x7fb", "a\u2028b", "a\u202eb", "a\u00a0b", "😀", "a" * 200, "..", "a..b", "#a", "a*?",
    "part-1", "_a", ".a", "a\\b", os.fsdecode(b"a\xff"), "NULL", "{a}", "[bold]a",
)  # fmt: skip
ODD_TEXTS = (
    "", " ", "NULL", "\\N", "a,b", 'a"b', '"', '""', "a\nb", "a\r\nb", "\r", "é", "\u2028", "\x1f",
    "\ufeff", "😀", "1.234,56", "=1+1", "1e999", "NaN", "\\", "'", "a;b", "\t", "\x85",
    "<b>", "{}", "[]", "-", "\u202e", "a" * 3000,
)  # fmt: skip
MAGIC = (
    b"PAR1",
    b"PARE",
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"\xff\xfe",
    b"%PDF",
    b"\x00",
    b"OBJ\x01",
    b"",
)
CHANGE_COLUMNS = ("op", "_deleted", "Operation", "__row_kind")


@dataclass
class Hostile:
    """A delivery, and the options of its landing."""

    domain: str
    entity: str
    path: Path
    faults: list[str]
    options: list[str] = field(default_factory=list)


def hostile_delivery(number: int, folder: Path, contracts: dict[str, DomainContract]) -> Hostile:
    """Write the delivery of a number into a folder of its own."""
    random = Random(f"hostile {number}")
    domain = random.choice(sorted(contracts))
    entity = contracts[domain].entity(random.choice(sorted(contracts[domain].entities)))
    kind = random.choice(entity.rules.formats)
    faults: list[str] = []
    stem = random.choice(ODD_NAMES) if random.random() < 0.15 else "delivered"
    if kind in _WRITERS:
        content = _WRITERS[kind](random, entity, faults)
    else:
        stem, content = _answer(random, entity, kind, stem, faults)
    suffix = kind.rpartition("_")[2]
    if suffix == "json":
        suffix = random.choice(("json", "json", "jsonl", "ndjson"))
    for fault in random.sample(_BYTE_FAULTS, random.choice((0, 0, 0, 0, 1, 1, 2))):
        faults.append(fault.__name__)
        content = fault(random, content)
    if random.random() < 0.12:
        faults.append("packed")
        content, suffix = _packed(random, content), f"{suffix}.gz"
    if random.random() < 0.06:
        faults.append("suffix")
        suffix = random.choice(
            ("", "CSV", "csv.bak", "parquet", "json", "txt", "gz", "xlsx", "exe")
        )
    place = folder / (f"{stem}.{suffix}" if suffix else stem)
    if random.random() < 0.15:
        place = _no_plain_file(random, place, content, faults)
    else:
        place.write_bytes(content)
    return Hostile(domain, entity.name, place, faults, _options(random, entity, faults))


def _options(random: Random, entity: EntityContract, faults: list[str]) -> list[str]:
    chosen = random.random()
    if chosen < 0.06:
        faults.append("recorded from")
        return ["--recorded-from", random.choice((*entity.columns, "no such column", ""))]
    if chosen < 0.12:
        return ["--ingest-date", random.choice(("2024-01-05", "2024-02-29", "1900-01-01"))]
    if chosen < 0.16:
        faults.append("sender")
        return ["--sender", random.choice((*entity.rules.senders, "nobody", "../x"))]
    return []


def _value(random: Random, column: str) -> str:
    if random.random() < 0.1:
        return random.choice(ODD_TEXTS)
    if random.random() < 0.0005:
        return "\x00"
    if "date" in column or "data" in column:
        return f"2024-{random.randint(1, 13):02}-{random.randint(1, 31):02}"
    return str(random.randint(-5, 10 ** random.randint(1, 12)))


def _columns(random: Random, entity: EntityContract, faults: list[str]) -> list[str]:
    shape = random.choice(entity.rules.shapes)
    columns = [*shape.required, *(name for name in shape.optional if random.random() < 0.5)]
    if random.random() < 0.2 and columns:
        fault = random.choice(("missing", "twice", "renamed", "extra", "change", "order", "spaced"))
        faults.append(f"column {fault}")
        at = random.randrange(len(columns))
        if fault == "missing":
            del columns[at]
        elif fault == "twice":
            columns.append(columns[at].upper())
        elif fault == "renamed":
            columns[at] = random.choice(("x", "", "a\nb", 'q"q', "\x00", "é" * 300))
        elif fault == "extra":
            columns += random.sample(("coupon", "", "rescued_data", "load_id", "ingest_date"), 2)
        elif fault == "change":
            columns.append(random.choice(CHANGE_COLUMNS))
        elif fault == "order":
            random.shuffle(columns)
        else:
            columns[at] = f" {columns[at].upper()}\t"
    return columns


def _csv(random: Random, entity: EntityContract, faults: list[str]) -> bytes:
    columns = _columns(random, entity, faults)
    delimiter = entity.rules.delimiter
    if random.random() < 0.08:
        faults.append("separator")
        delimiter = random.choice(";,\t|:")
    rows = [
        [_value(random, name) for name in columns]
        for _ in range(random.choice((0, 1, 3, 3, 40, 40)))
    ]
    if rows and random.random() < 0.15:
        fault = random.choice(("ragged", "blank", "separators", "huge", "unclosed", "stray"))
        faults.append(fault)
        at = random.randrange(len(rows))
        rows[at] = {
            "ragged": rows[at][: random.randrange(len(columns) + 1)] + ["x"] * random.randrange(3),
            "blank": [],
            "separators": [""] * len(columns),
            "huge": ["y" * random.choice((10**5, 3 * 10**6)), *rows[at][1:]],
            "unclosed": [*rows[at][:-1], "UNCLOSED"],
            "stray": [*rows[at][:-1], "STRAY"],
        }[fault]
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=delimiter,
        quoting=random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
        lineterminator=random.choice(("\n", "\n", "\r\n", "\r")),
    )
    writer.writerows([columns, *rows])
    written = text.getvalue().replace("UNCLOSED", '"open').replace("STRAY", 'a"b"c')
    if random.random() < 0.1:
        faults.append("line ends")
        ends = ("\n", "\r\n", "\r", "\n\n", "\x0b", "\u2028")
        written = "".join(
            line + (random.choice(ends) if line else "") for line in written.splitlines()
        )
    return _encoded(random, written, entity, faults)


def _encoded(random: Random, text: str, entity: EntityContract, faults: list[str]) -> bytes:
    encoding = entity.rules.encoding
    if random.random() < 0.08:
        encoding = random.choice(
            ("utf-8-sig", "latin-1", "utf-16", "utf-16-le", "cp1252", "utf-32")
        )
        faults.append(encoding)
    return text.encode(encoding, "replace")


def _json_value(random: Random, column: str) -> str:
    odd = (
        "null", "true", "1.0", "-0", "1e400", "NaN", "123456789012345678901234567890", "[]",
        '{"a":{"b":[1,null]}}', '"\\ud800"', '"\\u0000"', "[" * 50 + "]" * 50, '"\\x"', "01", "",
    )  # fmt: skip
    return random.choice(odd) if random.random() < 0.03 else json.dumps(_value(random, column))


_WRONG_LAYOUTS = ('{"data": [%s]}', "[%s")


def _json(random: Random, entity: EntityContract, faults: list[str]) -> bytes:
    columns = _columns(random, entity, faults)
    records = [
        "{" + ",".join(f"{json.dumps(c)}: {_json_value(random, c)}" for c in columns) + "}"
        for _ in range(random.choice((0, 1, 3, 3, 30)))
    ]
    if random.random() < 0.15:
        fault = random.choice(("deep", "scalar", "same key", "comma", "error", "concatenated"))
        faults.append(f"json {fault}")
        records.append(
            {
                "deep": '{"a":' + "[" * random.choice((900, 10**5)) + "]" * 900 + "}",
                "scalar": random.choice(("1", '"a"', "null", "[1]")),
                "same key": '{"a": 1, "a": 2}',
                "comma": "{},",
                "error": '{"error": "unavailable"}',
                "concatenated": "{}{}",
            }[fault]
        )
    layout = random.choice(("[%s]", "%s", "%s", "[\n%s\n]", " [ %s ] \r\n") * 3 + _WRONG_LAYOUTS)
    joined = ("\n" if layout == "%s" else random.choice((",", ",\n"))).join(records)
    return _encoded(random, layout.replace("%s", joined), entity, faults)


_TYPED: tuple[Callable[[Random, int], pa.Array], ...] = (
    lambda r, n: pa.array(range(n), pa.int32()),
    lambda r, n: pa.array([r.uniform(-1e18, 1e18) for _ in range(n)], pa.float64()),
    lambda r, n: pa.array([float("nan")] * n, pa.float32()),
    lambda r, n: pa.array([Decimal("1.2300")] * n, pa.decimal128(38, 4)),
    lambda r, n: pa.array([Decimal(1)] * n, pa.decimal256(60, 0)),
    lambda r, n: pa.array([2**40] * n, pa.timestamp("ns", "America/Sao_Paulo")),
    lambda r, n: pa.array([-(2**50)] * n, pa.timestamp("s")),
    lambda r, n: pa.array([2**62] * n, pa.timestamp("us")),
    lambda r, n: pa.array([-(10**6)] * n, pa.date32()),
    lambda r, n: pa.array([timedelta(1)] * n, pa.duration("us")),
    lambda r, n: pa.array([b"\xff\x00"] * n, pa.binary()),
    lambda r, n: pa.array([[1, None]] * n, pa.list_(pa.int64())),
    lambda r, n: pa.array([{"a": 1}] * n, pa.struct([("a", pa.int64())])),
    lambda r, n: pa.array([[("k", 1)]] * n, pa.map_(pa.string(), pa.int64())),
    lambda r, n: pa.array(["a", "b"] * n, pa.string()).slice(0, n).dictionary_encode(),
    lambda r, n: pa.array(["a\0"] * n, pa.large_string()),
    lambda r, n: pa.array([True] * n, pa.bool_()),
    lambda r, n: pa.nulls(n),
    lambda r, n: pa.array(["z" * 1000] * n, pa.string()),
    lambda r, n: pa.array([1] * n, pa.time64("ns")),
    lambda r, n: pa.StringArray.from_buffers(
        pa.string(), n, pa.array([b"\xfe"] * n, pa.binary()).buffers()[1:]
    ) if not n else pa.Array.from_buffers(
        pa.string(), n, pa.array([b"\xfe"] * n, pa.binary()).buffers()
    ),
)  # fmt: skip


def _parquet(random: Random, entity: EntityContract, faults: list[str]) -> bytes:
    columns = _columns(random, entity, faults)
    count = random.choice((0, 1, 5, 70_000) if random.random() < 0.1 else (0, 1, 5, 5, 40, 40))
    arrays = []
    for name in columns:
        if random.random() < 0.03:
            kind = random.randrange(len(_TYPED))
            faults.append(f"type {kind}")
            arrays.append(_TYPED[kind](random, count))
        else:
            arrays.append(pa.array([_value(random, name) for _ in range(count)], pa.string()))
    if random.random() < 0.05:
        faults.append("many columns")
        columns += [f"extra {n}" for n in range(300)]
        arrays += [pa.array(["x"] * count)] * 300
    sink = io.BytesIO()
    table = pa.Table.from_arrays(arrays, names=columns) if columns else pa.table({})
    pq.write_table(
        table,
        sink,
        compression=random.choice(("snappy", "none", "gzip", "zstd")),
        row_group_size=random.choice((1, 7, 10**6)) if count < 100 else 10**4,
    )
    return sink.getvalue()


def _answer(
    random: Random, entity: EntityContract, kind: str, stem: str, faults: list[str]
) -> tuple[str, bytes]:
    """The stem of a name and the bytes of an answer that is no table, good or of another source."""
    if random.random() < 0.3:
        faults.append("no answer of its source")
        texts = (
            "Rob\n",
            "",
            "<html>",
            "{}",
            "[]",
            '{"page": {}, "results": []}',
            "IBOV - 01/02;\n",
        )
        return stem, _encoded(random, random.choice(texts), entity, faults)
    if kind == "txt":
        return f"funcionario_{random.randint(0, 99)}", f"Rob {random.random()}".encode()
    suffix = kind.rpartition("_")[2]
    path = random.choice(sorted((PROJECT / "data" / "source" / "market").rglob(f"*.{suffix}")))
    return path.stem, path.read_bytes()


def cut(random: Random, content: bytes) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def cut_in_front(random: Random, content: bytes) -> bytes:
    return content[random.randrange(len(content) + 1) :]


def flipped(random: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 5, 50)) if changed else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def magic(random: Random, content: bytes) -> bytes:
    return random.choice(MAGIC) + content[4:]


def with_zeros(random: Random, content: bytes) -> bytes:
    at = random.randrange(len(content) + 1)
    return content[:at] + b"\0" * random.choice((1, 4096)) + content[at:]


def twice(random: Random, content: bytes) -> bytes:
    return content + content


def nothing(random: Random, content: bytes) -> bytes:
    return random.choice((b"", b"\n", b" ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"))


def noise(random: Random, content: bytes) -> bytes:
    return random.randbytes(random.choice((1, 100, 5000)))


_BYTE_FAULTS = (cut, cut_in_front, flipped, flipped, magic, with_zeros, twice, nothing, noise)
_WRITERS = {"csv": _csv, "json": _json, "parquet": _parquet}


def _packed(random: Random, content: bytes) -> bytes:
    packed = gzip.compress(content)
    return random.choice(
        (
            packed,
            packed,
            packed + packed,
            packed + b"garbage",
            packed[:-4],
            content,
            zlib.compress(content),
            gzip.compress(b"0" * 20_000_000),
            gzip.compress(content + b"," * 5_000_000),
            gzip.compress(packed),
        )
    )


def _no_plain_file(random: Random, place: Path, content: bytes, faults: list[str]) -> Path:
    kind = random.choice(
        (
            "absent",
            "folder",
            "empty folder",
            "nested",
            "loop",
            "dangling",
            "device",
            "pipe",
            "linked",
        )
    )
    faults.append(kind)
    if kind in ("folder", "empty folder", "nested"):
        place = place.with_name(f"f-{place.name}"[:250])
        place.mkdir()
        names = {
            "folder": ["part-0", "part-1", "_SUCCESS"],
            "empty folder": ["_SUCCESS"],
            "nested": ["part-0", "day=1/part-0"],
        }[kind]
        suffix = "".join(place.suffixes[-2:]) if place.name.endswith(".gz") else place.suffix
        for name in names:
            inner = place / (name if name == "_SUCCESS" else f"{name}{suffix}")
            inner.parent.mkdir(exist_ok=True)
            inner.write_bytes(content if name != "_SUCCESS" else b"")
    elif kind == "loop":
        place.symlink_to(place.name)
    elif kind == "dangling":
        place.symlink_to("nowhere")
    elif kind == "device":
        place.symlink_to("/dev/null")
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "linked":
        (place.parent / "real").write_bytes(content)
        place.symlink_to("real")
    return place
