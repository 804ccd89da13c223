"""Readers: one delivered file (CSV, JSON, Parquet, text) becomes columns of text, value for value.

A file is held in memory as a whole, since "all or nothing" needs all of it before anything is
written. Count on about 18 bytes of memory per byte of CSV (40 MB: 0.7 GB, 5 seconds); the
extract splits what is larger than the machine allows.
"""

import codecs
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lakehouse.contract import EntityContract
from lakehouse.errors import DeliveryError
from lakehouse.index_answer import (
    DOWNLOAD_ENCODING,
    IndexAnswer,
    check_index_answers,
    read_index_csv,
    read_index_json,
)
from lakehouse.plain_text import read_body

FIELD_SIZE_LIMIT_BYTES = 2**31 - 1
_SEND_AGAIN = "ask the source to send the file again"
_JSON_BLANKS = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class Delivery:
    """One file as handed over, and the entity that it belongs to."""

    entity: str
    path: Path


@dataclass(frozen=True)
class DeliveredFile:
    """One file as text: n rows in delivery order.

    Attributes:
        columns: arrays of n texts or nulls by stripped column name; only wanted columns.
        places: per row the number that an error names, counted in `unit` ("line" or "row").
        digest: SHA-256 of the bytes as delivered.
        answer: what the file says besides its rows, for `check_delivery`; None for plain formats.
    """

    name: str
    columns: Mapping[str, pa.ChunkedArray]
    places: Sequence[int]
    unit: str
    digest: bytes
    warnings: tuple[str, ...] = ()
    answer: IndexAnswer | None = None

    @property
    def row_count(self) -> int:
        return len(self.places)

    def place(self, row: int) -> str:
        """Name a row (0-based) the way a person finds it in the file."""
        return f"{self.name}, {self.unit} {self.places[row]}"


@dataclass(frozen=True)
class _Rows:
    """What a format's reader found, before the checks that all formats share."""

    header: Sequence[str]
    columns: Mapping[str, Any]
    places: Sequence[int]
    unit: str = "line"
    warnings: tuple[str, ...] = ()
    answer: IndexAnswer | None = None


class _Number(str):
    """A JSON number in the digits it was delivered with: 11.0 stays 11.0."""


class _DuplicatedKeyError(Exception):
    pass


def read_delivery(
    path: Path, *, entity: EntityContract, recorded_from: str | None = None
) -> DeliveredFile:
    """Read one file by its suffix and check it against the contract of its entity.

    Args:
        recorded_from: a column to keep although the contract may not hold it.
    Raises: DeliveryError, naming file, line and next step, for any file that is not what the
        contract promises. Values are never judged: typing happens in staging.
    Source: docs/domains/quality.md#where-bad-input-ends.
    """
    # A format is named by its suffix, or by what the suffix holds and the suffix: index_json.
    readers = {
        "csv": _read_csv,
        "json": _read_json,
        "parquet": _read_parquet,
        "txt": _read_plain_text,
        "index_json": _read_index_json,
        "index_csv": _read_index_csv,
    }
    by_suffix = {name.rpartition("_")[2]: name for name in entity.rules.formats}
    file_format = by_suffix.get(path.suffix.lower().removeprefix("."))
    if file_format not in readers:
        declared = ", ".join(f".{suffix}" for suffix in by_suffix)
        raise DeliveryError(
            f"{path.name}: suffix '{path.suffix}' is not a declared format of {entity.name}; "
            f"deliver one of {declared}"
        )
    try:
        content = path.read_bytes()
    except OSError as err:
        raise DeliveryError(f"{path}: cannot be read ({err.strerror}); check the path") from err
    if not content:
        raise DeliveryError(f"{path.name}: the file has zero bytes; {_SEND_AGAIN}")
    wanted = [*entity.columns, *([recorded_from] if recorded_from else [])]
    rows = readers[file_format](content, path.name, entity, wanted)
    if recorded_from and rows.places and recorded_from not in rows.columns:
        raise DeliveryError(
            f"{path.name}: has no column '{recorded_from}', which --recorded-from names; "
            f"it has: {', '.join(rows.header)}"
        )
    warnings = list(rows.warnings)
    if extra := [name for name in rows.header if name not in entity.columns]:
        warnings.append(
            f"{path.name}: landed without {', '.join(map(repr, extra))}: not in the contract of "
            f"{entity.name}; a new column is a change of the sources YAML"
        )
    return DeliveredFile(
        name=path.name,
        columns={
            name: _text_array(values, name, path.name, rows)
            for name, values in rows.columns.items()
        },
        places=rows.places,
        unit=rows.unit,
        digest=hashlib.sha256(content).digest(),
        warnings=tuple(warnings),
        answer=rows.answer,
    )


def check_delivery(files: Sequence[DeliveredFile]) -> None:
    """Check what only the files of one entity in one call can show together.

    Raises: DeliveryError if a format whose answers span files finds them incomplete or at odds.
    """
    check_index_answers([file.answer for file in files if file.answer is not None])


def _read_csv(content: bytes, name: str, entity: EntityContract, wanted: Sequence[str]) -> _Rows:
    text, warnings = _decode(content, name, entity)
    if text.lstrip()[:1] == "<":
        raise DeliveryError(f"{name}, line 1: HTML or XML where CSV is declared; {_SEND_AGAIN}")
    csv.field_size_limit(FIELD_SIZE_LIMIT_BYTES)
    # newline="" keeps line ends inside quoted fields; strict refuses an unclosed quote, which
    # would otherwise swallow the rest of the file into one field.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=entity.rules.delimiter, strict=True)
    header: list[str] = []
    records, places, line = [], [], 1
    blank: list[int] = []
    try:
        for record in lines:
            if record and not header:
                header = _checked_header(record, name, entity, line)
            elif record:
                if len(record) != len(header):
                    raise DeliveryError(
                        f"{name}, line {line}: {len(record)} fields where the header has "
                        f"{len(header)}; {_SEND_AGAIN}"
                    )
                # Separators alone, as spreadsheets leave behind: no record, and no key that could
                # not be read, which would keep a full extract from ending any record.
                if any(map(str.strip, record)):
                    records.append(record)
                    places.append(line)
                else:
                    blank.append(line)
            line = lines.line_num + 1
    except csv.Error as err:
        raise DeliveryError(
            f"{name}, line {line}: the row that starts here is not CSV ({err}); {_SEND_AGAIN}"
        ) from err
    if not header:
        raise DeliveryError(f"{name}, line 1: no header; {_SEND_AGAIN}")
    if blank:
        warnings += (
            f"{name}, line {blank[0]}: {len(blank)} line(s) hold separators and no value; they are "
            f"no rows",
        )
    columns = dict(zip(header, zip(*records, strict=True), strict=True)) if records else {}
    kept = {column: columns[column] for column in header if column in wanted and records}
    return _Rows(header, kept, places, warnings=warnings)


def _read_json(content: bytes, name: str, entity: EntityContract, wanted: Sequence[str]) -> _Rows:
    text, warnings = _decode(content, name, entity)
    records, places = [], []
    line, counted = 1, 0
    try:
        for position, record in _json_records(text):
            line += text.count("\n", counted, position)
            counted = position
            if not isinstance(record, dict):
                raise DeliveryError(f"{name}, line {line}: not a JSON object; {_SEND_AGAIN}")
            records.append(record)
            places.append(line)
    except json.JSONDecodeError as err:
        raise DeliveryError(
            f"{name}, line {err.lineno}, column {err.colno}: not JSON ({err.msg}); {_SEND_AGAIN}"
        ) from err
    if not records:
        return _Rows((), {}, (), warnings=warnings)
    keys = list(dict.fromkeys(key for record in records for key in record))
    header = _checked_header(keys, name, entity, places[0])
    columns = {
        column: [_json_text(record.get(key)) for record in records]
        for key, column in zip(keys, header, strict=True)
        if column in wanted
    }
    return _Rows(header, columns, places, warnings=warnings)


def _read_parquet(
    content: bytes, name: str, entity: EntityContract, wanted: Sequence[str]
) -> _Rows:
    try:
        table = pq.ParquetFile(pa.BufferReader(content)).read()
    except (pa.ArrowException, OSError) as err:
        raise DeliveryError(
            f"{name}: truncated or not Parquet ({_first_line(err)}); {_SEND_AGAIN}"
        ) from err
    header = _checked_header(table.column_names, name, entity, 1)
    columns = {}
    for column, values in zip(header, table.columns, strict=True):
        if column in wanted:
            try:
                columns[column] = _arrow_text(values)
            except pa.ArrowException as err:
                raise DeliveryError(
                    f"{name}: column '{column}' ({values.type}) has no exact text form "
                    f"({_first_line(err)}); ask the source to deliver it as text"
                ) from err
    return _Rows(header, columns, range(1, table.num_rows + 1), unit="row")


def _read_index_json(
    content: bytes, name: str, entity: EntityContract, wanted: Sequence[str]
) -> _Rows:
    text, warnings = _decode(content, name, entity)
    return _index_rows(
        read_index_json(text, name, entity.rules.name_pattern), entity, wanted, warnings
    )


def _read_index_csv(
    content: bytes, name: str, entity: EntityContract, wanted: Sequence[str]
) -> _Rows:
    # The encoding belongs to the form, whatever the entity's other form is written in.
    rules = replace(entity.rules, encoding=DOWNLOAD_ENCODING)
    text, warnings = _decode(content, name, replace(entity, rules=rules))
    return _index_rows(read_index_csv(text, name), entity, wanted, warnings)


def _index_rows(
    answer: IndexAnswer, entity: EntityContract, wanted: Sequence[str], warnings: tuple[str, ...]
) -> _Rows:
    """Give every row its header, so that a row says alone to which session it belongs."""
    count = len(answer.places)
    whole = {"indice": answer.session[0], "idioma": answer.language, **answer.header}
    columns = {**{name: [value] * count for name, value in whole.items()}, **answer.columns}
    header = _checked_header([*columns, *answer.unknown], answer.name, entity, 1)
    kept = {name: values for name, values in columns.items() if name in wanted}
    return _Rows(header, kept, answer.places, answer.unit, warnings, answer)


def _read_plain_text(
    content: bytes, name: str, entity: EntityContract, wanted: Sequence[str]
) -> _Rows:
    text, warnings = _decode(content, name, entity)
    values = read_body(text, name, entity.rules.name_pattern, entity.rules.plain_text)
    columns = {column: [value] for column, value in values.items()}
    return _Rows(tuple(values), columns, (1,), warnings=warnings)


def _decode(content: bytes, name: str, entity: EntityContract) -> tuple[str, tuple[str, ...]]:
    """Decode with the declared encoding, else with the fallback; the BOM is removed."""
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
                f"{fault}, nor is the file {rules.fallback_encoding}; {_SEND_AGAIN}"
            ) from fallback_err
        warnings = (f"{fault}; the file is read as {rules.fallback_encoding}",)
    if (offset := text.find("\0")) >= 0:
        line = text.count("\n", 0, offset) + 1
        raise DeliveryError(f"{name}, line {line}: NUL byte; {_SEND_AGAIN}")
    return text, warnings


def _checked_header(
    names: Sequence[str], name: str, entity: EntityContract, line: int
) -> list[str]:
    """Strip the column names and refuse a header that cannot be landed by name."""
    header = [column.strip() for column in names]
    where = f"{name}, line {line}"
    if not set(header) & set(entity.columns):
        raise DeliveryError(
            f"{where}: none of the columns of {entity.name}; not its file, or not delimited by "
            f"'{entity.rules.delimiter}'; expected some of: {', '.join(entity.columns)}"
        )
    if duplicated := sorted({column for column in header if header.count(column) > 1}):
        raise DeliveryError(f"{where}: duplicated column {', '.join(duplicated)}; {_SEND_AGAIN}")
    if missing := [column for column in entity.rules.required if column not in header]:
        raise DeliveryError(
            f"{where}: required column {', '.join(missing)} is missing; {_SEND_AGAIN}"
        )
    any_of = entity.rules.required_any
    if any_of and not set(any_of) & set(header):
        raise DeliveryError(f"{where}: needs one of {', '.join(any_of)}; {_SEND_AGAIN}")
    return header


def _text_array(values: Any, column: str, name: str, rows: _Rows) -> pa.ChunkedArray:
    """Make the Arrow column; refuse text that no engine downstream can hold."""
    try:
        chunks = values if isinstance(values, pa.ChunkedArray) else pa.array(values, pa.string())
    except UnicodeEncodeError as err:
        row = next(i for i, value in enumerate(values) if value and not _is_encodable(value))
        raise DeliveryError(
            f"{name}, {rows.unit} {rows.places[row]}: half of a surrogate pair in '{column}'; "
            f"{_SEND_AGAIN}"
        ) from err
    array = chunks if isinstance(chunks, pa.ChunkedArray) else pa.chunked_array([chunks])
    row = pc.index(pc.match_substring(array, "\0"), True).as_py()
    if row >= 0:
        raise DeliveryError(
            f"{name}, {rows.unit} {rows.places[row]}: NUL character in '{column}'; {_SEND_AGAIN}"
        )
    return array


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _json_records(text: str) -> Iterator[tuple[int, Any]]:
    """Yield (position, record) of an array, or of records that new lines separate."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_unique_keys,
        parse_int=_Number,
        parse_float=_Number,
        parse_constant=_Number,
    )

    def skip_blanks(position: int) -> int:
        return _JSON_BLANKS.match(text, position).end()

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


def _json_text(value: Any) -> str | None:
    """The text of one JSON value: text as it is, anything nested as compact JSON."""
    return value if value is None or isinstance(value, str) else _compact_json(value)


def _compact_json(value: Any) -> str:
    if isinstance(value, _Number):
        return value
    if isinstance(value, dict):
        members = (f"{_compact_json(key)}:{_compact_json(item)}" for key, item in value.items())
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_compact_json, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _arrow_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Render one Parquet column as text without losing or adding a digit.

    Raises: pa.ArrowException if the type has no exact text form (binary, nested, duration).
    """
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _arrow_text(values.cast(kind.value_type))
    if pa.types.is_timestamp(kind):
        # Through int64, because a cast between zones would need a time zone database.
        unit = kind.unit if kind.unit == "ns" else "us"
        utc = values.cast(pa.int64()).cast(pa.timestamp(kind.unit)).cast(pa.timestamp(unit))
        text = pc.replace_substring_regex(utc.cast(pa.string()), r"(\.\d{6})000$", r"\1")
        return text if kind.tz is None else pc.binary_join_element_wise(text, "+00:00", "")
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        # Arrow's decimal text may have an exponent; its float text is the shortest of its width.
        plain = _plain_float if pa.types.is_floating(kind) else _plain_decimal
        source = values.cast(pa.string()) if pa.types.is_floating(kind) else values
        texts = [None if value is None else plain(value) for value in source.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    if not any(is_kind(kind) for is_kind in _CAST_AS_TEXT):
        raise pa.ArrowTypeError(f"{kind} is not landed")
    text = values.cast(pa.string())
    text.validate(full=True)
    return text


_CAST_AS_TEXT = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_integer,
    pa.types.is_boolean,
    pa.types.is_date,
    pa.types.is_time,
    pa.types.is_null,
)


def _plain_float(text: str) -> str:
    shortest = repr(float(text))
    return format(Decimal(shortest), "f") if "e" in shortest else shortest


def _plain_decimal(value: Decimal) -> str:
    return format(value, "f")


def _first_line(err: Exception) -> str:
    return str(err).splitlines()[0]
