"""Purchase events in the raw layout of the commerce domain, as many as asked for.

An event is named by three small numbers (purchase, kind, copy) and every value follows from them by
hashing, so only the numbers are shuffled to their ingest days; the texts are made file by file. The
same size gives the same rows with the same DuckDB version.
"""

import argparse
import hashlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

FIRST_DAY = datetime(2021, 1, 1, tzinfo=UTC)
INGEST_DAYS = 150  # one a week: few enough that the size of a file follows the size of the data
INCREMENT_EVENTS = 20_000
EVENTS_PER_PURCHASE = 3.937  # measured; events that would arrive after the last day are left out

# kind -> (condition on the purchase number i, seconds after the order)
PURCHASE_KINDS = {
    0: ("true", "0"),
    1: ("r(i, 1, 10) between 4 and 8", "days(1 + r(i, 2, 30)) + r(i, 20, 80000)"),
    2: ("r(i, 3, 100) < 6", "days(40 + r(i, 21, 30))"),
    3: ("r(i, 4, 100) < 12", "days(32 + r(i, 22, 7))"),
    4: ("r(i, 5, 100) < 2", "days(80 + r(i, 23, 180))"),
    5: ("r(i, 6, 500) = 0", "0"),
}
ITEM_KINDS = {
    0: ("true", "r(i, 40, 120)"),
    1: ("r(i, 41, 100) < 3", "days(90 + r(i, 42, 150))"),
    2: ("r(i, 43, 100) < 3", "days(10 + r(i, 44, 50))"),
    3: ("r(i, 5, 100) < 2 and r(i, 8, 4) = 3", "days(60 + r(i, 45, 40))"),
    5: ("r(i, 46, 500) = 0", "r(i, 40, 120)"),
}
EXTRA_INFO_KINDS = {
    0: ("true", "r(i, 60, 250000)"),
    1: ("r(i, 61, 100) < 2", "days(20 + r(i, 62, 100))"),
    2: ("r(i, 63, 100) < 3", "days(10 + r(i, 64, 50))"),
    5: ("r(i, 65, 500) = 0", "r(i, 60, 250000)"),
}
TOUCH_KIND = 6  # a new event of an existing record, only in the increment

# r(i, s, n): a number below n, the s-th of purchase i. The salt goes into the hashed number:
# hash(i, s) of two columns is hash(i) xor-ed with a constant, which keeps the draws correlated.
MACROS = """
create macro r(i, s, n) as cast(hash(cast(i as bigint) * 1024 + s) % cast(n as ubigint) as bigint);
create macro days(n) as n * 86400;
create macro event_time(s) as strftime(timestamp '2021-01-01' + to_seconds(s), '%Y-%m-%d %H:%M:%S');
create macro event_day(s) as strftime(timestamp '2021-01-01' + to_seconds(s), '%Y-%m-%d');
create macro number_text(n, draw) as case when draw < 2 then n || '.0' else n || '' end;
-- Cents as the sources print them: decimal comma or point, short forms, seldom a grouped number.
create macro amount_text(cents, draw) as case
    when draw < 30 then (cents // 100) || ',' || lpad((cents % 100) || '', 2, '0')
    when draw < 33 then (cents // 100) || ''
    when draw < 34 then format('{:,}', cents // 100) || '.' || lpad((cents % 100) || '', 2, '0')
    else (cents // 100) || '.' || lpad((cents % 100) || '', 2, '0')
end;
create macro cents(i) as case
    when r(i, 80, 100) < 90 then 990 + r(i, 81, 50000) else 10000 + r(i, 81, 3000000)
end;
create macro approved(draw) as case
    when draw < 90 then 'APROVADA' when draw < 95 then 'Aprovada' when draw < 97 then ' aprovada '
    when draw < 98 then 'EM ANÁLISE'
end;
create macro cancelled(draw) as case
    when draw < 60 then 'CANCELADA' when draw < 97 then 'REEMBOLSADA' else ' Cancelada' end;
create macro subsidiary_text(draw) as case
    when draw < 68 then 'nacional' when draw < 92 then 'internacional' when draw < 96 then 'latam'
    when draw < 98 then 'Nacional ' when draw < 99 then 'INTERNACIONAL' else '' end;
"""

# Purchase i is ordered o days after the first day; release is on the same scale, null = unpaid.
PURCHASE_TEXTS = """
with drawn as (
    select
        *,
        r(i, 0, {order_seconds}) // 86400 as o,
        r(i, 1, 10) as payment,
        case when kind = 4 then r(i, 8, 4) when kind = 6 then 4 + r(i, 9, 5) else -1 end as change,
        r(i, 100 + kind, 500) as defect,
        r(i, 120 + kind, 7) as defect_kind,
        r(i, 140 + kind, 100) as draw
    from event
),
stated as (
    select
        *,
        case
            when change in (1, 5) then null
            when change = 7 then o + 40
            when payment < 4 then o + r(i, 7, 3)
            when payment < 9 and kind not in (0, 5) then o + 1 + r(i, 2, 30)
        end + case when change in (0, 4) then 15 + r(i, 24, 30) else 0 end as release,
        (kind in (2, 4) and r(i, 3, 100) < 6) or change = 6 as is_cancelled
    from drawn
)
select
    case
        when defect = 0 and defect_kind = 0 then 'x' || i
        when defect = 0 and defect_kind = 1 then ''
        else number_text(1000000 + i, draw)
    end as purchase_id,
    (i % 16) || '' as purchase_partition,
    number_text(
        10 + r(i + case when change = 2 or kind = 5 then 1 else 0 end, 10, {buyers}), 99 - draw
    ) as buyer_id,
    (5000000000 + i + case when change = 3 then 3000000000 else 0 end) || '' as prod_item_id,
    (i % 8) || '' as prod_item_partition,
    case when r(i, 11, 200) > 0 then {producer} || '' end as producer_id,
    case when defect = 0 and defect_kind = 2 then '2023-02-30' else event_day(o * 86400) end
        as order_date,
    case
        when defect = 0 and defect_kind = 3 then '31/12/2022'
        when release is null then case when i % 2 = 0 then '' end
        else event_day(release * 86400)
    end as release_date,
    case
        when defect = 0 and defect_kind = 4 then '12,345'
        else amount_text(cents(i) + case when r(i, 12, 100) = 0 then 100 else 0 end, draw)
    end as purchase_total_value,
    case when is_cancelled then cancelled(draw) else approved(r(i, 13, 100)) end as purchase_status,
    case
        when defect = 0 and defect_kind = 5 then event_time(seconds) || ' UTC'
        when defect = 0 and defect_kind = 6 then ''
        else event_time(seconds)
    end as transaction_datetime,
    event_day(seconds) as transaction_date,
"""
ITEM_TEXTS = """
with drawn as (
    select
        *,
        r(i, 160 + kind, 500) as defect,
        r(i, 170 + kind, 5) as defect_kind,
        r(i, 180 + kind, 100) as draw
    from event
)
select
    case
        when defect = 0 and defect_kind = 0 then null
        else number_text(5000000000 + i + case when kind = 3 then 3000000000 else 0 end, draw)
    end as prod_item_id,
    (i % 8) || '' as prod_item_partition,
    cast(null as varchar) as purchase_id,
    ({producer} * 100 + r(i, 82, 20)) || '' as product_id,
    case
        when defect = 0 and defect_kind = 1 then '1.5'
        when draw = 50 then '0'
        else (1 + r(i, 83, 10)) || ''
    end as item_quantity,
    case
        when defect = 0 and defect_kind = 2 then 'R$ 10,00'
        when draw = 51 then case when i % 2 = 0 then '' end
        else amount_text(cents(i) + case when kind in (1, 5, 6) then 500 else 0 end, draw)
    end as purchase_value,
    case
        when defect = 0 and defect_kind = 3 then substr(event_time(seconds), 1, 16) || 'Z'
        when defect = 0 and defect_kind = 4 then ''
        else event_time(seconds)
    end as transaction_datetime,
    event_day(seconds) as transaction_date,
"""
EXTRA_INFO_TEXTS = """
with drawn as (
    select
        *,
        r(i, 190 + kind, 500) as defect,
        r(i, 200 + kind, 4) as defect_kind,
        r(i, 210 + kind, 100) as draw
    from event
)
select
    case
        when defect = 0 and defect_kind = 0 then i || 'e'
        when defect = 0 and defect_kind = 1 then ''
        else number_text(1000000 + i, draw)
    end as purchase_id,
    (i % 16) || '' as purchase_partition,
    subsidiary_text(r(i, 66 + case when kind in (1, 5, 6) then 1 else 0 end, 100)) as subsidiary,
    case
        when defect = 0 and defect_kind = 2 then event_time(seconds) || '-99:00'
        when defect = 0 and defect_kind = 3 then 'yesterday'
        else event_time(seconds)
    end as transaction_datetime,
    event_day(seconds) as transaction_date,
"""
FEEDS = {
    "purchase": (PURCHASE_KINDS, PURCHASE_TEXTS),
    "product_item": (ITEM_KINDS, ITEM_TEXTS),
    "purchase_extra_info": (EXTRA_INFO_KINDS, EXTRA_INFO_TEXTS),
}
WITH_A_DAY = """
select
    i, kind, copy, seconds,
    -- The first ingest day after the event, then a delay: three of four in time, one of a hundred
    -- half a year late or later. A repeat comes up to twenty weeks after the first copy.
    greatest(0, ceil((seconds - {to_first_ingest}) / 604800.0))
    + case
        when r(i, {salt} + kind, 100) < 75 then 0
        when r(i, {salt} + kind, 100) < 93 then 1 + r(i, {salt} + 8 + kind, 4)
        when r(i, {salt} + kind, 100) < 99 then 5 + r(i, {salt} + 8 + kind, 20)
        else 26 + r(i, {salt} + 8 + kind, 75)
    end
    + case when copy = 1 then r(i, {salt} + 16 + kind, 21) else 0 end as week
from drawn
"""


@dataclass(frozen=True)
class Shape:
    """Counts that follow from the number of events asked for."""

    purchases: int
    order_seconds: int = (INGEST_DAYS - 2) * 604800

    @property
    def producer(self) -> str:
        """SQL of the producer of purchase i: a few sell much."""
        producers = max(1000, self.purchases // 250)
        return f"(100 + cast({producers} * power(r(i, 14, 1000000) / 1e6, 3) as bigint))"

    def texts(self, entity: str) -> str:
        """SQL of the delivered columns of one feed, over a relation `event`."""
        return FEEDS[entity][1].format(
            order_seconds=self.order_seconds,
            buyers=max(1, self.purchases // 3),
            producer=self.producer,
        )


def shape_of(events: int) -> Shape:
    """Return the counts for about `events` events over all three feeds."""
    return Shape(purchases=round(events / EVENTS_PER_PURCHASE))


def ingest_day(week: int) -> datetime:
    """Return midnight UTC of an ingest day; week INGEST_DAYS is the day of the increment."""
    return FIRST_DAY + timedelta(days=5 + 7 * week)


def generate_history(raw: Path, *, events: int, work: Path) -> int:
    """Write about `events` events to the raw zone, on INGEST_DAYS days.

    Args:
        raw: root of the raw zone; the three feeds of commerce in it are replaced.
        work: directory for what is deleted again.
    Returns: the number of rows written.
    """
    shape = shape_of(events)
    rows = 0
    with _connection(work) as con:
        for place, entity in enumerate(FEEDS):
            shutil.rmtree(raw / "commerce" / entity, ignore_errors=True)
            shuffled = work / "shuffled" / entity
            shutil.rmtree(shuffled, ignore_errors=True)
            shuffled.mkdir(parents=True)
            con.execute(f"""
                copy (
                    select * from ({_arrivals(entity, shape, salt=300 + 32 * place)})
                    where week < {INGEST_DAYS}
                ) to '{shuffled}' (format parquet, compression lz4, partition_by (week))
            """)
            for week in range(INGEST_DAYS):
                events_of_week = f"read_parquet('{shuffled}/week={week}.0/*.parquet')"
                rows += _write_load(con, raw, entity, week, events_of_week, shape)
        shutil.rmtree(work / "shuffled")
    return rows


def generate_increment(raw: Path, *, events: int, work: Path) -> int:
    """Write INCREMENT_EVENTS events on one later day: four of five touch existing purchases.

    Args:
        raw: root of a raw zone of its own, so that the files can be landed when wanted.
        events: size of the history that the increment belongs to.
        work: directory for what is deleted again.
    Returns: the number of rows written.
    """
    shape = shape_of(events)
    new_purchases = INCREMENT_EVENTS // 5 // len(FEEDS)
    touches = {"product_item": INCREMENT_EVENTS * 22 // 100}
    touches["purchase_extra_info"] = touches["product_item"]
    touches["purchase"] = INCREMENT_EVENTS - sum(touches.values()) - len(FEEDS) * new_purchases
    age = (ingest_day(INGEST_DAYS) - FIRST_DAY) // timedelta(seconds=1)
    rows = 0
    with _connection(work) as con:
        for place, (entity, count) in enumerate(touches.items()):
            # Of the touches 5 % repeat the first event and 10 % are older than what is known.
            con.execute(f"""
                create or replace temp table increment_event as
                with touched as (
                    select
                        r(n, {30 + place}, {shape.purchases}) as i,
                        case when n % 20 = 0 then 0 else {TOUCH_KIND} end as kind,
                        2 as copy,
                        n
                    from range({count}) as touch(n)
                )
                select
                    i, kind, copy,
                    case
                        when kind = 0 then r(i, 0, {shape.order_seconds}) + {FEEDS[entity][0][0][1]}
                        when n % 10 = 1 then r(i, 0, {shape.order_seconds}) - 3600
                        else {age} - r(i, 25, 600000)
                    end as seconds
                from touched
                union all
                select {shape.purchases} + n, 0, 2, {age} - 300000 + r(n, 26, 290000)
                from range({new_purchases}) as new_purchase(n)
            """)
            shutil.rmtree(raw / "commerce" / entity, ignore_errors=True)
            rows += _write_load(con, raw, entity, INGEST_DAYS, "increment_event", shape)
    return rows


def _connection(work: Path) -> duckdb.DuckDBPyConnection:
    work.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    con.execute(f"set temp_directory = '{work / 'generator.tmp'}'")
    con.execute("set memory_limit = '4GB'")
    con.execute("set preserve_insertion_order = false")
    con.execute(f"set partitioned_write_max_open_files = {2 * INGEST_DAYS}")
    con.execute(MACROS)
    return con


def _arrivals(entity: str, shape: Shape, *, salt: int) -> str:
    order = f"r(i, 0, {shape.order_seconds})"
    kinds = "\nunion all\n".join(
        f"select i, {kind} as kind, {order} + {after} as seconds from purchase where {condition}"
        for kind, (condition, after) in FEEDS[entity][0].items()
    )
    to_first_ingest = (ingest_day(0) - FIRST_DAY) // timedelta(seconds=1)
    return f"""
        with purchase as (select range as i from range({shape.purchases})),
        first_copy as ({kinds}),
        drawn as (
            select *, 0 as copy from first_copy
            union all
            select *, 1 as copy from first_copy where r(i, {salt} + 24 + kind, 100) < 5
        )
        {WITH_A_DAY.format(salt=salt, to_first_ingest=to_first_ingest)}
    """


def _write_load(
    con: duckdb.DuckDBPyConnection, raw: Path, entity: str, week: int, events: str, shape: Shape
) -> int:
    place = list(FEEDS).index(entity)
    recorded_at = ingest_day(week) + timedelta(hours=3, minutes=place, microseconds=17 * week)
    digest = hashlib.sha256(f"{entity} {week}".encode()).hexdigest()[:12]
    load_id = f"{recorded_at:%Y%m%dT%H%M%S%f}Z-{digest}"
    folder = raw / "commerce" / entity / f"ingest_date={recorded_at:%Y-%m-%d}"
    folder.mkdir(parents=True)
    path = folder / f"{load_id}.parquet"
    con.execute(f"""
        copy (
            with event as (from {events})
            select * exclude (i, kind, copy) from (
                {shape.texts(entity)}
                '{recorded_at:%Y-%m-%d %H:%M:%S.%f}' as recorded_at,
                '{load_id}' as load_id,
                '{entity}-{recorded_at:%Y%m%d}.csv' as source_file,
                row_number() over (
                    order by hash(i * 16 + kind), i, kind, copy, seconds
                ) as source_row,
                i, kind, copy
                from {"stated" if entity == "purchase" else "drawn"}
            )
            order by source_row
        ) to '{path}' (format parquet, compression zstd)
    """)
    return con.execute(f"select count(*) from read_parquet('{path}')").fetchone()[0]


def main() -> None:
    """Generate one size from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("benchmarks/work"))
    options = parser.parse_args()
    work = options.folder / str(options.events)
    rows = generate_history(work / "raw", events=options.events, work=work)
    added = generate_increment(work / "increment", events=options.events, work=work)
    print(f"{rows} events and an increment of {added} in {work}")


if __name__ == "__main__":
    main()
