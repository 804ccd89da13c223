"""JSON: objects of an array, or one after the other, a number in the digits it came with."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lakehouse.errors import DeliveryError
from lakehouse.landing.columns import checked_header
from lakehouse.landing.contract import EntityContract
from lakehouse.landing.delivered_rows import SEND_AGAIN, Rows, decoded, number_as_text

_JSON_BLANKS = re.compile(r"[ \t\r\n]*")


class _Number(str):
    """A JSON number in the digits it was delivered with: 11.0 stays 11.0."""


class _DuplicatedKeyError(Exception):
    pass


def read_json(
    parts: Sequence[tuple[str, bytes]], entity: EntityContract, may_be_absent: Collection[str]
) -> list[Rows]:
    """Read the objects of an array, or one object per line; what is nested becomes compact JSON.

    Args:
        parts: (name, content) of one file, or of all parts of a folder: a column that any record of
            them has is one that all of them have.
        may_be_absent: columns that no record needs to have: then they are null.
    Raises: DeliveryError, naming line and column, for a file that is not JSON.
    """
    parsed = [_parsed(content, name, entity) for name, content in parts]
    keys = list(dict.fromkeys(key for part in parsed for record in part.records for key in record))
    filled = next((part for part in parsed if part.records), None)
    if filled is None:
        return [Rows({}, (), warnings=part.warnings) for part in parsed]
    header = checked_header(
        keys, filled.name, entity, filled.places[0], may_be_absent=may_be_absent
    )
    absent = ", ".join(sorted(header.absent))
    said = (f"{filled.name}: no record has {absent}; read as null",) if absent else ()
    return [
        Rows(
            {
                **{
                    column: [
                        _json_text(record.get(key), part.name, line)
                        for record, line in zip(part.records, part.places, strict=True)
                    ]
                    for key, column in zip(keys, header.names, strict=True)
                },
                **{column: [None] * len(part.records) for column in header.absent},
            },
            part.places,
            warnings=part.warnings + (said if part is filled else ()),
        )
        for part in parsed
    ]


@dataclass(frozen=True)
class _Parsed:
    name: str
    records: Sequence[dict[str, Any]]
    places: Sequence[int]
    warnings: tuple[str, ...]


def _parsed(content: bytes, name: str, entity: EntityContract) -> _Parsed:
    text, warnings = decoded(content, name, entity)
    records, places = [], []
    line, counted = 1, 0
    try:
        for position, record in _json_records(text):
            line += text.count("\n", counted, position)
            counted = position
            if not isinstance(record, dict):
                raise DeliveryError(f"{name}, line {line}: not a JSON object; {SEND_AGAIN}")
            records.append(record)
            places.append(line)
    except json.JSONDecodeError as err:
        raise DeliveryError(
            f"{name}, line {err.lineno}, column {err.colno}: not JSON ({err.msg}); {SEND_AGAIN}"
        ) from err
    return _Parsed(name, records, places, warnings)


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
        keys = [key for key, _ in pairs]
        raise _DuplicatedKeyError(next(key for key in keys if keys.count(key) > 1))
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
