"""A load as files of the raw zone: one Parquet file per day, values as text, with provenance."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lakehouse.landing.contract import (
    CONTENT_HASH_COLUMN,
    FULL_EXTRACT_COLUMN,
    RESCUED_COLUMN,
    SENDER_COLUMN,
    EntityContract,
)
from lakehouse.landing.digest import FileDigest
from lakehouse.landing.raw_store import RawFile

if TYPE_CHECKING:
    from lakehouse.landing.reading import DeliveredRows

# A row group is written when a day has that many rows or bytes, or all days together have several
# times as many: then the largest is.
_GROUP_ROWS = 2**17
_GROUP_BYTES = 2**26
_HELD_GROUPS = 4


class RawWriter:
    """Writes the rows of a load into a folder, as they come; each day becomes a file of its own.

    Attributes:
        files: after the end, the place of each day's file in the raw zone and where it lies now,
            in the order of days.
    """

    def __init__(
        self,
        entity: EntityContract,
        domain: str,
        load_id: str,
        folder: Path,
        is_full_extract: bool,
        sender: str | None,
    ) -> None:
        self._entity, self._domain, self._folder = entity, domain, folder
        self._said: dict[str, Any] = {"load_id": load_id}
        if entity.has_full_extract_column:
            self._said[FULL_EXTRACT_COLUMN] = is_full_extract
        if sender is not None:
            self._said[SENDER_COLUMN] = sender
        self._days: dict[str, _DayFile] = {}
        self.files: list[tuple[RawFile, Path]] = []

    def __enter__(self) -> RawWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            for file in self._days.values():
                file.abandon()
            return
        for day, file in sorted(self._days.items()):
            file.close()
            place = RawFile(self._domain, self._entity.name, day, self._said["load_id"])
            self.files.append((place, file.path))

    def add(self, rows: DeliveredRows, recorded_at: pa.Array[Any], rows_before: int) -> None:
        """Take n rows of a file.

        Args:
            recorded_at: n times of receipt.
            rows_before: rows of the same file that came before.
        """
        if not rows.row_count:
            return
        table = self._raw_table(rows, recorded_at, rows_before)
        row_day = pc.utf8_slice_codeunits(recorded_at, 0, 10)
        days = pc.unique(row_day).to_pylist()
        for day in filter(None, days):
            if day not in self._days:
                self._days[day] = _DayFile(self._folder / f"{day}.parquet", table.schema)
            of_day = table if len(days) == 1 else table.filter(pc.equal(row_day, pa.scalar(day)))
            self._days[day].add(of_day)
        while sum(file.held_bytes for file in self._days.values()) > _HELD_GROUPS * _GROUP_BYTES:
            max(self._days.values(), key=lambda file: file.held_bytes).write_group()

    def _raw_table(
        self, rows: DeliveredRows, recorded_at: pa.Array[Any], rows_before: int
    ) -> pa.Table:
        count = rows.row_count
        columns: Mapping[str, pa.Array[Any]] = {
            name: self._landed_values(rows, name) for name in self._entity.columns
        }
        provenance: dict[str, pa.Array[Any]] = {
            "recorded_at": recorded_at,
            "load_id": pa.repeat(pa.scalar(self._said["load_id"]), count),
            "source_file": pa.repeat(pa.scalar(rows.part.name), count),
            "source_row": pa.array(range(rows_before + 1, rows_before + count + 1), pa.int64()),
        }
        for name in (FULL_EXTRACT_COLUMN, SENDER_COLUMN):
            if name in self._said:
                provenance[name] = pa.repeat(pa.scalar(self._said[name]), count)
        if self._entity.has_content_hash_column:
            provenance[CONTENT_HASH_COLUMN] = pa.repeat(pa.scalar(rows.part.digest.hex()), count)
        provenance[RESCUED_COLUMN] = (
            pa.nulls(count, pa.string()) if rows.rescued is None else rows.rescued
        )
        return pa.table({**columns, **provenance})

    def _landed_values(self, rows: DeliveredRows, name: str) -> pa.Array[Any]:
        values = rows.columns.get(name)
        if values is None:
            return pa.nulls(rows.row_count, pa.string())
        is_empty_text = name in self._entity.rules.null_as_empty
        return values.fill_null(pa.scalar("")) if is_empty_text else values


class _DayFile:
    """The raw file of one day, written in row groups.

    Attributes:
        held_bytes: what is not written yet.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path, self.held_bytes = path, 0
        self._held: list[pa.Table] = []
        self._held_rows = 0
        self._digest = FileDigest()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._writer = pq.ParquetWriter(
            cast(BinaryIO, _Appended(path)), schema, compression="zstd", write_page_checksum=True
        )

    def add(self, table: pa.Table) -> None:
        self._held.append(table)
        self._held_rows += table.num_rows
        self.held_bytes += table.nbytes
        if self._held_rows >= _GROUP_ROWS or self.held_bytes >= _GROUP_BYTES:
            self.write_group()

    def write_group(self) -> None:
        group = pa.concat_tables(self._held)
        self._digest.add(group)
        self._writer.write_table(group, row_group_size=group.num_rows)
        self._held, self._held_rows, self.held_bytes = [], 0, 0

    def close(self) -> None:
        if self._held:
            self.write_group()
        self._writer.add_key_value_metadata(self._digest.metadata)
        self._writer.close()

    def abandon(self) -> None:
        """Let go of a file that nobody will read, on a disk that may be full."""
        with suppress(OSError, pa.ArrowException):
            self._writer.close()


class _Appended:
    """A file that is open only while it is written to: a load may be of more days than a process
    may hold open files."""

    closed = False

    def __init__(self, path: Path) -> None:
        self._path, self._size = path, 0

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:
        with self._path.open("ab") as file:
            file.write(content)
        self._size += len(content)
        return len(content)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """Every write has ended in the file."""

    def close(self) -> None:
        self.closed = True
