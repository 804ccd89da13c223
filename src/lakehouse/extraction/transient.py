"""The transient zone: deliveries as they came, in a directory or below an S3 prefix.

Layout of what is delivered: <domain>/<entity>[/<sender> or /full]/<file>; the entity may be left
out where a domain has one. What the project fetched itself is kept below `fetched/`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from lakehouse.aws import AwsClients, aws_errors, bucket_and_key
from lakehouse.errors import SourceError, UsageError
from lakehouse.landing.contract import DomainContract, EntityContract

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FETCHED = "fetched"
WHOLE = "full"
_CHUNK_BYTES = 2**20
_NAME_BYTES = 255  # of a file, which every delivery becomes; keys of S3 may have 1,024
_PAGE = re.compile(r"(?P<stem>.+)_page(?P<number>\d+)of(?P<count>\d+)(?P<suffix>\.[^.]+)")


@dataclass(frozen=True)
class Arrival:
    """An object of the zone.

    Attributes:
        key: below the zone, with slashes.
        arrived_at: UTC; of the newest version.
    """

    key: str
    arrived_at: datetime

    @property
    def name(self) -> str:
        return PurePosixPath(self.key).name


@dataclass(frozen=True)
class Parcel:
    """Objects that are one delivery of one entity: a file, or the pages of one answer."""

    entity: str
    arrivals: tuple[Arrival, ...]
    sender: str | None = None
    is_full_extract: bool = False

    @property
    def arrived_at(self) -> datetime:
        return max(arrival.arrived_at for arrival in self.arrivals)


class TransientZone(Protocol):
    """What extraction needs of the zone."""

    @property
    def starts_runs(self) -> bool:
        """Whether a new object starts a run by itself."""

    def list(self, prefix: str) -> list[Arrival]:
        """Objects whose key begins with a prefix, in the order of their arrival."""

    def read(self, key: str) -> bytes:
        """The newest version of an object."""

    def fetch(self, key: str, path: Path) -> None:
        """Write the newest version of an object, which may be larger than memory, to a file."""

    def put(self, key: str, content: bytes) -> None:
        """Write an object; it appears whole."""

    def key_of(self, address: str) -> str:
        """The key of an object of this zone. Raises UsageError for an address outside."""

    def address(self, key: str) -> str:
        """The full address of a key."""


@dataclass(frozen=True)
class LocalTransientZone:
    """The zone in a directory."""

    root: Path
    starts_runs: bool = False

    def list(self, prefix: str) -> list[Arrival]:
        folder = self.root / prefix.rpartition("/")[0]
        paths = (path for path in folder.rglob("*") if path.is_file())
        found = [
            Arrival(
                path.relative_to(self.root).as_posix(),
                datetime.fromtimestamp(path.stat().st_mtime, UTC),
            )
            for path in paths
        ]
        return _in_order([arrival for arrival in found if arrival.key.startswith(prefix)])

    def read(self, key: str) -> bytes:
        try:
            return (self.root / key).read_bytes()
        except OSError as err:
            raise SourceError(f"{self.address(key)}: {err.strerror}; check the path") from err

    def fetch(self, key: str, path: Path) -> None:
        try:
            shutil.copyfile(self.root / key, path)
        except OSError as err:
            raise SourceError(f"{self.address(key)}: {err}; check the path, free space") from err

    def put(self, key: str, content: bytes) -> None:
        path = self.root / key
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}")
            beside.write_bytes(content)
            beside.replace(path)
        except OSError as err:
            raise SourceError(f"{path}: cannot write ({err}); free space or permit") from err

    def key_of(self, address: str) -> str:
        try:
            return Path(address).resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError as err:
            raise UsageError(f"{address} does not lie in the transient zone {self.root}") from err

    def address(self, key: str) -> str:
        return str(self.root / key)


@dataclass(frozen=True)
class S3TransientZone:
    """The zone below an S3 prefix, which has no slashes at its ends and may be empty."""

    bucket: str
    prefix: str
    s3: S3Client
    starts_runs: bool = True

    def list(self, prefix: str) -> list[Arrival]:
        root = self._key("")
        with aws_errors(self.address(prefix)):
            pages = self.s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self._key(prefix)
            )
            found = [
                Arrival(item["Key"][len(root) :], item["LastModified"].astimezone(UTC))
                for page in pages
                for item in page.get("Contents", [])
            ]
        return _in_order([arrival for arrival in found if not arrival.key.endswith("/")])

    def read(self, key: str) -> bytes:
        with aws_errors(self.address(key)):
            return self.s3.get_object(Bucket=self.bucket, Key=self._key(key))["Body"].read()

    def fetch(self, key: str, path: Path) -> None:
        try:
            with aws_errors(self.address(key)), path.open("wb") as file:
                answer = self.s3.get_object(Bucket=self.bucket, Key=self._key(key))
                for chunk in answer["Body"].iter_chunks(_CHUNK_BYTES):
                    file.write(chunk)
        except OSError as err:
            raise SourceError(f"{path}: cannot write ({err}); free space or permit") from err

    def put(self, key: str, content: bytes) -> None:
        with aws_errors(self.address(key)):
            self.s3.put_object(Bucket=self.bucket, Key=self._key(key), Body=content)

    def key_of(self, address: str) -> str:
        root = self.address("")
        if not address.startswith(root):
            raise UsageError(f"{address} does not lie in the transient zone {root}")
        return address[len(root) :]

    def address(self, key: str) -> str:
        return f"s3://{self.bucket}/{self._key(key)}"

    def _key(self, path: str) -> str:
        return f"{self.prefix}/{path}" if self.prefix else path


def open_transient(settings: Mapping[str, str], *, project_dir: Path) -> TransientZone:
    """Open the transient zone that the environment names.

    Args:
        settings: environment variables. LAKEHOUSE_TRANSIENT is a directory or an
            `s3://bucket/prefix` URI, by default `data/transient` of the project.
    Raises: AwsError if there is no AWS client to be had.
    """
    root = settings.get("LAKEHOUSE_TRANSIENT")
    if root is None or not root.startswith("s3://"):
        return LocalTransientZone(Path(root) if root else project_dir / "data" / "transient")
    bucket, prefix = bucket_and_key(root)
    return S3TransientZone(bucket, prefix.strip("/"), s3=AwsClients(root).s3())


def parcels_of(arrivals: Sequence[Arrival], contract: DomainContract) -> list[Parcel]:
    """Sort what arrived into deliveries, in the order of their arrival.

    Pages of one answer (`…_page1of3.json`) are one delivery, whatever of them is there: what is
    missing is found when it is read.

    Raises: UsageError for a key that names no entity, or a sender that is not declared.
    """
    groups: dict[tuple[str, str], list[Arrival]] = {}
    for arrival in arrivals:
        if arrival.name.startswith("."):
            continue
        page = _PAGE.fullmatch(arrival.name)
        name = page["stem"] + page["suffix"] if page else arrival.name
        folder = PurePosixPath(arrival.key.removeprefix(f"{FETCHED}/")).parent
        groups.setdefault((str(folder), name), []).append(arrival)
    parcels = [_parcel(group, contract) for group in groups.values()]
    return sorted(parcels, key=lambda parcel: (parcel.arrived_at, parcel.arrivals[0].key))


def siblings_of(key: str, zone: TransientZone) -> list[Arrival]:
    """Return an object with the other pages of its answer.

    Raises: SourceError if the object is not there.
    """
    # Not as a path: a key may hold `//` and `/./`, and another key lacks them.
    folder, _, name = key.rpartition("/")
    page = _PAGE.fullmatch(name)
    stem = page["stem"] if page else name
    places = [f"{folder}/{stem}"]
    if page:
        places.append(f"{FETCHED}/{folder}/{stem}")
    found = [arrival for place in places for arrival in zone.list(place)]
    if not any(arrival.key == key for arrival in found):
        raise SourceError(f"{zone.address(key)}: no such object; check the address")
    if not page:
        return [arrival for arrival in found if arrival.key == key]
    by_name = {arrival.name: arrival for arrival in reversed(found)}
    return [
        arrival
        for arrival in by_name.values()
        if (other := _PAGE.fullmatch(arrival.name)) and other["stem"] == stem
    ]


def _parcel(group: Sequence[Arrival], contract: DomainContract) -> Parcel:
    first = min(group, key=_page_number)
    if (length := len(first.name.encode())) > _NAME_BYTES:
        raise UsageError(
            f"{first.key[:80]}…: the name has {length} bytes, and a file's has {_NAME_BYTES} at "
            "most; deliver it under a shorter one"
        )
    domain, *folders = PurePosixPath(first.key.removeprefix(f"{FETCHED}/")).parent.parts
    if domain != contract.domain:
        raise UsageError(f"{first.key} is no delivery of {contract.domain}; check the domain")
    if folders and folders[0] in contract.entities:
        entity, folders = contract.entity(folders[0]), folders[1:]
    elif len(contract.entities) == 1:
        entity = next(iter(contract.entities.values()))
    else:
        raise UsageError(
            f"{first.key}: which entity? deliver below {domain}/<entity>/, one of "
            f"{', '.join(sorted(contract.entities))}"
        )
    is_whole = WHOLE in folders and entity.rules.full_extract == "by_call"
    return Parcel(
        entity=entity.name,
        arrivals=tuple(sorted(group, key=_page_number)),
        sender=_sender(entity, folders, first),
        is_full_extract=is_whole,
    )


def _sender(entity: EntityContract, folders: Sequence[str], arrival: Arrival) -> str | None:
    if not entity.rules.senders or not folders:
        return None
    if folders[0] not in entity.rules.senders:
        raise UsageError(
            f"{arrival.key}: unknown sender '{folders[0]}' of {entity.name}; known: "
            f"{', '.join(sorted(entity.rules.senders))}; declare it under landing.senders"
        )
    return folders[0]


def _page_number(arrival: Arrival) -> tuple[int, str]:
    page = _PAGE.fullmatch(arrival.name)
    return (int(page["number"]) if page else 0, arrival.key)


def _in_order(arrivals: list[Arrival]) -> list[Arrival]:
    return sorted(arrivals, key=lambda arrival: (arrival.arrived_at, arrival.key))
