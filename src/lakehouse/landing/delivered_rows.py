"""What the readers of all formats share: rows as found, decoded text, a header that can land."""

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
        header: all stripped column names of the file.
        columns: n texts or nulls by column name; only wanted columns.
        places: per row the number that an error names, counted in `unit` ("line" or "row").
    """

    header: Sequence[str]
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
            raise DeliveryError(
                f"{fault}; ask the source for {rules.encoding}, or declare fallback_encoding in "
                f"the contract of {entity.name}"
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


def checked_header(names: Sequence[str], name: str, entity: EntityContract, line: int) -> list[str]:
    """Strip the column names and refuse a header that cannot be landed by name.

    Args:
        line: where the header stands, for an error.
    Raises: DeliveryError for a header of another entity, or one with a column twice or too few.
    """
    header = [column.strip() for column in names]
    where = f"{name}, line {line}"
    if not set(header) & set(entity.columns):
        raise DeliveryError(
            f"{where}: none of the columns of {entity.name}; not its file, or not delimited by "
            f"'{entity.rules.delimiter}'; expected some of: {', '.join(entity.columns)}"
        )
    if duplicated := sorted({column for column in header if header.count(column) > 1}):
        raise DeliveryError(f"{where}: duplicated column {', '.join(duplicated)}; {SEND_AGAIN}")
    if missing := [column for column in entity.rules.required if column not in header]:
        raise DeliveryError(
            f"{where}: required column {', '.join(missing)} is missing; {SEND_AGAIN}"
        )
    any_of = entity.rules.required_any
    if any_of and not set(any_of) & set(header):
        raise DeliveryError(f"{where}: needs one of {', '.join(any_of)}; {SEND_AGAIN}")
    return header
