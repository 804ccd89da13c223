"""What is delivered, as bytes: a file or the parts of a folder, each known by its digest.

A file is read more than once (its digest, its encoding, its rows), and never held as a whole unless
its format needs that.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from lakehouse.errors import DeliveryError, shown
from lakehouse.landing.contract import EntityContract

SEND_AGAIN = "ask the source to send the file again"
_CHUNK_BYTES = 2**21
# What is held as a whole takes a few times as much memory as it has bytes, and a packed file does
# not say how many those are.
_WHOLE_LIMIT_BYTES = 2**30
_SUFFIXES = {"jsonl": "json", "ndjson": "json"}
# A format is named by its suffix, or by what the suffix holds and the suffix: index_json.
KNOWN_FORMATS = ("csv", "json", "parquet", "txt", "index_json", "index_csv")
# What other programs write as a folder of parts, or pack.
_PLAIN_FORMATS = ("csv", "json", "parquet")
_PACKED_FORMATS = ("csv", "json")


@dataclass(frozen=True)
class Delivery:
    """One file, or folder of parts, as handed over, and the entity that it belongs to."""

    entity: str
    path: Path

    @property
    def name(self) -> str:
        """What the rows say of where they came from; of a folder also when it is `.`."""
        return self.path.name or self.path.resolve().name


@dataclass(frozen=True)
class Part:
    """One file of a delivery.

    Attributes:
        name: `<folder>/<part>` for a part of a folder.
        kind: the format that the contract declares for it.
        digest: SHA-256 of its bytes as delivered, unpacked.
        seen: what the file system said of the file when the digest was taken.
    """

    name: str
    path: Path
    kind: str
    is_packed: bool
    digest: bytes
    seen: tuple[int, ...]

    def chunks(self) -> Iterator[bytes]:
        """Yield the unpacked bytes, all but the last two million each.

        Raises: DeliveryError if the file is not what its digest was taken of.
        """
        yield from _chunks(self.path, self.name, self.is_packed)
        self.check_unchanged()

    def content(self) -> bytes:
        """Return all bytes.

        Raises: DeliveryError for more than memory is meant for.
        """
        content = bytearray()
        for chunk in self.chunks():
            content += chunk
            if len(content) > _WHOLE_LIMIT_BYTES:
                raise DeliveryError(
                    f"{self.name}: more than {_WHOLE_LIMIT_BYTES >> 20} MB of {self.kind}, which "
                    f"is read as a whole; ask the source for smaller files, CSV or Parquet"
                )
        return bytes(content)

    def check_unchanged(self) -> None:
        """Raises: DeliveryError if the file is not what its digest was taken of."""
        with _told_read_errors(self.path):
            seen = _seen(self.path.stat())
        if seen != self.seen:
            raise DeliveryError(
                f"{self.name}: was written to while it was read; land it again when it is complete"
            )


def parts_of(delivery: Delivery, entity: EntityContract) -> list[Part]:
    """Return the parts of what is delivered, in order of names: one, if it is a file.

    Parts of a folder that hold no byte are left out: Spark writes them for what has no rows.

    Raises: DeliveryError for what cannot be read, is empty, or in no format of the contract.
    Source: docs/architecture.md#files.
    """
    _check_name(delivery.name)
    if not delivery.path.is_dir():
        return [_part(delivery.path, delivery.name, entity)]
    folder = delivery.name
    with _told_read_errors(delivery.path):
        inside = sorted(path for path in delivery.path.iterdir() if path.name[0] not in "_.")
    for path in inside:
        if path.is_dir():
            raise DeliveryError(
                f"{folder}/{path.name}: a folder inside the delivered one, whose name may hold a "
                f"column of its rows; have it written without partitions"
            )
        if not path.name.startswith("part-"):
            raise DeliveryError(
                f"{folder}/{path.name}: no part of a folder as Spark writes it (part-*); take it "
                f"out, or land the files one by one"
            )
    if not inside:
        raise DeliveryError(
            f"{folder}: cannot be read, the folder has no part-* file; check the path"
        )
    with _told_read_errors(delivery.path):
        filled = [path for path in inside if path.stat().st_size] or inside[:1]
    parts = [_part(path, f"{folder}/{path.name}", entity) for path in filled]
    formats = sorted({part.kind for part in parts})
    if len(formats) > 1 or formats[0] not in _PLAIN_FORMATS:
        raise DeliveryError(
            f"{folder}: parts in {' and '.join(formats)}; a folder has parts of one of "
            f"{', '.join(_PLAIN_FORMATS)}: land the files one by one"
        )
    return parts


def _part(path: Path, name: str, entity: EntityContract) -> Part:
    _check_name(name)
    by_suffix = {kind.rpartition("_")[2]: kind for kind in entity.rules.formats}
    suffix = path.suffix.lower().removeprefix(".")
    is_packed = suffix == "gz"
    inner = Path(path.stem).suffix.lower().removeprefix(".") if is_packed else suffix
    kind = by_suffix.get(_SUFFIXES.get(inner, inner), "")
    if kind not in KNOWN_FORMATS or (is_packed and kind not in _PACKED_FORMATS):
        declared = ", ".join(f".{suffix}" for suffix in by_suffix)
        raise DeliveryError(
            f"{name}: suffix '{path.suffix}' is not a declared format of {entity.name}; "
            f"deliver one of {declared}"
        )
    with _told_read_errors(path):
        status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise DeliveryError(f"{path}: cannot be read (no regular file); write it to a file first")
    digest, is_empty = hashlib.sha256(), True
    for chunk in _chunks(path, name, is_packed):
        digest.update(chunk)
        is_empty = False
    if is_empty:
        raise DeliveryError(f"{name}: the file has zero bytes; {SEND_AGAIN}")
    return Part(name, path, kind, is_packed, digest.digest(), _seen(status))


def _check_name(name: str) -> None:
    """Raises: DeliveryError for a name that cannot stand in every row and every message."""
    if shown(name) != name:
        raise DeliveryError(f"{name}: its name has a character that no text shows; rename it")


def _seen(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _chunks(path: Path, name: str, is_packed: bool) -> Iterator[bytes]:
    with _told_read_errors(path), path.open("rb") as file:
        if not is_packed:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
            return
        if not file.peek(1):
            return
        try:
            with gzip.open(cast(BinaryIO, file)) as unpacked:
                reader = io.BufferedReader(cast(io.RawIOBase, unpacked), _CHUNK_BYTES)
                while chunk := reader.read(_CHUNK_BYTES):
                    yield chunk
        except (gzip.BadGzipFile, EOFError, zlib.error) as err:
            raise DeliveryError(f"{name}: truncated or not gzip ({err}); {SEND_AGAIN}") from err


@contextmanager
def _told_read_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as err:
        said = err.strerror if isinstance(err, OSError) else str(err)
        raise DeliveryError(f"{path}: cannot be read ({said or err}); check the path") from err
