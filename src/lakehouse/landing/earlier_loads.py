"""What earlier loads of the raw zone hold: the newest knowledge, and a delivery landed before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq

from lakehouse.errors import RawStoreError
from lakehouse.landing.contract import FULL_EXTRACT_COLUMN, SENDER_COLUMN
from lakehouse.landing.load import Offer, compact_moment, content_hash_of
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
        if _values_of(file, "source_file", store) <= set(names):
            return [other for other in files if other.load_id == file.load_id]
    return []


def newest_recorded_at(files: Sequence[RawFile], store: RawStore) -> str | None:
    """Return the newest `recorded_at` among raw files, or None if they hold no row.

    Only the newest day that has rows is read: `ingest_date` is the UTC day of `recorded_at`.
    """
    for day in sorted({file.ingest_date for file in files}, reverse=True):
        moments = {
            moment
            for file in files
            if file.ingest_date == day
            for moment in _values_of(file, "recorded_at", store)
            if moment is not None
        }
        if moments:
            return max(moments)
    return None


def same_delivery(
    offer: Offer,
    days: Sequence[str],
    filled: Collection[str],
    existing: Sequence[RawFile],
    store: RawStore,
    *,
    is_claimed: bool,
) -> list[RawFile]:
    """Find the load that holds these files under these days already.

    Content is compared by the hash in the load id, days by the partitions of that load, source
    file names, the sender and whether it was a full extract by the data: the same rows delivered
    as all there is, or by somebody else, say more than before.

    Args:
        days: ISO days that its rows claim, in order.
        filled: names of its files that have rows.
    """
    newest = "" if is_claimed else newest_load(offer, days, existing, store)
    by_load: dict[str, list[RawFile]] = {}
    for file in existing:
        if file.entity == offer.entity.name and file.load_id.endswith(f"-{offer.content_hash}"):
            by_load.setdefault(file.load_id, []).append(file)
    for load_id, files in by_load.items():
        held = sorted(file.ingest_date for file in files)
        if load_id >= newest and held == days and _says_the_same(offer, filled, files, store):
            return files
    return []


def _says_the_same(
    offer: Offer, filled: Collection[str], files: Sequence[RawFile], store: RawStore
) -> bool:
    """Whether raw files of the same rows came from the same source files, sender and extract."""

    def told(column: str, of: Sequence[RawFile]) -> set[str | None]:
        return {text for file in of for text in _values_of(file, column, store)}

    if told("source_file", files) != set(filled):
        return False
    if offer.entity.has_full_extract_column:
        flag = str(offer.is_full_extract).lower()
        if told(FULL_EXTRACT_COLUMN, files[:1]) != {flag}:
            return False
    return offer.sender is None or told(SENDER_COLUMN, files[:1]) == {offer.sender}


def newest_load(
    offer: Offer, days: Collection[str], existing: Sequence[RawFile], store: RawStore
) -> str:
    """The id of the load that landed last on these days, of the entity and sender of an offer."""
    there = [
        file for file in existing if file.entity == offer.entity.name and file.ingest_date in days
    ]
    for file in sorted(there, key=lambda file: file.load_id, reverse=True):
        if offer.sender is None or offer.sender in _values_of(file, SENDER_COLUMN, store):
            return file.load_id
    return ""


def _values_of(file: RawFile, column: str, store: RawStore) -> set[str | None]:
    """The different values of one text column of a raw file, whoever wrote it."""
    found: set[str | None] = set()
    try:
        with store.open_file(file) as handle:
            # As the numbers of a dictionary: most such columns hold one text over and over.
            reader = pq.ParquetFile(handle, read_dictionary=[column])
            reader.schema_arrow.field(column)
            for batch in reader.iter_batches(columns=[column]):
                found |= set(batch.column(0).unique().cast(pa.string()).to_pylist())
    except (pa.ArrowException, OSError, KeyError) as err:
        raise RawStoreError(
            f"{file.key}: not a file of the raw zone (no readable column {column}); whoever "
            f"wrote it must correct or remove it before anything else is landed"
        ) from err
    return found
