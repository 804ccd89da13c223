"""The digest of a raw file: whether its values are those that were landed.

Of a row group: SHA-256 over the columns in their order: the name and a zero byte; the length of
each value as text in bytes, a 32-bit little-endian number, -1 for null; then the texts one after
another. Of a file: SHA-256 over the 32 bytes of each of its row groups in their order. It lies in
the footer of the Parquet file, so that it travels with it, whoever copies it. Files written before
have the digest of all their rows, as if they were one row group.

Source: docs/architecture.md#unchanged.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lakehouse.landing.raw_store import RawFile, RawStore

METADATA_KEY = b"lakehouse.sha256.groups"
_WHOLE_METADATA_KEY = b"lakehouse.sha256"


@dataclass(frozen=True)
class Verified:
    """What was found of a raw file.

    Attributes:
        fault: why it is not what was landed; None if it is, or if nobody can tell.
        has_digest: False for files written before digests were, or by others.
    """

    file: RawFile
    fault: str | None
    has_digest: bool


class FileDigest:
    """The digest of a file whose row groups become known one after the other."""

    def __init__(self) -> None:
        self._groups = hashlib.sha256()

    def add(self, group: pa.Table) -> None:
        self._groups.update(bytes.fromhex(digest_of(group)))

    def hexdigest(self) -> str:
        return self._groups.hexdigest()

    @property
    def metadata(self) -> dict[str, str]:
        """What the footer of the file says of it."""
        return {METADATA_KEY.decode(): self.hexdigest()}


def digest_of(table: pa.Table) -> str:
    """Return the 64 hex digits of a table's values, however they are split into chunks."""
    found = hashlib.sha256()
    for name in table.column_names:
        # Any: the stubs know no large strings.
        texts: Any = pc.cast(table[name], pa.large_string())
        found.update(name.encode() + b"\0")
        lengths: Any = pc.cast(pc.fill_null(pc.binary_length(texts), pa.scalar(-1)), pa.int32())
        for chunk in lengths.chunks:
            found.update(_part(chunk.buffers()[1], 4, chunk.offset, len(chunk)))
        given: Any = pc.fill_null(texts, pa.scalar(""))
        for chunk in given.chunks:
            found.update(_texts_of(chunk))
    return found.hexdigest()


def _texts_of(texts: Any) -> bytes:
    """The values of an array of texts one after another."""
    _, offsets, values = texts.buffers()
    if not len(texts) or values is None:
        return b""
    bounds = _part(offsets, 8, texts.offset, len(texts) + 1)
    first, last = (int.from_bytes(part, "little") for part in (bounds[:8], bounds[-8:]))
    return bytes(values[first:last])


def _part(buffer: Any, width: int, offset: int, count: int) -> bytes:
    """That many fixed-width values of a buffer, from one on; Arrow keeps them little-endian."""
    return bytes(buffer[offset * width : (offset + count) * width]) if count else b""


def verify(files: Sequence[RawFile], store: RawStore) -> Iterator[Verified]:
    """Read files and compare each with the digest it bears; one after the other, in order."""
    for file in files:
        try:
            with store.open_file(file) as handle:
                yield _verified(file, handle)
        except (pa.ArrowException, OSError) as err:
            yield Verified(file, f"cannot be read ({str(err).splitlines()[0]})", has_digest=True)


def _verified(file: RawFile, handle: BinaryIO) -> Verified:
    reader = pq.ParquetFile(handle, page_checksum_verification=True)
    stated = reader.metadata.metadata or {}
    if METADATA_KEY in stated:
        groups = FileDigest()
        for number in range(reader.num_row_groups):
            groups.add(reader.read_row_group(number))
        is_same = groups.hexdigest() == stated[METADATA_KEY].decode()
    elif _WHOLE_METADATA_KEY in stated:
        is_same = digest_of(reader.read()) == stated[_WHOLE_METADATA_KEY].decode()
    else:
        for number in range(reader.num_row_groups):
            reader.read_row_group(number)
        return Verified(file, None, has_digest=False)
    return Verified(file, None if is_same else "its values are not those landed", has_digest=True)
