"""Landing: one call writes what was delivered to the raw zone as text, whole or not at all."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from lakehouse.errors import (
    FutureClaimError,
    HistoryRewriteError,
    LakehouseError,
    UsageError,
)
from lakehouse.landing.contract import DomainContract
from lakehouse.landing.delivery import Delivery
from lakehouse.landing.earlier_loads import newest_load, newest_recorded_at, same_delivery
from lakehouse.landing.load import (
    Load,
    Offer,
    Stamp,
    compact_moment,
    moment_text,
    read_offer,
    stage_load,
)
from lakehouse.landing.raw_store import RawFile, RawStore
from lakehouse.landing.withdrawn import withdrawn_zone


@dataclass(frozen=True)
class LandedLoad:
    """What became of the files of one entity in one call.

    Attributes:
        outcome: "landed"; "repeated" (this delivery was landed before, nothing is written);
            "empty" (no rows, nothing is written).
        load_id: of the load that holds the delivery; None if it is empty.
        files: the raw files that hold it.
    """

    entity: str
    outcome: Literal["landed", "repeated", "empty"]
    row_count: int
    load_id: str | None = None
    files: tuple[RawFile, ...] = ()
    warnings: tuple[str, ...] = ()


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
    clock: Callable[[], datetime] | None = None,
    absent_is_null: Collection[str] = (),
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
        absent_is_null: columns that no record of a JSON file needs to have: then they are null.
        sender: who sent the files, where the contract tells senders apart; None is its default.
        clock: asked once more when the files are ready: where the UTC day has turned meanwhile,
            they are stamped anew, once, so that no row appears under a day that is over. None asks
            nobody.
    Returns: one result per entity, in the order in which the entities are first named.
    Raises: DeliveryError for files that are not what the contract promises, or for a claimed day
        before the events that it holds; FutureClaimError for a claim after `received_at`;
        HistoryRewriteError for one before the newest `recorded_at` of the domain; RawStoreError
        if the raw zone cannot be used.
    Source: docs/architecture.md#raw-zone.
    """
    if received_at.tzinfo is None:
        raise ValueError("received_at needs a time zone: local time would become the partition")
    now = received_at.astimezone(UTC).replace(tzinfo=None)
    by_entity: dict[str, list[Delivery]] = {}
    _check_full_extracts(full_extract, {delivery.entity for delivery in deliveries}, contract)
    _check_absent_columns(absent_is_null, {d.entity for d in deliveries}, contract)
    for delivery in deliveries:
        by_entity.setdefault(delivery.entity, []).append(delivery)
    existing = store.list_files(contract.domain)
    landed_at = _free_moment(now, existing)
    claimed = datetime.combine(ingest_date, datetime.min.time()) if ingest_date else landed_at
    is_claimed = ingest_date is not None or recorded_from is not None
    skew = timedelta(hours=contract.clock_skew_hours)
    impossible = (
        (moment_text(claimed + timedelta(days=1) + skew), moment_text(landed_at + skew))
        if ingest_date
        else None
    )
    offers = {
        name: read_offer(
            contract.entity(name),
            group,
            recorded_from,
            contract.entity(name).rules.full_extract is True or name in full_extract,
            sender,
        )
        for name, group in by_entity.items()
    }

    def same(offer: Offer, days: Sequence[str], filled: Collection[str]) -> list[RawFile]:
        return same_delivery(offer, days, filled, existing, store, is_claimed=is_claimed)

    # Known by their digests, so that a delivery tried again is not read; not where the days are
    # only known from the rows.
    repeated = {
        name: []
        if recorded_from is not None
        else same(offer, [moment_text(claimed)[:10]], _names(offer))
        for name, offer in offers.items()
    }
    if all(repeated.values()):
        return _completed({}, repeated, {}, None, store)
    with store.staging() as folder:

        def staged(offer: Offer, load_id: str, recorded_at: str) -> Load:
            return stage_load(
                offer,
                Stamp(load_id, recorded_at, recorded_from, impossible),
                domain=contract.domain,
                folder=folder / offer.entity.name,
                absent_is_null=absent_is_null,
            )

        loads = {
            name: staged(offer, _load_id(landed_at, offer), moment_text(claimed))
            for name, offer in offers.items()
            if not repeated[name]
        }
        for name, load in loads.items():
            repeated[name] = same(load.offer, load.days, load.filled) if load.staged else []
        new = [load for name, load in loads.items() if load.staged and not repeated[name]]
        rewritten = _check_claims(new, contract.domain, existing, store, landed_at, rewrite_history)
        again = (clock() if clock else received_at).astimezone(UTC)
        if new and not is_claimed and again.date() > now.date():
            return land_delivery(
                deliveries,
                contract=contract,
                store=store,
                received_at=again,
                rewrite_history=rewrite_history,
                full_extract=full_extract,
                sender=sender,
                absent_is_null=absent_is_null,
            )
        landed: dict[str, Load] = {}
        own_claims = []
        try:
            for load in new:
                name = load.offer.entity.name
                claim = _claimed(
                    load, contract.domain, existing, store, landed_at, is_claimed=is_claimed
                )
                if claim.is_first:
                    own_claims.append(claim.name)
                else:
                    recorded_at = moment_text(claimed) if is_claimed else claim.recorded_at
                    load = staged(load.offer, claim.load_id, recorded_at)
                    repeated[name] = [file for file, _ in load.staged]
                landed[name] = load
            if landed:
                store.add([each for load in landed.values() for each in load.staged])
        except LakehouseError:
            for name in own_claims:
                store.release(name)
            raise
    return _completed(loads, repeated, landed, rewritten, store)


def _names(offer: Offer) -> list[str]:
    return [part.name for part in offer.parts]


def _load_id(landed_at: datetime, offer: Offer) -> str:
    return f"{compact_moment(landed_at)}-{offer.content_hash}"


def _completed(
    loads: Mapping[str, Load],
    repeated: Mapping[str, Sequence[RawFile]],
    landed: Mapping[str, Load],
    rewritten: str | None,
    store: RawStore,
) -> list[LandedLoad]:
    # A load whose registration failed is found again here as a repeated one.
    store.register([file for found in repeated.values() for file in found])
    return [
        _result(name, loads.get(name), files, landed.get(name), rewritten)
        for name, files in repeated.items()
    ]


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


def _check_absent_columns(
    named: Collection[str], delivered: set[str], domain: DomainContract
) -> None:
    for column in named:
        if not any(column in domain.entity(entity).columns for entity in delivered):
            raise UsageError(
                f"--absent-is-null {column}: no column of {', '.join(sorted(delivered))}; name a "
                f"column as the sources YAML spells it"
            )


def _check_claims(
    loads: Sequence[Load],
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
    latest, place = max(load.latest for load in loads if load.latest)
    if latest > moment_text(landed_at):
        raise FutureClaimError(
            f"{place}: claims to be received at {latest}, after now ({moment_text(landed_at)} "
            f"UTC); correct the claim or the clock"
        )
    newest = newest_recorded_at(existing, store)
    earliest, place = min(load.earliest for load in loads if load.earliest)
    if newest is None or earliest >= newest:
        return None
    if not rewrite_history:
        raise HistoryRewriteError(
            f"{place}: claims to be received at {earliest}, before the newest recorded_at of "
            f"{domain}, {newest}; this changes what was published as known: if that is meant, "
            f"land again with --rewrite-history"
        )
    return newest


@dataclass(frozen=True)
class _Claim:
    """Under which load id and time of receipt a delivery lands, and whether this call said so."""

    name: str
    load_id: str
    recorded_at: str
    is_first: bool


def _claimed(
    load: Load,
    domain: str,
    existing: Sequence[RawFile],
    store: RawStore,
    landed_at: datetime,
    *,
    is_claimed: bool,
) -> _Claim:
    """Claim a delivery for this call, or find the claim of another that lands it at this moment.

    All of them agree on the first one's load id and finish the same write. What makes a delivery
    the same is in the name of the claim, with the load that landed last on its days, so that A, B
    and A again are three.
    """
    offer = load.offer
    before = newest_load(offer, load.days, existing, store)
    while True:
        facts = [
            offer.entity.name,
            [part.digest.hex() for part in offer.parts],
            _names(offer),
            load.days,
            offer.sender,
            offer.is_full_extract,
            is_claimed,
            before,
        ]
        name = f"{domain}-{hashlib.sha256(json.dumps(facts).encode()).hexdigest()}"
        load_id = _load_id(landed_at, offer)
        own = {"load_id": load_id, "recorded_at": moment_text(landed_at)}
        first = store.claim(name, json.dumps(own).encode())
        if first is None:
            return _Claim(name, load_id, own["recorded_at"], is_first=True)
        said = json.loads(first)
        places = {RawFile(domain, offer.entity.name, day, said["load_id"]) for day in load.days}
        if places.isdisjoint(withdrawn_zone(store).list_files(domain)):
            return _Claim(name, said["load_id"], said["recorded_at"], is_first=False)
        # What was withdrawn is delivered anew.
        before = said["load_id"]


def _free_moment(now: datetime, existing: Sequence[RawFile]) -> datetime:
    """The first microsecond from now on that no load of the domain has taken.

    After every load that another process has stamped meanwhile: it is known by now.
    """
    earliest, latest = compact_moment(now), compact_moment(now + timedelta(minutes=1))
    taken = {file.load_id.partition("-")[0] for file in existing}
    if meanwhile := [moment for moment in taken if earliest <= moment <= latest]:
        newest = datetime.strptime(max(meanwhile), "%Y%m%dT%H%M%S%fZ")
        return newest + timedelta(microseconds=1)
    return now


def _result(
    entity: str,
    load: Load | None,
    repeated: Sequence[RawFile],
    landed: Load | None,
    rewritten: str | None,
) -> LandedLoad:
    """What became of one entity's files; those that were known by their digests have no load."""
    staged = landed.staged if landed else ()
    files = tuple(repeated or [file for file, _ in staged])
    warnings = load.warnings if load else ()
    if landed and landed.earliest and rewritten and landed.earliest[0] < rewritten:
        warnings += (f"{entity}: rewrites history known up to {rewritten}",)
    return LandedLoad(
        entity=entity,
        outcome="repeated" if repeated else "landed" if landed else "empty",
        row_count=load.row_count if load else 0,
        load_id=files[0].load_id if files else None,
        files=files,
        warnings=warnings,
    )
