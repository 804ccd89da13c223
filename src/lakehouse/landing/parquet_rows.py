"""Parquet: typed columns, rendered as text without losing or adding a digit."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lakehouse.errors import DeliveryError
from lakehouse.landing.columns import checked_header
from lakehouse.landing.contract import EntityContract
from lakehouse.landing.delivered_rows import SEND_AGAIN, Rows, number_as_text


def read_parquet(content: bytes, name: str, entity: EntityContract) -> Rows:
    """Read a Parquet file, each column in the text of its type.

    Raises: DeliveryError for a file that is not Parquet, or a declared column without an exact text
        form.
    """
    try:
        table = pq.ParquetFile(pa.BufferReader(content)).read()
    except (pa.ArrowException, OSError) as err:
        raise DeliveryError(
            f"{name}: truncated or not Parquet ({_first_line(err)}); {SEND_AGAIN}"
        ) from err
    header = checked_header(table.column_names, name, entity, 1).names
    columns: dict[str, pa.ChunkedArray[Any]] = {}
    for column, values in zip(header, table.columns, strict=True):
        is_nested = any(is_kind(values.type) for is_kind in _ONLY_RESCUED)
        try:
            if is_nested and column not in entity.columns:
                columns[column] = _any_text(values)
            else:
                columns[column] = _arrow_text(values, is_date=column in entity.dates)
        except (pa.ArrowException, UnicodeDecodeError) as err:
            raise DeliveryError(
                f"{name}: column '{column}' ({values.type}) has no exact text form "
                f"({_first_line(err)}); ask the source to deliver it as text"
            ) from err
    return Rows(columns, range(1, table.num_rows + 1), unit="row")


def _any_text(values: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    """Render a column that nobody declared: nested values as compact JSON, bytes as hex digits."""

    def plain(value: Any) -> str:
        return value.hex() if isinstance(value, bytes) else str(value)

    def text(value: Any) -> str | None:
        if isinstance(value, (dict, list)):
            return json.dumps(value, default=plain, ensure_ascii=False, separators=(",", ":"))
        return None if value is None else plain(value)

    return pa.chunked_array([pa.array([text(value) for value in values.to_pylist()], pa.string())])


def _arrow_text(values: pa.ChunkedArray[Any], *, is_date: bool) -> pa.ChunkedArray[Any]:
    """Render one Parquet column as text without losing or adding a digit.

    Args:
        is_date: the contract has a day here, so that midnight is written as one. An instant is
            written in UTC, without an offset, as the contract has it.
    Raises: pa.ArrowException if the type has no exact text form (binary, nested, duration).
    """
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _arrow_text(values.cast(kind.value_type), is_date=is_date)
    if pa.types.is_timestamp(kind):
        # Through int64, because a cast between zones would need a time zone database.
        unit = kind.unit if kind.unit == "ns" else "us"
        whole = values.cast(pa.int64())
        # The stubs know the unit of a type as any text.
        utc = whole.cast(pa.timestamp(kind.unit)).cast(pa.timestamp(unit))  # type: ignore[type-var]
        text = pc.replace_substring_regex(utc.cast(pa.string()), r"(\.\d{6})000$", r"\1")
        if not is_date:
            return text
        return pc.replace_substring_regex(text, r" 00:00:00\.0+$", "")
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        # Arrow's decimal text may have an exponent; its float text is the shortest of its width.
        plain = _plain_float if pa.types.is_floating(kind) else _plain_decimal
        source = values.cast(pa.string()) if pa.types.is_floating(kind) else values
        texts = [
            None if value is None else number_as_text(plain(value)) for value in source.to_pylist()
        ]
        return pa.chunked_array([pa.array(texts, pa.string())])
    if not any(is_kind(kind) for is_kind in _CAST_AS_TEXT):
        raise pa.ArrowTypeError(f"{kind} is not landed")
    text = values.cast(pa.string())
    text.validate(full=True)
    return text


_ONLY_RESCUED = (
    pa.types.is_nested,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_fixed_size_binary,
)
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
