"""Extraction: what a domain's sources offer is fetched, kept as it came, and landed.

There is one way to land (`landing`); this module only finds out what there is to land. What cannot
be fetched whole lands nothing; other entities of the call are not held up by it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lakehouse.errors import HistoryRewriteError, LakehouseError, UsageError
from lakehouse.extraction.http_source import (
    Files,
    HttpClient,
    checked_address,
    fetch_file,
    fetch_index,
    fetch_probed,
)
from lakehouse.extraction.postgres_source import due_extent, fetch_table
from lakehouse.extraction.transient import FETCHED, Parcel, TransientZone, parcels_of, siblings_of
from lakehouse.landing.contract import DomainContract, EntityContract
from lakehouse.landing.delivery import Delivery, parts_of
from lakehouse.landing.earlier_loads import landed_since
from lakehouse.landing.land import LandedLoad, land_delivery
from lakehouse.landing.raw_store import RawFile, RawStore
from lakehouse.landing.source import FileAtAddress, IndexApi, PostgresTable, ProbedApi
from lakehouse.postgres import login_from_secret

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_LANDINGS = 3


@dataclass(frozen=True)
class Places:
    """Where an extraction reads and writes.

    Attributes:
        settings: environment variables with addresses and ARNs of secrets.
        http: makes an HTTP client for a file of authorities, or None for the usual ones.
        secrets: makes a client of Secrets Manager.
        now: UTC with time zone.
    """

    store: RawStore
    zone: TransientZone
    settings: Mapping[str, str]
    http: Callable[[str | None], HttpClient]
    secrets: Callable[[], SecretsManagerClient]
    now: Callable[[], datetime]


@dataclass(frozen=True)
class Extraction:
    """What became of a call.

    Attributes:
        arrived: addresses of objects that start a run of their own, which lands them.
        unset: settings without which a source was not asked.
        errors: of entities whose extraction stopped; what they did not land is not there.
    """

    landed: tuple[LandedLoad, ...] = ()
    arrived: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    errors: tuple[LakehouseError, ...] = ()

    def __add__(self, other: Extraction) -> Extraction:
        return Extraction(
            self.landed + other.landed,
            self.arrived + other.arrived,
            self.unset + other.unset,
            self.errors + other.errors,
        )


def extract_object(address: str, *, contract: DomainContract, places: Places) -> Extraction:
    """Land one object of the transient zone, with the other pages of its answer.

    Raises: LakehouseError if it is not there or not what the contract promises.
    """
    arrivals = siblings_of(places.zone.key_of(address), places.zone)
    return _land_parcels(parcels_of(arrivals, contract), contract, places, stop=True)


def extract_domain(
    entities: Sequence[str], *, contract: DomainContract, places: Places, whole: bool = False
) -> Extraction:
    """Fetch and land what the sources of a domain offer, entity by entity.

    Args:
        entities: by name; empty = all. A source that is asked for by name must be set.
        whole: extract tables whole, whether that is due or not.
    Raises: UsageError for an unknown entity, or one asked for by name that has no source.
    """
    chosen = [contract.entity(name) for name in entities] or list(contract.entities.values())
    done = Extraction()
    for entity in chosen:
        try:
            done += _fetched(entity, contract, places, whole=whole, is_named=bool(entities))
            done += _arrived(entity, contract, places)
        except UsageError:
            raise
        except LakehouseError as err:
            done += Extraction(errors=(err,))
    return done


def _fetched(
    entity: EntityContract,
    contract: DomainContract,
    places: Places,
    *,
    whole: bool,
    is_named: bool,
) -> Extraction:
    source = entity.source
    if source is None:
        return Extraction()
    setting = places.settings.get(source.setting) or getattr(source, "address", None)
    if setting is None:
        if is_named and not _listed(entity, contract, places):
            raise UsageError(
                f"{contract.domain}.{entity.name}: nothing is delivered, and {source.setting} is "
                f"not set; set it to the source's address (or the ARN of its secret)"
            )
        return Extraction(unset=(source.setting,))
    http = places.http(places.settings.get(f"{source.setting}_CA"))
    if isinstance(source, IndexApi):
        address = checked_address(setting, source.setting)
        done = Extraction()
        for index in source.indexes:
            done += _keep_session(
                fetch_index(source, address, index, entity, http), entity, contract, places
            )
        return done
    is_full = False
    if isinstance(source, ProbedApi):
        files = fetch_probed(source, checked_address(setting, source.setting), entity, http)
    elif isinstance(source, FileAtAddress):
        files = fetch_file(source, checked_address(setting, source.setting), http)
    else:
        files, is_full = _table(source, setting, entity, contract, places, whole)
    moment = places.now().strftime("%Y%m%dT%H%M%SZ")
    for name, content in files:
        places.zone.put(f"{FETCHED}/{contract.domain}/{entity.name}/{moment}/{name}", content)
    with _as_files(entity.name) as deliveries:
        for name, content in files:
            deliveries.add(name).write_bytes(content)
        return Extraction(
            landed=_land(
                deliveries.all, contract, places, full_extract=(entity.name,) if is_full else ()
            )
        )


def _table(
    source: PostgresTable,
    setting: str,
    entity: EntityContract,
    contract: DomainContract,
    places: Places,
    whole: bool,
) -> tuple[Files, bool]:
    files = [f for f in places.store.list_files(contract.domain) if f.entity == entity.name]
    extent = due_extent(source, files, store=places.store, today=_today(places), whole=whole)
    login = login_from_secret(
        setting, secrets=places.secrets(), ca_file=places.settings.get(f"{source.setting}_CA")
    )
    content = fetch_table(source, entity, extent, login)
    return [(f"{entity.name}.csv", content)], extent.is_whole


def _keep_session(
    files: Files, entity: EntityContract, contract: DomainContract, places: Places
) -> Extraction:
    """Put a session where sessions arrive; unchanged content starts nothing.

    The first page goes last and alone where its arrival starts a run, so that the run finds all.
    """
    zone, folder = places.zone, f"{contract.domain}/{entity.name}"
    keys = [folder + f"/{files[0][0]}"] + [f"{FETCHED}/{folder}/{name}" for name, _ in files[1:]]
    is_there = all(
        any(arrival.key == key for arrival in zone.list(key)) and zone.read(key) == content
        for key, (_, content) in zip(keys, files, strict=True)
    )
    if not is_there:
        for key, (_, content) in reversed(list(zip(keys, files, strict=True))):
            zone.put(key, content)
    if zone.starts_runs:
        return Extraction(arrived=() if is_there else (zone.address(keys[0]),))
    return Extraction()


def _listed(entity: EntityContract, contract: DomainContract, places: Places) -> list[Parcel]:
    parcels = parcels_of(places.zone.list(f"{contract.domain}/"), contract)
    return [parcel for parcel in parcels if parcel.entity == entity.name]


def _arrived(entity: EntityContract, contract: DomainContract, places: Places) -> Extraction:
    """Land what lies in the transient zone and is not landed, in the order of its arrival."""
    if places.zone.starts_runs and isinstance(entity.source, IndexApi):
        # Each object started, or starts, a run that lands it.
        return Extraction()
    done = Extraction()
    for parcel in _listed(entity, contract, places):
        # A later delivery must not land before an earlier one that is at fault: so the first
        # error ends the entity.
        whole = parcels_of(siblings_of(parcel.arrivals[0].key, places.zone), contract)
        done += _land_parcels(whole, contract, places)
        if done.errors:
            break
    return done


def _land_parcels(
    parcels: Sequence[Parcel], contract: DomainContract, places: Places, *, stop: bool = False
) -> Extraction:
    done = Extraction()
    for parcel in parcels:
        entity = contract.entity(parcel.entity)
        try:
            with _as_files(entity.name) as deliveries:
                for arrival in parcel.arrivals:
                    places.zone.fetch(arrival.key, deliveries.add(arrival.name))
                raw = [
                    file
                    for file in places.store.list_files(contract.domain)
                    if file.entity == entity.name
                ]
                digests = [
                    part.digest
                    for delivery in deliveries.all
                    for part in parts_of(delivery, entity)
                ]
                names = [delivery.name for delivery in deliveries.all]
                if held := landed_since(parcel.arrived_at, digests, names, raw, places.store):
                    # Its registration may have failed: then nobody sees the load yet.
                    places.store.register(held)
                    done += Extraction(landed=(_repeated(entity.name, held),))
                    continue
                done += Extraction(
                    landed=_land(
                        deliveries.all,
                        contract,
                        places,
                        full_extract=(entity.name,) if parcel.is_full_extract else (),
                        sender=parcel.sender,
                    )
                )
        except LakehouseError as err:
            if stop:
                raise
            return done + Extraction(errors=(err,))
    return done


@dataclass(frozen=True)
class _Files:
    """Files of one entity in a folder that is gone after their landing."""

    entity: str
    folder: Path
    all: list[Delivery] = field(default_factory=list)

    def add(self, name: str) -> Path:
        """Return where to write one more."""
        path = self.folder / name
        self.all.append(Delivery(entity=self.entity, path=path))
        return path


@contextmanager
def _as_files(entity: str) -> Iterator[_Files]:
    with tempfile.TemporaryDirectory(prefix="lakehouse-extract-") as folder:
        yield _Files(entity, Path(folder))


def _land(
    deliveries: Sequence[Delivery],
    contract: DomainContract,
    places: Places,
    *,
    full_extract: Collection[str],
    sender: str | None = None,
) -> tuple[LandedLoad, ...]:
    for attempt in range(_LANDINGS):
        try:
            return tuple(
                land_delivery(
                    deliveries,
                    contract=contract,
                    store=places.store,
                    received_at=places.now(),
                    clock=places.now,
                    full_extract=full_extract,
                    sender=sender,
                )
            )
        except HistoryRewriteError:
            # Nothing is claimed here: another extraction of the domain, which runs beside this
            # one, landed after this one had looked at its clock. Now it is later.
            if attempt + 1 == _LANDINGS:
                raise
    raise AssertionError("the last attempt lands or raises")


def _repeated(entity: str, files: Sequence[RawFile]) -> LandedLoad:
    return LandedLoad(entity, "repeated", 0, load_id=files[0].load_id, files=tuple(files))


def _today(places: Places) -> date:
    return places.now().astimezone(UTC).date()
