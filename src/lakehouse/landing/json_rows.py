"""JSON: objects of an array, or one after the other, a number in the digits it came with."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

from lakehouse.errors import DeliveryError
from lakehouse.landing.columns import checked_header
from lakehouse.landing.contract import EntityContract
from lakehouse.landing.delivered_rows import Rows, decoded, number_as_text
from lakehouse.landing.delivery import SEND_AGAIN, Part

_ROWS_AT_ONCE = 2**13
_JSON_BLANKS = re.compile(r"[ \t\r\n]*")


class _Number(str):
    """A JSON number in the digits it was delivered with: 11.0 stays 11.0."""


class _DuplicatedKeyError(Exception):
    pass


def read_json(
    parts: Sequence[Part], entity: EntityContract, may_be_absent: Collection[str]
) -> Iterator[tuple[Part, Rows]]:
    """Read the objects of an array, or one object per line; what is nested becomes compact JSON.

    The text is gone through twice: a column that any record of any part has is one that all have,
    and the records together would take many times the memory of their text.

    Args:
        parts: one file, or all parts of a folder.
        may_be_absent: columns that no record needs to have: then they are null.
    Raises: DeliveryError, naming line and column, for a file that is not JSON.
    """
    texts = [(part, *decoded(part, entity)) for part in parts]
    keys: dict[str, None] = {}
    first: tuple[Part, int] | None = None
    for part, text, _ in texts:
        for line, record in _records(text, part.name):
            first = first or (part, line)
            keys |= dict.fromkeys(record)
    if first is None:
        for part, _, warnings in texts:
            yield part, Rows({}, (), warnings=warnings)
        return
    header = checked_header([*keys], first[0].name, entity, first[1], may_be_absent=may_be_absent)
    absent = ", ".join(sorted(header.absent))
    for part, text, warnings in texts:
        if absent and part is first[0]:
            warnings += (f"{part.name}: no record has {absent}; read as null",)
        yield part, Rows({}, (), warnings=warnings)
        records = _records(text, part.name)
        while taken := list(islice(records, _ROWS_AT_ONCE)):
            columns: dict[str, list[str | None]] = {
                column: [_json_text(record.get(key), part.name, line) for line, record in taken]
                for key, column in zip(keys, header.names, strict=True)
            }
            columns |= {column: [None] * len(taken) for column in header.absent}
            yield part, Rows(columns, [line for line, _ in taken])


def _records(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the line and the members of each record."""
    line, counted = 1, 0
    try:
        for position, record in _json_records(text):
            line += text.count("\n", counted, position)
            counted = position
            if not isinstance(record, dict):
                raise DeliveryError(f"{name}, line {line}: not a JSON object; {SEND_AGAIN}")
            yield line, record
    except json.JSONDecodeError as err:
        raise DeliveryError(
            f"{name}, line {err.lineno}, column {err.colno}: not JSON ({err.msg}); {SEND_AGAIN}"
        ) from err


def _json_records(text: str) -> Iterator[tuple[int, Any]]:
    """Yield (position, record) of an array, or of records that new lines separate."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_unique_keys,
        parse_int=_Number,
        parse_float=_Number,
        parse_constant=_Number,
    )

    def skip_blanks(position: int) -> int:
        blanks = _JSON_BLANKS.match(text, position)
        return blanks.end() if blanks else position

    def decode(position: int) -> tuple[Any, int]:
        try:
            return decoder.raw_decode(text, position)
        except _DuplicatedKeyError as err:
            raise json.JSONDecodeError(f"duplicated key '{err}' in record", text, position) from err
        except RecursionError as err:
            raise json.JSONDecodeError("nested too deeply", text, position) from err

    position = skip_blanks(0)
    if text[position : position + 1] != "[":
        while True:
            record, end = decode(position)
            yield position, record
            position = skip_blanks(end)
            if position == len(text):
                return
            if "\n" not in text[end:position]:
                raise json.JSONDecodeError("Expecting a new line", text, position)
    separator, position = ",", skip_blanks(position + 1)
    if text[position : position + 1] == "]":
        separator = "]"
    while separator == ",":
        record, end = decode(position)
        yield position, record
        end = skip_blanks(end)
        separator = text[end : end + 1]
        if separator not in (",", "]"):
            raise json.JSONDecodeError("Expecting ',' or ']'", text, end)
        position = skip_blanks(end + 1) if separator == "," else end
    if (rest := skip_blanks(position + 1)) != len(text):
        raise json.JSONDecodeError("Extra data", text, rest)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise _DuplicatedKeyError(next(key for key in counts if counts[key] > 1))
    return record


def _json_text(value: Any, name: str, line: int) -> str | None:
    """The text of one JSON value: text as it is, anything nested as compact JSON."""
    if isinstance(value, _Number):
        return number_as_text(value)
    if value is None or isinstance(value, str):
        return value
    try:
        return _compact_json(value)
    except RecursionError as err:
        # Writing needs more of the stack than reading, which refuses deeper ones.
        raise DeliveryError(f"{name}, line {line}: nested too deeply; {SEND_AGAIN}") from err


def _compact_json(value: Any) -> str:
    if isinstance(value, _Number):
        return value
    if isinstance(value, dict):
        members = (f"{_compact_json(key)}:{_compact_json(item)}" for key, item in value.items())
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_compact_json, value))}]"
    return json.dumps(value, ensure_ascii=False)
