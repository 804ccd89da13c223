"""One table on two engines, compared row for row and value by value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lakehouse.errors import TableReadError
from lakehouse.marts.rows import Rows, TextRow

_SHOWN_ROWS = 3


@dataclass(frozen=True)
class Difference:
    """What one table has here and not there."""

    table: str
    only_expected: list[TextRow]
    only_actual: list[TextRow]
    columns: tuple[str, ...]
    note: str = ""

    def sentences(self) -> Iterator[str]:
        """Say what differs, with the first rows."""
        if self.note:
            yield f"{self.table}: {self.note}"
            return
        yield (
            f"{self.table}: {len(self.only_expected)} row(s) are missing or other, "
            f"{len(self.only_actual)} are too many or other"
        )
        for side, rows in (("expected", self.only_expected), ("found", self.only_actual)):
            for row in rows[:_SHOWN_ROWS]:
                pairs = zip(self.columns, row, strict=True)
                yield f"  {side}: " + " ".join(f"{name}={value!r}" for name, value in pairs)


def difference(table: str, expected: Rows, actual: Rows) -> Difference | None:
    """Compare two tables as multisets of rows; None if they are equal."""
    missing, extra = expected.rows - actual.rows, actual.rows - expected.rows
    if not missing and not extra:
        return None
    return Difference(
        table=table,
        only_expected=sorted(missing.elements(), key=repr),
        only_actual=sorted(extra.elements(), key=repr),
        columns=expected.columns,
    )


def unreadable(table: str, err: TableReadError) -> Difference:
    """Return the difference of a table that could not be compared."""
    note = re.sub(r"\s+", " ", str(err))[:500]
    return Difference(table=table, only_expected=[], only_actual=[], columns=(), note=note)
