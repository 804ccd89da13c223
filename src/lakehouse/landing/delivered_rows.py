"""What the readers of all formats share: rows as found, decoded text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakehouse.errors import DeliveryError
from lakehouse.landing.contract import EntityContract
from lakehouse.landing.delivery import SEND_AGAIN, Part
from lakehouse.landing.index_answer import IndexAnswer

if TYPE_CHECKING:
    import pyarrow as pa

    Texts = Sequence[str | None] | pa.Array[Any]

_ZEROS_THAT_SAY_NOTHING = re.compile(r"(-?[0-9]+[.][0-9]{2})0+")


@dataclass(frozen=True)
class Rows:
    """What a format's reader found, before the checks that all formats share.

    A file may come as several of them, one after the other; a file without rows comes as one.

    Attributes:
        columns: n texts or nulls by column name, declared or not.
        places: per row the number that an error names, counted in `unit` ("line" or "row").
        warnings: of what was found here, or is known since.
    """

    columns: Mapping[str, Texts]
    places: Sequence[int]
    unit: str = "line"
    warnings: tuple[str, ...] = ()
    answer: IndexAnswer | None = None


def number_as_text(number: str) -> str:
    """The digits of a number that was typed where it was written: zeros beyond two decimals go.

    As text, `2.000` may be two or two thousand; of a typed number it is known.
    """
    match = _ZEROS_THAT_SAY_NOTHING.fullmatch(number)
    return match[1] if match else number


def decoded(part: Part, entity: EntityContract) -> tuple[str, tuple[str, ...]]:
    """Decode a part as a whole; see `decoded_chunks`."""
    chunks, warnings = decoded_chunks(part, entity, whole=part.content())
    return "".join(chunks), warnings


def decoded_chunks(
    part: Part, entity: EntityContract, *, whole: bytes | None = None
) -> tuple[Iterator[str], tuple[str, ...]]:
    """Decode with the declared encoding, else with the fallback; the BOM is removed.

    All of a part is looked through before the first of its text is handed out: one encoding holds
    for all of it.

    Args:
        whole: the bytes of the part, where they are in memory.
    Returns: the text in chunks, and a warning for each thing that was not as declared.
    Raises: DeliveryError for bytes of neither encoding, and for a NUL.
    """

    def chunks() -> Iterator[bytes]:
        return part.chunks() if whole is None else iter((whole,))

    rules, name = entity.rules, part.name
    encoding = rules.encoding
    warnings: tuple[str, ...] = ()
    try:
        _look_through(chunks(), encoding, name)
    except _UndecodableError as err:
        fault = (
            f"{name}, line {err.line}: byte 0x{err.byte:02x} at offset {err.offset} is not "
            f"{encoding}"
        )
        if rules.fallback_encoding is None:
            others = "".join(f", or land it with --sender {name}" for name in _others(entity))
            raise DeliveryError(
                f"{fault}; ask the source for {encoding}, or declare fallback_encoding in "
                f"the contract of {entity.name}{others}"
            ) from err
        encoding = rules.fallback_encoding
        try:
            _look_through(chunks(), encoding, name)
        except _UndecodableError as fallback_err:
            raise DeliveryError(
                f"{fault}, nor is the file {encoding}; {SEND_AGAIN}"
            ) from fallback_err
        warnings = (f"{fault}; the file is read as {encoding}",)
    return _decoded(chunks(), encoding), warnings


class _UndecodableError(Exception):
    """A byte that is not of the encoding: its line (from 1), its value, its offset in the file."""

    def __init__(self, line: int, byte: int, offset: int) -> None:
        super().__init__(line, byte, offset)
        self.line, self.byte, self.offset = line, byte, offset


def _look_through(chunks: Iterator[bytes], encoding: str, name: str) -> None:
    """Raises: _UndecodableError for the first byte that is at fault, DeliveryError for a NUL."""
    line = 1
    for text in _decoded(chunks, encoding):
        if (nul := text.find("\0")) >= 0:
            line += text.count("\n", 0, nul)
            raise DeliveryError(f"{name}, line {line}: NUL byte; {SEND_AGAIN}")
        line += text.count("\n")


def _decoded(chunks: Iterator[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    offset, line, chunk = 0, 1, b""
    try:
        for number, chunk in enumerate(chunks):
            if number == 0 and chunk.startswith(codecs.BOM_UTF8):
                offset = len(codecs.BOM_UTF8)
                chunk = chunk[offset:]
            yield decoder.decode(chunk)
            offset += len(chunk)
            line += chunk.count(b"\n")
        chunk = b""
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as err:
        # The decoder may have kept bytes of earlier chunks, none of which ends a line.
        at = err.start - (len(err.object) - len(chunk))
        line += chunk.count(b"\n", 0, max(at, 0))
        raise _UndecodableError(line, err.object[err.start], offset + at) from err


def _others(entity: EntityContract) -> list[str]:
    """Senders whose files are in another encoding than the one that was read."""
    senders = entity.rules.senders
    return [name for name, form in senders.items() if form.encoding != entity.rules.encoding]
