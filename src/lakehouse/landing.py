"""Landing: one call writes what was delivered to the raw zone as text, whole or not at all."""

import hashlib
import io
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lakehouse.contract import FULL_EXTRACT_COLUMN, DomainContract, EntityContract
from lakehouse.delivery import DeliveredFile, Delivery, check_delivery, read_delivery
from lakehouse.errors import (
    DeliveryError,
    FutureClaimError,
    HistoryRewriteError,
    RawStoreError,
    UsageError,
)
from lakehouse.raw_store import RawFile, RawStore
from lakehouse.sender import CONTENT_HASH_COLUMN, SENDER_COLUMN, contract_for_sender

_ISO_MOMENT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?)?", re.ASCII
)


@dataclass(frozen=True)
class LandedLoad:
    """What became of the files of one entity in one call.

    Attributes:
        outcome: "landed"; "repeated" (this delivery was landed before, nothing is written);
            "empty" (no rows, nothing is written).
        load_id: of the load that holds the delivery; None if it is empty.
        files: the raw files that hold it.
        open_days: ISO days that are not closed yet, so not published before the next day's run.
    """

    entity: str
    outcome: Literal["landed", "repeated", "empty"]
    row_count: int
    load_id: str | None = None
    files: tuple[RawFile, ...] = ()
    open_days: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Load:
    """The files of one entity, each row with the time it claims to have been received."""

    entity: EntityContract
    files: tuple[DeliveredFile, ...]
    recorded_at: tuple[tuple[str, ...], ...]
    is_full_extract: bool
    sender: str | None = None

    @cached_property
    def content_hash(self) -> str:
        """12 hex digits of SHA-256: of the file, or of the files' digests in order."""
        return _content_hash([file.digest for file in self.files])

    @cached_property
    def days(self) -> list[str]:
        return sorted({moment[:10] for moments in self.recorded_at for moment in moments})

    @property
    def row_count(self) -> int:
        return sum(file.row_count for file in self.files)

    @property
    def warnings(self) -> tuple[str, ...]:
        empty = tuple(
            f"{file.name}: no rows, nothing landed from it"
            for file in self.files
            if not file.row_count
        )
        return tuple(warning for file in self.files for warning in file.warnings) + empty

    def claim(self, choose: Callable[..., Any] = min) -> tuple[str, str]:
        """The earliest (or, with max, latest) claimed time, and the row that claims it."""
        file, moments = choose(
            (pair for pair in zip(self.files, self.recorded_at, strict=True) if pair[1]),
            key=lambda pair: choose(pair[1]),
        )
        moment = choose(moments)
        return moment, file.place(moments.index(moment))


def land_delivery(
    deliveries: Sequence[Delivery],
    *,
    contract: DomainContract,
    store: RawStore,
    received_at: datetime,
    ingest_date: date | None = None,
    recorded_from: str | None = None,
    rewrite_history: bool = False,
    full_extract: Collection[str] = (),
    sender: str | None = None,
) -> list[LandedLoad]:
    """Write one call's files to the raw zone as text; the same delivery again changes nothing.

    Without a claim a delivery was received now: its content again right after itself is the same
    delivery tried twice, and after another delivery of that day a new one, which brings the
    content back. With a claim the time of receipt belongs to what is compared.

    Args:
        deliveries: files; those of one entity become one load, in which the last file by name
            counts where two hold one record.
        received_at: now, with time zone and microseconds; its UTC day becomes the partition.
        ingest_date: claim that everything was received at the start of this UTC day.
        recorded_from: column with the UTC time at which each row was received; the load is
            split by its day. Not together with `ingest_date`.
        rewrite_history: allow claims that lie before the newest `recorded_at` of the domain.
        full_extract: entities whose files here hold every record of the source; only for those
            whose contract leaves that to the call.
        sender: who sent the files, where the contract tells senders apart; None is its default.
    Returns: one result per entity, in the order in which the entities are first named.
    Raises: DeliveryError for files that are not what the contract promises; FutureClaimError
        for a claim after `received_at`; HistoryRewriteError for one before the newest
        `recorded_at` of the domain; RawStoreError if the raw zone cannot be used.
    Source: docs/architecture.md#raw-zone.
    """
    if received_at.tzinfo is None:
        raise ValueError("received_at needs a time zone: local time would become the partition")
    now = received_at.astimezone(UTC).replace(tzinfo=None)
    by_entity: dict[str, list[Delivery]] = {}
    _check_full_extracts(full_extract, {delivery.entity for delivery in deliveries}, contract)
    for delivery in deliveries:
        by_entity.setdefault(delivery.entity, []).append(delivery)
    existing = store.list_files(contract.domain)
    landed_at = _free_moment(now, existing)
    claimed = datetime.combine(ingest_date, datetime.min.time()) if ingest_date else landed_at
    loads = [
        _read_load(
            contract.entity(name),
            group,
            _moment_text(claimed),
            recorded_from,
            contract.entity(name).rules.full_extract is True or name in full_extract,
            sender,
        )
        for name, group in by_entity.items()
    ]
    is_claimed = ingest_date is not None or recorded_from is not None
    repeated = {
        load.entity.name: _same_delivery(load, existing, store, is_claimed=is_claimed)
        for load in loads
    }
    new = [load for load in loads if load.row_count and not repeated[load.entity.name]]
    rewritten = _check_claims(new, contract.domain, existing, store, landed_at, rewrite_history)
    load_ids = {load.entity.name: f"{_compact(landed_at)}-{load.content_hash}" for load in new}
    files = {
        load.entity.name: _partition_files(load, contract.domain, load_ids[load.entity.name])
        for load in new
    }
    if new:
        store.publish([file for name in files for file in files[name]])
    # A load whose registration failed is found again here as a repeated one.
    store.register([file for found in repeated.values() for file in found])
    return [
        _result(
            load,
            repeated[load.entity.name],
            [file for file, _ in files.get(load.entity.name, [])],
            now.date().isoformat(),
            rewritten,
        )
        for load in loads
    ]


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
    content_hash = _content_hash(digests)
    earliest = _compact(moment.astimezone(UTC).replace(tzinfo=None))
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
        moments = [
            pc.max(_read_column(file, "recorded_at", store)).as_py()
            for file in files
            if file.ingest_date == day
        ]
        if known := [moment for moment in moments if moment is not None]:
            return max(known)
    return None


def _check_full_extracts(
    named: Collection[str], delivered: set[str], domain: DomainContract
) -> None:
    for name in named:
        if name not in delivered:
            raise UsageError(f"'{name}' is said to be a full extract and is not in this delivery")
        if domain.entity(name).rules.full_extract != "by_call":
            rule = "always" if domain.entity(name).rules.full_extract else "never"
            raise UsageError(
                f"'{name}' is {rule} delivered whole by its contract; leave it out of "
                f"--full-extract, or change full_extract in the sources YAML"
            )


def _read_load(
    entity: EntityContract,
    deliveries: Sequence[Delivery],
    claimed: str,
    recorded_from: str | None,
    is_full_extract: bool,
    sender: str | None,
) -> _Load:
    entity, sender = contract_for_sender(entity, sender)
    if is_full_extract and recorded_from:
        raise UsageError(
            f"{entity.name} is delivered whole, so all its rows were received at once; "
            f"use --ingest-date instead of --recorded-from"
        )
    names = [delivery.path.name for delivery in deliveries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DeliveryError(
            f"{entity.name}: {', '.join(twice)} is named twice in one call, so its rows could "
            f"not be told apart; rename one or land them in two calls"
        )
    files = tuple(
        read_delivery(delivery.path, entity=entity, recorded_from=recorded_from)
        for delivery in deliveries
    )
    empty = [file.name for file in files if not file.row_count]
    if empty and is_full_extract:
        raise DeliveryError(
            f"{empty[0]}: no rows, but {entity.name} is delivered whole, so everything "
            f"would be deleted; ask the source to send the file again"
        )
    check_delivery(files)
    recorded_at = tuple(
        _claims_of(file, recorded_from) if recorded_from else (claimed,) * file.row_count
        for file in files
    )
    return _Load(
        entity=entity,
        files=files,
        recorded_at=recorded_at,
        is_full_extract=is_full_extract,
        sender=sender,
    )


def _claims_of(file: DeliveredFile, column: str) -> tuple[str, ...]:
    if not file.row_count:
        return ()
    claims = []
    for row, text in enumerate(file.columns[column].to_pylist()):
        moment = _parse_moment(text)
        if moment is None:
            raise DeliveryError(
                f"{file.place(row)}: {column} is {text!r}, not an ISO timestamp without offset "
                f"(YYYY-MM-DD HH:MM:SS) or an ISO date; correct it or land with --ingest-date"
            )
        claims.append(moment)
    return tuple(claims)


def _parse_moment(text: str | None) -> str | None:
    match = _ISO_MOMENT.fullmatch(text or "")
    if match is None:
        return None
    *parts, fraction = match.groups(default="0")
    try:
        return _moment_text(datetime(*map(int, parts), int(fraction.ljust(6, "0"))))
    except ValueError:
        return None


def _same_delivery(
    load: _Load, existing: Sequence[RawFile], store: RawStore, *, is_claimed: bool
) -> list[RawFile]:
    """Find the load that holds these files under these days already.

    Content is compared by the hash in the load id, days by the partitions of that load, source
    file names, the sender and whether it was a full extract by the data: the same rows delivered
    as all there is, or by somebody else, say more than before.
    """
    newest = "" if is_claimed else _newest_load(load, existing, store)
    by_load: dict[str, list[RawFile]] = {}
    for file in existing:
        if file.entity == load.entity.name and file.load_id.endswith(f"-{load.content_hash}"):
            by_load.setdefault(file.load_id, []).append(file)
    for load_id, files in by_load.items():
        days = sorted(file.ingest_date for file in files)
        if load_id >= newest and days == load.days and _says_the_same(load, files, store):
            return files
    return []


def _says_the_same(load: _Load, files: Sequence[RawFile], store: RawStore) -> bool:
    """Whether raw files of the same rows came from the same source files, sender and extract."""

    def told(column: str, of: Sequence[RawFile]) -> set[str]:
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


def _newest_load(load: _Load, existing: Sequence[RawFile], store: RawStore) -> str:
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


def _check_claims(
    loads: Sequence[_Load],
    domain: str,
    existing: Sequence[RawFile],
    store: RawStore,
    landed_at: datetime,
    rewrite_history: bool,
) -> str | None:
    """Refuse claims about the future and, unless allowed, about a past the domain has left.

    All loads are compared with what was there before the call, not with each other.
    Returns: the newest known time if the call rewrites history, else None.
    """
    if not loads:
        return None
    latest, place = max(load.claim(max) for load in loads)
    if latest > _moment_text(landed_at):
        raise FutureClaimError(
            f"{place}: claims to be received at {latest}, after now ({_moment_text(landed_at)} "
            f"UTC); correct the claim or the clock"
        )
    newest = newest_recorded_at(existing, store)
    earliest, place = min(load.claim() for load in loads)
    if newest is None or earliest >= newest:
        return None
    if not rewrite_history:
        raise HistoryRewriteError(
            f"{place}: claims to be received at {earliest}, before the newest recorded_at of "
            f"{domain}, {newest}; this changes what was published as known: if that is meant, "
            f"land again with --rewrite-history"
        )
    return newest


def _partition_files(load: _Load, domain: str, load_id: str) -> list[tuple[RawFile, bytes]]:
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
            _parquet_bytes(table.filter(pc.equal(row_day, day))),
        )
        for day in load.days
    ]


def _raw_table(
    load: _Load, file: DeliveredFile, recorded_at: Sequence[str], load_id: str
) -> pa.Table:
    entity = load.entity
    columns: Mapping[str, pa.Array | pa.ChunkedArray] = {
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
    return pa.table({**columns, **provenance})


def _landed_values(
    entity: EntityContract, file: DeliveredFile, name: str
) -> pa.Array | pa.ChunkedArray:
    values = file.columns.get(name)
    if values is None:
        return pa.nulls(file.row_count, pa.string())
    return values.fill_null("") if name in entity.rules.null_as_empty else values


def _parquet_bytes(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _read_column(file: RawFile, column: str, store: RawStore) -> pa.ChunkedArray:
    """Read one text column of a raw file, whoever wrote it."""
    try:
        with store.open_file(file) as handle:
            return pq.ParquetFile(handle).read(columns=[column])[column].cast(pa.string())
    except (pa.ArrowException, OSError, KeyError) as err:
        raise RawStoreError(
            f"{file.key}: not a file of the raw zone (no readable column {column}); whoever "
            f"wrote it must correct or remove it before anything else is landed"
        ) from err


def _free_moment(now: datetime, existing: Sequence[RawFile]) -> datetime:
    """The first microsecond from now on that no load of the domain has taken."""
    taken = {file.load_id.partition("-")[0] for file in existing}
    while _compact(now) in taken:
        now += timedelta(microseconds=1)
    return now


def _result(
    load: _Load,
    repeated: Sequence[RawFile],
    landed: Sequence[RawFile],
    today: str,
    rewritten: str | None,
) -> LandedLoad:
    files = tuple(repeated or landed)
    warnings = load.warnings
    if landed and rewritten and load.claim()[0] < rewritten:
        warnings += (f"{load.entity.name}: rewrites history known up to {rewritten}",)
    return LandedLoad(
        entity=load.entity.name,
        outcome="repeated" if repeated else "landed" if landed else "empty",
        row_count=load.row_count,
        load_id=files[0].load_id if files else None,
        files=files,
        open_days=tuple(day for day in load.days if landed and day >= today),
        warnings=warnings,
    )


def _content_hash(digests: Sequence[bytes]) -> str:
    whole = digests[0] if len(digests) == 1 else hashlib.sha256(b"".join(digests)).digest()
    return whole.hex()[:12]


def _moment_text(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="microseconds")


def _compact(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S%fZ")
