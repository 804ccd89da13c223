"""Publishing to PostgreSQL: merged from staging tables, all tables of an exposure at once.

Rows are merged and not swapped: grants, views and indexes stay, readers are never blocked and never
see half, and a run that changes nothing writes nothing.
"""

from collections.abc import Collection, Sequence
from typing import Any

from lakehouse.errors import PublishError
from lakehouse.marts.fingerprint import Fingerprint, fingerprint, row_text_sql
from lakehouse.marts.rows import TableReader, TextRow
from lakehouse.postgres import PostgresLogin, connection
from lakehouse.publishing.mart_rows import mart_rows
from lakehouse.publishing.publication import Publication, PublishedRows, PublishedTable
from lakehouse.publishing.removal import check_removal

_STAGE = "lakehouse_stage"
# PostgreSQL's own names, to compare a table with what it should be.
_OWN_TYPES = {"timestamp": "timestamp without time zone"}


def publish_to_postgres(
    publication: Publication,
    *,
    marts: TableReader,
    login: PostgresLogin,
    allow_empty: bool = False,
    allow_removal: Collection[str] = (),
) -> list[PublishedRows]:
    """Make the published tables equal to the marts, in one transaction.

    Runs of one exposure wait for each other before they read the marts, so that an older state can
    not overwrite a newer one.

    Args:
        allow_empty: let a mart without rows empty its table.
        allow_removal: tables of which any number of rows may go.
    Returns: one result per table; written rows are inserted or changed ones.
    Raises: PublishError if anything fails or the copy is not equal; the old tables stay whole.
    Source: docs/domains/education.md#publishing.
    """
    with connection(login, application="lakehouse publish", error=PublishError) as opened:
        _prepare(opened, publication)
        return [
            _publish_table(
                opened, publication, table, mart_rows(table, marts), allow_empty, allow_removal
            )
            for table in publication.tables
        ]


def _prepare(opened: Any, publication: Publication) -> None:
    for name, value in {
        "datestyle": "ISO, YMD",
        "timezone": "UTC",
        "lock_timeout": "5min",
        "idle_in_transaction_session_timeout": "30min",
    }.items():
        opened.execute("select set_config(%s, %s, true)", (name, value))
    opened.execute(
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
        (f"lakehouse publish {publication.exposure}",),
    )
    opened.execute(f'create schema if not exists "{publication.schema}"')


def _publish_table(
    opened: Any,
    publication: Publication,
    table: PublishedTable,
    rows: Sequence[TextRow],
    allow_empty: bool,
    allow_removal: Collection[str],
) -> PublishedRows:
    place = f'"{publication.schema}"."{table.name}"'
    shown = f"{publication.schema}.{table.name}"
    _shape(opened, place, publication, table)
    held = opened.execute(f"select exists (select from {place})").fetchone()[0]
    if held and not rows and not allow_empty:
        raise PublishError(
            f"{table.model} has no rows, and {shown} has: nothing is published; build the mart, or "
            f"publish with --allow-empty if all rows are meant to go"
        )
    _stage(opened, place, table, rows)
    if rows:
        held_count, missing_count = opened.execute(
            f"select count(*), count(*) filter (where not exists (select from {_STAGE} as new "
            f"where {_equal('held', 'new', table.key)})) from {place} as held"
        ).fetchone()
        check_removal(
            publication,
            table,
            held_count=held_count,
            missing_count=missing_count,
            allowed=allow_removal,
        )
    removed = opened.execute(
        f"delete from {place} as held where not exists (select from {_STAGE} as new where "
        f"{_equal('held', 'new', table.key)})"
    ).rowcount
    written = opened.execute(_upsert_sql(place, table)).rowcount
    _verify(opened, place, shown, table, fingerprint(rows))
    opened.execute(f"drop table {_STAGE}")
    for role in publication.readers:
        opened.execute(f'grant usage on schema "{publication.schema}" to "{role}"')
        opened.execute(f'grant select on {place} to "{role}"')
    return PublishedRows(shown, len(rows), written, removed)


def _shape(opened: Any, place: str, publication: Publication, table: PublishedTable) -> None:
    """Make the table, or change it to what the marts say now; grants and other columns stay.

    A column that is no longer published is dropped with what it holds.
    """
    wanted = {column.name: column.type for column in table.columns}
    key = ", ".join(f'"{name}"' for name in table.key)
    definitions = ", ".join(f'"{name}" {_sql_type(kind)}' for name, kind in wanted.items())
    opened.execute(f"create table if not exists {place} ({definitions}, primary key ({key}))")
    held = dict(
        opened.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = %s::regclass and attnum > 0 and not attisdropped",
            (place,),
        ).fetchall()
    )
    constraint, held_key = opened.execute(
        "select conname, array(select attname from unnest(conkey) with ordinality as k (n, o) "
        "join pg_attribute on attrelid = conrelid and attnum = k.n order by k.o) "
        "from pg_constraint where conrelid = %s::regclass and contype = 'p' "
        "union all select null, null limit 1",
        (place,),
    ).fetchone()
    if held_key is None or tuple(held_key) != table.key:
        # The rows come anew below; by another key the old ones might not be unique.
        opened.execute(f"delete from {place}")
        if constraint:
            opened.execute(f'alter table {place} drop constraint "{constraint}"')
    for name in set(held) - set(wanted):
        opened.execute(f'alter table {place} drop column "{name}"')
    for name, kind in wanted.items():
        if name not in held:
            opened.execute(f'alter table {place} add column "{name}" {_sql_type(kind)}')
        elif held[name] != _OWN_TYPES.get(kind, _sql_type(kind)):
            opened.execute(
                f'alter table {place} alter column "{name}" type {_sql_type(kind)} '
                f'using cast("{name}" as {_sql_type(kind)})'
            )
    if held_key is None or tuple(held_key) != table.key:
        opened.execute(f"alter table {place} add primary key ({key})")
    for index in table.indexes:
        name = "_".join((table.name, *index, "idx"))[:63]
        columns = ", ".join(f'"{column}"' for column in index)
        opened.execute(f'create index if not exists "{name}" on {place} ({columns})')


def _stage(opened: Any, place: str, table: PublishedTable, rows: Sequence[TextRow]) -> None:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    key = ", ".join(f'"{name}"' for name in table.key)
    opened.execute(
        f"create temporary table {_STAGE} on commit drop as select {columns} from {place} limit 0"
    )
    opened.execute(f"alter table {_STAGE} add primary key ({key})")
    with opened.cursor().copy(f"copy {_STAGE} ({columns}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    opened.execute(f"analyze {_STAGE}")


def _upsert_sql(place: str, table: PublishedTable) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    key = ", ".join(f'"{name}"' for name in table.key)
    others = [column.name for column in table.columns if column.name not in table.key]
    action = "do nothing"
    if others:
        pairs = ", ".join(f'"{name}" = excluded."{name}"' for name in others)
        held = ", ".join(f'held."{name}"' for name in others)
        new = ", ".join(f'excluded."{name}"' for name in others)
        action = f"do update set {pairs} where row({held}) is distinct from row({new})"
    return (
        f"insert into {place} as held ({columns}) select {columns} from {_STAGE} "
        f"on conflict ({key}) {action}"
    )


def _verify(
    opened: Any, place: str, shown: str, table: PublishedTable, expected: Fingerprint
) -> None:
    text = row_text_sql([(f'"{column.name}"', column.type) for column in table.columns])
    count, checksum = opened.execute(
        f"select count(*), coalesce(sum(('x' || left(md5({text}), 15))::bit(60)::bigint), 0) "
        f"from {place}"
    ).fetchone()
    found = Fingerprint(count, int(checksum))
    if found != expected:
        raise PublishError(
            f"{shown} is not equal to {table.model}: {found.row_count} rows for "
            f"{expected.row_count}, checksum {found.checksum} for {expected.checksum}; nothing is "
            f"published: see whether a trigger or another writer changes the table"
        )


def _equal(left: str, right: str, names: Sequence[str]) -> str:
    return " and ".join(f'{left}."{name}" = {right}."{name}"' for name in names)


def _sql_type(kind: str) -> str:
    return kind.replace("decimal", "numeric")
