"""Which columns a file has: told by name, of one shape of its entity, and nothing dropped."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from lakehouse.errors import DeliveryError
from lakehouse.landing.contract import EntityContract, Shape
from lakehouse.landing.delivery import SEND_AGAIN
from lakehouse.landing.operation import check_no_envelope, header_hint, says_the_same

if TYPE_CHECKING:
    from lakehouse.landing.delivered_rows import Texts

# Names by which tools say what was done to a row. A deletion read as a state is a wrong number.
CHANGE_MARKERS = frozenset(
    {
        "op",
        "operation",
        "cdc_operation",
        "deleted",
        "is_deleted",
        "change_type",
        "row_kind",
        "dml_type",
    }
)
_SEPARATORS = (";", ",", "\t", "|")


@dataclass(frozen=True)
class Header:
    """The column names of a file, in its order, as the contract spells them where it has them.

    Attributes:
        absent: required columns that the file lacks and that stand for nulls.
    """

    names: Sequence[str]
    absent: tuple[str, ...] = ()


def checked_header(
    names: Sequence[str],
    name: str,
    entity: EntityContract,
    line: int,
    *,
    may_be_absent: Collection[str] | None = None,
) -> Header:
    """Tell the columns of a file by name, and refuse a file that has no shape of its entity.

    Args:
        names: of all columns, as delivered.
        line: where the header stands, for an error.
        may_be_absent: columns whose absence means null; None where a file has all its columns.
    Raises: DeliveryError for a file of another entity, a column twice, a required one that is
        missing, one of another shape, or one that says what was done to a row.
    Source: docs/architecture.md#shapes.
    """
    where = f"{name}, line {line}"
    declared = {_folded(column): column for column in entity.columns}
    operation = entity.rules.operation
    # Tools set these apart from the columns of a table by underscores.
    bare = {} if operation is None else {_bare(column): column for column in operation.columns}
    header = [
        declared.get(_folded(column)) or bare.get(_bare(column), column.strip()) for column in names
    ]
    known = [column for column in header if column in entity.columns]
    if known:
        # Without one, what stands there may be a row.
        _check_duplicates(names, header, where)
    shapes = entity.rules.shapes
    fitting = [
        shape
        for shape in shapes
        if not shape.foreign(known) and set(shape.missing(known)) <= set(may_be_absent or ())
    ]
    shape = min(fitting, key=lambda one: len(one.missing(known)), default=None)
    other = _another_feed(name, header, entity)
    if not known or shape is None:
        check_no_envelope({_folded(column) for column in names}, where)
    if shape is None or (other and shape.missing(known)):
        fault, next_step = where, ""
        if not known:
            fault, next_step = _nothing_known(names, name, where, entity)
        elif shape is None:
            fault, next_step = _misfit(known, where, entity, may_be_absent)
        raise DeliveryError(f"{fault}; {other or next_step}")
    _check_change_markers(names, header, where, entity)
    return Header(header, tuple(shape.missing(known)))


def rescued(columns: Mapping[str, Texts], count: int) -> pa.Array[Any] | None:
    """Return the values of undeclared columns as one JSON text per row, or None if there are none.

    Args:
        columns: n texts or nulls by name.
        count: n.
    Source: docs/architecture.md#rescued-columns.
    """
    if not columns:
        return None
    named = {
        name: values.to_pylist() if isinstance(values, pa.Array) else values
        for name, values in sorted(columns.items())
    }
    texts = []
    for row in range(count):
        values = {name: of[row] for name, of in named.items() if of[row] is not None}
        texts.append(
            json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else None
        )
    return pa.array(texts, pa.string())


def _folded(name: str) -> str:
    return name.strip().casefold()


def _bare(name: str) -> str:
    return _folded(name).lstrip("_")


def _check_duplicates(names: Sequence[str], header: Sequence[str], where: str) -> None:
    counts = Counter(header)
    twice = sorted(
        {column.strip() for column, known in zip(names, header, strict=True) if counts[known] > 1}
    )
    if twice:
        raise DeliveryError(f"{where}: duplicated column {', '.join(twice)}; {SEND_AGAIN}")


def _check_change_markers(
    names: Sequence[str], header: Sequence[str], where: str, entity: EntityContract
) -> None:
    operation = entity.rules.operation
    folded = {_folded(name) for name in names}
    for column in header:
        if column in entity.columns or _bare(column) not in CHANGE_MARKERS:
            continue
        if operation is None:
            next_step = f"declare `operation` for {entity.name} in the sources YAML"
        elif says_the_same(_folded(column), folded, operation):
            continue
        else:
            next_step = f"the operation of {entity.name} is '{operation.column}', declare this one"
        raise DeliveryError(
            f"{where}: column '{column}' says what was done to a row, and a deletion read as a "
            f"state would be a wrong number; {next_step}, or have the source send states without "
            f"that column"
        )


def _another_feed(name: str, header: Sequence[str], entity: EntityContract) -> str | None:
    """The sentence for a file that has more columns of another entity of the domain."""
    present = {_folded(column) for column in header}

    def shared(shapes: Sequence[Shape]) -> int:
        return max((len(present & {*one.required, *one.optional}) for one in shapes), default=0)

    other = max(entity.siblings, key=lambda one: shared(entity.siblings[one]), default=None)
    if other is None or shared(entity.siblings[other]) <= shared(entity.rules.shapes):
        return None
    return f"{name} has the columns of {other}, not of {entity.name}; land it as {other}=<file>"


def _nothing_known(
    names: Sequence[str], file: str, where: str, entity: EntityContract
) -> tuple[str, str]:
    return (
        f"{where}: none of the columns of {entity.name}",
        f"not its file, or not delimited by '{entity.rules.delimiter}'"
        f"{_separator_hint(names, entity)}{header_hint(names, file)}; "
        f"expected some of: {', '.join(entity.columns)}",
    )


def _separator_hint(names: Sequence[str], entity: EntityContract) -> str:
    """What to do about a header of one column that another separator would split."""
    declared = {_folded(column) for column in entity.columns}
    for separator in _SEPARATORS if len(names) == 1 else ():
        parts = next(csv.reader([names[0]], delimiter=separator), [])
        if len(parts) < 2 or not declared & {_folded(part) for part in parts}:
            continue
        said = f", but separated by '{separator}'"
        for sender, form in entity.rules.senders.items():
            if form.delimiter == separator:
                return f"{said}: land it with --sender {sender}"
        return f"{said}: declare `delimiter` for {entity.name} in the sources YAML"
    return ""


def _misfit(
    known: Sequence[str], where: str, entity: EntityContract, may_be_absent: Collection[str] | None
) -> tuple[str, str]:
    """Return what keeps a file from the shape that it comes nearest to, and what to do."""
    shape = min(
        entity.rules.shapes, key=lambda one: len(one.missing(known)) + len(one.foreign(known))
    )
    named = f"the shape '{shape.name}' of {entity.name}"
    if missing := [name for name in shape.missing(known) if name not in (may_be_absent or ())]:
        of = f" of {named}" if shape.name else ""
        fault = f"{where}: required column {', '.join(missing)}{of} is missing"
        if may_be_absent is None:
            return fault, SEND_AGAIN
        return (
            fault,
            f"{SEND_AGAIN}; if it leaves out what is null, declare `json_omits_nulls` for "
            f"{entity.name} in the sources YAML, or land with "
            f"{' '.join(f'--absent-is-null {name}' for name in missing)}",
        )
    foreign = shape.foreign(known)
    others = [
        f"; '{other.name}', which has it, lacks {', '.join(other.missing(known))}"
        for other in entity.rules.shapes
        if not other.foreign(foreign)
    ]
    return (
        f"{where}: {named} has no {', '.join(foreign)}{''.join(others)}",
        "ask the source for a file of one shape",
    )
