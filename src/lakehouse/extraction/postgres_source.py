"""A table of PostgreSQL as CSV, in the server's own text, from one consistent snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lakehouse.errors import RawStoreError, SourceError
from lakehouse.landing.contract import FULL_EXTRACT_COLUMN, EntityContract
from lakehouse.landing.raw_store import RawFile, RawStore
from lakehouse.landing.source import PostgresTable
from lakehouse.postgres import PostgresLogin, connection

_LOCK_MILLISECONDS, _QUERY_MILLISECONDS = 30_000, 30 * 60_000


@dataclass(frozen=True)
class Extent:
    """How much of a table is asked for.

    Attributes:
        above: rows whose key is higher; None = the whole table.
    """

    above: int | None

    @property
    def is_whole(self) -> bool:
        return self.above is None


def due_extent(
    source: PostgresTable,
    files: Sequence[RawFile],
    *,
    store: RawStore,
    today: date,
    whole: bool = False,
) -> Extent:
    """Derive from the raw zone what must be fetched; nothing else remembers it.

    Whole on request, if no extract was whole yet, or the last one is `full_extract_days` old:
    corrections and deletions are seen only there. Otherwise what lies above the highest id landed.

    Args:
        files: the raw files of the entity.
        today: UTC day.
    Source: docs/domains/retail.md#extraction-of-sales.
    """
    highest: int | None = None
    for file in sorted(files, key=lambda file: (file.ingest_date, file.load_id), reverse=True):
        is_full, top = _state_of(file, source.key, store)
        if top is not None:
            highest = top if highest is None else max(highest, top)
        if is_full:
            age = today - date.fromisoformat(file.ingest_date)
            is_due = whole or age >= timedelta(days=source.full_extract_days)
            return Extent(None if is_due or highest is None else highest)
    return Extent(None)


def fetch_table(
    source: PostgresTable, entity: EntityContract, extent: Extent, login: PostgresLogin
) -> bytes:
    """Return the rows as CSV with a header, in the order of the key.

    One repeatable-read, read-only transaction: rows that others write meanwhile are in none of it
    or wholly in it.

    Raises: SourceError if the table cannot be read, or a whole one has no rows.
    """
    from psycopg import sql

    # Of a name: a bare column that is missing, and called like its table, would mean the whole row.
    columns = sql.SQL(", ").join(sql.Identifier("extracted", name) for name in entity.columns)
    key = sql.Identifier("extracted", source.key)
    wanted: sql.Composable = sql.SQL("")
    if extent.above is not None:
        wanted = sql.SQL(" where {} > {}").format(key, sql.Literal(extent.above))
    statement = sql.SQL(
        "copy (select {} from {} as extracted{} order by {}) to stdout (format csv, header true)"
    ).format(columns, sql.Identifier(source.schema, source.table), wanted, key)
    chunks: list[bytes] = []
    with connection(login, application="lakehouse extract", error=SourceError) as opened:
        _begin_snapshot(opened)
        with opened.cursor() as cursor, cursor.copy(statement) as copied:
            chunks.extend(map(bytes, copied))
    content = b"".join(chunks)
    if extent.is_whole and content.count(b"\n") < 2:
        raise SourceError(
            f"{source.schema}.{source.table} has no rows, but is extracted whole, so everything "
            f"would be deleted; nothing is landed: ask its owner"
        )
    return content


def _begin_snapshot(opened: Any) -> None:
    from psycopg import IsolationLevel

    opened.isolation_level = IsolationLevel.REPEATABLE_READ
    opened.read_only = True
    # Text that does not depend on the settings of a server, a database or a user.
    for name, value in {
        "datestyle": "ISO, YMD",
        "timezone": "UTC",
        "lock_timeout": str(_LOCK_MILLISECONDS),
        "statement_timeout": str(_QUERY_MILLISECONDS),
    }.items():
        opened.execute("select set_config(%s, %s, true)", (name, value))


def _state_of(file: RawFile, key: str, store: RawStore) -> tuple[bool, int | None]:
    """Whether a raw file is of a full extract, and its highest key."""
    try:
        with store.open_file(file) as handle:
            table = pq.ParquetFile(handle).read(columns=[key, FULL_EXTRACT_COLUMN])
            is_full = table[FULL_EXTRACT_COLUMN].cast(pa.string())
            keys = table[key].cast(pa.string()).drop_null()
    except (pa.ArrowException, OSError, KeyError) as err:
        raise RawStoreError(
            f"{file.key}: not a file of the raw zone ({err}); whoever wrote it must correct it"
        ) from err
    digits = keys.filter(pc.match_substring_regex(keys, "^[0-9]{1,18}$"))
    highest = pc.max(digits.cast(pa.int64())).as_py() if len(digits) else None
    return bool(len(is_full)) and is_full[0].as_py() == "true", highest
