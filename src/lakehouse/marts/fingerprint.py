"""What makes two copies of a table equal, whichever engine keeps them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lakehouse.marts.rows import TextRow

_DIGITS = 15  # hex digits of a row's hash: 60 bits fit a bigint


@dataclass(frozen=True)
class Fingerprint:
    """What two copies of a table must share: the number of rows, and the sum of their hashes."""

    row_count: int
    checksum: int


def fingerprint(rows: Iterable[TextRow]) -> Fingerprint:
    """Return what a copy of the rows must share, in whatever order it has them."""
    hashes = [
        int(hashlib.md5(_row_text(row).encode(), usedforsecurity=False).hexdigest()[:_DIGITS], 16)
        for row in rows
    ]
    return Fingerprint(len(hashes), sum(hashes))


def row_text_sql(columns: Sequence[tuple[str, str]]) -> str:
    """Return the SQL of a row's text, the same on PostgreSQL and Redshift.

    Args:
        columns: pairs of SQL expression and published type, in order.
    """
    parts = []
    for expression, kind in columns:
        text = f"cast({expression} as varchar)"
        if kind == "boolean":
            # Redshift does not cast a boolean to text.
            text = f"case when {expression} then 'true' else 'false' end"
        elif kind == "timestamp":
            text = f"to_char({expression}, 'YYYY-MM-DD HH24:MI:SS.US')"
        parts.append(
            f"case when {expression} is null then 'n' "
            f"else cast(length({text}) as varchar) || ':' || {text} end"
        )
    return " || ',' || ".join(parts)


def _row_text(row: TextRow) -> str:
    # With lengths: no value can look like the border between two.
    return ",".join("n" if value is None else f"{len(value)}:{value}" for value in row)
