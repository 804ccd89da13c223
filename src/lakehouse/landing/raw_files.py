"""A load as files of the raw zone: one Parquet file per day, values as text, with provenance."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lakehouse.landing.contract import (
    CONTENT_HASH_COLUMN,
    FULL_EXTRACT_COLUMN,
    RESCUED_COLUMN,
    SENDER_COLUMN,
    EntityContract,
)
from lakehouse.landing.delivery import DeliveredFile
from lakehouse.landing.digest import with_digest
from lakehouse.landing.load import Load
from lakehouse.landing.raw_store import RawFile

if TYPE_CHECKING:
    _TextColumn = pa.Array[Any] | pa.ChunkedArray[Any]


def partition_files(load: Load, domain: str, load_id: str) -> list[tuple[RawFile, bytes]]:
    """Return a load with rows as (place, Parquet) per claimed day, in the order of days."""
    tables = [
        _raw_table(load, file, moments, load_id)
        for file, moments in zip(load.files, load.recorded_at, strict=True)
        if file.row_count
    ]
    table = pa.concat_tables(tables)
    row_day = pc.utf8_slice_codeunits(table["recorded_at"], 0, 10)
    return [
        (
            RawFile(domain, load.entity.name, day, load_id),
            _parquet_bytes(table.filter(pc.equal(row_day, pa.scalar(day)))),
        )
        for day in load.days
    ]


def _raw_table(
    load: Load, file: DeliveredFile, recorded_at: Sequence[str], load_id: str
) -> pa.Table:
    entity = load.entity
    columns: Mapping[str, _TextColumn] = {
        name: _landed_values(entity, file, name) for name in entity.columns
    }
    provenance = {
        "recorded_at": pa.array(recorded_at, pa.string()),
        "load_id": pa.repeat(pa.scalar(load_id), file.row_count),
        "source_file": pa.repeat(pa.scalar(file.name), file.row_count),
        "source_row": pa.array(range(1, file.row_count + 1), pa.int64()),
    }
    if entity.has_full_extract_column:
        provenance[FULL_EXTRACT_COLUMN] = pa.repeat(pa.scalar(load.is_full_extract), file.row_count)
    if load.sender is not None:
        provenance[SENDER_COLUMN] = pa.repeat(pa.scalar(load.sender), file.row_count)
    if entity.has_content_hash_column:
        provenance[CONTENT_HASH_COLUMN] = pa.repeat(pa.scalar(file.digest.hex()), file.row_count)
    provenance[RESCUED_COLUMN] = (
        pa.nulls(file.row_count, pa.string()) if file.rescued is None else file.rescued
    )
    return pa.table({**columns, **provenance})


def _landed_values(entity: EntityContract, file: DeliveredFile, name: str) -> _TextColumn:
    values = file.columns.get(name)
    if values is None:
        return pa.nulls(file.row_count, pa.string())
    return values.fill_null(pa.scalar("")) if name in entity.rules.null_as_empty else values


def _parquet_bytes(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(with_digest(table), buffer, compression="zstd", write_page_checksum=True)
    return buffer.getvalue()
