"""Readers: delivered files (CSV, JSON, Parquet, text) become columns of text, value for value.

CSV and Parquet come in pieces of some ten thousand rows, so that memory does not grow with the
file. The text of the other formats is held as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.errors import DeliveryError
from lakehouse.landing.answer_rows import (
    read_index_csv_rows,
    read_index_json_rows,
    read_text_answer,
)
from lakehouse.landing.columns import rescued
from lakehouse.landing.contract import EntityContract
from lakehouse.landing.csv_rows import read_csv
from lakehouse.landing.delivered_rows import Rows
from lakehouse.landing.delivery import SEND_AGAIN, Part
from lakehouse.landing.index_answer import IndexAnswer
from lakehouse.landing.json_rows import read_json
from lakehouse.landing.operation import check_no_truncation
from lakehouse.landing.parquet_rows import read_parquet

if TYPE_CHECKING:
    from lakehouse.landing.delivered_rows import Texts

# JSON is read by itself, because what a record lacks depends on the others.
_READERS: dict[str, Callable[[Part, EntityContract], Iterator[Rows]]] = {
    "csv": read_csv,
    "parquet": read_parquet,
    "txt": read_text_answer,
    "index_json": read_index_json_rows,
    "index_csv": read_index_csv_rows,
}


@dataclass(frozen=True)
class DeliveredRows:
    """Some rows of a file as text, in delivery order; those of a file come one after the other.

    Attributes:
        part: the file.
        columns: arrays of n texts or nulls, those of the contract and the one that claims.
        places: per row the number that an error names, counted in `unit` ("line" or "row").
        undeclared: columns that nobody declared.
        rescued: JSON of their values; None if the rows have none.
        answer: what the file says besides its rows; None for plain formats.
    """

    part: Part
    columns: Mapping[str, pa.Array[Any]]
    places: Sequence[int]
    unit: str
    warnings: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()
    rescued: pa.Array[Any] | None = None
    answer: IndexAnswer | None = None

    @property
    def row_count(self) -> int:
        return len(self.places)

    def place(self, row: int) -> str:
        """Name a row (0-based) the way a person finds it in the file."""
        return f"{self.part.name}, {self.unit} {self.places[row]}"


def read_parts(
    parts: Sequence[Part],
    *,
    entity: EntityContract,
    recorded_from: str | None = None,
    absent_is_null: Collection[str] = (),
) -> Iterator[DeliveredRows]:
    """Read the parts of one delivery and check them against the contract of their entity.

    Args:
        recorded_from: a column to keep although the contract may not hold it.
        absent_is_null: columns that a JSON file need not have: then they are null.
    Raises: DeliveryError, naming file, line and next step, for any file that is not what the
        contract promises. Values are never judged: typing happens in staging.
    Source: docs/domains/quality.md#where-bad-input-ends.
    """
    for part, rows in _found(parts, entity, absent_is_null):
        yield _delivered(part, rows, entity, recorded_from)


def _found(
    parts: Sequence[Part], entity: EntityContract, absent_is_null: Collection[str]
) -> Iterator[tuple[Part, Rows]]:
    if {part.kind for part in parts} == {"json"}:
        may_be_absent = entity.columns if entity.rules.json_omits_nulls else absent_is_null
        yield from read_json(parts, entity, may_be_absent)
        return
    for part in parts:
        for rows in _READERS[part.kind](part, entity):
            yield part, rows
        part.check_unchanged()


def _delivered(
    part: Part, rows: Rows, entity: EntityContract, recorded_from: str | None
) -> DeliveredRows:
    """Make the columns of text, and one more of what nobody declared."""
    arrays = {
        column: _text_array(values, column, part.name, rows)
        for column, values in rows.columns.items()
    }
    undeclared = {
        column: values if column else _without_blanks(values)
        for column, values in arrays.items()
        if column not in entity.columns
    }
    # A separator at the end of each line makes a column of neither name nor value.
    if "" in undeclared and undeclared[""].null_count == len(undeclared[""]):
        del undeclared[""]
    columns = {column: values for column, values in arrays.items() if column in entity.columns}
    if recorded_from is not None and rows.places:
        wanted = recorded_from.strip().casefold()
        claims = [values for column, values in arrays.items() if column.casefold() == wanted]
        if not claims:
            raise DeliveryError(
                f"{part.name}: has no column '{recorded_from}', which --recorded-from names; "
                f"it has: {', '.join(arrays)}"
            )
        columns[recorded_from] = claims[0]
    delivered = DeliveredRows(
        part=part,
        columns=columns,
        places=rows.places,
        unit=rows.unit,
        warnings=rows.warnings,
        undeclared=tuple(undeclared),
        rescued=rescued(undeclared, len(rows.places)),
        answer=rows.answer,
    )
    check_no_truncation(entity.rules.operation, columns, delivered.place)
    return delivered


def _without_blanks(values: pa.Array[Any]) -> pa.Array[Any]:
    return pa.array(
        [value if value and value.strip() else None for value in values.to_pylist()], pa.string()
    )


def _text_array(values: Texts, column: str, name: str, rows: Rows) -> pa.Array[Any]:
    """Make the Arrow column; refuse text that no engine downstream can hold."""
    if isinstance(values, pa.Array):
        array = values
    else:
        try:
            array = pa.array(values, pa.string())
        except UnicodeEncodeError as err:
            row = next(i for i, value in enumerate(values) if value and not _is_encodable(value))
            raise DeliveryError(
                f"{name}, {rows.unit} {rows.places[row]}: half of a surrogate pair in '{column}'; "
                f"{SEND_AGAIN}"
            ) from err
    row = pc.index(pc.match_substring(array, "\0"), True).as_py()
    if row >= 0:
        raise DeliveryError(
            f"{name}, {rows.unit} {rows.places[row]}: NUL character in '{column}'; {SEND_AGAIN}"
        )
    return array


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
