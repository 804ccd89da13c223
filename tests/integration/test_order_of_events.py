"""Which event is the state of its record, for deliveries that people really send.

Expected values follow from docs/domains/commerce.md#order-of-events, not from the code.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lake import OF_COMMERCE, Lake

PURCHASE = (
    "transaction_datetime,purchase_id,purchase_partition,buyer_id,prod_item_id,"
    "prod_item_partition,order_date,release_date,producer_id,purchase_status"
)
ITEM = (
    "transaction_datetime,prod_item_id,prod_item_partition,product_id,item_quantity,purchase_value"
)
EXTRA = "transaction_datetime,purchase_id,purchase_partition,subsidiary"
BOUGHT, SECOND, NEVER = "2024-01-02 10:00:00", "2024-01-02 10:00:52", "2099-01-01 00:00:00"


def purchase(number: int, at: str, status: str, release: str = "2024-01-02") -> str:
    return f"{at},{number},1,1,{number},1,2024-01-01,{release},1,{status}"


def item(number: int, at: str, value: object) -> str:
    return f"{at},{number},1,7,1,{value}"


def land(lake: Lake, folder: Path, day: str, **feeds: tuple[str, list[str]]) -> None:
    files = []
    for feed, (header, rows) in feeds.items():
        path = folder / f"{day}-{feed}.csv"
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        files.append(f"{feed}={path}")
    done = lake.land("commerce", *files, "--ingest-date", day)
    assert done.returncode == 0, done.stderr


def gmv_of(lake: Lake, number: int, known_on: str) -> Decimal | None:
    """What a purchase counted as known at the end of a day; None if nothing."""
    [(amount,)] = lake.query(
        "select sum(movement_amount) from commerce.fct_commerce__purchase_movement "
        f"where purchase_key = '{number}/1' and posted_on <= date '{known_on}'"
    )
    return amount or None


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory, other_domains: Path) -> Lake:
    """A day of changes in commit order, some of one second; the next day's corrections."""
    folder = tmp_path_factory.mktemp("order")
    lake = Lake(folder / "lake")
    lake.begin_with(other_domains)
    purchases = [
        purchase(2001, BOUGHT, "APROVADA"),
        purchase(2002, BOUGHT, "APROVADA"),
        *(purchase(2003, BOUGHT, status) for status in ("INICIADA", "APROVADA", "CANCELADA")),
        purchase(2004, BOUGHT, "INICIADA", release=""),
        purchase(2004, BOUGHT, "APROVADA"),
        purchase(2005, NEVER, "APROVADA"),
    ]
    items = [
        item(2001, BOUGHT, 61),
        *(item(2001, SECOND, value) for value in (63, 64, 65)),
        *(item(2002, SECOND, value) for value in (8, 9, 10)),
        item(2003, BOUGHT, 100),
        item(2004, BOUGHT, 100),
        item(2005, NEVER, 999),
    ]
    extras = [f"{BOUGHT},{number},1,nacional" for number in range(2001, 2006)]
    land(
        lake,
        folder,
        "2024-01-02",
        purchase=(PURCHASE, purchases),
        product_item=(ITEM, items),
        purchase_extra_info=(EXTRA, extras),
    )
    lake.dbt("build", *OF_COMMERCE)
    later = "2024-01-03 09:00:00"
    land(
        lake,
        folder,
        "2024-01-03",
        purchase=(PURCHASE, [purchase(2005, later, "CANCELADA")]),
        product_item=(ITEM, [item(2005, later, 50)]),
    )
    lake.dbt("build", *OF_COMMERCE)
    return lake


@pytest.mark.parametrize(
    ("number", "amount"), [(2001, "65.00"), (2002, "10.00"), (2003, None), (2004, "100.00")]
)
def test_the_last_line_of_a_load_speaks_for_its_second(
    lake: Lake, number: int, amount: str | None
) -> None:
    """By content 9 would beat 10, and INICIADA both APROVADA and CANCELADA."""
    assert gmv_of(lake, number, "2024-01-02") == (Decimal(amount) if amount else None)


def test_lines_that_contradict_each_other_are_counted(lake: Lake) -> None:
    found = lake.query(
        "select entity, row_count from quality.fct_quality__row_flag where flag_code = 'conflict' "
        "order by entity"
    )
    assert found == [("product_item", 6), ("purchase", 5)]


def test_an_event_of_the_future_holds_until_the_source_speaks_again(lake: Lake) -> None:
    assert gmv_of(lake, 2005, "2024-01-02") == Decimal("999.00")
    assert gmv_of(lake, 2005, "2024-01-03") is None
    [(status, value, stated)] = lake.query(
        "select purchase_status, purchase_value, product_item_transaction_datetime "
        "from commerce.fct_commerce__purchase where purchase_key = '2005/1'"
    )
    assert (status, value, stated.date()) == ("CANCELADA", Decimal(50), date(2024, 1, 3))


def test_events_of_the_future_are_counted_and_warned_of(lake: Lake) -> None:
    found = lake.query(
        "select entity, row_count from quality.fct_quality__row_flag "
        "where flag_code = 'event_in_future' order by entity"
    )
    assert found == [("product_item", 1), ("purchase", 1)]
    printed = lake.dbt("test", "--select", "assert_no_event_lies_in_the_future")
    assert "WARN 2 assert_no_event_lies_in_the_future" in printed
