"""The foundations of every domain: days, reflected loads, variables, thresholds."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from lake import PROJECT, Lake

from lakehouse.landing.contract import read_contract

ENTITY = "commerce/purchase_extra_info"
CONTRACT = read_contract("commerce", project_dir=PROJECT)
PURCHASE = CONTRACT.entity("purchase").columns
EXTRA = CONTRACT.entity("purchase_extra_info").columns
CHAIN = ("--select", "+fct_commerce__purchase_version", "+fct_commerce__gmv_daily")
VERSIONS = """
    select purchase_key, cast(known_from as varchar), subsidiary
    from commerce.fct_commerce__purchase_version
    order by 1, 2
"""
TABLES = "select table_schema, table_name from information_schema.tables order by all"


def land(lake: Lake, day: str, subsidiary: str, *, purchase: int = 1, landed: str = "01") -> None:
    """One extra-info event received on `day`, said at the same moment as it was received."""
    load = f"202402{landed}T000000000000Z-{abs(hash((day, subsidiary, purchase))):012x}"[:35]
    row = {
        "purchase_id": str(purchase),
        "subsidiary": subsidiary,
        "transaction_datetime": f"{day} 08:00:00",
        "recorded_at": f"{day} 12:00:00.000000",
        "load_id": load,
        "source_file": "extra.csv",
        "source_row": 1,
    }
    lake.write_raw(f"{ENTITY}/ingest_date={day}/{load}.parquet", EXTRA, [row])


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def run(lake: Lake, run_date: str, *arguments: str, **variables: object) -> str:
    printed = lake.dbt("run", *CHAIN, *arguments, variables={"run_date": run_date, **variables})
    assert "does not match any" not in printed
    return printed


def built_anew(lake: Lake) -> Lake:
    """Another lake of the same raw zone, built at once."""
    fresh = Lake(lake.folder / "fresh")
    fresh.folder.mkdir()
    fresh.raw.symlink_to(lake.raw)
    run(fresh, "2024-02-10")
    return fresh


def test_what_lands_today_counts_today_and_the_day_may_change_until_it_ends(lake: Lake) -> None:
    land(lake, "2024-02-01", "nacional")
    run(lake, "2024-02-02")
    land(lake, "2024-02-02", "internacional")
    run(lake, "2024-02-02")
    assert [row[2] for row in lake.query(VERSIONS)] == ["nacional", "internacional"]
    land(lake, "2024-02-02", "latam", landed="03")
    run(lake, "2024-02-02")
    assert [row[1:] for row in lake.query(VERSIONS)] == [
        ("2024-02-01", "nacional"),
        ("2024-02-02", "latam"),
    ]


def test_a_quote_in_a_load_or_a_setting_is_text(lake: Lake) -> None:
    statuses = {"commerce_excluded_statuses": ["CANCELADA", "D'OR"]}
    land(lake, "2024-02-01", "nacional")
    run(lake, "2024-02-02", **statuses)
    row = {
        "purchase_id": "1",
        "subsidiary": "latam",
        "transaction_datetime": "2024-02-02 08:00:00",
        "recorded_at": "2024-02-02 12:00:00.000000",
        "load_id": "o'neil's",
        "source_file": "it's.csv",
        "source_row": 1,
    }
    lake.write_raw(f"{ENTITY}/ingest_date=2024-02-02/by hand, o'neil.parquet", EXTRA, [row])
    for _ in range(2):
        run(lake, "2024-02-03", **statuses)
        assert [row[2] for row in lake.query(VERSIONS)] == ["nacional", "latam"]
    other = {"commerce_excluded_statuses": ["CANCELADA", "DOR"]}
    done = lake.try_dbt("run", *CHAIN, variables={"run_date": "2024-02-03", **other})
    assert "was built with commerce_excluded_statuses=CANCELADA,D'OR" in done.stdout


def test_a_load_dated_after_the_day_of_the_run_stops_the_build(lake: Lake) -> None:
    land(lake, "2024-02-01", "nacional")
    land(lake, "2999-01-01", "latam")
    done = lake.try_dbt("build", *UP_TO_VERSIONS, "--exclude", "resource_type:unit_test")
    assert done.returncode != 0
    assert "has_come_int_commerce__load" in done.stdout
    assert "SKIP relation commerce.fct_commerce__purchase_version" in done.stdout


def test_marts_refuse_nulls_and_keep_no_index(lake: Lake) -> None:
    land(lake, "2024-02-01", "nacional")
    run(lake, "2024-02-02")
    held = lake.query("""
        select constraint_type, constraint_column_names[1]
        from duckdb_constraints()
        where table_name = 'fct_commerce__purchase_version'
        order by 2
    """)
    refused = ("known_from", "purchase_key", "subsidiary", "triggered_by")
    assert held == [("NOT NULL", column) for column in refused]
    kinds = lake.query("select distinct constraint_type from duckdb_constraints()")
    assert kinds == [("NOT NULL",)]


def test_an_earlier_run_date_takes_nothing_away(lake: Lake) -> None:
    land(lake, "2024-02-01", "nacional")
    land(lake, "2024-02-05", "internacional")
    run(lake, "2024-02-06")
    before = lake.query(VERSIONS)
    run(lake, "2024-02-02")
    assert lake.query(VERSIONS) == before


def test_a_load_under_an_older_day_is_new_work(lake: Lake) -> None:
    land(lake, "2024-02-05", "internacional")
    run(lake, "2024-02-10")
    land(lake, "2024-02-01", "nacional")
    run(lake, "2024-02-10")
    assert [row[2] for row in lake.query(VERSIONS)] == ["nacional", "internacional"]


def test_a_model_that_missed_a_run_catches_up(lake: Lake) -> None:
    land(lake, "2024-02-01", "nacional")
    run(lake, "2024-02-10")
    land(lake, "2024-02-02", "internacional")
    lake.dbt(
        "run",
        "--select",
        "+int_commerce__purchase_extra_info",
        variables={"run_date": "2024-02-10"},
    )
    assert len(lake.query(VERSIONS)) == 1
    run(lake, "2024-02-10")
    assert len(lake.query(VERSIONS)) == 2


def test_a_load_a_parent_lost_in_a_rebuild_is_new_when_it_comes_back(lake: Lake) -> None:
    """The child must not take the load for done because it once reflected it."""
    land(lake, "2024-02-01", "nacional")
    land(lake, "2024-02-05", "internacional")
    run(lake, "2024-02-10")
    [lost] = lake.raw.glob(f"{ENTITY}/ingest_date=2024-02-05/*.parquet")
    lost = lost.rename(lake.folder / lost.name)
    rebuilt = [f"+int_commerce__{feed}" for feed in ("product_item", "purchase_extra_info")]
    printed = lake.dbt("run", "--full-refresh", "--select", *rebuilt)
    assert "does not match any" not in printed
    land(lake, "2024-02-01", "latam", landed="09")
    run(lake, "2024-02-10")
    assert [row[2] for row in lake.query(VERSIONS)] == ["nacional"]
    lost.rename(lake.raw / ENTITY / "ingest_date=2024-02-05" / lost.name)
    run(lake, "2024-02-10")
    fresh = built_anew(lake)
    assert lake.query(VERSIONS) == fresh.query(VERSIONS)
    assert len(fresh.query(VERSIONS)) == 2


def test_a_load_counts_as_reflected_only_when_every_parent_has_it(lake: Lake) -> None:
    """The item history carries purchases too: when the purchase history lags, the version waits."""
    row = {
        "purchase_id": "1",
        "release_date": "2024-02-01",
        "transaction_datetime": "2024-02-01 08:00:00",
        "recorded_at": "2024-02-01 12:00:00.000000",
        "load_id": "20240201T000000000000Z-0123456789ab",
        "source_file": "purchase.csv",
        "source_row": 1,
    }
    land(lake, "2024-02-01", "nacional", purchase=2)
    run(lake, "2024-02-10")
    lake.write_raw(
        "commerce/purchase/ingest_date=2024-02-01/20240201T000000000000Z-0123456789ab.parquet",
        PURCHASE,
        [row],
    )
    variables = {"run_date": "2024-02-10"}
    lake.dbt("run", "--select", "+int_commerce__product_item", variables=variables)
    lake.dbt("run", "--select", "fct_commerce__purchase_version", variables=variables)
    run(lake, "2024-02-10")
    assert [row[0] for row in lake.query(VERSIONS)] == ["1/-", "2/-"]


@pytest.mark.parametrize(
    "last", ["int_commerce__purchase_extra_info", "fct_commerce__purchase_version"]
)
def test_a_run_that_is_killed_is_repeated_by_the_next(lake: Lake, last: str) -> None:
    """Tables hold its rows, the notes do not know: nothing is missed and nothing counts twice."""
    land(lake, "2024-02-01", "nacional")
    run(lake, "2024-02-10")
    land(lake, "2024-02-02", "internacional")
    land(lake, "2024-02-01", "latam", purchase=2, landed="03")
    one_by_one = ("--threads", "1")
    lake.kill_run(*CHAIN, *one_by_one, after=last, variables={"run_date": "2024-02-10"})

    run(lake, "2024-02-10")

    fresh = built_anew(lake)
    assert lake.query(VERSIONS) == fresh.query(VERSIONS)
    assert len(lake.query(VERSIONS)) == 3
    records = "select count(*) from commerce.int_commerce__purchase_extra_info"
    assert lake.query(records) == [(3,)]


def test_a_lake_of_a_version_before_asks_for_a_full_refresh(lake: Lake) -> None:
    land(lake, "2024-02-01", "nacional")
    run(lake, "2024-02-10")
    with duckdb.connect(str(lake.database)) as connection:
        connection.execute("alter table commerce.reflected_load rename to processed_load")
    before = lake.query(TABLES)
    done = lake.try_dbt("run", *CHAIN, variables={"run_date": "2024-02-10"})
    assert done.returncode != 0
    assert "--full-refresh" in done.stdout and "Nothing was changed" in done.stdout
    assert lake.query(TABLES) == before
    run(lake, "2024-02-10", "--full-refresh")
    assert len(lake.query(VERSIONS)) == 1
    run(lake, "2024-02-10")


@pytest.mark.parametrize(
    "change",
    [
        "drop column what_to_do_pt",
        "drop column meaning_en; alter table {table} add column meaning_en varchar",
        "alter column reason_order type varchar",
    ],
    ids=["a column less", "another order", "another type"],
)
def test_a_seed_of_a_version_before_with_other_columns_is_made_anew(
    lake: Lake, change: str
) -> None:
    table = "quality.dim_quality__reason"
    read = ("--select", "dim_quality__reason")
    stored = f"select * from {table} order by reason_code"
    described = f"describe {table}"
    lake.dbt("build", *read)
    columns, rows = lake.query(described), lake.query(stored)
    with duckdb.connect(str(lake.database)) as connection:
        connection.execute(f"alter table {table} " + change.format(table=table))
    assert lake.query(described) != columns
    lake.dbt("build", *read)
    assert lake.query(described) == columns
    assert lake.query(stored) == rows


def test_as_of_date_cuts_a_rebuild(lake: Lake) -> None:
    land(lake, "2024-02-01", "nacional")
    land(lake, "2024-02-05", "internacional")
    run(lake, "2024-02-10", "--full-refresh", as_of_date="2024-02-04")
    assert [row[2] for row in lake.query(VERSIONS)] == ["nacional"]
    run(lake, "2024-02-10")
    assert [row[2] for row in lake.query(VERSIONS)] == ["nacional", "internacional"]


def test_as_of_date_is_refused_in_an_incremental_run(lake: Lake) -> None:
    land(lake, "2024-02-01", "nacional")
    run(lake, "2024-02-10")
    done = lake.try_dbt(
        "run", *CHAIN, variables={"run_date": "2024-02-10", "as_of_date": "2024-02-01"}
    )
    assert done.returncode != 0
    assert "as_of_date" in done.stdout and "--full-refresh" in done.stdout


def test_other_variables_ask_for_a_full_refresh(lake: Lake) -> None:
    land(lake, "2024-02-01", "nacional")
    run(lake, "2024-02-10")
    other = {"run_date": "2024-02-10", "commerce_value_rule": "unit_times_quantity"}
    done = lake.try_dbt("run", *CHAIN, variables=other)
    assert done.returncode != 0
    assert "commerce_value_rule=line_total" in done.stdout and "--full-refresh" in done.stdout
    only_child = lake.try_dbt(
        "run", "--full-refresh", "--select", "fct_commerce__gmv_movement", variables=other
    )
    assert only_child.returncode != 0, "a child must not be rebuilt on a parent of other variables"
    lake.dbt("run", *CHAIN, "--full-refresh", variables=other)


def test_the_order_of_excluded_statuses_means_nothing(lake: Lake) -> None:
    land(lake, "2024-02-01", "nacional")
    run(lake, "2024-02-10")
    run(lake, "2024-02-10", commerce_excluded_statuses=["REEMBOLSADA", "CANCELADA"])


def purchases(lake: Lake, load: str, day: str, good: int, bad: int) -> None:
    rows = [
        {
            "purchase_id": str(number) if number < good else "none",
            "transaction_datetime": f"{day} 08:00:00",
            "recorded_at": f"{day} 12:00:00.000000",
            "load_id": load,
            "source_file": "extra.csv",
            "source_row": number + 1,
        }
        for number in range(good + bad)
    ]
    lake.write_raw(f"{ENTITY}/ingest_date={day}/{load}.parquet", EXTRA, rows)


# Cautious: tests that need tables besides these are left out.
UP_TO_VERSIONS = ["--indirect-selection", "cautious", "--select"]
UP_TO_VERSIONS += ["+fct_commerce__purchase_version", "ref_quality__load_decision"]
BAD_LOAD = "20240203T000000000000Z-00000000000b"


@pytest.fixture
def build(lake: Lake) -> Callable[[], object]:
    """dbt build of everything up to the versions, with the tests on the way."""
    purchases(lake, "20240201T000000000000Z-00000000000a", "2024-02-01", 10, 0)
    select = [*UP_TO_VERSIONS, "--exclude", "resource_type:unit_test"]
    lake.dbt("build", *select, variables={"run_date": "2024-02-10"})
    return lambda **more: lake.try_dbt(
        "build", *select, variables={"run_date": "2024-02-10", **more}
    )


def test_too_many_rejected_rows_stop_the_build_before_any_mart(lake: Lake, build: Callable) -> None:
    purchases(lake, BAD_LOAD, "2024-02-03", 198, 2 + 1)
    for _ in range(2):
        done = build()
        assert done.returncode != 0, "must fail again while nobody has accepted the load"
        assert lake.query("select count(*) from commerce.fct_commerce__purchase_version") == [(10,)]
    assert build(rejected_share_limit=0.02).returncode == 0
    assert lake.query("select count(*) from commerce.fct_commerce__purchase_version") == [(198,)]


def test_few_rejected_rows_warn(lake: Lake, build: Callable) -> None:
    purchases(lake, BAD_LOAD, "2024-02-03", 198, 2)
    done = build()
    assert done.returncode == 0
    assert "WARN 1 rejected_share" in done.stdout


def test_from_ten_rows_on_a_load_is_judged(lake: Lake, build: Callable) -> None:
    purchases(lake, BAD_LOAD, "2024-02-03", 8, 1)
    assert build().returncode == 0
    purchases(lake, BAD_LOAD.replace("b", "c"), "2024-02-03", 1, 0)
    done = build()
    assert done.returncode != 0
    assert "0 of 1 rows are rejected; with the loads of its day before it 1 of 10" in done.stdout


def test_three_rows_of_which_none_can_be_used_stop_the_build(lake: Lake, build: Callable) -> None:
    purchases(lake, BAD_LOAD, "2024-02-03", 0, 2)
    assert build().returncode == 0
    purchases(lake, BAD_LOAD, "2024-02-04", 0, 3)
    assert build().returncode != 0


def test_an_accepted_load_does_not_stop_the_build(lake: Lake, build: Callable) -> None:
    purchases(lake, BAD_LOAD, "2024-02-03", 100, 100)
    with duckdb.connect(str(lake.database)) as connection:
        connection.execute(
            "insert into quality.ref_quality__load_decision values ('accept', 'commerce', "
            f"'purchase_extra_info', '{BAD_LOAD}', '2024-02-03', '2024-02-04', 'seen by the shop')"
        )
    select = [*UP_TO_VERSIONS, "--exclude", "resource_type:unit_test", "resource_type:seed"]
    select += ["row_count_is_ref_quality__load_decision_*"]
    done = lake.try_dbt("build", *select, variables={"run_date": "2024-02-10"})
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_silent_feed_gives_empty_models_and_a_warning(lake: Lake) -> None:
    land(lake, "2024-02-01", "nacional")
    printed = run(lake, "2024-02-10")
    assert "No raw file of commerce.purchase yet" in printed
    assert lake.query("select count(*) from commerce.stg_commerce__purchase") == [(0,)]


@pytest.mark.parametrize("run_date", ["2024-02-30x", "10/02/2024", "2024-13-01"])
def test_a_run_date_that_is_no_day_is_refused(lake: Lake, run_date: str) -> None:
    done = lake.try_dbt("run", "--select", "int_commerce__load", variables={"run_date": run_date})
    assert done.returncode != 0
    assert run_date in done.stdout


def test_an_empty_run_is_refused(lake: Lake) -> None:
    """It would record loads as reflected without their rows."""
    land(lake, "2024-02-01", "nacional")
    done = lake.try_dbt("run", *CHAIN, "--empty", variables={"run_date": "2024-02-10"})
    assert done.returncode != 0
    assert "--empty" in done.stdout
    run(lake, "2024-02-10")
    assert len(lake.query(VERSIONS)) == 1
