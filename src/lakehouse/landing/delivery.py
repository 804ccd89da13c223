"""Readers: one delivered file (CSV, JSON, Parquet, text) becomes columns of text, value for value.

A file is held in memory as a whole, since "all or nothing" needs all of it before anything is
written. Count on about 18 bytes of memory per byte of CSV (40 MB: 0.7 GB, 5 seconds); the
extract splits what is larger than the machine allows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
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
from lakehouse.landing.contract import EntityContract
from lakehouse.landing.csv_rows import read_csv
from lakehouse.landing.delivered_rows import SEND_AGAIN, Rows
from lakehouse.landing.index_answer import IndexAnswer, check_index_answers
from lakehouse.landing.json_rows import read_json
from lakehouse.landing.parquet_rows import read_parquet

_Reader = Callable[[bytes, str, EntityContract, Sequence[str]], Rows]


@dataclass(frozen=True)
class Delivery:
    """One file as handed over, and the entity that it belongs to."""

    entity: str
    path: Path


@dataclass(frozen=True)
class DeliveredFile:
    """One file as text: n rows in delivery order.

    Attributes:
        columns: arrays of n texts or nulls by stripped column name; only wanted columns.
        places: per row the number that an error names, counted in `unit` ("line" or "row").
        digest: SHA-256 of the bytes as delivered.
        answer: what the file says besides its rows, for `check_delivery`; None for plain formats.
    """

    name: str
    columns: Mapping[str, pa.ChunkedArray[Any]]
    places: Sequence[int]
    unit: str
    digest: bytes
    warnings: tuple[str, ...] = ()
    answer: IndexAnswer | None = None

    @property
    def row_count(self) -> int:
        return len(self.places)

    def place(self, row: int) -> str:
        """Name a row (0-based) the way a person finds it in the file."""
        return f"{self.name}, {self.unit} {self.places[row]}"


def read_delivery(
    path: Path, *, entity: EntityContract, recorded_from: str | None = None
) -> DeliveredFile:
    """Read one file by its suffix and check it against the contract of its entity.

    Args:
        recorded_from: a column to keep although the contract may not hold it.
    Raises: DeliveryError, naming file, line and next step, for any file that is not what the
        contract promises. Values are never judged: typing happens in staging.
    Source: docs/domains/quality.md#where-bad-input-ends.
    """
    # A format is named by its suffix, or by what the suffix holds and the suffix: index_json.
    readers = {
        "csv": read_csv,
        "json": read_json,
        "parquet": read_parquet,
        "txt": read_text_answer,
        "index_json": read_index_json_rows,
        "index_csv": read_index_csv_rows,
    }
    by_suffix = {name.rpartition("_")[2]: name for name in entity.rules.formats}
    file_format = by_suffix.get(path.suffix.lower().removeprefix("."))
    if file_format not in readers:
        declared = ", ".join(f".{suffix}" for suffix in by_suffix)
        raise DeliveryError(
            f"{path.name}: suffix '{path.suffix}' is not a declared format of {entity.name}; "
            f"deliver one of {declared}"
        )
    try:
        content = path.read_bytes()
    except OSError as err:
        raise DeliveryError(f"{path}: cannot be read ({err.strerror}); check the path") from err
    if not content:
        raise DeliveryError(f"{path.name}: the file has zero bytes; {SEND_AGAIN}")
    wanted = [*entity.columns, *([recorded_from] if recorded_from else [])]
    rows = readers[file_format](content, path.name, entity, wanted)
    if recorded_from and rows.places and recorded_from not in rows.columns:
        raise DeliveryError(
            f"{path.name}: has no column '{recorded_from}', which --recorded-from names; "
            f"it has: {', '.join(rows.header)}"
        )
    warnings = list(rows.warnings)
    if extra := [name for name in rows.header if name not in entity.columns]:
        warnings.append(
            f"{path.name}: landed without {', '.join(map(repr, extra))}: not in the contract of "
            f"{entity.name}; a new column is a change of the sources YAML"
        )
    return DeliveredFile(
        name=path.name,
        columns={
            name: _text_array(values, name, path.name, rows)
            for name, values in rows.columns.items()
        },
        places=rows.places,
        unit=rows.unit,
        digest=hashlib.sha256(content).digest(),
        warnings=tuple(warnings),
        answer=rows.answer,
    )


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
