"""What a change feed says was done to a row, and what its programs write that nobody could read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakehouse.errors import DeliveryError

if TYPE_CHECKING:
    import pyarrow as pa

# What a code may stand for; inserts and updates are not told apart.
KINDS = ("insert", "update", "delete", "before")
# Codes become text of a statement, and an unquoted `false` of YAML is none.
_CODE = re.compile(r"[A-Za-z0-9_-]+")
_TRUNCATIONS = ("t", "truncate")
# AWS DMS numbers the files of a full load and dates those of changes.
_FULL_LOAD = re.compile(r"LOAD[0-9A-F]{5,}[.]")
_CHANGES = re.compile(r"[0-9]{8}-[0-9]{9,10}[.]")
_DMS_CODES = ("I", "U", "D")
# Debezium writes both when it unwraps an event, and both say the same.
_DEBEZIUM_PAIR = frozenset({"__op", "__deleted"})
_ENVELOPES = (frozenset({"before", "after", "op"}), frozenset({"schema", "payload"}))


@dataclass(frozen=True)
class Operation:
    """How a feed of changes says what was done to a row.

    Attributes:
        column: that says it; a file without it holds states.
        kinds: code -> insert, update, delete or before (what was the state before a change).
        time: column that says when a deletion was made; None: a deletion has the time of its event.
    """

    column: str
    kinds: Mapping[str, str]
    time: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the contract that it names."""
        return (self.column,) if self.time is None else (self.column, self.time)


def read_operation(declared: Mapping[str, Any] | None) -> Operation | None:
    """Read `config.meta.landing.operation` of the sources YAML.

    Raises: ValueError, TypeError or LookupError for what no operation can be.
    Source: docs/architecture.md#operations.
    """
    if declared is None:
        return None
    if unknown := sorted(set(declared) - {"column", "time", *KINDS}):
        raise ValueError(f"operation has no {', '.join(unknown)}")
    if unlisted := [kind for kind in KINDS if not isinstance(declared.get(kind, []), list)]:
        raise ValueError(f"operation: {', '.join(unlisted)} is a list of codes")
    codes = [(code, kind) for kind in KINDS for code in declared.get(kind, [])]
    for code, kind in codes:
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise ValueError(f"operation: {code!r} in {kind} is no code in quotes")
    if len(dict(codes)) < len(codes) or not declared.get("delete"):
        raise ValueError("operation: a code stands in one list, and `delete` has one")
    if declared["column"] == declared.get("time"):
        raise ValueError("operation: column and time are two columns")
    return Operation(declared["column"], dict(codes), declared.get("time"))


def check_no_envelope(names: Collection[str], where: str) -> None:
    """Refuse events that hold two states of a row, or a description of one, in place of columns.

    Raises: DeliveryError.
    """
    if any(envelope <= set(names) for envelope in _ENVELOPES):
        raise DeliveryError(
            f"{where}: the envelope of Debezium, not rows; have its connector unwrap events with "
            f"ExtractNewRecordState and delete.tombstone.handling.mode=rewrite"
        )


def says_the_same(name: str, names: Collection[str], operation: Operation) -> bool:
    """Whether a marker is the other one that Debezium writes beside the operation's column.

    Args:
        name, names: one and all of a file, in lower case.
    """
    return name in _DEBEZIUM_PAIR and any(
        other in names and other.lstrip("_") == operation.column
        for other in _DEBEZIUM_PAIR - {name}
    )


def header_hint(names: Sequence[str], file: str) -> str:
    """What to do about a file of AWS DMS that begins with a row instead of a header, or nothing."""
    is_change = bool(names) and names[0].strip() in _DMS_CODES
    if not is_change and not _FULL_LOAD.match(file) and not _CHANGES.match(file):
        return ""
    return "; if AWS DMS wrote it, set AddColumnName=true on its S3 target endpoint"


def check_no_truncation(
    operation: Operation | None,
    columns: Mapping[str, pa.Array[Any]],
    place: Callable[[int], str],
) -> None:
    """Refuse a file that says a table was emptied: no row says which records that ended.

    Args:
        place: names a row (0-based).
    Raises: DeliveryError.
    """
    if operation is None or operation.column not in columns:
        return
    codes = columns[operation.column]
    for code in codes.unique().to_pylist():
        said = (code or "").strip()
        if said.casefold() in _TRUNCATIONS and said not in operation.kinds:
            row = codes.to_pylist().index(code)
            raise DeliveryError(
                f"{place(row)}: '{said}' in '{operation.column}' says that a table was emptied, "
                f"and not which records that ended; have the connector skip it "
                f"(skipped.operations=t of Debezium), and send a deletion for each record"
            )


def check_one_kind_of_dms_file(entity: str, names: Sequence[str]) -> None:
    """Refuse a full load of AWS DMS and its changes in one call: their order would be lost.

    Raises: DeliveryError.
    """
    loads = [name for name in names if _FULL_LOAD.match(name)]
    changes = [name for name in names if _CHANGES.match(name)]
    if loads and changes:
        raise DeliveryError(
            f"{entity}: {loads[0]} of a full load of AWS DMS and {changes[0]} of its changes in "
            f"one call, where the last file by name would count; land them in two calls, the full "
            f"load first"
        )
