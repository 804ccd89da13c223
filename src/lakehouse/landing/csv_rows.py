"""CSV: records by line, every field as it stands there.

Python's reader says what a record is. Text without a quote has no record that it and Arrow's
reader could tell apart, and Arrow's is many times as fast: blocks of such text are read by it,
unless anything in them needs a second look.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from lakehouse.errors import DeliveryError
from lakehouse.landing.columns import checked_header
from lakehouse.landing.contract import EntityContract
from lakehouse.landing.delivered_rows import Rows, decoded_chunks
from lakehouse.landing.delivery import SEND_AGAIN, Part

# Python keeps four bytes per character of a field: an unclosed quote takes no more than this.
FIELD_SIZE_LIMIT = 2**27
_ROWS_AT_ONCE = 2**15
_BLANKS = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace())


def read_csv(part: Part, entity: EntityContract) -> Iterator[Rows]:
    """Read records of the declared delimiter below one header; a line of separators is no row.

    Raises: DeliveryError, naming the line, for a file that is not CSV.
    """
    chunks, warnings = decoded_chunks(part, entity)
    first = next(chunks, "")
    lines = _Lines(chain([first], chunks))
    if first.lstrip()[:1] == "<":
        raise DeliveryError(f"{part.name}, line 1: HTML or XML where CSV is declared; {SEND_AGAIN}")
    records = _Records(lines, part.name, entity.rules.delimiter)
    header: Sequence[str] = ()
    for line, record in records:
        if record:
            header = checked_header(record, part.name, entity, line).names
            break
    if not header:
        raise DeliveryError(f"{part.name}, line 1: no header; {SEND_AGAIN}")
    records.width = len(header)
    blank: list[int] = []
    while block := lines.take_block():
        found = _plain_columns(block, len(header), entity.rules.delimiter)
        if found is None:
            lines.put_back(block)
            for columns, places in _as_columns(records, blank):
                yield Rows(dict(zip(header, columns, strict=True)), places)
            continue
        count = len(found[0])
        yield Rows(dict(zip(header, found, strict=True)), range(lines.line, lines.line + count))
        lines.line += count
    if blank:
        warnings += (
            f"{part.name}, line {blank[0]}: {len(blank)} line(s) hold separators and no value; "
            f"they are no rows",
        )
    yield Rows({name: () for name in header}, (), warnings=warnings)


class _Lines(Iterator[str]):
    """Lines of a text that comes in chunks; what is left of a block can be taken at once.

    Attributes:
        line: number of the line that comes next.
    """

    def __init__(self, chunks: Iterator[str]) -> None:
        self._blocks = _whole_lines(chunks)
        self.put_back("")
        self.line = 1

    def __next__(self) -> str:
        line = self._current.readline()
        if not line:
            self.put_back(next(self._blocks))
            line = self._current.readline()
        self.line += 1
        return line

    def is_between_blocks(self) -> bool:
        """Whether the next line is the first of a block, or there is none."""
        return self._current.tell() == self._size

    def take_block(self) -> str:
        """Take all lines of the block that the next line is of, without counting them."""
        block = self._current.read() or next(self._blocks, "")
        self.put_back("")
        return block

    def put_back(self, block: str) -> None:
        # newline="" keeps line ends inside quoted fields.
        self._current, self._size = io.StringIO(block, newline=""), len(block)


def _whole_lines(chunks: Iterator[str]) -> Iterator[str]:
    """Cut a text at ends of lines; what follows the last one comes last."""
    rest: list[str] = []
    for chunk in chunks:
        # A return at the end may be half of a line end.
        end = max(chunk.rfind("\n"), chunk.rfind("\r", 0, -1)) + 1
        if rest and rest[-1].endswith("\r") and not chunk.startswith("\n"):
            yield "".join(rest)
            rest = []
        if end:
            yield "".join([*rest, chunk[:end]])
            rest = []
        if end < len(chunk):
            rest.append(chunk[end:])
    if rest:
        yield "".join(rest)


class _Records(Iterator[tuple[int, list[str]]]):
    """Records of lines, each with the number of its first line; an empty line is an empty record.

    Attributes:
        width: fields that each has that is not empty; None = any number.
    """

    def __init__(self, lines: _Lines, name: str, delimiter: str) -> None:
        csv.field_size_limit(FIELD_SIZE_LIMIT)
        # strict refuses an unclosed quote, which would otherwise swallow the rest of the file into
        # one field.
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)
        self.lines, self._name = lines, name
        self.width: int | None = None

    def __next__(self) -> tuple[int, list[str]]:
        line = self.lines.line
        try:
            record = next(self._reader)
        except csv.Error as err:
            raise DeliveryError(
                f"{self._name}, line {line}: the row that starts here is not CSV ({err}); "
                f"{SEND_AGAIN}"
            ) from err
        if record and self.width is not None and len(record) != self.width:
            raise DeliveryError(
                f"{self._name}, line {line}: {len(record)} fields where the header has "
                f"{self.width}; {SEND_AGAIN}"
            )
        return line, record


def _as_columns(
    records: _Records, blank: list[int]
) -> Iterator[tuple[list[tuple[str, ...]], list[int]]]:
    """Read records until one ends with its block.

    Args:
        blank: gets the lines that hold separators and no value.
    """
    taken: list[list[str]] = []
    places: list[int] = []
    for line, record in records:
        # Separators alone, as spreadsheets leave behind: no record, and no key that could not be
        # read, which would keep a full extract from ending any record.
        if any(map(str.strip, record)):
            taken.append(record)
            places.append(line)
        elif record:
            blank.append(line)
        if records.lines.is_between_blocks():
            break
        if len(taken) == _ROWS_AT_ONCE:
            yield list(zip(*taken, strict=True)), places
            taken, places = [], []
    if taken:
        yield list(zip(*taken, strict=True)), places


def _plain_columns(block: str, width: int, delimiter: str) -> list[pa.Array[Any]] | None:
    """Return the columns of a block in which every line is a record; None if one may not be.

    A quote, an empty line, a record of other than `width` fields or of none with a value: all of
    these are for Python's reader, which knows their lines.
    """
    # Arrow would take a first character for a byte order mark.
    if '"' in block or block[0] == "\ufeff" or not delimiter.isascii():
        return None
    count = block.count("\n") + block.count("\r") - block.count("\r\n")
    try:
        content = block.encode()
    except UnicodeEncodeError:
        return None
    names = [str(place) for place in range(width)]
    try:
        table = pa_csv.read_csv(
            io.BytesIO(content),
            # One block: a record never lies across two.
            pa_csv.ReadOptions(use_threads=False, block_size=len(content) + 1, column_names=names),
            pa_csv.ParseOptions(delimiter=delimiter, quote_char=False),
            pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), check_utf8=False),
        )
    except pa.ArrowException:
        return None
    if table.num_rows != count + (block[-1] not in "\r\n") or not table.num_rows:
        return None
    columns = [column.combine_chunks() for column in table.columns]
    return None if _has_blank_row(columns) else columns


def _has_blank_row(columns: Sequence[pa.Array[Any]]) -> bool:
    rows = None
    for column in columns:
        # Any: the stubs know no length of a trimmed text.
        trimmed: Any = pc.utf8_trim(column, characters=_BLANKS)
        blank = pc.equal(pc.binary_length(trimmed), pa.scalar(0, pa.int32()))
        rows = blank if rows is None else pc.and_(rows, blank)
        if not pc.any(rows).as_py():
            return False
    return True
