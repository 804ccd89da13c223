"""The same tables as the commerce marts, by one hand-written DuckDB program: a yardstick for dbt.

It stores what the project stores for good, the received rows with what became of them too, so that
an increment could start from its file. Besides it is written for this data on this engine:
  - texts are read by cast and written back, and only what differs is looked at by pattern;
  - purchases are worked on in slices that fit in memory, so nothing is sorted or joined on disk;
  - the row content, which tells repeats of one instant apart, is built only for those; a feed has
    one load a day, so the last row of a day speaks for it without a comparison of contents;
  - the newest state is the last of the states by day, so it is not assembled a second time.
Only the full-model shape is understood: an item that names its purchase itself stops the program.
"""

import argparse
from pathlib import Path

import duckdb

EVENTS_PER_SLICE = 4_000_000

MACROS = r"""
create or replace macro read_integer(x) as case
    when cast(try_cast(x as bigint) as varchar) = x then try_cast(x as bigint)
    when regexp_matches(x, '^-?[0-9]{1,19}([.]0+)?$') then try_cast(split_part(x, '.', 1) as bigint)
end;
create or replace macro read_date(x) as case
    when
        cast(try_cast(x as date) as varchar) = x
        and try_cast(x as date) between date '1900-01-01' and date '2100-12-31'
        then try_cast(x as date)
end;
create or replace macro read_timestamp(x) as case
    when
        cast(try_cast(x as timestamp) as varchar) = x
        and try_cast(x as timestamp) >= timestamp '1900-01-01'
        and try_cast(x as timestamp) < timestamp '2101-01-01'
        then try_cast(x as timestamp)
    when regexp_matches(
        x,
        '^(19[0-9][0-9]|20[0-9][0-9]|2100)-[0-9]{2}-[0-9]{2}[ T]'
        || '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?$'
    ) then try_cast(replace(x, 'T', ' ') as timestamp)
end;
create or replace macro plain_amount(x) as case
    when regexp_matches(x, '^-?[0-9]+([.][0-9]{1,2})?$') then x
    when regexp_matches(x, '^-?[0-9]+,[0-9]{1,2}$') then replace(x, ',', '.')
    when regexp_matches(x, '^-?[0-9]{1,3}([.][0-9]{3})+,[0-9]{1,2}$')
        then replace(replace(x, '.', ''), ',', '.')
    when regexp_matches(x, '^-?[0-9]{1,3}(,[0-9]{3})+[.][0-9]{1,2}$') then replace(x, ',', '')
end;
create or replace macro read_amount(x) as case
    when
        cast(try_cast(replace(x, ',', '.') as decimal(18, 2)) as varchar) = replace(x, ',', '.')
        then try_cast(replace(x, ',', '.') as decimal(18, 2))
    else try_cast(plain_amount(x) as decimal(18, 2))
end;
create or replace macro unaccented(x) as case
    -- translate() with accents in its lists costs more than the rest of a row.
    when regexp_matches(x, '^[ -~]*$') then nullif(trim(x), '')
    else nullif(translate(
        trim(translate(x, chr(9) || chr(10) || chr(13) || chr(160), '    ')),
        'áàâãäåéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ',
        'aaaaaaeeeeiiiiooooouuuucnAAAAAAEEEEIIIIOOOOOUUUUCN'
    ), '')
end;
create or replace macro is_unreadable(x, value) as value is null and x <> '';
create or replace macro beyond(x) as coalesce(
    regexp_matches(lower(x), '^[+-]?(nan|inf|infinity)$') or plain_amount(x) is not null, false
);
create or replace macro is_cancelled(x) as coalesce(x in ('CANCELADA', 'REEMBOLSADA'), false);
create or replace macro key_text(id, part) as id || '/' || coalesce(part || '', '-');
"""

# Per feed: the typed columns, the reasons in the order of the reference list, the delivered columns
# in the order of the JSON of a rejected row.
TYPED = {
    "purchase": """
        read_integer(raw.purchase_id) as purchase_id,
        read_integer(raw.purchase_partition) as purchase_partition,
        read_integer(raw.buyer_id) as buyer_id,
        read_integer(raw.prod_item_id) as prod_item_id,
        read_integer(raw.prod_item_partition) as prod_item_partition,
        read_integer(raw.producer_id) as producer_id,
        read_date(raw.order_date) as order_date,
        read_date(raw.release_date) as release_date,
        read_amount(raw.purchase_total_value) as purchase_total_value,
        upper(unaccented(raw.purchase_status)) as purchase_status,
    """,
    "product_item": """
        read_integer(raw.prod_item_id) as prod_item_id,
        read_integer(raw.prod_item_partition) as prod_item_partition,
        read_integer(raw.purchase_id) as purchase_id,
        read_integer(raw.product_id) as product_id,
        read_integer(raw.item_quantity) as item_quantity,
        read_amount(raw.purchase_value) as purchase_value,
    """,
    "purchase_extra_info": """
        read_integer(raw.purchase_id) as purchase_id,
        read_integer(raw.purchase_partition) as purchase_partition,
        lower(unaccented(raw.subsidiary)) as subsidiary,
    """,
}
REASONS = {
    "purchase": """
        when raw.purchase_id is null or raw.purchase_id = '' then 'missing_key'
        when
            is_unreadable(raw.purchase_id, typed.purchase_id)
            or is_unreadable(raw.purchase_partition, typed.purchase_partition)
            or is_unreadable(raw.buyer_id, typed.buyer_id)
            or is_unreadable(raw.prod_item_id, typed.prod_item_id)
            or is_unreadable(raw.prod_item_partition, typed.prod_item_partition)
            or is_unreadable(raw.producer_id, typed.producer_id)
            then 'unparsable_key'
        when typed.transaction_datetime is null then 'unparsable_timestamp'
        when
            is_unreadable(raw.order_date, typed.order_date)
            or is_unreadable(raw.release_date, typed.release_date)
            then 'unparsable_date'
        when is_unreadable(raw.purchase_total_value, typed.purchase_total_value) then case
            when beyond(raw.purchase_total_value) then 'amount_out_of_range'
            else 'unparsable_amount'
        end
    """,
    "product_item": """
        when coalesce(raw.prod_item_id, '') = '' and coalesce(raw.purchase_id, '') = ''
            then 'missing_key'
        when
            is_unreadable(raw.prod_item_id, typed.prod_item_id)
            or is_unreadable(raw.prod_item_partition, typed.prod_item_partition)
            or is_unreadable(raw.purchase_id, typed.purchase_id)
            or is_unreadable(raw.product_id, typed.product_id)
            then 'unparsable_key'
        when typed.transaction_datetime is null then 'unparsable_timestamp'
        when
            is_unreadable(raw.item_quantity, typed.item_quantity)
            or typed.item_quantity not between -2147483647 and 2147483647
            then 'unparsable_number'
        when is_unreadable(raw.purchase_value, typed.purchase_value) then case
            when beyond(raw.purchase_value) then 'amount_out_of_range'
            else 'unparsable_amount'
        end
        when
            abs(typed.purchase_value * cast(typed.item_quantity as decimal(10, 0)))
            >= 10000000000000000
            then 'amount_out_of_range'
    """,
    "purchase_extra_info": """
        when raw.purchase_id is null or raw.purchase_id = '' then 'missing_key'
        when
            is_unreadable(raw.purchase_id, typed.purchase_id)
            or is_unreadable(raw.purchase_partition, typed.purchase_partition)
            then 'unparsable_key'
        when typed.transaction_datetime is null then 'unparsable_timestamp'
    """,
}
DELIVERED = {
    "purchase": [
        "buyer_id",
        "order_date",
        "prod_item_id",
        "prod_item_partition",
        "producer_id",
        "purchase_id",
        "purchase_partition",
        "purchase_status",
        "purchase_total_value",
        "release_date",
        "transaction_date",
        "transaction_datetime",
    ],
    "product_item": [
        "item_quantity",
        "prod_item_id",
        "prod_item_partition",
        "product_id",
        "purchase_id",
        "purchase_value",
        "transaction_date",
        "transaction_datetime",
    ],
    "purchase_extra_info": [
        "purchase_id",
        "purchase_partition",
        "subsidiary",
        "transaction_date",
        "transaction_datetime",
    ],
}
MASKED = {"buyer_id"}
KEYS = {
    "purchase": "purchase_id, purchase_partition",
    "product_item": "prod_item_id, prod_item_partition",
    "purchase_extra_info": "purchase_id, purchase_partition",
}
# Business columns besides the key, in the order of the contract.
VALUES = {
    "purchase": [
        "buyer_id",
        "prod_item_id",
        "prod_item_partition",
        "producer_id",
        "order_date",
        "release_date",
        "purchase_total_value",
        "purchase_status",
    ],
    "product_item": ["product_id", "item_quantity", "purchase_value"],
    "purchase_extra_info": ["subsidiary"],
}

EMPTY_TABLES = """
create table fct_commerce__purchase (
    purchase_key varchar, purchase_id bigint, purchase_partition bigint, buyer_id bigint,
    prod_item_id bigint, prod_item_partition bigint, producer_id bigint, order_date date,
    release_date date, purchase_total_value decimal(18, 2), purchase_status varchar,
    product_id bigint, item_quantity bigint, purchase_value decimal(18, 2), subsidiary varchar,
    is_paid boolean, is_cancelled boolean, is_complete boolean, gmv_date date,
    gmv_amount decimal(18, 2), gmv_exclusion_reason varchar, is_total_different boolean,
    purchase_transaction_datetime timestamp, product_item_transaction_datetime timestamp,
    purchase_extra_info_transaction_datetime timestamp, last_recorded_at timestamp
);
create table fct_commerce__purchase_version (
    purchase_key varchar, known_from date, known_to date, triggered_by varchar,
    purchase_id bigint, purchase_partition bigint, buyer_id bigint, prod_item_id bigint,
    prod_item_partition bigint, producer_id bigint, order_date date, release_date date,
    purchase_total_value decimal(18, 2), purchase_status varchar, product_id bigint,
    item_quantity bigint, purchase_value decimal(18, 2), subsidiary varchar
);
create table fct_commerce__purchase_movement (
    purchase_key varchar, posted_on date, gmv_date date, subsidiary varchar,
    movement_amount decimal(18, 2), purchase_count_change bigint
);
create table fct_quality__rejected_row (
    domain varchar, entity varchar, source_file varchar, source_row bigint, load_id varchar,
    ingest_date date, recorded_at timestamp, reason_code varchar, row_json varchar
);
create table scratch.row_count (
    entity varchar, ingest_date date, row_status varchar, row_count bigint
);
"""

ITEMS_OF_A_SLICE = """
-- An item that no purchase refers to waits for one.
create or replace temp table referenced_item as
select distinct prod_item_id, prod_item_partition
from scratch.purchase
where
    reason_code is null
    and prod_item_id is not null
    and hash(prod_item_id, prod_item_partition) % {slices} = {number};

insert into scratch.row_count
select
    'product_item',
    item.ingest_date,
    case
        when item.row_status <> 'repeated' and referenced_item.prod_item_id is null then 'waiting'
        else item.row_status
    end as counted_status,
    count(*)
from product_item_history as item
left join referenced_item
    on
        item.prod_item_id = referenced_item.prod_item_id
        and item.prod_item_partition is not distinct from referenced_item.prod_item_partition
group by all;

create table if not exists scratch.item_state as from product_item_history limit 0;
insert into scratch.item_state
select item.*
from product_item_history as item
semi join referenced_item
    on
        item.prod_item_id = referenced_item.prod_item_id
        and item.prod_item_partition is not distinct from referenced_item.prod_item_partition
where item.known_from is not null;
"""

PURCHASES_OF_A_SLICE = """
insert into scratch.row_count
select 'purchase', ingest_date, row_status, count(*)
from purchase_history
group by all
union all
select 'purchase_extra_info', ingest_date, row_status, count(*)
from purchase_extra_info_history
group by all;

create or replace temp table purchase_state as
from purchase_history where known_from is not null;

create or replace temp table extra_state as
from purchase_extra_info_history where known_from is not null;

create or replace temp table item_state as
select item.*
from scratch.item_state as item
semi join purchase_state
    on
        item.prod_item_id = purchase_state.prod_item_id
        and item.prod_item_partition is not distinct from purchase_state.prod_item_partition;

create or replace temp table state_by_day as
with day_of_change as (
    select purchase_id, purchase_partition, known_from as known_on from purchase_state
    union
    select purchase_id, purchase_partition, known_from as known_on from extra_state
    union
    select purchase_state.purchase_id, purchase_state.purchase_partition, item_state.known_from
    from purchase_state
    inner join item_state
        on
            purchase_state.prod_item_id = item_state.prod_item_id
            and purchase_state.prod_item_partition
            is not distinct from item_state.prod_item_partition
            and purchase_state.known_from < item_state.known_from
            and purchase_state.known_until > item_state.known_from
)
select
    day_of_change.*,
    purchase_state.* exclude (
        purchase_id, purchase_partition, transaction_datetime, transaction_date, recorded_at,
        ingest_date, load_key, source_row, row_status, known_from, known_until
    ),
    product_id,
    item_quantity,
    purchase_value,
    coalesce(subsidiary, 'unknown') as subsidiary,
    purchase_state.transaction_datetime as purchase_at,
    item_state.transaction_datetime as item_at,
    extra_state.transaction_datetime as extra_at,
    greatest(purchase_state.recorded_at, item_state.recorded_at, extra_state.recorded_at)
        as last_recorded_at
from day_of_change
left join purchase_state
    on
        day_of_change.purchase_id = purchase_state.purchase_id
        and day_of_change.purchase_partition
        is not distinct from purchase_state.purchase_partition
        and day_of_change.known_on >= purchase_state.known_from
        and day_of_change.known_on < purchase_state.known_until
left join extra_state
    on
        day_of_change.purchase_id = extra_state.purchase_id
        and day_of_change.purchase_partition is not distinct from extra_state.purchase_partition
        and day_of_change.known_on >= extra_state.known_from
        and day_of_change.known_on < extra_state.known_until
left join item_state
    on
        purchase_state.prod_item_id = item_state.prod_item_id
        and purchase_state.prod_item_partition
        is not distinct from item_state.prod_item_partition
        and day_of_change.known_on >= item_state.known_from
        and day_of_change.known_on < item_state.known_until;

create or replace temp table compared as
select
    *,
    lead(known_on) over in_order is null as is_newest,
    lag(known_on) over in_order is null as is_first,
    case when is_first then purchase_at is not null else {purchase_differs} end as is_purchase,
    case when is_first then item_at is not null else {product_item_differs} end as is_item,
    case when is_first then extra_at is not null else {purchase_extra_info_differs} end as is_extra
from state_by_day
window in_order as (partition by purchase_id, purchase_partition order by known_on);

insert into fct_commerce__purchase
select
    key_text(purchase_id, purchase_partition),
    purchase_id, purchase_partition, buyer_id, prod_item_id, prod_item_partition, producer_id,
    order_date, release_date, purchase_total_value, purchase_status, product_id, item_quantity,
    purchase_value, subsidiary,
    release_date is not null as is_paid,
    is_cancelled(purchase_status) as is_cancelled,
    purchase_at is not null and item_at is not null and extra_at is not null,
    release_date,
    case when is_paid and not is_cancelled then purchase_value end,
    case
        when not is_paid then 'not_paid'
        when is_cancelled then 'cancelled'
        when item_at is null then 'no_item'
        when purchase_value is null then 'item_without_value'
    end,
    coalesce(purchase_total_value <> purchase_value, false),
    purchase_at, item_at, extra_at, last_recorded_at
from compared
where is_newest;

create or replace temp table version as
select
    key_text(purchase_id, purchase_partition) as purchase_key,
    known_on as known_from,
    lead(known_on) over (
        partition by purchase_id, purchase_partition order by known_on
    ) as known_to,
    concat_ws(
        ',',
        case when is_item then 'product_item' end,
        case when is_purchase then 'purchase' end,
        case when is_extra then 'purchase_extra_info' end
    ) as triggered_by,
    purchase_id, purchase_partition, buyer_id, prod_item_id, prod_item_partition, producer_id,
    order_date, release_date, purchase_total_value, purchase_status, product_id, item_quantity,
    purchase_value, subsidiary
from compared
where is_first or is_purchase or is_item or is_extra;

insert into fct_commerce__purchase_version from version;

insert into fct_commerce__purchase_movement
with in_gmv as (
    from version
    where
        release_date is not null
        and purchase_value is not null
        and not is_cancelled(purchase_status)
)
select
    purchase_key, posted_on, gmv_date, subsidiary,
    sum(amount) as movement_amount,
    sum(purchases) as purchase_count_change
from (
    select
        purchase_key, known_from as posted_on, release_date as gmv_date, subsidiary,
        purchase_value as amount, 1 as purchases
    from in_gmv
    union all
    select purchase_key, known_to, release_date, subsidiary, -purchase_value, -1
    from in_gmv
    where known_to is not null
) as entry_and_exit
group by all
having movement_amount <> 0 or purchase_count_change <> 0;
"""

TOTALS = """
create table fct_commerce__gmv_movement as
select
    posted_on, gmv_date, subsidiary,
    cast(sum(movement_amount) as decimal(18, 2)) as movement_amount,
    cast(sum(purchase_count_change) as bigint) as purchase_count_change
from fct_commerce__purchase_movement
group by all
having sum(movement_amount) <> 0 or sum(purchase_count_change) <> 0;

create table fct_commerce__gmv_daily as
select
    gmv_date, subsidiary,
    posted_on as known_from,
    lead(posted_on) over in_order as known_to,
    known_to is null as is_current,
    cast(sum(movement_amount) over in_order as decimal(18, 2)) as gmv_amount,
    cast(sum(purchase_count_change) over in_order as bigint) as purchase_count
from fct_commerce__gmv_movement
window in_order as (partition by gmv_date, subsidiary order by posted_on);

create table rpt_commerce__gmv_current as
select gmv_date, subsidiary, gmv_amount, purchase_count
from fct_commerce__gmv_daily
where is_current and purchase_count > 0;

create table rpt_commerce__top_producers as
with revenue as (
    select producer_id, cast(sum(gmv_amount) as decimal(18, 2)) as revenue_amount
    from fct_commerce__purchase
    where year(gmv_date) = 2021 and gmv_amount is not null and producer_id is not null
    group by all
)
select row_number() over (order by revenue_amount desc, producer_id) as posicao, *
from revenue
qualify posicao <= 50;

create table rpt_commerce__top_products_by_producer as
with revenue as (
    select producer_id, product_id, cast(sum(gmv_amount) as decimal(18, 2)) as revenue_amount
    from fct_commerce__purchase
    where gmv_amount is not null and producer_id is not null and product_id is not null
    group by all
)
select
    producer_id,
    row_number() over (
        partition by producer_id order by revenue_amount desc, product_id
    ) as posicao,
    product_id,
    revenue_amount
from revenue
qualify posicao <= 2;

create table fct_quality__row_accounting as
with counted as (
    from scratch.row_count
    union all
    select entity, ingest_date, 'rejected', count(*) from fct_quality__rejected_row group by all
)
select
    'commerce' as domain,
    entity,
    ingest_date,
    cast(sum(row_count) as bigint) as received_count,
    cast(coalesce(
        sum(row_count) filter (row_status in ('current', 'superseded')), 0
    ) as bigint) as accepted_count,
    cast(coalesce(sum(row_count) filter (row_status = 'repeated'), 0) as bigint)
        as repeated_count,
    cast(coalesce(sum(row_count) filter (row_status = 'waiting'), 0) as bigint)
        as waiting_count,
    cast(coalesce(sum(row_count) filter (row_status = 'rejected'), 0) as bigint)
        as rejected_count,
    cast(coalesce(sum(row_count) filter (row_status = 'current'), 0) as bigint)
        as current_count,
    cast(coalesce(sum(row_count) filter (row_status = 'superseded'), 0) as bigint)
        as superseded_count,
    cast(0 as bigint) as deleted_count
from counted
group by all;
"""


def build(raw: Path, database: Path, *, memory: str = "8GB", threads: int = 2) -> None:
    """Build every table from the raw zone into one new DuckDB file.

    Args:
        raw: root of the raw zone; its three feeds of commerce are read.
        database: file to write; the working file beside it is deleted at the end.
        memory: DuckDB's limit, such as 8GB.
        threads: DuckDB's threads.
    Raises: ValueError if an item names its purchase, a shape this program does not know.
    """
    scratch = database.with_suffix(".scratch")
    for path in (database, scratch):
        path.unlink(missing_ok=True)
    with duckdb.connect(database) as con:
        con.execute(f"set memory_limit = '{memory}'")
        con.execute(f"set threads = {threads}")
        con.execute("set preserve_insertion_order = false")
        con.execute(f"set temp_directory = '{database.with_suffix('.tmp')}'")
        con.execute(f"attach '{scratch}' as scratch")
        con.execute(MACROS)
        con.execute(EMPTY_TABLES)
        for entity in TYPED:
            con.execute(received_rows(raw, entity))
        events, item_owners = con.execute(
            "select sum(n), sum(owners) from ("
            "select count(*) as n, 0 as owners from scratch.purchase union all "
            "select count(*), count(purchase_id) from scratch.product_item union all "
            "select count(*), 0 from scratch.purchase_extra_info)"
        ).fetchone()
        if item_owners:
            raise ValueError("items carry purchase_id: the event-row shape is not understood here")
        slices = max(1, round(events / EVENTS_PER_SLICE))
        for number in range(slices):
            con.execute(record_history("product_item", number, slices))
            con.execute(ITEMS_OF_A_SLICE.format(number=number, slices=slices))
        differs = {f"{entity}_differs": any_differs(columns) for entity, columns in VALUES.items()}
        for number in range(slices):
            con.execute(record_history("purchase", number, slices))
            con.execute(record_history("purchase_extra_info", number, slices))
            con.execute(PURCHASES_OF_A_SLICE.format(**differs))
        for entity in TYPED:
            con.execute(rejected_records(entity))
        con.execute(TOTALS)
        con.execute("detach scratch")
    scratch.unlink()


def received_rows(raw: Path, entity: str) -> str:
    """Return SQL that reads one feed into the scratch file, typed and with its reason."""
    members = ", ".join(
        f"'{name}', "
        + (f"case when raw.{name} is not null then '***' end" if name in MASKED else f"raw.{name}")
        for name in DELIVERED[entity]
    )
    columns = ", ".join([KEYS[entity], *VALUES[entity]])
    if entity == "product_item":
        columns += ", purchase_id"
    load = "raw.load_id, raw.ingest_date, raw.source_file"
    columns += f", cast(hash({load}) >> 1 as bigint) as load_key, raw.source_row"
    return f"""
    create table scratch.{entity} as
    with typed as (
        select
            raw,
            {TYPED[entity]}
            case
                when raw.transaction_datetime is null then cast(raw.recorded_at as timestamp)
                else read_timestamp(raw.transaction_datetime)
            end as transaction_datetime
        from read_parquet(
            '{raw}/commerce/{entity}/*/*.parquet', hive_types_autocast = false
        ) as raw
    )
    select
        {columns},
        transaction_datetime,
        read_date(raw.transaction_date) as transaction_date,
        cast(raw.recorded_at as timestamp) as recorded_at,
        cast(raw.ingest_date as date) as ingest_date,
        case {REASONS[entity]} end as reason_code,
        case
            when reason_code is not null
                then {{
                    'load_id': raw.load_id,
                    'source_file': raw.source_file,
                    'source_row': raw.source_row,
                    'row_json': cast(json_object({members}) as varchar)
                }}
        end as rejected
    from typed;

    insert into fct_quality__rejected_row
    select
        'commerce', '{entity}', rejected.source_file, rejected.source_row, rejected.load_id,
        ingest_date, recorded_at, reason_code, rejected.row_json
    from scratch.{entity}
    where reason_code is not null;
    """


def record_history(entity: str, number: int, slices: int) -> str:
    """Return SQL of the temp table `<entity>_history`: the events of one slice of the keys.

    Each with row_status (current, superseded, repeated) and the days [known_from, known_until) on
    which it was the state of its record, known_from null if it never was.
    """
    key = KEYS[entity]
    values = VALUES[entity] + ["transaction_date"]
    same_key = " and ".join(
        f"ranked.{column} is not distinct from tied_record.{column}" for column in key.split(", ")
    )
    content = " || chr(31) || ".join(
        f"coalesce(cast({column} as varchar), chr(1))" for column in values
    )
    columns = ", ".join(
        [
            key,
            *VALUES[entity],
            "transaction_datetime, transaction_date, recorded_at, ingest_date",
            "load_key, source_row",
        ]
    )
    return f"""
    create or replace temp table ranked as
    select
        * exclude (reason_code, rejected),
        min(ingest_date) over (
            newest_first rows between unbounded preceding and 1 preceding
        ) as outranked_on,
        transaction_datetime = lag(transaction_datetime) over newest_first as is_tied
    from scratch.{entity}
    where reason_code is null and hash({key}) % {slices} = {number}
    window newest_first as (
        partition by {key} order by transaction_datetime desc, recorded_at desc
    );

    create or replace temp table tied_record as select distinct {key} from ranked where is_tied;

    create or replace temp table {entity}_history as
    with untied as (
        select
            *, false as is_repeated, outranked_on is null as is_winning
        from ranked anti join tied_record on {same_key}
    ),
    with_content as (
        select *, {content} as content from ranked semi join tied_record on {same_key}
    ),
    tied as (
        select
            * replace (
                min(ingest_date) over (
                    newest_first rows between unbounded preceding and 1 preceding
                ) as outranked_on
            ),
            row_number() over (
                partition by {key}, transaction_datetime, content order by recorded_at, source_row
            ) > 1 as is_repeated,
            transaction_datetime = first_value(transaction_datetime) over newest_first
            and content = first_value(content) over newest_first as is_winning
        from with_content
        window newest_first as (
            partition by {key} order by transaction_datetime desc, recorded_at desc, source_row desc
        )
    )
    select
        {columns},
        case
            when is_repeated then 'repeated' when is_winning then 'current' else 'superseded'
        end as row_status,
        case
            when outranked_on is null or outranked_on > ingest_date then ingest_date
        end as known_from,
        coalesce(outranked_on, date '9999-12-31') as known_until
    from (from untied union all by name from tied);

    create table if not exists record_{entity} as from {entity}_history limit 0;
    insert into record_{entity} from {entity}_history;
    """


def rejected_records(entity: str) -> str:
    """Return SQL that adds the rejected rows to the stored records of a feed."""
    columns = ", ".join([KEYS[entity], *VALUES[entity]])
    return f"""
    insert into record_{entity}
    by name
    select
        {columns}, transaction_datetime, transaction_date, recorded_at, ingest_date, load_key,
        source_row, 'rejected' as row_status, null as known_from, null as known_until
    from scratch.{entity}
    where reason_code is not null
    """


def any_differs(columns: list[str]) -> str:
    """Return a condition: a column differs from the day before in the same purchase."""
    return " or ".join(f"{c} is distinct from lag({c}) over in_order" for c in columns)


def main() -> None:
    """Build from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", type=Path, required=True)
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--memory", default="8GB")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    build(options.raw, options.database, memory=options.memory, threads=options.threads)


if __name__ == "__main__":
    main()
