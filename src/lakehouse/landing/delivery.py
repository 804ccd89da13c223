"""Readers: one delivered file (CSV, JSON, Parquet, text) becomes columns of text, value for value.

A file is held in memory as a whole, since "all or nothing" needs all of it before anything is
written. Count on about 18 bytes of memory per byte of CSV (40 MB: 0.7 GB, 5 seconds); the
extract splits what is larger than the machine allows.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.errors import DeliveryError
from lakehouse.landing.answer_rows import (
    read_index_csv_rows,
    read_index_json_rows,
    read_text_answer,
)
from lakehouse.landing.columns import rescued
from lakehouse.landing.contract import EntityContract
from lakehouse.landing.csv_rows import read_csv
from lakehouse.landing.delivered_rows import SEND_AGAIN, Rows
from lakehouse.landing.index_answer import IndexAnswer, check_index_answers
from lakehouse.landing.json_rows import read_json
from lakehouse.landing.operation import check_no_truncation
from lakehouse.landing.parquet_rows import read_parquet

# A format is named by its suffix, or by what the suffix holds and the suffix: index_json. JSON is
# read by itself, because what a record lacks depends on the others.
_READERS: dict[str, Callable[[bytes, str, EntityContract], Rows]] = {
    "csv": read_csv,
    "parquet": read_parquet,
    "txt": read_text_answer,
    "index_json": read_index_json_rows,
    "index_csv": read_index_csv_rows,
}
_SUFFIXES = {"jsonl": "json", "ndjson": "json"}
# What other programs write as a folder of parts, or pack.
_PLAIN_FORMATS = ("csv", "json", "parquet")
_PACKED_FORMATS = ("csv", "json")


@dataclass(frozen=True)
class Delivery:
    """One file, or folder of parts, as handed over, and the entity that it belongs to."""

    entity: str
    path: Path

    @property
    def name(self) -> str:
        """What the rows say of where they came from; of a folder also when it is `.`."""
        return self.path.name or self.path.resolve().name


@dataclass(frozen=True)
class DeliveredFile:
    """One file as text: n rows in delivery order.

    Attributes:
        name: `<folder>/<part>` for a part of a folder.
        columns: arrays of n texts or nulls, those of the contract and the one that claims.
        places: per row the number that an error names, counted in `unit` ("line" or "row").
        digest: SHA-256 of the bytes as delivered, unpacked.
        rescued: JSON of the columns that nobody declared; None if the file has none.
        answer: what the file says besides its rows, for `check_delivery`; None for plain formats.
    """

    name: str
    columns: Mapping[str, pa.ChunkedArray[Any]]
    places: Sequence[int]
    unit: str
    digest: bytes
    warnings: tuple[str, ...] = ()
    rescued: pa.Array[Any] | None = None
    answer: IndexAnswer | None = None

    @property
    def row_count(self) -> int:
        return len(self.places)

    def place(self, row: int) -> str:
        """Name a row (0-based) the way a person finds it in the file."""
        return f"{self.name}, {self.unit} {self.places[row]}"


def read_delivery(
    delivery: Delivery,
    *,
    entity: EntityContract,
    recorded_from: str | None = None,
    absent_is_null: Collection[str] = (),
) -> list[DeliveredFile]:
    """Read one file, or the parts of one folder, and check it against the contract of its entity.

    Args:
        recorded_from: a column to keep although the contract may not hold it.
        absent_is_null: columns that a JSON file need not have: then they are null.
    Raises: DeliveryError, naming file, line and next step, for any file that is not what the
        contract promises. Values are never judged: typing happens in staging.
    Source: docs/domains/quality.md#where-bad-input-ends.
    """
    parts = _parts(delivery, entity)
    formats = {file_format for _, file_format, _ in parts}
    named = [(name, content) for name, _, content in parts]
    if formats == {"json"}:
        may_be_absent = entity.columns if entity.rules.json_omits_nulls else absent_is_null
        found = read_json(named, entity, may_be_absent)
    else:
        found = [_READERS[kind](content, name, entity) for name, kind, content in parts]
    return [
        _delivered(name, content, rows, entity, recorded_from)
        for (name, content), rows in zip(named, found, strict=True)
    ]


def _parts(delivery: Delivery, entity: EntityContract) -> list[tuple[str, str, bytes]]:
    """Return the name, format and unpacked bytes of what is delivered, in order of names.

    Parts of a folder that hold no byte are left out: Spark writes them for what has no rows.
    """
    if not delivery.path.is_dir():
        return [(delivery.name, *_read_file(delivery.path, delivery.name, entity))]
    folder = delivery.name
    try:
        inside = sorted(delivery.path.iterdir())
    except OSError as err:
        raise DeliveryError(f"{folder}: cannot be read ({err.strerror}); check the path") from err
    inside = [path for path in inside if path.name[0] not in "_."]
    for path in inside:
        if path.is_dir():
            raise DeliveryError(
                f"{folder}/{path.name}: a folder inside the delivered one, whose name may hold a "
                f"column of its rows; have it written without partitions"
            )
        if not path.name.startswith("part-"):
            raise DeliveryError(
                f"{folder}/{path.name}: no part of a folder as Spark writes it (part-*); take it "
                f"out, or land the files one by one"
            )
    if not inside:
        raise DeliveryError(
            f"{folder}: cannot be read, the folder has no part-* file; check the path"
        )
    filled = [path for path in inside if path.stat().st_size] or inside[:1]
    parts = [
        (f"{folder}/{path.name}", *_read_file(path, f"{folder}/{path.name}", entity))
        for path in filled
    ]
    formats = sorted({file_format for _, file_format, _ in parts})
    if len(formats) > 1 or formats[0] not in _PLAIN_FORMATS:
        raise DeliveryError(
            f"{folder}: parts in {' and '.join(formats)}; a folder has parts of one of "
            f"{', '.join(_PLAIN_FORMATS)}: land the files one by one"
        )
    return parts


def _read_file(path: Path, name: str, entity: EntityContract) -> tuple[str, bytes]:
    """Return the format that the contract declares for a file of this name, and its bytes."""
    by_suffix = {kind.rpartition("_")[2]: kind for kind in entity.rules.formats}
    suffix = path.suffix.lower().removeprefix(".")
    is_packed = suffix == "gz"
    inner = Path(path.stem).suffix.lower().removeprefix(".") if is_packed else suffix
    file_format = by_suffix.get(_SUFFIXES.get(inner, inner), "")
    if file_format not in ("json", *_READERS) or (is_packed and file_format not in _PACKED_FORMATS):
        declared = ", ".join(f".{suffix}" for suffix in by_suffix)
        raise DeliveryError(
            f"{name}: suffix '{path.suffix}' is not a declared format of {entity.name}; "
            f"deliver one of {declared}"
        )
    try:
        content = path.read_bytes()
    except OSError as err:
        raise DeliveryError(f"{path}: cannot be read ({err.strerror}); check the path") from err
    if is_packed:
        try:
            content = gzip.decompress(content) if content else b""
        except (OSError, EOFError, zlib.error) as err:
            raise DeliveryError(f"{name}: truncated or not gzip ({err}); {SEND_AGAIN}") from err
    if not content:
        raise DeliveryError(f"{name}: the file has zero bytes; {SEND_AGAIN}")
    return file_format, content


def _delivered(
    name: str, content: bytes, rows: Rows, entity: EntityContract, recorded_from: str | None
) -> DeliveredFile:
    """Make the columns of text, and one more of what nobody declared."""
    arrays = {
        column: _text_array(values, column, name, rows) for column, values in rows.columns.items()
    }
    # A separator at the end of each line makes a column of neither name nor value.
    undeclared = {
        column: values
        for column, values in arrays.items()
        if column not in entity.columns and (column or _has_values(values))
    }
    columns = {column: values for column, values in arrays.items() if column in entity.columns}
    if recorded_from and rows.places:
        wanted = recorded_from.strip().casefold()
        claims = [values for column, values in arrays.items() if column.casefold() == wanted]
        if not claims:
            raise DeliveryError(
                f"{name}: has no column '{recorded_from}', which --recorded-from names; "
                f"it has: {', '.join(arrays)}"
            )
        columns[recorded_from] = claims[0]
    warnings = rows.warnings
    if undeclared:
        verb, them = ("is", "it") if len(undeclared) == 1 else ("are", "them")
        warnings += (
            f"{name}: {', '.join(map(repr, undeclared))} {verb} not in the contract of "
            f"{entity.name} and kept in rescued_data; to use {them}, declare {them} in the sources "
            f"YAML",
        )
    delivered = DeliveredFile(
        name=name,
        columns=columns,
        places=rows.places,
        unit=rows.unit,
        digest=hashlib.sha256(content).digest(),
        warnings=warnings,
        rescued=rescued(undeclared, len(rows.places)),
        answer=rows.answer,
    )
    check_no_truncation(entity.rules.operation, columns, delivered.place)
    return delivered


def _has_values(values: pa.ChunkedArray[Any]) -> bool:
    return any(value and value.strip() for value in values.to_pylist())


def check_delivery(files: Sequence[DeliveredFile]) -> None:
    """Check what only the files of one entity in one call can show together.

    Raises: DeliveryError if a format whose answers span files finds them incomplete or at odds.
    """
    check_index_answers([file.answer for file in files if file.answer is not None])


def _text_array(
    values: Sequence[str | None] | pa.ChunkedArray[Any],
    column: str,
    name: str,
    rows: Rows,
) -> pa.ChunkedArray[Any]:
    """Make the Arrow column; refuse text that no engine downstream can hold."""
    if isinstance(values, pa.ChunkedArray):
        array = values
    else:
        try:
            array = pa.chunked_array([pa.array(values, pa.string())])
        except UnicodeEncodeError as err:
            row = next(i for i, value in enumerate(values) if value and not _is_encodable(value))
            raise DeliveryError(
                f"{name}, {rows.unit} {rows.places[row]}: half of a surrogate pair in '{column}'; "
                f"{SEND_AGAIN}"
            ) from err
    row = pc.index(pc.match_substring(array, "\0"), True).as_py()
    if row >= 0:
        raise DeliveryError(
            f"{name}, {rows.unit} {rows.places[row]}: NUL character in '{column}'; {SEND_AGAIN}"
        )
    return array


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
