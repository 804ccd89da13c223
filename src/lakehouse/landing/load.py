"""A load: the files of one entity in one call, each row with the time it claims."""

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from lakehouse.errors import DeliveryError, UsageError
from lakehouse.landing.contract import EntityContract, contract_for_sender
from lakehouse.landing.delivery import DeliveredFile, Delivery, check_delivery, read_delivery
from lakehouse.landing.operation import check_one_kind_of_dms_file

_ISO_MOMENT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?)?", re.ASCII
)


@dataclass(frozen=True)
class Load:
    """The files of one entity, each row with the time it claims to have been received."""

    entity: EntityContract
    files: tuple[DeliveredFile, ...]
    recorded_at: tuple[tuple[str, ...], ...]
    is_full_extract: bool
    sender: str | None = None

    @cached_property
    def content_hash(self) -> str:
        """Of all files; see `content_hash_of`."""
        return content_hash_of([file.digest for file in self.files])

    @cached_property
    def days(self) -> list[str]:
        """ISO days that rows claim, in order: the partitions of the load."""
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


def read_load(
    entity: EntityContract,
    deliveries: Sequence[Delivery],
    claimed: str,
    recorded_from: str | None,
    is_full_extract: bool,
    sender: str | None,
    absent_is_null: Collection[str] = (),
) -> Load:
    """Read the files of one entity and the time that each row claims.

    Args:
        deliveries: of this entity, in the order in which they count.
        claimed: time of receipt, as `recorded_at` is written, of rows without a claim of their own.
        recorded_from: column with the claim of each row, instead of `claimed`.
        sender: None is the contract's default.
        absent_is_null: columns that a JSON file need not have: then they are null.
    Raises: DeliveryError for files that are not what the contract promises, alone or together;
        UsageError for a sender that is not declared, or claims per row of a full extract.
    """
    entity, sender = contract_for_sender(entity, sender)
    if is_full_extract and recorded_from:
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
    files = tuple(
        file
        for delivery in deliveries
        for file in read_delivery(
            delivery, entity=entity, recorded_from=recorded_from, absent_is_null=absent_is_null
        )
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
    return Load(
        entity=entity,
        files=files,
        recorded_at=recorded_at,
        is_full_extract=is_full_extract,
        sender=sender,
    )


def received_at_once(load: Load, recorded_at: str) -> Load:
    """The load with another time of receipt, the same for all rows."""
    return replace(load, recorded_at=tuple((recorded_at,) * file.row_count for file in load.files))


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
    year, month, day, hour, minute, second = map(int, parts)
    microsecond = int(fraction.ljust(6, "0"))
    try:
        return moment_text(datetime(year, month, day, hour, minute, second, microsecond))
    except ValueError:
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
