"""What the commerce tables must hold, recomputed by brute force from the received rows.

An independent reading of the commerce rules in plain Python: no SQL, no incremental logic. For
every day the whole state is computed again from the events known on that day, so this can be
checked by reading it; the models, which must be fast, are checked against it.

Source: docs/domains/commerce.md#rules, docs/architecture.md#history-semantics,
docs/architecture.md#nothing-is-lost.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache

import delivered_texts

Raw = Mapping[str, object]

# The business columns in the order of the contract, which is also the order of the row content.
COLUMNS = {
    "purchase": {
        "purchase_id": "id",
        "purchase_partition": "id",
        "buyer_id": "id",
        "prod_item_id": "id",
        "prod_item_partition": "id",
        "producer_id": "id",
        "order_date": "date",
        "release_date": "date",
        "purchase_total_value": "amount",
        "purchase_status": "status",
        "transaction_datetime": "timestamp",
        "transaction_date": "stated_date",
    },
    "product_item": {
        "prod_item_id": "id",
        "prod_item_partition": "id",
        "purchase_id": "id",
        "product_id": "id",
        "item_quantity": "count",
        "purchase_value": "amount",
        "transaction_datetime": "timestamp",
        "transaction_date": "stated_date",
    },
    "purchase_extra_info": {
        "purchase_id": "id",
        "purchase_partition": "id",
        "subsidiary": "subsidiary",
        "transaction_datetime": "timestamp",
        "transaction_date": "stated_date",
    },
    "order_transaction_cost_hist": {
        "purchase_id": "id",
        "purchase_partition": "id",
        "order_transaction_cost_vat_value": "amount",
        "order_transaction_cost_installment_value": "amount",
        "order_transaction_cost_date": "date",
        "transaction_datetime": "timestamp",
        "transaction_date": "stated_date",
    },
}
PURCHASE_COLUMNS = (
    "buyer_id",
    "prod_item_id",
    "prod_item_partition",
    "producer_id",
    "order_date",
    "release_date",
    "purchase_total_value",
    "purchase_status",
)
ITEM_COLUMNS = ("product_id", "item_quantity", "purchase_value")
COLUMNS_OF_FEED = {
    "product_item": ITEM_COLUMNS,
    "purchase": PURCHASE_COLUMNS,
    "purchase_extra_info": ("subsidiary",),
}
# What the columns of operations say where a feed has them: `op`, and with `op_at` when.
OPERATIONS = {
    **dict.fromkeys(("I", "r", "c"), "state"),
    **dict.fromkeys(("U", "u", "update_postimage"), "state"),
    **dict.fromkeys(("D", "d"), "delete"),
    "update_preimage": "before",
}
# First reason that holds names the row; the words are what a reading of one kind of column says.
LADDER = (
    "unknown_operation",
    "missing_key",
    "unparsable_key",
    "unparsable_timestamp",
    "unparsable_date",
    "unparsable_number",
    "unparsable_amount",
    "amount_out_of_range",
)
UNPARSABLE = {
    "id": "unparsable_key",
    "timestamp": "unparsable_timestamp",
    "date": "unparsable_date",
    "count": "unparsable_number",
    "amount": "unparsable_amount",
}
AMOUNT_LIMIT = 10**16
ROW_STATES = (
    "received",
    "accepted",
    "repeated",
    "waiting",
    "rejected",
    "current",
    "superseded",
    "deleted",
)
NULL_MARK, SEPARATOR, DELETION_MARK = chr(1), chr(31), chr(31)


@dataclass(frozen=True)
class Settings:
    """The variables that shape the tables."""

    value_rule: str = "line_total"
    gmv_date: str = "release_date"
    excluded_statuses: tuple[str, ...] = ("CANCELADA", "REEMBOLSADA")
    report_year: int = 2021
    clock_skew_hours: int = 24


@dataclass(frozen=True)
class Event:
    """One usable row: the full new state of the record `key` of `entity`, or an end of it.

    Attributes:
        operation: `state`; `delete`, of which only the key was read with care; `before`, what was
            the state before a change.
    """

    entity: str
    key: str
    values: dict
    content: str
    happened_at: datetime
    recorded_at: datetime
    ingest_date: date
    received: tuple  # order of receiving, to tell which of equal rows came first
    operation: str = "state"
    order: tuple = ()  # the greatest event of a record is its state


@dataclass(frozen=True)
class Assembled:
    """A purchase as its three feeds describe it at the end of one day."""

    columns: dict
    feeds: dict  # feed name -> winning event, only feeds that say something


class Rejected(ValueError):
    """The text cannot be used; the message is the reason code."""


# --- reading one row ---------------------------------------------------------------------------


def read_integer(text: str, low: int, high: int) -> int:
    number = delivered_texts.whole_number(text)
    if not low <= number <= high:
        raise ValueError(text)
    return number


def read_amount(text: str) -> Decimal:
    try:
        return delivered_texts.amount(text)
    except delivered_texts.OutOfRangeError as err:
        raise Rejected("amount_out_of_range") from err


@cache  # Most texts come many times, and all of them again at the next check.
def read_value(kind: str, text: str | None) -> object:
    """The typed value of one column; None for null and a text that says nothing.

    Raises: Rejected with the reason code.
    """
    said = delivered_texts.given(text)
    if kind == "timestamp" and text is not None and said is None:
        raise Rejected("unparsable_timestamp")
    if said is None:
        return None
    text = said
    if kind in ("status", "subsidiary"):
        key = delivered_texts.key(text)
        return delivered_texts.capital(key) if kind == "status" else key
    try:
        match kind:
            case "id":
                return read_integer(text, -(2**63), 2**63 - 1)
            case "count":
                return read_integer(text, -(2**31) + 1, 2**31 - 1)
            case "amount":
                return read_amount(text)
            case "timestamp":
                return delivered_texts.instant(text)
            case "date" | "stated_date":
                return delivered_texts.day(text)
    except Rejected:
        raise
    except ValueError as err:
        if kind == "stated_date":  # never used, so it never rejects
            return None
        raise Rejected(UNPARSABLE[kind]) from err
    raise AssertionError(kind)


def as_text(value: object) -> str:
    if value is None:
        return NULL_MARK
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(value)


def composite_key(id_: int, partition: int | None) -> str:
    return f"{id_}/{'-' if partition is None else partition}"


def item_key(id_: int, partition: int | None) -> str:
    return f"item/{composite_key(id_, partition)}"


def record_key(entity: str, values: dict) -> str:
    if entity != "product_item":
        return composite_key(values["purchase_id"], values["purchase_partition"])
    if values["prod_item_id"] is not None:
        return item_key(values["prod_item_id"], values["prod_item_partition"])
    return f"purchase/{values['purchase_id']}"


def read_operation(text: str | None) -> str:
    """What a row does to its record; a file without the column holds states.

    Raises: Rejected for an empty text and for one that nobody declared.
    """
    if text is None:
        return "state"
    said = delivered_texts.trimmed(text)
    if said not in OPERATIONS:
        raise Rejected("unknown_operation")
    return OPERATIONS[said]


def read_deletion(row: Raw) -> Event:
    """The deletion of a raw row: nothing but its key must be readable.

    Raises: Rejected with the first reason of the ladder.
    """
    entity = row["entity"]
    recorded_at = datetime.fromisoformat(row["recorded_at"])
    values = {}
    for column, kind in COLUMNS[entity].items():
        try:
            # A count is read as it stands: that it is too great to be one is no matter here.
            values[column] = read_value("id" if kind == "count" else kind, row.get(column))
        except Rejected:
            values[column] = None
    given = {column for column in COLUMNS[entity] if delivered_texts.given(row.get(column))}
    key_columns = ["purchase_id", "purchase_partition"]
    if entity == "product_item":
        by_item = ["prod_item_id", "prod_item_partition"]
        key_columns = by_item if "prod_item_id" in given else ["purchase_id"]
    if key_columns[0] not in given:
        raise Rejected("missing_key")
    if any(column in given and values[column] is None for column in key_columns):
        raise Rejected("unparsable_key")
    ends_at = None
    with suppress(Rejected):
        ends_at = read_value("timestamp", row.get("op_at"))
    ends_at = ends_at or values["transaction_datetime"]
    if ends_at is None and row.get("transaction_datetime") is None:
        ends_at = recorded_at
    if ends_at is None:
        ends_at = datetime.combine(date.fromisoformat(row["ingest_date"]), time.max)
    values["transaction_datetime"] = ends_at
    return event_of(row, values, "delete")


def read_event(row: Raw) -> Event:
    """The event of a raw row.

    Raises: Rejected with the first reason of the ladder.
    """
    operation = read_operation(row.get("op"))
    if operation == "delete":
        return read_deletion(row)
    entity = row["entity"]
    recorded_at = datetime.fromisoformat(row["recorded_at"])
    reasons, values = set(), {}
    for column, kind in COLUMNS[entity].items():
        try:
            values[column] = read_value(kind, row.get(column))
        except Rejected as err:
            reasons.add(str(err))
    key_columns = ["purchase_id"] + (["prod_item_id"] if entity == "product_item" else [])
    if all(delivered_texts.given(row.get(column)) is None for column in key_columns):
        reasons.add("missing_key")
    quantity, value = values.get("item_quantity"), values.get("purchase_value")
    if None not in (quantity, value) and abs(quantity * value) >= AMOUNT_LIMIT:
        reasons.add("amount_out_of_range")
    if reasons:
        raise Rejected(min(reasons, key=LADDER.index))
    if values["transaction_datetime"] is None:
        values["transaction_datetime"] = recorded_at
    return event_of(row, values, operation)


def event_of(row: Raw, values: dict, operation: str) -> Event:
    entity = row["entity"]
    recorded_at = datetime.fromisoformat(row["recorded_at"])
    content = SEPARATOR.join(as_text(values[column]) for column in COLUMNS[entity])
    return Event(
        entity=entity,
        key=record_key(entity, values),
        values=values,
        content=DELETION_MARK + content if operation == "delete" else content,
        happened_at=values["transaction_datetime"],
        recorded_at=recorded_at,
        ingest_date=date.fromisoformat(row["ingest_date"]),
        received=(recorded_at, row["load_id"], row["source_file"], row["source_row"]),
        operation=operation,
    )


# --- the order of events -----------------------------------------------------------------------


def ordered(events: list[Event], settings: Settings) -> list[Event]:
    """The events with their order within their record.

    An event that lies further in the future than clocks may differ ranks at the end of the day on
    which its content was first received. Among the rows of one load that tie, the last one speaks
    for the load: it alone can be the state, and its content ranks the load among others. Of loads
    that tie, one that a deletion speaks for outranks one that a state does. What was before a
    change has no place.
    """
    records = defaultdict(list)
    for event in events:
        if event.operation != "before":
            records[event.entity, event.key].append(event)
    found = []
    for record in records.values():
        first = {}
        for event in record:
            first[event.content] = min(
                event.ingest_date, first.get(event.content, event.ingest_date)
            )
        tied = defaultdict(list)
        for event in record:
            over = datetime.combine(event.ingest_date + timedelta(days=1), time())
            is_future = event.happened_at >= over + timedelta(hours=settings.clock_skew_hours)
            day_end = datetime.combine(first[event.content], time.max)
            rank = day_end if is_future else event.happened_at
            load_id = event.received[1]
            tied[rank, event.recorded_at, load_id].append(event)
        for (rank, recorded_at, load_id), rows in tied.items():
            rows.sort(key=lambda row: (row.received[2].encode(), row.received[3]))
            speaks = rows[-1].content.encode()
            is_end = rows[-1].operation == "delete"
            for place, row in enumerate(rows):
                order = (rank, is_end, recorded_at, speaks, load_id, place)
                found.append(replace(row, order=order))
    return found


# --- what is known on a day --------------------------------------------------------------------


def states_known_on(day: date, events: Iterable[Event]) -> dict[str, dict[str, Event]]:
    """entity -> record key -> its greatest event among those received until `day`, state or not."""
    states = {entity: {} for entity in COLUMNS}
    for event in events:
        if event.ingest_date <= day:
            state = states[event.entity]
            if event.key not in state or event.order > state[event.key].order:
                state[event.key] = event
    return states


def purchases_known_on(
    day: date, events: list[Event], known_before: Iterable[str]
) -> dict[str, Assembled]:
    """Every purchase as assembled at the end of `day`.

    Once known, a purchase stays known, but while its newest own event is a deletion. The deletion
    of an item or an extra info makes its feed say nothing.
    """
    greatest = states_known_on(day, events)
    states = {
        entity: {key: event for key, event in records.items() if event.operation == "state"}
        for entity, records in greatest.items()
    }
    deleted = set(greatest["purchase"]) - set(states["purchase"])
    items = states["product_item"]
    offers = defaultdict(list)  # an item with purchase_id belongs to the purchase without partition
    for item in items.values():
        if item.values["purchase_id"] is not None:
            offers[composite_key(item.values["purchase_id"], None)].append(item)
    keys = {*known_before, *states["purchase"], *states["purchase_extra_info"], *offers} - deleted
    return {
        key: assemble(
            key,
            states["purchase"].get(key),
            items,
            offers[key],
            states["purchase_extra_info"].get(key),
        )
        for key in keys
    }


def assemble(
    key: str,
    purchase: Event | None,
    items: dict[str, Event],
    offered: list[Event],
    extra_info: Event | None,
) -> Assembled:
    item = None
    if purchase and purchase.values["prod_item_id"] is not None:
        reference = purchase.values["prod_item_id"], purchase.values["prod_item_partition"]
        item = items.get(item_key(*reference))
    if item is None and offered:
        # Of different records: a load speaks for one of them only.
        item = max(offered, key=lambda offer: (*offer.order[:4], offer.key.encode()))
    feeds = {"purchase": purchase, "product_item": item, "purchase_extra_info": extra_info}
    feeds = {feed: event for feed, event in feeds.items() if event}
    id_text, partition_text = key.split("/")
    columns = {
        "purchase_id": int(id_text),
        "purchase_partition": None if partition_text == "-" else int(partition_text),
    }
    for feed, names in COLUMNS_OF_FEED.items():
        for name in names:
            columns[name] = feeds[feed].values[name] if feed in feeds else None
    columns["subsidiary"] = columns["subsidiary"] or "unknown"
    return Assembled(columns, feeds)


def line_value(columns: dict, settings: Settings) -> Decimal | None:
    if settings.value_rule == "line_total":
        return columns["purchase_value"]
    factors = columns["purchase_value"], columns["item_quantity"]
    return None if None in factors else factors[0] * factors[1]


def is_cancelled(columns: dict, settings: Settings) -> bool:
    return columns["purchase_status"] in settings.excluded_statuses


def gmv_of(columns: dict, settings: Settings) -> tuple[date, str, Decimal] | None:
    """Bucket and amount of a purchase: (gmv_date, subsidiary, amount), None outside GMV."""
    gmv_date, amount = columns[settings.gmv_date], line_value(columns, settings)
    paid = columns["release_date"] is not None
    if not paid or is_cancelled(columns, settings) or gmv_date is None or amount is None:
        return None
    return gmv_date, columns["subsidiary"], amount


# --- the tables --------------------------------------------------------------------------------


def expected_tables(rows: Iterable[Raw], settings: Settings) -> dict[str, list[dict]]:
    """All tables of the domain, by model name, from every received row."""
    received = list(rows)
    events, rejected = [], []
    for row in received:
        try:
            events.append(read_event(row))
        except Rejected as err:
            rejected.append((row, str(err)))
    ranked = ordered(events, settings)

    days = sorted({event.ingest_date for event in ranked})
    known_on = {}
    known, ever_known = {}, set()
    for day in days:
        known = purchases_known_on(day, ranked, ever_known)
        ever_known |= set(known)
        known_on[day] = known

    movements = purchase_movements(known_on, settings)
    ledger = gmv_movements(movements)
    daily = gmv_daily(ledger, known_on, settings)
    return {
        "fct_commerce__purchase": [
            purchase_row(key, purchase, settings) for key, purchase in known.items()
        ],
        "fct_commerce__purchase_version": purchase_versions(known_on),
        "fct_commerce__purchase_movement": movements,
        "fct_commerce__gmv_movement": ledger,
        "fct_commerce__gmv_daily": daily,
        "rpt_commerce__gmv_current": [
            {name: row[name] for name in ("gmv_date", "subsidiary", "gmv_amount", "purchase_count")}
            for row in daily
            if row["is_current"] and row["purchase_count"] > 0
        ],
        "rpt_commerce__top_producers": top_producers(known, settings),
        "rpt_commerce__top_products_by_producer": top_products_by_producer(known, settings),
        "fct_quality__row_accounting": row_accounting(received, events, ranked, rejected),
        "fct_quality__rejected_row": [
            {
                "domain": "commerce",
                **{name: row[name] for name in ("entity", "source_file", "source_row", "load_id")},
                "recorded_at": datetime.fromisoformat(row["recorded_at"]),
                "reason_code": reason,
            }
            for row, reason in rejected
        ],
    }


def purchase_row(key: str, purchase: Assembled, settings: Settings) -> dict:
    columns, feeds = purchase.columns, purchase.feeds
    gmv = gmv_of(columns, settings)
    return {
        "purchase_key": key,
        **columns,
        "is_paid": columns["release_date"] is not None,
        "is_cancelled": is_cancelled(columns, settings),
        "is_complete": len(feeds) == 3,
        "gmv_date": columns[settings.gmv_date],
        "gmv_amount": gmv[2] if gmv else None,
        **{
            f"{feed}_transaction_datetime": feeds[feed].happened_at if feed in feeds else None
            for feed in COLUMNS_OF_FEED
        },
        "last_recorded_at": max((event.recorded_at for event in feeds.values()), default=None),
    }


def purchase_versions(known_on: dict[date, dict[str, Assembled]]) -> list[dict]:
    versions = defaultdict(list)
    before = {}
    for day, purchases in known_on.items():
        for key in set(before) - set(purchases):
            versions[key][-1]["known_to"] = day
        for key, purchase in purchases.items():
            opened = versions[key]
            if key not in before:
                triggers = sorted(purchase.feeds)
            else:
                triggers = [
                    feed
                    for feed, names in sorted(COLUMNS_OF_FEED.items())
                    if any(purchase.columns[name] != opened[-1][name] for name in names)
                ]
                if not triggers:
                    continue
                opened[-1]["known_to"] = day
            opened.append(
                {
                    "purchase_key": key,
                    "known_from": day,
                    "known_to": None,
                    "triggered_by": ",".join(triggers),
                    **purchase.columns,
                }
            )
        before = purchases
    return [version for opened in versions.values() for version in opened]


def purchase_movements(
    known_on: dict[date, dict[str, Assembled]], settings: Settings
) -> list[dict]:
    movements = []
    before = {}
    for day, purchases in known_on.items():
        for key in {**before, **purchases}:
            amounts, counts = Counter(), Counter()
            for sign, assembled in ((-1, before.get(key)), (1, purchases.get(key))):
                gmv = gmv_of(assembled.columns, settings) if assembled else None
                if gmv:
                    amounts[gmv[:2]] += sign * gmv[2]
                    counts[gmv[:2]] += sign
            movements += [
                {
                    "purchase_key": key,
                    "posted_on": day,
                    "gmv_date": bucket[0],
                    "subsidiary": bucket[1],
                    "movement_amount": amounts[bucket],
                    "purchase_count_change": counts[bucket],
                }
                for bucket in amounts
                if amounts[bucket] or counts[bucket]
            ]
        before = purchases
    return movements


def gmv_movements(movements: list[dict]) -> list[dict]:
    amounts, counts = Counter(), Counter()
    for movement in movements:
        entry = movement["posted_on"], movement["gmv_date"], movement["subsidiary"]
        amounts[entry] += movement["movement_amount"]
        counts[entry] += movement["purchase_count_change"]
    return [
        {
            "posted_on": posted_on,
            "gmv_date": gmv_date,
            "subsidiary": subsidiary,
            "movement_amount": amounts[posted_on, gmv_date, subsidiary],
            "purchase_count_change": counts[posted_on, gmv_date, subsidiary],
        }
        for posted_on, gmv_date, subsidiary in sorted(amounts)
        if amounts[posted_on, gmv_date, subsidiary] or counts[posted_on, gmv_date, subsidiary]
    ]


def gmv_on(purchases: dict[str, Assembled], settings: Settings) -> tuple[Counter, Counter]:
    """GMV of one day's knowledge, computed directly: amounts and counts by bucket."""
    amounts, counts = Counter(), Counter()
    for purchase in purchases.values():
        gmv = gmv_of(purchase.columns, settings)
        if gmv:
            amounts[gmv[:2]] += gmv[2]
            counts[gmv[:2]] += 1
    return amounts, counts


def gmv_daily(
    ledger: list[dict], known_on: dict[date, dict[str, Assembled]], settings: Settings
) -> list[dict]:
    """One row per ledger row; amounts from the state of that day, not from summing the ledger."""
    gmv_by_day = {day: gmv_on(purchases, settings) for day, purchases in known_on.items()}
    days_of_bucket = defaultdict(list)
    for row in ledger:
        days_of_bucket[row["gmv_date"], row["subsidiary"]].append(row["posted_on"])
    daily = []
    for bucket, days in days_of_bucket.items():
        for known_from, known_to in zip(days, [*days[1:], None], strict=True):
            amounts, counts = gmv_by_day[known_from]
            daily.append(
                {
                    "gmv_date": bucket[0],
                    "subsidiary": bucket[1],
                    "known_from": known_from,
                    "known_to": known_to,
                    "is_current": known_to is None,
                    "gmv_amount": amounts[bucket],
                    "purchase_count": counts[bucket],
                }
            )
    return daily


def top_producers(purchases: dict[str, Assembled], settings: Settings) -> list[dict]:
    revenue = Counter()
    for purchase in purchases.values():
        gmv, producer_id = gmv_of(purchase.columns, settings), purchase.columns["producer_id"]
        if gmv and producer_id is not None and gmv[0].year == settings.report_year:
            revenue[producer_id] += gmv[2]
    ranked = sorted(revenue.items(), key=lambda entry: (-entry[1], entry[0]))
    return [
        {"posicao": place, "producer_id": producer_id, "revenue_amount": amount}
        for place, (producer_id, amount) in enumerate(ranked[:50], start=1)
    ]


def top_products_by_producer(purchases: dict[str, Assembled], settings: Settings) -> list[dict]:
    revenue = defaultdict(Counter)
    for purchase in purchases.values():
        gmv, columns = gmv_of(purchase.columns, settings), purchase.columns
        if gmv and columns["producer_id"] is not None and columns["product_id"] is not None:
            revenue[columns["producer_id"]][columns["product_id"]] += gmv[2]
    return [
        {
            "producer_id": producer_id,
            "posicao": place,
            "product_id": product_id,
            "revenue_amount": amount,
        }
        for producer_id, products in sorted(revenue.items())
        for place, (product_id, amount) in enumerate(
            sorted(products.items(), key=lambda entry: (-entry[1], entry[0]))[:2], start=1
        )
    ]


def row_accounting(
    received: list[Raw],
    events: list[Event],
    ranked: list[Event],
    rejected: list[tuple[Raw, str]],
) -> list[dict]:
    """Rows by entity and ingest_date; every received row is in exactly one of four states."""
    counts = defaultdict(Counter)
    for row in received:
        counts[row["entity"], date.fromisoformat(row["ingest_date"])]["received"] += 1
    for row, _ in rejected:
        counts[row["entity"], date.fromisoformat(row["ingest_date"])]["rejected"] += 1

    winners = states_known_on(date.max, ranked)
    waiting_items = items_without_partner(events)
    seen = set()
    for event in sorted(events, key=lambda event: event.received):
        count = counts[event.entity, event.ingest_date]
        group = event.entity, event.key, event.content
        if event.operation == "before":
            group = None
        if group in seen:
            count["repeated"] += 1
        elif event.entity == "product_item" and event.key in waiting_items:
            count["waiting"] += 1
        else:
            count["accepted"] += 1
            is_newest = group and event.content == winners[event.entity][event.key].content
            newest = "deleted" if event.operation == "delete" else "current"
            count[newest if is_newest else "superseded"] += 1
        if group:
            seen.add(group)
    return [
        {
            "domain": "commerce",
            "entity": entity,
            "ingest_date": day,
            **{f"{state}_count": count[state] for state in ROW_STATES},
        }
        for (entity, day), count in counts.items()
    ]


def items_without_partner(events: list[Event]) -> set[str]:
    """Item records that never named a purchase and that no purchase ever referred to."""
    items = {event.key for event in events if event.entity == "product_item"}
    for event in events:
        values = event.values
        if event.entity == "product_item" and values["purchase_id"] is not None:
            items.discard(event.key)
        if event.entity == "purchase" and values["prod_item_id"] is not None:
            items.discard(item_key(values["prod_item_id"], values["prod_item_partition"]))
    return items
