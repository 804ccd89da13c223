"""What earlier loads of the raw zone hold: the newest knowledge, and a delivery landed before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lakehouse.errors import RawStoreError
from lakehouse.landing.contract import FULL_EXTRACT_COLUMN, SENDER_COLUMN
from lakehouse.landing.load import Load, compact_moment, content_hash_of
from lakehouse.landing.raw_store import RawFile, RawStore


def landed_since(
    moment: datetime,
    digests: Sequence[bytes],
    names: Collection[str],
    files: Sequence[RawFile],
    store: RawStore,
) -> list[RawFile]:
    """Return the files of the load that holds this content under these names since a moment.

    A file that lies where deliveries arrive is one delivery until it is replaced: it is landed if a
    load holds it that is younger than its arrival, on whatever day that was.

    Args:
        moment: UTC, when the newest of the files arrived.
        digests: SHA-256 of the files in order.
        names: of the files that have rows or not; those of the load are among them.
        files: the raw files of the entity.
    """
    content_hash = content_hash_of(digests)
    earliest = compact_moment(moment.astimezone(UTC).replace(tzinfo=None))
    for file in files:
        landed_at, _, held = file.load_id.partition("-")
        if held != content_hash or landed_at < earliest:
            continue
        if set(pc.unique(_read_column(file, "source_file", store)).to_pylist()) <= set(names):
            return [other for other in files if other.load_id == file.load_id]
    return []


def newest_recorded_at(files: Sequence[RawFile], store: RawStore) -> str | None:
    """Return the newest `recorded_at` among raw files, or None if they hold no row.

    Only the newest day that has rows is read: `ingest_date` is the UTC day of `recorded_at`.
    """
    for day in sorted({file.ingest_date for file in files}, reverse=True):
        moments: list[str | None] = [
            pc.max(_read_column(file, "recorded_at", store)).as_py()
            for file in files
            if file.ingest_date == day
        ]
        if known := [moment for moment in moments if moment is not None]:
            return max(known)
    return None


def same_delivery(
    load: Load, existing: Sequence[RawFile], store: RawStore, *, since: str
) -> list[RawFile]:
    """Find the load that holds these files under these days already.

    Content is compared by the hash in the load id, days by the partitions of that load, source
    file names, the sender and whether it was a full extract by the data: the same rows delivered
    as all there is, or by somebody else, say more than before.

    Args:
        since: a load id (`newest_load`); what landed before it is another delivery. Empty asks all.
    """
    by_load: dict[str, list[RawFile]] = {}
    for file in existing:
        if file.entity == load.entity.name and file.load_id.endswith(f"-{load.content_hash}"):
            by_load.setdefault(file.load_id, []).append(file)
    for load_id, files in by_load.items():
        days = sorted(file.ingest_date for file in files)
        if load_id >= since and days == load.days and _says_the_same(load, files, store):
            return files
    return []


def _says_the_same(load: Load, files: Sequence[RawFile], store: RawStore) -> bool:
    """Whether raw files of the same rows came from the same source files, sender and extract."""

    def told(column: str, of: Sequence[RawFile]) -> set[str | None]:
        return {
            text for file in of for text in pc.unique(_read_column(file, column, store)).to_pylist()
        }

    if told("source_file", files) != {file.name for file in load.files if file.row_count}:
        return False
    if load.entity.has_full_extract_column:
        flag = str(load.is_full_extract).lower()
        if told(FULL_EXTRACT_COLUMN, files[:1]) != {flag}:
            return False
    return load.sender is None or told(SENDER_COLUMN, files[:1]) == {load.sender}


def newest_load(load: Load, existing: Sequence[RawFile], store: RawStore) -> str:
    """The id of the load that landed last on the days of this one, of its entity and sender."""
    there = [
        file
        for file in existing
        if file.entity == load.entity.name and file.ingest_date in load.days
    ]
    for file in sorted(there, key=lambda file: file.load_id, reverse=True):
        if load.sender is None:
            return file.load_id
        if load.sender in pc.unique(_read_column(file, SENDER_COLUMN, store)).to_pylist():
            return file.load_id
    return ""


def _read_column(file: RawFile, column: str, store: RawStore) -> pa.ChunkedArray[Any]:
    """Read one text column of a raw file, whoever wrote it."""
    try:
        with store.open_file(file) as handle:
            return pq.ParquetFile(handle).read(columns=[column])[column].cast(pa.string())
    except (pa.ArrowException, OSError, KeyError) as err:
        raise RawStoreError(
            f"{file.key}: not a file of the raw zone (no readable column {column}); whoever "
            f"wrote it must correct or remove it before anything else is landed"
        ) from err
