"""What the readers of all formats share: rows as found, decoded text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakehouse.errors import DeliveryError
from lakehouse.landing.contract import EntityContract
from lakehouse.landing.index_answer import IndexAnswer

if TYPE_CHECKING:
    import pyarrow as pa

SEND_AGAIN = "ask the source to send the file again"
_ZEROS_THAT_SAY_NOTHING = re.compile(r"(-?[0-9]+[.][0-9]{2})0+")


@dataclass(frozen=True)
class Rows:
    """What a format's reader found, before the checks that all formats share.

    Attributes:
        columns: n texts or nulls by column name, declared or not.
        places: per row the number that an error names, counted in `unit` ("line" or "row").
    """

    columns: Mapping[str, Sequence[str | None] | pa.ChunkedArray[Any]]
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


def decoded(content: bytes, name: str, entity: EntityContract) -> tuple[str, tuple[str, ...]]:
    """Decode with the declared encoding, else with the fallback; the BOM is removed.

    Returns: the text, and a warning for each thing that was not as declared.
    Raises: DeliveryError for bytes of neither encoding, and for a NUL.
    """
    bom_length = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    rules = entity.rules
    warnings: tuple[str, ...] = ()
    try:
        text = content[bom_length:].decode(rules.encoding)
    except UnicodeDecodeError as err:
        offset = err.start + bom_length
        line = content.count(b"\n", 0, offset) + 1
        fault = (
            f"{name}, line {line}: byte 0x{content[offset]:02x} at offset {offset} "
            f"is not {rules.encoding}"
        )
        if rules.fallback_encoding is None:
            others = "".join(f", or land it with --sender {name}" for name in _others(entity))
            raise DeliveryError(
                f"{fault}; ask the source for {rules.encoding}, or declare fallback_encoding in "
                f"the contract of {entity.name}{others}"
            ) from err
        try:
            text = content[bom_length:].decode(rules.fallback_encoding)
        except UnicodeDecodeError as fallback_err:
            raise DeliveryError(
                f"{fault}, nor is the file {rules.fallback_encoding}; {SEND_AGAIN}"
            ) from fallback_err
        warnings = (f"{fault}; the file is read as {rules.fallback_encoding}",)
    if (offset := text.find("\0")) >= 0:
        line = text.count("\n", 0, offset) + 1
        raise DeliveryError(f"{name}, line {line}: NUL byte; {SEND_AGAIN}")
    return text, warnings


def _others(entity: EntityContract) -> list[str]:
    """Senders whose files are in another encoding than the one that was read."""
    senders = entity.rules.senders
    return [name for name, form in senders.items() if form.encoding != entity.rules.encoding]
