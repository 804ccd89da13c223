"""The published rows of commerce give the published tables, for both value rules and both dates.

Expected values are typed from docs/domains/commerce.md#the-sample, not computed.
"""

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lake import OF_COMMERCE, PROJECT, Lake

SAMPLE = PROJECT / "data/source/commerce"
FULL_MODEL = PROJECT / "tests/fixtures/commerce_full_model"
FEEDS = ("purchase", "product_item", "purchase_extra_info")


def day(text: str) -> date:
    return date.fromisoformat(f"2023-{text}")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, other_domains: Path) -> Lake:
    """The event rows, landed by the command as history and built as a person would."""
    lake = Lake(tmp_path_factory.mktemp("sample"))
    lake.begin_with(other_domains)
    files = [f"{feed}={SAMPLE / feed}.csv" for feed in FEEDS]
    landed = lake.land("commerce", *files, "--recorded-from", "transaction_datetime")
    assert landed.returncode == 0, landed.stderr
    lake.dbt("build", *OF_COMMERCE)
    return lake


@pytest.fixture(scope="module")
def sample_by_unit_and_order_date(sample: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("by_order_date"))
    lake.raw.symlink_to(sample.raw)
    variables = {"commerce_value_rule": "unit_times_quantity", "commerce_gmv_date": "order_date"}
    lake.dbt("run", "--select", "+path:models/commerce/marts", variables=variables)
    return lake


@pytest.fixture(scope="module")
def full_model(tmp_path_factory: pytest.TempPathFactory, other_domains: Path) -> Lake:
    """The full-model extract, which has no transaction_datetime and no extra info."""
    lake = Lake(tmp_path_factory.mktemp("full_model"))
    lake.begin_with(other_domains)
    files = [f"{feed}={FULL_MODEL / feed}.csv" for feed in FEEDS[:2]]
    assert lake.land("commerce", *files, "--ingest-date", "2023-01-01").returncode == 0
    lake.dbt("build", *OF_COMMERCE)
    return lake


VERSIONS = [
    # purchase_key, known_from, known_to, buyer_id, release_date, purchase_value, subsidiary
    ("55/-", "01-20", "01-23", 15947, "01-20", "50.00", "unknown"),
    ("55/-", "01-23", "02-05", 15947, "01-20", "50.00", "nacional"),
    ("55/-", "02-05", "07-12", 160001, "01-20", "50.00", "nacional"),
    ("55/-", "07-12", "07-15", 160001, "01-20", "55.00", "nacional"),
    ("55/-", "07-15", None, 160001, "03-01", "55.00", "nacional"),
    ("56/-", "01-25", "01-26", None, None, "2400.00", "internacional"),
    ("56/-", "01-26", None, 369798, None, "2400.00", "internacional"),
    ("69/-", "02-26", "02-28", 160001, "02-28", "2000.00", "unknown"),
    ("69/-", "02-28", "03-12", 160001, "02-28", "2000.00", "nacional"),
    ("69/-", "03-12", None, 160001, "02-28", "2000.00", "internacional"),
]
LEDGER = [
    # posted_on, gmv_date, subsidiary, line_total, unit_times_quantity, purchase_count_change
    ("01-20", "01-20", "unknown", 50, 500, 1),
    ("01-23", "01-20", "unknown", -50, -500, -1),
    ("01-23", "01-20", "nacional", 50, 500, 1),
    ("02-26", "02-28", "unknown", 2000, 4000, 1),
    ("02-28", "02-28", "unknown", -2000, -4000, -1),
    ("02-28", "02-28", "nacional", 2000, 4000, 1),
    ("03-12", "02-28", "nacional", -2000, -4000, -1),
    ("03-12", "02-28", "internacional", 2000, 4000, 1),
    ("07-12", "01-20", "nacional", 5, 50, 0),
    ("07-15", "01-20", "nacional", -55, -550, -1),
    ("07-15", "03-01", "nacional", 55, 550, 1),
]
LEDGER_COLUMNS = ["posted_on", "gmv_date", "subsidiary", "movement_amount", "purchase_count_change"]


def test_versions_are_the_ten_published(sample: Lake) -> None:
    expected = [
        (
            key,
            day(known_from),
            day(known_to) if known_to else None,
            buyer,
            day(release) if release else None,
            Decimal(value),
            subsidiary,
        )
        for key, known_from, known_to, buyer, release, value, subsidiary in VERSIONS
    ]
    columns = [
        "purchase_key",
        "known_from",
        "known_to",
        "buyer_id",
        "release_date",
        "purchase_value",
        "subsidiary",
    ]
    actual = sample.table("fct_commerce__purchase_version", columns)
    assert sorted(actual.elements(), key=str) == sorted(expected, key=str)
    assert sum(1 for version in actual if version[2] is None) == 3


def test_ledger_is_the_eleven_published_rows(sample: Lake) -> None:
    expected = {
        (day(posted), day(gmv), subsidiary, Decimal(total), change)
        for posted, gmv, subsidiary, total, _, change in LEDGER
    }
    actual = sample.table("fct_commerce__gmv_movement", LEDGER_COLUMNS)
    assert set(actual) == expected
    assert actual.total() == 11


def test_ledger_by_unit_times_quantity(sample: Lake, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.raw.symlink_to(sample.raw)
    variables = {"commerce_value_rule": "unit_times_quantity"}
    lake.dbt(
        "run",
        "--select",
        ["+rpt_commerce__gmv_current", "+fct_commerce__gmv_movement"][0],
        "+fct_commerce__gmv_movement",
        variables=variables,
    )
    expected = {
        (day(posted), day(gmv), subsidiary, Decimal(total), change)
        for posted, gmv, subsidiary, _, total, change in LEDGER
    }
    assert set(lake.table("fct_commerce__gmv_movement", LEDGER_COLUMNS)) == expected
    assert lake.query("select sum(gmv_amount) from commerce.rpt_commerce__gmv_current") == [
        (Decimal("4550.00"),)
    ]


def test_total_today(sample: Lake) -> None:
    total = sample.query("select sum(gmv_amount) from commerce.rpt_commerce__gmv_current")
    assert total == [(Decimal("2055.00"),)]


@pytest.mark.parametrize(
    ("known_on", "january"),
    [
        ("2023-01-31", "50.00"),
        ("2023-03-31", "50.00"),
        ("2023-07-12", "55.00"),
        ("2023-07-15", "0"),
        ("2026-01-01", "0"),
    ],
)
def test_january_as_known_on(sample: Lake, known_on: str, january: str) -> None:
    assert as_of(sample, known_on, "2023-01") == Decimal(january)


@pytest.mark.parametrize(
    ("known_on", "january"),
    [("2023-07-11", "500.00"), ("2023-07-12", "550.00"), ("2026-01-01", "550.00")],
)
def test_january_by_order_date(
    sample_by_unit_and_order_date: Lake, known_on: str, january: str
) -> None:
    """By order date January keeps purchase 55; by unit times quantity it is ten times as much."""
    assert as_of(sample_by_unit_and_order_date, known_on, "2023-01") == Decimal(january)


def as_of(lake: Lake, known_on: str, month: str) -> Decimal:
    """Ask the macro gmv_as_of as the README shows it, and add up its rows."""
    inline = f"{{{{ gmv_as_of('{known_on}', '{month}') }}}}"
    shown = lake.dbt("show", "--inline", inline, "--output", "json", "--limit", "100", "--quiet")
    rows = json.loads(shown[shown.index("{") :])["show"]
    return sum((Decimal(str(row["gmv_amount"])) for row in rows), Decimal(0))


def test_rankings_join_on_both_key_parts(full_model: Lake) -> None:
    producers = full_model.query("select * from commerce.rpt_commerce__top_producers")
    assert producers == [(1, 963963, Decimal("25.00"))]
    products = full_model.query("select * from commerce.rpt_commerce__top_products_by_producer")
    assert products == [(963963, 1, 37, Decimal("25.00"))]


def test_rankings_by_unit_times_quantity(full_model: Lake, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.raw.symlink_to(full_model.raw)
    variables = {"commerce_value_rule": "unit_times_quantity"}
    lake.dbt("run", "--select", "+rpt_commerce__top_producers", variables=variables)
    assert lake.query("select * from commerce.rpt_commerce__top_producers") == [
        (1, 963963, Decimal("1725.00"))
    ]


def test_a_new_delivery_updates_all_marts(sample: Lake, tmp_path: Path) -> None:
    """`lakehouse land`, then `dbt build`: the new purchase is in every mart, old rows stay."""
    lake = Lake(tmp_path / "lake")
    lake.begin_with(sample.database)
    shutil.copytree(sample.raw, lake.raw)
    event = "2023-08-01 10:00:00,2023-08-01"
    files = {
        "purchase": "transaction_datetime,transaction_date,purchase_id,buyer_id,prod_item_id,"
        f"order_date,release_date,producer_id\n{event},70,1,7,2023-08-01,2023-08-01,5\n",
        "product_item": "transaction_datetime,transaction_date,purchase_id,product_id,"
        f'item_quantity,purchase_value\n{event},70,9,1,"12,50"\n',
        "purchase_extra_info": "transaction_datetime,transaction_date,purchase_id,subsidiary\n"
        f"{event},70,nacional\n",
    }
    for feed, text in files.items():
        (tmp_path / f"{feed}.csv").write_text(text)
    landed = lake.land(
        "commerce",
        *(f"{feed}={tmp_path / feed}.csv" for feed in files),
        "--ingest-date",
        "2023-08-01",
    )
    assert landed.returncode == 0, landed.stderr
    lake.dbt("build", *OF_COMMERCE)
    new = Decimal("12.50")
    assert lake.query(
        "select gmv_amount from commerce.fct_commerce__purchase where purchase_id = 70"
    )[0] == (new,)
    assert lake.query("select sum(gmv_amount) from commerce.rpt_commerce__gmv_current") == [
        (2055 + new,)
    ]
    assert lake.table("fct_commerce__gmv_movement", LEDGER_COLUMNS).total() == 12
    assert lake.query("select sum(received_count) from quality.fct_quality__row_accounting") == [
        (16,)
    ]
