"""Parquet: typed columns, rendered as text without losing or adding a digit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lakehouse.errors import DeliveryError
from lakehouse.landing.columns import checked_header
from lakehouse.landing.contract import EntityContract
from lakehouse.landing.delivered_rows import Rows, number_as_text
from lakehouse.landing.delivery import SEND_AGAIN, Part

_ROWS_AT_ONCE = 2**16
_BUFFER_BYTES = 2**20
# Between these, Arrow writes a float as Python does: the shortest digits, without an exponent.
_PLAIN_FLOATS = (1e-4, 1e10)


def read_parquet(part: Part, entity: EntityContract) -> Iterator[Rows]:
    """Read a Parquet file, each column in the text of its type.

    Raises: DeliveryError for a file that is not Parquet, or a declared column without an exact text
        form.
    """
    header: list[str] = []
    first = 1
    for batch in _batches(part):
        if not header:
            header = [*checked_header(batch.schema.names, part.name, entity, 1).names]
        columns = {
            column: _column_text(values, column, part.name, entity)
            for column, values in zip(header, batch.columns, strict=True)
        }
        yield Rows(columns, range(first, first + batch.num_rows), unit="row")
        first += batch.num_rows


def _batches(part: Part) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a file in pieces; an empty one first, which has its columns."""
    try:
        # Read as it is needed: a row group may be as large as its file.
        with pq.ParquetFile(part.path, buffer_size=_BUFFER_BYTES, pre_buffer=False) as file:
            yield pa.RecordBatch.from_pylist([], schema=file.schema_arrow)
            yield from file.iter_batches(_ROWS_AT_ONCE)
    except (pa.ArrowException, OSError) as err:
        raise DeliveryError(
            f"{part.name}: truncated or not Parquet ({_first_line(err)}); {SEND_AGAIN}"
        ) from err


def _column_text(
    values: pa.Array[Any], column: str, name: str, entity: EntityContract
) -> pa.Array[Any]:
    is_nested = any(is_kind(values.type) for is_kind in _ONLY_RESCUED)
    try:
        if is_nested and column not in entity.columns:
            return _any_text(values)
        return _arrow_text(values, is_date=column in entity.dates)
    except (pa.ArrowException, UnicodeDecodeError) as err:
        raise DeliveryError(
            f"{name}: column '{column}' ({values.type}) has no exact text form "
            f"({_first_line(err)}); ask the source to deliver it as text"
        ) from err


def _any_text(values: pa.Array[Any]) -> pa.Array[Any]:
    """Render a column that nobody declared: nested values as compact JSON, bytes as hex digits."""

    def plain(value: Any) -> str:
        return value.hex() if isinstance(value, bytes) else str(value)

    def text(value: Any) -> str | None:
        if isinstance(value, (dict, list)):
            return json.dumps(value, default=plain, ensure_ascii=False, separators=(",", ":"))
        return None if value is None else plain(value)

    return pa.array([text(value) for value in values.to_pylist()], pa.string())


def _arrow_text(values: pa.Array[Any], *, is_date: bool) -> pa.Array[Any]:
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
        return _moment_text(values, is_date=is_date)
    if pa.types.is_floating(kind):
        return _float_text(values)
    if pa.types.is_decimal(kind):
        return _decimal_text(values)
    if not any(is_kind(kind) for is_kind in _CAST_AS_TEXT):
        raise pa.ArrowTypeError(f"{kind} is not landed")
    text = values.cast(pa.string())
    text.validate(full=True)
    return text


def _moment_text(values: pa.Array[Any], *, is_date: bool) -> pa.Array[Any]:
    # Through int64, because a cast between zones would need a time zone database.
    whole = values.cast(pa.int64())
    unit = values.type.unit if values.type.unit == "ns" else "us"
    # Any: the stubs know the unit of a type as any text.
    moments: Any = whole.cast(pa.timestamp(values.type.unit)).cast(pa.timestamp(unit))
    text: pa.Array[Any] = moments.cast(pa.string())
    if unit == "ns":
        text = pc.replace_substring_regex(text, r"(\.\d{6})000$", r"\1")
    if not is_date:
        return text
    is_midnight = pc.equal(pc.floor_temporal(moments, unit="day"), moments)
    days: pa.Array[Any] = pc.if_else(is_midnight, pc.utf8_slice_codeunits(text, 0, 10), text)
    return days


def _float_text(values: pa.Array[Any]) -> pa.Array[Any]:
    """The shortest digits that are the number in its width, without exponent."""
    text = values.cast(pa.string())
    size = pc.abs(values)
    is_plain = pc.or_(
        pc.equal(values, pa.scalar(0, values.type)),
        pc.and_(
            pc.greater_equal(size, pa.scalar(_PLAIN_FLOATS[0], values.type)),
            pc.less(size, pa.scalar(_PLAIN_FLOATS[1], values.type)),
        ),
    )
    has_point = pc.match_substring(text, ".")
    with_point = pc.replace_substring_regex(text, r"$", ".0")
    plain: pa.Array[Any] = pc.if_else(has_point, text, with_point)
    return _with_others(plain, is_plain, text, _plain_float)


def _decimal_text(values: pa.Array[Any]) -> pa.Array[Any]:
    text = values.cast(pa.string())
    plain = pc.replace_substring_regex(text, r"^(-?[0-9]+[.][0-9]{2})0+$", r"\1")
    # Small numbers of a large scale are written with an exponent.
    is_plain = pc.invert(pc.match_substring(text, "E"))
    return _with_others(plain, is_plain, values, _plain_decimal)


def _with_others(
    plain: pa.Array[Any],
    is_plain: pa.BooleanArray,
    source: pa.Array[Any],
    write: Callable[[Any], str],
) -> pa.Array[Any]:
    """The plain texts, and where there is none the source's values written one by one."""
    # Any: the stubs know two kinds of arrays of booleans.
    is_known: Any = source.is_valid()
    is_fine: Any = is_plain.fill_null(False)
    others: Any = pc.and_not(is_known, is_fine)
    if not pc.any(others).as_py():
        return plain
    written = [number_as_text(write(value)) for value in source.filter(others).to_pylist()]
    done: pa.Array[Any] = pc.replace_with_mask(plain, others, pa.array(written, pa.string()))
    return done


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
