"""Rows as text, and who reads them, whichever engine keeps the table.

A value has the text that PostgreSQL, Redshift and Athena give it: a decimal with all its places, an
ISO date, a timestamp with its microseconds, `true` and `false`. So a scale that differs is a
difference, and a checksum can be computed on either side.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

TextRow = tuple[str | None, ...]


class TableReader(Protocol):
    """Reads tables of one engine."""

    @property
    def build_command(self) -> str:
        """The command that builds tables of this engine, for an error."""

    def texts(self, schema: str, table: str, columns: Sequence[str]) -> Iterator[TextRow]:
        """Read some columns of a table or view as text, in their order.

        Raises: TableReadError if it is not there, lacks a column, or cannot be read exactly.
        """
