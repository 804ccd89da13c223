"""What a project sees whose feeds say that records have ended: landed, built and tested.

Expected values follow from docs/domains/commerce.md#deletions, not from the code.
"""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from change_files import Change, dms_csv, dms_full_load
from lake import OF_COMMERCE, Lake
from operations import project_with_operations

DAY = "2024-01-0{}".format
BOUGHT, CHANGED = "2024-01-01 10:00:00", "2024-01-01 11:00:00"


def purchase(number: int, at: str = BOUGHT, buyer: str = "1") -> dict[str, str]:
    return {
        "transaction_datetime": at,
        "purchase_id": str(number),
        "purchase_partition": "1",
        "buyer_id": buyer,
        "prod_item_id": str(number),
        "prod_item_partition": "1",
        "order_date": "2024-01-01",
        "release_date": "2024-01-02",
        "producer_id": "1",
        "purchase_status": "APROVADA",
    }


def item(number: int, at: str = BOUGHT, value: str = "70") -> dict[str, str]:
    return {
        "transaction_datetime": at,
        "prod_item_id": str(number),
        "prod_item_partition": "1",
        "product_id": "7",
        "item_quantity": "1",
        "purchase_value": value,
    }


def extra(number: int, at: str = BOUGHT) -> dict[str, str]:
    return {
        "transaction_datetime": at,
        "purchase_id": str(number),
        "purchase_partition": "1",
        "subsidiary": "nacional",
    }


def key_only(row: dict[str, str]) -> dict[str, str]:
    """As a log without full supplemental logging tells a deleted row."""
    key = "purchase" if "purchase_id" in row else "prod_item"
    kept = (f"{key}_id", f"{key}_partition")
    return {name: value if name in kept else "" for name, value in row.items()}


def land(lake: Lake, folder: Path, day: str, **feeds: list[Change]) -> None:
    files = []
    for feed, changes in feeds.items():
        path = folder / f"{day}-{feed}.csv"
        path.write_text(dms_csv(changes), encoding="utf-8")
        files.append(f"{feed}={path}")
    done = lake.land("commerce", *files, "--ingest-date", day)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory, other_domains: Path) -> Lake:
    """Four days of changes, built after the second and after the fourth one."""
    folder = tmp_path_factory.mktemp("operations")
    lake = Lake(folder / "lake", project_with_operations(folder / "project"))
    lake.begin_with(other_domains)
    numbers = (2007, 2008, 2009)
    loaded = folder / "LOAD00000001.csv"
    loaded.write_text(dms_full_load([purchase(number) for number in numbers]))
    done = lake.land("commerce", f"purchase={loaded}", "--ingest-date", DAY(2))
    assert done.returncode == 0, done.stderr
    land(
        lake,
        folder,
        DAY(2),
        purchase=[("insert", purchase(2006)), ("delete", purchase(2006, CHANGED))],
        product_item=[("insert", item(number)) for number in (2006, *numbers, 2010)],
        purchase_extra_info=[("insert", extra(number)) for number in (2006, *numbers)],
    )
    land(lake, folder, DAY(3), purchase=[("update", purchase(2007, CHANGED, buyer="2"))])
    lake.dbt("build", *OF_COMMERCE, variables={"run_date": DAY(3)})
    land(
        lake,
        folder,
        DAY(4),
        purchase=[("delete", key_only(purchase(2007)))],
        product_item=[("delete", key_only(item(2008))), ("delete", key_only(item(2010)))],
        purchase_extra_info=[("delete", key_only(extra(2009)))],
    )
    # Of an item that no purchase is known of, what it was before a change and nothing else.
    before = folder / f"{DAY(5)}-product_item.csv"
    before.write_text(dms_csv([("before", item(2011))]).replace("\nB,", "\nupdate_preimage,"))
    done = lake.land("commerce", f"product_item={before}", "--ingest-date", DAY(5))
    assert done.returncode == 0, done.stderr
    again = purchase(2007, "2024-01-06 09:00:00", buyer="2")
    land(
        lake,
        folder,
        DAY(6),
        # The same state once more with its old time, then a state after the deletion.
        purchase=[("insert", purchase(2007, CHANGED, buyer="2")), ("insert", again)],
        product_item=[("x", item(2007, CHANGED))],
    )
    lake.dbt("build", *OF_COMMERCE, variables={"run_date": DAY(7)})
    return lake


def versions_of(lake: Lake, number: int) -> list[tuple]:
    return lake.query(
        "select day(known_from), day(known_to), triggered_by from "
        f"commerce.fct_commerce__purchase_version where purchase_id = {number} order by known_from"
    )


def test_a_purchase_that_ended_on_its_day_was_never_one(lake):
    assert versions_of(lake, 2006) == []
    counted = "select count(*) from commerce.fct_commerce__{} where purchase_key = '2006/1'"
    for table in ("purchase", "purchase_movement"):
        assert lake.query(counted.format(table)) == [(0,)]


def test_a_purchase_that_ended_and_came_back_has_a_gap(lake):
    assert versions_of(lake, 2007) == [
        (2, 3, "product_item,purchase,purchase_extra_info"),
        (3, 4, "purchase"),
        (6, None, "product_item,purchase,purchase_extra_info"),
    ]
    assert lake.query(
        "select day(posted_on), movement_amount, purchase_count_change "
        "from commerce.fct_commerce__purchase_movement where purchase_key = '2007/1' order by 1"
    ) == [(2, Decimal(70), 1), (4, Decimal(-70), -1), (6, Decimal(70), 1)]


def test_without_its_item_a_purchase_stays_and_counts_nothing(lake):
    assert lake.query(
        "select item_key, purchase_value, gmv_amount, gmv_exclusion_reason, is_complete "
        "from commerce.fct_commerce__purchase where purchase_id = 2008"
    ) == [(None, None, None, "no_item", False)]
    assert versions_of(lake, 2008)[-1] == (4, None, "product_item")


def test_without_its_extra_info_a_purchase_counts_in_the_bucket_unknown(lake):
    assert lake.query(
        "select gmv_date, subsidiary, gmv_amount, purchase_count "
        "from commerce.rpt_commerce__gmv_current order by subsidiary"
    ) == [
        (date(2024, 1, 2), "nacional", Decimal(70), 1),
        (date(2024, 1, 2), "unknown", Decimal(70), 1),
    ]


def test_what_became_of_each_row(lake):
    rows = lake.query(
        "select entity, source_file[:10], source_row, row_status, reason_code "
        "from commerce.int_commerce__row_status "
        "where ingest_date > '2024-01-02' or source_file like '%-purchase.csv' order by all"
    )
    assert rows == [
        ("product_item", DAY(4), 1, "deleted", None),
        ("product_item", DAY(4), 2, "waiting", None),
        ("product_item", DAY(5), 1, "waiting", None),
        ("product_item", DAY(6), 1, "rejected", "unknown_operation"),
        ("purchase", DAY(2), 1, "superseded", None),
        ("purchase", DAY(2), 2, "deleted", None),
        ("purchase", DAY(3), 1, "superseded", None),
        ("purchase", DAY(4), 1, "superseded", None),
        ("purchase", DAY(6), 1, "repeated", None),
        ("purchase", DAY(6), 2, "current", None),
        ("purchase_extra_info", DAY(4), 1, "deleted", None),
    ]
    [(row,)] = lake.query(
        "select row_json from quality.fct_quality__rejected_row where domain = 'commerce'"
    )
    assert json.loads(row)["op"] == "X"


def test_a_gap_that_no_deletion_began_is_found(lake, tmp_path):
    other = Lake(tmp_path / "lake", lake.project)
    other.folder.mkdir()
    other.raw.symlink_to(lake.raw)
    other.database.write_bytes(lake.database.read_bytes())
    name = "assert_versions_end_in_the_next_or_a_deletion"
    other.dbt("test", "--select", name)
    with duckdb.connect(str(other.database)) as connection:
        connection.execute(
            "delete from commerce.fct_commerce__purchase_version "
            "where purchase_id = 2007 and known_from = date '2024-01-03'"
        )
    assert other.try_dbt("test", "--select", name).returncode == 1


def test_other_codes_ask_for_a_full_refresh(lake, tmp_path):
    operation = {"column": "op", "insert": ["I", "U"], "delete": ["D"]}
    feeds = ("purchase", "product_item", "purchase_extra_info", "order_transaction_cost_hist")
    project = project_with_operations(tmp_path / "project", dict.fromkeys(feeds, operation))
    other = Lake(lake.folder, project)
    done = other.try_dbt("run", "--select", "int_commerce__purchase")
    assert done.returncode == 1
    assert "int_commerce__purchase' was built with" in done.stdout
    assert "--full-refresh" in done.stdout


def test_a_feed_that_nobody_reads_operations_of_stops_the_build(tmp_path):
    project = project_with_operations(tmp_path / "project", {})
    path = project / "models/retail/staging/_retail__sources.yml"
    text = path.read_text("utf-8")
    wanted = "landing:\n              operation: {column: codigo_venda, delete: [D]}\n"
    assert "landing:\n" in text
    path.write_text(text.replace("landing:\n", wanted, 1), "utf-8")
    lake = Lake(tmp_path / "lake", project)
    done = lake.try_dbt("compile", "--select", "path:models/retail/staging")
    assert done.returncode and "declares an operation, and 'stg_retail__" in done.stdout


def test_as_the_project_stands_a_change_stream_is_refused(tmp_path):
    lake = Lake(tmp_path / "lake")
    path = tmp_path / "c_purchase.csv"
    path.write_text(dms_csv([("insert", purchase(2006)), ("delete", purchase(2006, CHANGED))]))
    done = lake.land("commerce", f"purchase={path}", "--ingest-date", DAY(2))
    assert done.returncode and not lake.raw.exists()
    assert "column 'Op' says what was done to a row" in done.stderr
    assert "declare `operation` for purchase in the sources YAML" in done.stderr
