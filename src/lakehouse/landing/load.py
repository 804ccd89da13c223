"""A load: the files of one entity in one call, each row with the time it claims."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.errors import DeliveryError, UsageError
from lakehouse.landing.contract import EntityContract, contract_for_sender
from lakehouse.landing.delivery import Delivery, Part, parts_of
from lakehouse.landing.index_answer import IndexAnswer, check_index_answers
from lakehouse.landing.operation import check_one_kind_of_dms_file
from lakehouse.landing.raw_files import RawWriter
from lakehouse.landing.reading import DeliveredRows, read_parts

if TYPE_CHECKING:
    from lakehouse.landing.raw_store import RawFile

_ISO_MOMENT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6})0{0,3})?(?:Z|([+-])(\d{2})(?::?(\d{2}))?)?)?",
    re.ASCII,
)
# As far as there are time zones.
_LARGEST_OFFSET = timedelta(hours=14)


@dataclass(frozen=True)
class Offer:
    """The files of one entity in one call, known by their bytes; nothing of them is read yet.

    Attributes:
        deliveries: the parts of each file or folder, in the order in which they count.
        sender: None where the contract tells none apart.
    """

    entity: EntityContract
    deliveries: tuple[tuple[Part, ...], ...]
    is_full_extract: bool
    sender: str | None = None

    @property
    def parts(self) -> list[Part]:
        return [part for parts in self.deliveries for part in parts]

    @cached_property
    def content_hash(self) -> str:
        """Of all files; see `content_hash_of`."""
        return content_hash_of([part.digest for part in self.parts])


@dataclass(frozen=True)
class Stamp:
    """What the rows of a load say of their receipt.

    Attributes:
        recorded_at: the time of receipt of rows without a claim of their own.
        recorded_from: column with the claim of each row, instead of `recorded_at`.
        impossible: of a claimed day, from when to when an event may not lie: after the day, yet not
            after now, when it would be wrong whatever is claimed; None where no day is claimed.
    """

    load_id: str
    recorded_at: str
    recorded_from: str | None = None
    impossible: tuple[str, str] | None = None


@dataclass(frozen=True)
class Load:
    """The files of one entity, read and written beside the raw zone.

    Attributes:
        row_counts: by name of file.
        staged: raw files and where they lie until they are added, in the order of days.
        earliest: the earliest claimed time of receipt, and the row that claims it; None if there
            is no row.
        latest: likewise.
    """

    offer: Offer
    row_counts: Mapping[str, int]
    staged: tuple[tuple[RawFile, Path], ...]
    earliest: tuple[str, str] | None
    latest: tuple[str, str] | None
    warnings: tuple[str, ...]

    @property
    def days(self) -> list[str]:
        """ISO days that rows claim, in order: the partitions of the load."""
        return [file.ingest_date for file, _ in self.staged]

    @property
    def filled(self) -> set[str]:
        """Names of the files that have rows."""
        return {name for name, count in self.row_counts.items() if count}

    @property
    def row_count(self) -> int:
        return sum(self.row_counts.values())


def read_offer(
    entity: EntityContract,
    deliveries: Sequence[Delivery],
    recorded_from: str | None,
    is_full_extract: bool,
    sender: str | None,
) -> Offer:
    """Find the files of one entity and take their digests.

    Args:
        deliveries: of this entity, in the order in which they count.
        sender: None is the contract's default.
    Raises: DeliveryError for files that cannot be read or are in no format of the contract;
        UsageError for a sender that is not declared, or claims per row of a full extract.
    """
    entity, sender = contract_for_sender(entity, sender)
    if is_full_extract and recorded_from is not None:
        raise UsageError(
            f"{entity.name} is delivered whole, so all its rows were received at once; "
            f"use --ingest-date instead of --recorded-from"
        )
    names = [delivery.name for delivery in deliveries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DeliveryError(
            f"{entity.name}: {', '.join(twice)} is named twice in one call, so its rows could "
            f"not be told apart; rename one or land them in two calls"
        )
    check_one_kind_of_dms_file(entity.name, names)
    parts = tuple(tuple(parts_of(delivery, entity)) for delivery in deliveries)
    return Offer(entity, parts, is_full_extract, sender)


def stage_load(
    offer: Offer,
    stamp: Stamp,
    *,
    domain: str,
    folder: Path,
    absent_is_null: Collection[str] = (),
) -> Load:
    """Read the files of an offer and write its raw files into a folder, one per claimed day.

    Args:
        folder: of this load alone; what is there is written over.
        absent_is_null: columns that a JSON file need not have: then they are null.
    Raises: DeliveryError for files that are not what the contract promises, alone or together.
    """
    facts = _Facts(offer)
    with RawWriter(
        offer.entity, domain, stamp.load_id, folder, offer.is_full_extract, offer.sender
    ) as writer:
        for parts in offer.deliveries:
            for rows in read_parts(
                parts,
                entity=offer.entity,
                recorded_from=stamp.recorded_from,
                absent_is_null=absent_is_null,
            ):
                claims = _claims_of(rows, stamp)
                _check_events(rows, stamp, offer.entity)
                writer.add(rows, claims, facts.row_counts[rows.part.name])
                facts.add(rows, claims)
    facts.check()
    return Load(
        offer=offer,
        row_counts=facts.row_counts,
        staged=tuple(writer.files),
        earliest=facts.earliest,
        latest=facts.latest,
        warnings=facts.warnings,
    )


class _Facts:
    """What the rows of a load show on their way."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer
        self.row_counts = {part.name: 0 for part in offer.parts}
        self.earliest: tuple[str, str] | None = None
        self.latest: tuple[str, str] | None = None
        self._answers: list[IndexAnswer] = []
        self._warned: dict[str, list[str]] = {part.name: [] for part in offer.parts}
        self._undeclared: dict[str, dict[str, None]] = {part.name: {} for part in offer.parts}

    def add(self, rows: DeliveredRows, claims: pa.Array[Any]) -> None:
        name = rows.part.name
        self.row_counts[name] += rows.row_count
        self._warned[name] += rows.warnings
        self._undeclared[name] |= dict.fromkeys(rows.undeclared)
        if rows.answer is not None:
            self._answers.append(rows.answer)
        if rows.row_count:
            ends: dict[str, str] = pc.min_max(claims).as_py()  # type: ignore[assignment]
            if self.earliest is None or ends["min"] < self.earliest[0]:
                self.earliest = _claim(ends["min"], claims, rows)
            if self.latest is None or ends["max"] > self.latest[0]:
                self.latest = _claim(ends["max"], claims, rows)

    def check(self) -> None:
        """Check what only all files of one entity can show.

        Raises: DeliveryError for a file without rows of what is delivered whole, or answers that
            span files and are incomplete or at odds.
        """
        entity = self._offer.entity.name
        empty = [name for name, count in self.row_counts.items() if not count]
        if empty and self._offer.is_full_extract:
            raise DeliveryError(
                f"{empty[0]}: no rows, but {entity} is delivered whole, so everything "
                f"would be deleted; ask the source to send the file again"
            )
        check_index_answers(self._answers)

    @property
    def warnings(self) -> tuple[str, ...]:
        said = []
        for name, warnings in self._warned.items():
            said += warnings
            if undeclared := self._undeclared[name]:
                verb, them = ("is", "it") if len(undeclared) == 1 else ("are", "them")
                said.append(
                    f"{name}: {', '.join(map(repr, undeclared))} {verb} not in the contract of "
                    f"{self._offer.entity.name} and kept in rescued_data; to use {them}, declare "
                    f"{them} in the sources YAML"
                )
        empty = [name for name, count in self.row_counts.items() if not count]
        return (*said, *(f"{name}: no rows, nothing landed from it" for name in empty))


def _claim(moment: str, claims: pa.Array[Any], rows: DeliveredRows) -> tuple[str, str]:
    return moment, rows.place(pc.index(claims, moment).as_py())


def _claims_of(rows: DeliveredRows, stamp: Stamp) -> pa.Array[Any]:
    """Return the time of receipt that each row claims, as `recorded_at` is written."""
    column = stamp.recorded_from
    if column is None or not rows.row_count:
        return pa.repeat(pa.scalar(stamp.recorded_at), rows.row_count)
    texts = rows.columns[column].dictionary_encode(null_encoding="encode")
    moments = [_parse_moment(text) for text in texts.dictionary.to_pylist()]
    claims = pa.array(moments, pa.string()).take(texts.indices)
    if claims.null_count:
        row = pc.index(claims.is_null(), True).as_py()
        text = rows.columns[column][row].as_py()
        raise DeliveryError(
            f"{rows.place(row)}: {column} is {text!r}, not an ISO timestamp "
            f"(YYYY-MM-DD HH:MM:SS, UTC unless it has an offset) or an ISO date; correct it or "
            f"land with --ingest-date"
        )
    return claims


def _check_events(rows: DeliveredRows, stamp: Stamp, entity: EntityContract) -> None:
    """Refuse rows that are said to be received before they came to be.

    Raises: DeliveryError for the first of them.
    """
    column = entity.event_time
    if stamp.impossible is None or column is None or column not in rows.columns:
        return
    begin, end = stamp.impossible
    texts = pc.utf8_trim_whitespace(rows.columns[column])
    # Few are read: an offset moves a time by less than a day.
    day = (datetime.fromisoformat(begin) - timedelta(days=1)).date().isoformat()
    is_late = pc.greater_equal(texts, pa.scalar(day))
    for row, (text, late) in enumerate(zip(texts.to_pylist(), is_late.to_pylist(), strict=True)):
        moment = _parse_moment(text) if late else None
        if moment is not None and begin <= moment < end:
            raise DeliveryError(
                f"{rows.place(row)}: {column} is {moment} UTC, after the day that --ingest-date "
                f"claims ({stamp.recorded_at[:10]}); if the rows were received on several days, "
                f"land them with --recorded-from {column}, else claim a later day"
            )


def _parse_moment(text: str | None) -> str | None:
    match = _ISO_MOMENT.fullmatch(text or "")
    if match is None:
        return None
    *parts, fraction, sign, hours, minutes = match.groups(default="0")
    year, month, day, hour, minute, second = map(int, parts)
    microsecond = int(fraction.ljust(6, "0"))
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset > _LARGEST_OFFSET or int(minutes) > 59:
        return None
    try:
        moment = datetime(year, month, day, hour, minute, second, microsecond)
        return moment_text(moment + offset if sign == "-" else moment - offset)
    except (OverflowError, ValueError):
        return None


def content_hash_of(digests: Sequence[bytes]) -> str:
    """Return the 12 hex digits that a load id ends in, from SHA-256 digests of its files in order.

    One file is its own digest; several are the digest of theirs.
    """
    whole = digests[0] if len(digests) == 1 else hashlib.sha256(b"".join(digests)).digest()
    return whole.hex()[:12]


def moment_text(moment: datetime) -> str:
    """Return a UTC time as `recorded_at` is written: text whose order is that of time."""
    return moment.isoformat(sep=" ", timespec="microseconds")


def compact_moment(moment: datetime) -> str:
    """Return a UTC time as a load id begins."""
    return moment.strftime("%Y%m%dT%H%M%S%fZ")
