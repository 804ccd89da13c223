"""The digest of a raw file: whether its values are those that were landed.

SHA-256 over the columns in their order: the name and a zero byte; the length of each value as text
in bytes, a 32-bit little-endian number, -1 for null; then the texts one after another. It lies in
the footer of the Parquet file, so that it travels with it, whoever copies it.

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

METADATA_KEY = b"lakehouse.sha256"


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


def with_digest(table: pa.Table) -> pa.Table:
    """The table with its digest among its metadata, for the footer of its file."""
    metadata = {**(table.schema.metadata or {}), METADATA_KEY: digest_of(table).encode()}
    return table.replace_schema_metadata(metadata)


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
    stated = (reader.schema_arrow.metadata or {}).get(METADATA_KEY)
    table = reader.read()
    if stated is None:
        return Verified(file, None, has_digest=False)
    fault = None if digest_of(table) == stated.decode() else "its values are not those landed"
    return Verified(file, fault, has_digest=True)
