"""The oracle gives the published answers, so a proof against it proves docs/domains/commerce.md."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from commerce_oracle import Rejected, Settings, expected_tables, read_event

PURCHASE = (
    "transaction_datetime transaction_date purchase_id buyer_id prod_item_id order_date "
    "release_date producer_id"
)
PURCHASE_ROWS = """
2023-01-20 22:00:00|2023-01-20|55|15947|5|2023-01-20|2023-01-20|852852
2023-01-26 00:01:00|2023-01-26|56|369798|746520|2023-01-25||963963
2023-02-05 10:00:00|2023-02-05|55|160001|5|2023-01-20|2023-01-20|852852
2023-02-26 03:00:00|2023-02-26|69|160001|18|2023-02-26|2023-02-28|96967
2023-07-15 09:00:00|2023-07-15|55|160001|5|2023-01-20|2023-03-01|852852
"""
ITEM = "transaction_datetime transaction_date purchase_id product_id item_quantity purchase_value"
ITEM_ROWS = """
2023-01-20 22:02:00|2023-01-20|55|696969|10|50,00
2023-01-25 23:59:59|2023-01-25|56|808080|120|2400,00
2023-02-26 03:00:00|2023-02-26|69|373737|2|2000,00
2023-07-12 09:00:00|2023-07-12|55|696969|10|55,00
"""
EXTRA = "transaction_datetime transaction_date purchase_id subsidiary"
EXTRA_ROWS = """
2023-01-23 00:05:00|2023-01-23|55|nacional
2023-01-25 23:59:59|2023-01-25|56|internacional
2023-02-28 01:10:00|2023-02-28|69|nacional
2023-03-12 07:00:00|2023-03-12|69|internacional
"""
LEDGER = """
2023-01-20|2023-01-20|unknown|50|500|1
2023-01-23|2023-01-20|unknown|-50|-500|-1
2023-01-23|2023-01-20|nacional|50|500|1
2023-02-26|2023-02-28|unknown|2000|4000|1
2023-02-28|2023-02-28|unknown|-2000|-4000|-1
2023-02-28|2023-02-28|nacional|2000|4000|1
2023-03-12|2023-02-28|nacional|-2000|-4000|-1
2023-03-12|2023-02-28|internacional|2000|4000|1
2023-07-12|2023-01-20|nacional|5|50|0
2023-07-15|2023-01-20|nacional|-55|-550|-1
2023-07-15|2023-03-01|nacional|55|550|1
"""
FULL_PURCHASE = (
    "purchase_id purchase_partition buyer_id prod_item_id prod_item_partition producer_id "
    "order_date release_date"
)
FULL_ITEM = "prod_item_id prod_item_partition product_id item_quantity purchase_value"
AFTER_ALL = "2024-12-31"


def raw_row(entity, ingest_date, number=1, **values):
    return {
        "entity": entity,
        "recorded_at": f"{ingest_date} 00:00:00.000000",
        "ingest_date": ingest_date,
        "load_id": f"load-{ingest_date}",
        "source_file": "sample.csv",
        "source_row": number,
        **values,
    }


def table(entity, columns, text):
    """Raw rows of a published table; each is received on its transaction_date."""
    rows = [
        dict(zip(columns.split(), line.split("|"), strict=True))
        for line in text.strip().splitlines()
    ]
    return [
        raw_row(entity, row["transaction_date"], number, **row)
        for number, row in enumerate(rows, start=1)
    ]


def published_rows():
    return (
        table("purchase", PURCHASE, PURCHASE_ROWS)
        + table("product_item", ITEM, ITEM_ROWS)
        + table("purchase_extra_info", EXTRA, EXTRA_ROWS)
    )


def month_total(tables, month, as_of):
    """GMV of a month ('2023-01') as known on a day, from the daily table."""
    return sum(
        row["gmv_amount"]
        for row in tables["fct_commerce__gmv_daily"]
        if row["gmv_date"].isoformat().startswith(month)
        and row["known_from"].isoformat() <= as_of
        and (row["known_to"] is None or as_of < row["known_to"].isoformat())
    )


@pytest.mark.parametrize("value_rule", ["line_total", "unit_times_quantity"])
def test_published_rows_give_the_published_ledger(value_rule):
    tables = expected_tables(published_rows(), Settings(value_rule))
    published = Counter()
    for line in LEDGER.strip().splitlines():
        posted_on, gmv_date, subsidiary, line_total, by_quantity, count = line.split("|")
        amount = line_total if value_rule == "line_total" else by_quantity
        published[posted_on, gmv_date, subsidiary, Decimal(amount), int(count)] += 1
    ledger = tables["fct_commerce__gmv_movement"]
    assert published == Counter(
        (
            row["posted_on"].isoformat(),
            row["gmv_date"].isoformat(),
            row["subsidiary"],
            row["movement_amount"],
            row["purchase_count_change"],
        )
        for row in ledger
    )
    assert len(tables["fct_commerce__gmv_daily"]) == len(ledger) == 11
    total = 2055 if value_rule == "line_total" else 4550
    assert sum(row["gmv_amount"] for row in tables["rpt_commerce__gmv_current"]) == total


def test_published_rows_give_the_published_versions():
    tables = expected_tables(published_rows(), Settings())
    versions = [
        (
            row["purchase_key"],
            row["known_from"].isoformat()[5:],
            row["known_to"] and row["known_to"].isoformat()[5:],
            row["triggered_by"],
        )
        for row in tables["fct_commerce__purchase_version"]
    ]
    assert sorted(versions, key=lambda version: version[:2]) == [
        ("55/-", "01-20", "01-23", "product_item,purchase"),
        ("55/-", "01-23", "02-05", "purchase_extra_info"),
        ("55/-", "02-05", "07-12", "purchase"),
        ("55/-", "07-12", "07-15", "product_item"),
        ("55/-", "07-15", None, "purchase"),
        ("56/-", "01-25", "01-26", "product_item,purchase_extra_info"),
        ("56/-", "01-26", None, "purchase"),
        ("69/-", "02-26", "02-28", "product_item,purchase"),
        ("69/-", "02-28", "03-12", "purchase_extra_info"),
        ("69/-", "03-12", None, "purchase_extra_info"),
    ]


@pytest.mark.parametrize(
    ("gmv_date", "as_of", "january"),
    [
        ("release_date", "2023-01-31", 50),
        ("release_date", "2023-03-31", 50),
        ("release_date", "2023-07-12", 55),
        ("release_date", AFTER_ALL, 0),
        ("order_date", "2023-07-11", 50),
        ("order_date", "2023-07-12", 55),
        ("order_date", AFTER_ALL, 55),
    ],
)
def test_january_as_known_on_a_day(gmv_date, as_of, january):
    tables = expected_tables(published_rows(), Settings(gmv_date=gmv_date))
    assert month_total(tables, "2023-01", as_of) == january


def test_every_published_row_is_accounted_for():
    tables = expected_tables(published_rows(), Settings())
    totals = Counter()
    for row in tables["fct_quality__row_accounting"]:
        totals.update({name: n for name, n in row.items() if name.endswith("_count")})
    assert totals["received_count"] == totals["accepted_count"] == 13
    # 55 has 3 purchase rows and 2 item rows, 69 has 2 extra infos; only the newest of each counts.
    assert (totals["current_count"], totals["superseded_count"]) == (9, 4)


def cancellation_sample():
    def purchase(number, happened, received, status, release_date):
        return raw_row(
            "purchase",
            f"2024-01-{received:02}",
            number,
            purchase_id=str(number),
            purchase_partition="1",
            prod_item_id=str(number),
            prod_item_partition="1",
            purchase_status=status,
            release_date=release_date,
            transaction_datetime=f"2024-01-{happened:02} 12:00:00",
        )

    rows = [
        purchase(1, 2, 2, "APROVADA", "2024-01-02"),
        purchase(2, 2, 2, "APROVADA", "2024-01-02"),
        purchase(2, 5, 10, "CANCELADA", "2024-01-02"),
        purchase(3, 3, 3, "APROVADA", ""),
        purchase(3, 6, 10, "APROVADA", "2024-01-06"),
    ]
    for number, value in ((1, "100"), (2, "200"), (3, "150")):
        key = {"prod_item_id": str(number), "prod_item_partition": "1"}
        rows.append(raw_row("product_item", "2024-01-02", number, **key, purchase_value=value))
        key = {"purchase_id": str(number), "purchase_partition": "1"}
        rows.append(
            raw_row("purchase_extra_info", "2024-01-02", number, **key, subsidiary="nacional")
        )
    return rows


@pytest.mark.parametrize(
    ("known_on", "known"),
    [
        ("2024-01-07", {"2024-01-02": 300}),
        ("2024-01-10", {"2024-01-02": 100, "2024-01-06": 150}),
    ],
)
def test_a_cancellation_counts_from_the_day_it_was_received(known_on, known):
    received = [row for row in cancellation_sample() if row["ingest_date"] <= known_on]
    tables = expected_tables(received, Settings())
    current = tables["rpt_commerce__gmv_current"]
    assert {row["gmv_date"].isoformat(): row["gmv_amount"] for row in current} == known
    assert {row["subsidiary"] for row in current} == {"nacional"}


@pytest.mark.parametrize(
    ("value_rule", "revenue"), [("line_total", "25.00"), ("unit_times_quantity", "1725.00")]
)
def test_rankings_join_on_both_parts_of_the_item_key(value_rule, revenue):
    purchases = [
        "55 5 15947 5 5 852852 2022-12-01 2022-12-01",
        "56 6 369798 746520 0 963963 2022-12-25 2022-12-25",
        "57 7 147 98736 6 963963 2021-07-03 2021-07-03",
        "58 8 986533 6565 5 200478 2021-10-12",
    ]
    items = ["1 5 69 5 500,00", "5 0 69 120 1,00", "98736 6 37 69 25,00", "3 5 96 369 140,00"]
    rows = [
        raw_row(
            entity, "2023-01-01", number, **dict(zip(columns.split(), line.split(), strict=False))
        )
        for entity, columns, lines in (
            ("purchase", FULL_PURCHASE, purchases),
            ("product_item", FULL_ITEM, items),
        )
        for number, line in enumerate(lines, start=1)
    ]
    tables = expected_tables(rows, Settings(value_rule))
    assert tables["rpt_commerce__top_producers"] == [
        {"posicao": 1, "producer_id": 963963, "revenue_amount": Decimal(revenue)}
    ]
    assert tables["rpt_commerce__top_products_by_producer"] == [
        {
            "producer_id": 963963,
            "posicao": 1,
            "product_id": 37,
            "revenue_amount": Decimal(revenue),
        }
    ]


def test_same_row_again_ends_in_the_row_received_last():
    moment = {"purchase_id": "1", "transaction_datetime": "2024-01-01 10:00:00"}
    rows = [
        raw_row("purchase", f"2024-01-0{day}", **moment, buyer_id=buyer)
        for day, buyer in ((1, "7"), (2, "8"), (3, "7.0"))
    ]
    tables = expected_tables(rows, Settings())
    assert [row["buyer_id"] for row in tables["fct_commerce__purchase_version"]] == [7, 8, 7]
    repeated = [row["repeated_count"] for row in tables["fct_quality__row_accounting"]]
    assert repeated == [0, 0, 1]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"purchase_id": ""}, "missing_key"),
        ({"purchase_id": None, "buyer_id": "x"}, "missing_key"),
        ({"purchase_id": " NULL "}, "missing_key"),
        ({"purchase_id": "1 1"}, "unparsable_key"),
        ({"purchase_id": "11.000"}, "unparsable_key"),
        ({"purchase_id": "9999999999999999999"}, "unparsable_key"),
        ({"prod_item_partition": "1,0"}, "unparsable_key"),
        ({"transaction_datetime": ""}, "unparsable_timestamp"),
        ({"transaction_datetime": "\\N"}, "unparsable_timestamp"),
        ({"transaction_datetime": "2024-01-01 10:00:00+15:00"}, "unparsable_timestamp"),
        ({"transaction_datetime": "2024-01-01 24:00:00"}, "unparsable_timestamp"),
        ({"release_date": "2023-02-29", "purchase_total_value": "x"}, "unparsable_date"),
        ({"order_date": "2101-01-01"}, "unparsable_date"),
        ({"order_date": "2024-01-02T00:00:00-03:00"}, "unparsable_date"),
        ({"purchase_total_value": "1.234"}, "unparsable_amount"),
        ({"purchase_total_value": "-Infinity"}, "amount_out_of_range"),
        ({"purchase_total_value": "12345678901234567"}, "amount_out_of_range"),
    ],
)
def test_first_reason_of_the_ladder_names_a_rejected_row(values, reason):
    with pytest.raises(Rejected, match=f"^{reason}$"):
        read_event(raw_row("purchase", "2024-01-01", **({"purchase_id": "1"} | values)))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2400,00", "2400.00"),
        ("2400.0", "2400.00"),
        ("1.234,56", "1234.56"),
        ("1,234.5", "1234.50"),
        ("-0", "0.00"),
        ("", None),
    ],
)
def test_amount_spellings_mean_the_same_content(text, amount):
    row = raw_row("product_item", "2024-01-01", purchase_id="11.0", purchase_value=text)
    event = read_event(row)
    assert event.values["purchase_value"] == (amount and Decimal(amount))
    assert event.key == "purchase/11"
    assert event.ingest_date == date(2024, 1, 1)


def changes(*rows):
    """Raw rows of purchase 1: (day of receipt, op, hour of the event on 1 January, values)."""
    return [
        raw_row(
            entity,
            f"2024-01-0{day}",
            number,
            op=op,
            transaction_datetime=hour if hour in (None, "") else f"2024-01-01 {hour}:00:00",
            **({"purchase_id": "1"} | values),
        )
        for number, (entity, day, op, hour, values) in enumerate(rows, start=1)
    ]


def versions_of(rows):
    """Days of January on which a version opens and closes, and what opened it."""
    return [
        (row["known_from"].day, row["known_to"] and row["known_to"].day, row["triggered_by"])
        for row in expected_tables(rows, Settings())["fct_commerce__purchase_version"]
    ]


def states_of(rows, entity):
    """Rows of an entity by state, all days together, without the states that have none."""
    totals = Counter()
    for row in expected_tables(rows, Settings())["fct_quality__row_accounting"]:
        if row["entity"] == entity:
            totals.update(
                {name.removesuffix("_count"): n for name, n in row.items() if name[-5:] == "count"}
            )
    return {name: n for name, n in totals.items() if n and name not in ("received", "accepted")}


BUYER = {"buyer_id": "7"}
ITEM_VALUE = {"purchase_value": "50,00"}
FIRST = ("purchase", 1, "I", "10", BUYER)


@pytest.mark.parametrize(
    ("rows", "versions", "states"),
    [
        pytest.param([FIRST], [(1, None, "purchase")], {"current": 1}, id="a state"),
        pytest.param(
            [FIRST, ("purchase", 3, "D", "11", {})],
            [(1, 3, "purchase")],
            {"superseded": 1, "deleted": 1},
            id="its end",
        ),
        pytest.param(
            [FIRST, ("purchase", 1, "D", "11", {})],
            [],
            {"superseded": 1, "deleted": 1},
            id="its end on the same day",
        ),
        pytest.param(
            [FIRST, ("purchase", 3, "d", "11", {}), ("purchase", 5, "U", "12", BUYER)],
            [(1, 3, "purchase"), (5, None, "purchase")],
            {"superseded": 2, "current": 1},
            id="a gap",
        ),
        pytest.param(
            [FIRST, ("purchase", 3, "D", "10", BUYER), ("purchase", 5, "I", "10", BUYER)],
            [(1, 3, "purchase")],
            {"superseded": 1, "deleted": 1, "repeated": 1},
            id="sent again after its end with its old time",
        ),
        pytest.param(
            [("purchase", 2, "D", "10", {}), ("purchase", 3, "I", "10", {"buyer_id": "8"})],
            [],
            {"superseded": 1, "deleted": 1},
            id="a state of the time of its end, received later",
        ),
        pytest.param(
            [FIRST, ("purchase", 4, "U", "12", BUYER), ("purchase", 5, "D", "11", {})],
            [(1, None, "purchase")],
            {"superseded": 2, "current": 1},
            id="an end that comes late and loses",
        ),
        pytest.param(
            [FIRST, ("purchase", 3, "D", "11", {}), ("purchase", 4, "D", "11", {})],
            [(1, 3, "purchase")],
            {"superseded": 1, "deleted": 1, "repeated": 1},
            id="an end received twice",
        ),
        pytest.param(
            [("purchase", 3, "D", "11", {})], [], {"deleted": 1}, id="an end of nobody known"
        ),
        pytest.param(
            [("product_item", 1, "I", "10", ITEM_VALUE), ("purchase", 3, "D", "11", {})],
            [(1, 3, "product_item")],
            {"deleted": 1},
            id="an end of what only an item knew",
        ),
        pytest.param(
            [FIRST, ("purchase", 3, "D", "", {"buyer_id": "x"})],
            [(1, 3, "purchase")],
            {"superseded": 1, "deleted": 1},
            id="an end without a time and with an unreadable column",
        ),
        pytest.param(
            [FIRST, ("purchase", 3, "D", "", {}), ("purchase", 3, "I", "23", BUYER)],
            [(1, 3, "purchase")],
            {"superseded": 2, "deleted": 1},
            id="an end without a time ranks at the end of its day",
        ),
        pytest.param(
            [FIRST, ("purchase", 3, "D", None, {})],
            [(1, 3, "purchase")],
            {"superseded": 1, "deleted": 1},
            id="an end in a file without times",
        ),
        pytest.param(
            [FIRST, ("purchase", 3, "D", "09", {"op_at": "2024-01-01T12:00:00Z"})],
            [(1, 3, "purchase")],
            {"superseded": 1, "deleted": 1},
            id="the stated time of an end counts before that of the event",
        ),
        pytest.param(
            [FIRST, ("purchase", 3, "D", "11", {"op_at": "noon"})],
            [(1, 3, "purchase")],
            {"superseded": 1, "deleted": 1},
            id="a stated time of an end that cannot be read",
        ),
        pytest.param(
            [FIRST, ("purchase", 3, "D", "11", {"purchase_id": " 1.0 ", "order_date": "never"})],
            [(1, 3, "purchase")],
            {"superseded": 1, "deleted": 1},
            id="an end needs its key alone",
        ),
        pytest.param(
            [
                FIRST,
                ("purchase", 3, "update_preimage", "12", BUYER),
                ("purchase", 3, "update_postimage", "12", {"buyer_id": "8"}),
            ],
            [(1, 3, "purchase"), (3, None, "purchase")],
            {"superseded": 2, "current": 1},
            id="what was before is no state",
        ),
        pytest.param(
            [("purchase", 1, "update_preimage", "12", BUYER)], [], {"superseded": 1}, id="alone"
        ),
        pytest.param(
            [FIRST, ("purchase", 3, "D", "11", {}), ("product_item", 4, "I", "10", ITEM_VALUE)],
            [(1, 3, "purchase")],
            {"superseded": 1, "deleted": 1},
            id="no item brings it back",
        ),
        pytest.param(
            [
                FIRST,
                ("product_item", 2, "I", "10", ITEM_VALUE),
                ("product_item", 4, "D", "11", {}),
            ],
            [(1, 2, "purchase"), (2, 4, "product_item"), (4, None, "product_item")],
            {"current": 1},
            id="an item ends and the purchase stays",
        ),
        pytest.param(
            [
                FIRST,
                ("purchase_extra_info", 2, "I", "10", {"subsidiary": "latam"}),
                ("purchase_extra_info", 4, "D", "11", {}),
            ],
            [
                (1, 2, "purchase"),
                (2, 4, "purchase_extra_info"),
                (4, None, "purchase_extra_info"),
            ],
            {"current": 1},
            id="an extra info ends and the purchase stays",
        ),
    ],
)
def test_what_a_deletion_does(rows, versions, states):
    assert versions_of(changes(*rows)) == versions
    assert states_of(changes(*rows), "purchase") == states
    newest = expected_tables(changes(*rows), Settings())["fct_commerce__purchase"]
    assert len(newest) == sum(known_to is None for _, known_to, _ in versions)


def test_a_deletion_of_a_waiting_item_waits():
    item = {"purchase_id": None, "prod_item_id": "9", **ITEM_VALUE}
    rows = [("product_item", 1, "I", "10", item), ("product_item", 2, "D", "11", item)]
    assert states_of(changes(*rows), "product_item") == {"waiting": 2}
    refers = ("purchase", 3, "I", "10", {"prod_item_id": "9"})
    assert states_of(changes(*rows, refers), "product_item") == {"superseded": 1, "deleted": 1}


def test_within_a_load_the_last_line_speaks_and_between_loads_a_deletion_outranks():
    first, last = ("purchase", 1, "D", "10", {}), ("purchase", 1, "I", "10", BUYER)
    assert versions_of(changes(first, last)) == [(1, None, "purchase")]
    assert versions_of(changes(last, first)) == []
    one, other = changes(first, last)
    for by_load in ("a", "b"), ("b", "a"):
        rows = [row | {"load_id": load} for row, load in zip((one, other), by_load, strict=True)]
        assert versions_of(rows) == []


@pytest.mark.parametrize(
    ("entity", "values", "reason"),
    [
        ("purchase", {"op": ""}, "unknown_operation"),
        ("purchase", {"op": "NULL"}, "unknown_operation"),
        ("purchase", {"op": "x", "purchase_id": ""}, "unknown_operation"),
        ("purchase", {"op": "D", "purchase_id": " NULL "}, "missing_key"),
        ("purchase", {"op": "D", "purchase_partition": "x"}, "unparsable_key"),
        ("product_item", {"op": "D", "prod_item_id": "x"}, "unparsable_key"),
        ("product_item", {"op": "D", "prod_item_id": "1", "prod_item_partition": "x"},
         "unparsable_key"),
        ("product_item", {"op": "D", "purchase_id": ""}, "missing_key"),
        ("purchase", {"op": "update_preimage", "order_date": "x"}, "unparsable_date"),
    ],
)  # fmt: skip
def test_why_a_change_is_rejected(entity, values, reason):
    with pytest.raises(Rejected, match=f"^{reason}$"):
        read_event(raw_row(entity, "2024-01-01", **({"purchase_id": "1"} | values)))
