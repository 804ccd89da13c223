"""Over random histories, the commerce models say what the oracle says, however the loads arrive.

Proves "full refresh = day by day = any order of runs, row for row" and "nothing is lost", of a
project whose feeds hold states alone, and of one whose feeds also say that a record has ended.
LAKEHOUSE_PROOF_SEED and LAKEHOUSE_PROOF_HISTORIES choose the histories; a smaller number keeps the
first ones, which narrows a difference down.
"""

import os
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest
from commerce_histories import (
    IDS_PER_HISTORY,
    Load,
    history_of_gmv_date,
    loads_of_histories,
    steps_of_loads,
)
from commerce_oracle import LADDER, Settings, expected_tables
from lake import PROJECT, Lake
from operations import project_with_operations

SEED = int(os.environ.get("LAKEHOUSE_PROOF_SEED", "1"))
HISTORIES = int(os.environ.get("LAKEHOUSE_PROOF_HISTORIES", "1000"))

LAST_DAY = "2024-03-05"
# The account reads every domain; the others, which stay empty, are built once (`other_domains`).
SELECTED = (
    "path:models/commerce int_quality__row_status "
    "fct_quality__row_accounting fct_quality__rejected_row"
)
# Where a run may die: the models after these have not seen the loads of that run.
DYING_RUNS = (
    "path:models/commerce/staging path:models/commerce/records",
    "+fct_commerce__purchase",
    "+fct_commerce__purchase_version",
    "+fct_commerce__purchase_movement",
    "+fct_commerce__gmv_movement",
)
# Runs by hand that bring some loads down to the marts while other parents stay behind.
LOPSIDED_RUNS = (
    "stg_commerce__purchase+",
    "stg_commerce__product_item+",
    "+int_commerce__product_item fct_commerce__purchase fct_commerce__purchase_version",
)
COMPARED = (
    "fct_commerce__purchase",
    "fct_commerce__purchase_version",
    "fct_commerce__purchase_movement",
    "fct_commerce__gmv_movement",
    "fct_commerce__gmv_daily",
    "rpt_commerce__gmv_current",
    "fct_quality__row_accounting",
    "fct_quality__rejected_row",
)
SHOWN_ROWS = 6
SHOWN_RAW_ROWS = 40


def land(lake: Lake, loads: list[Load]) -> None:
    for load in loads:
        lake.write_raw(load.path, load.columns, load.rows)


def run(
    lake: Lake, run_date: str, settings: Settings, *arguments: str, select: str = SELECTED
) -> None:
    variables = {
        "run_date": run_date,
        "commerce_value_rule": settings.value_rule,
        "commerce_gmv_date": settings.gmv_date,
        "commerce_excluded_statuses": list(settings.excluded_statuses),
        "clock_skew_hours": settings.clock_skew_hours,
    }
    printed = lake.dbt("run", "--select", *select.split(), *arguments, variables=variables)
    # A selection that names nothing only warns, and the run would prove less than it says.
    assert "does not match any" not in printed, printed


@pytest.fixture(scope="module", params=[False, True], ids=["states", "operations"])
def with_operations(request) -> bool:
    return request.param


@pytest.fixture(scope="module")
def loads(with_operations) -> list[Load]:
    # Those of states alone are never fewer for the others, which come on top.
    count = HISTORIES // 2 if with_operations else HISTORIES
    return loads_of_histories(count, SEED, with_operations=with_operations)


@pytest.fixture(scope="module")
def project(tmp_path_factory, with_operations) -> Path:
    return (
        project_with_operations(tmp_path_factory.mktemp("project")) if with_operations else PROJECT
    )


@pytest.fixture
def lake(tmp_path, project, other_domains) -> Lake:
    lake = Lake(tmp_path, project)
    lake.begin_with(other_domains)
    return lake


def rows_of(loads: list[Load]) -> list[dict]:
    return [row for load in loads for row in load.rows]


def lost_rows(before: list[dict], after: list[dict], key: tuple[str, ...]) -> set[tuple]:
    """Keys that a table had and has no longer."""
    first, second = ({tuple(row[name] for name in key) for row in rows} for rows in (before, after))
    return first - second


def closed_days(tables: dict, run_date: str) -> dict[str, list]:
    """What was known at the end of the days before a run, as the tables of any later run say it.

    Equal to what they said then: what is known only since may end an interval, and nothing else.
    """
    day = date.fromisoformat(run_date)
    ledger = ("fct_commerce__purchase_movement", "fct_commerce__gmv_movement")
    found = {name: [row for row in tables[name] if row["posted_on"] < day] for name in ledger}
    for name in ("fct_commerce__purchase_version", "fct_commerce__gmv_daily"):
        found[name] = [
            {
                **{column: value for column, value in row.items() if column != "is_current"},
                "known_to": row["known_to"] if row["known_to"] and row["known_to"] < day else None,
            }
            for row in tables[name]
            if row["known_from"] < day
        ]
    return {name: sorted(rows, key=str) for name, rows in found.items()}


def history_of(row: dict) -> int | None:
    """The history a row of any table belongs to; none for a row that counts them all."""
    if "purchase_key" in row:
        return int(row["purchase_key"].split("/")[0]) // IDS_PER_HISTORY
    if "gmv_date" in row:
        return history_of_gmv_date(row["gmv_date"])
    if "source_file" in row:
        return int(row["source_file"].removeprefix("history-").removesuffix(".csv"))
    return None


def check(lake: Lake, received: list[dict], settings: Settings, occasion: str) -> dict:
    """Fail with the first differing history of every table that differs.

    Returns: the expected tables.
    """
    expected = expected_tables(received, settings)
    texts = []
    for name in COMPARED:
        columns = list(expected[name][0])
        wanted = Counter(tuple(row.values()) for row in expected[name])
        found = lake.table(name, columns)
        only = [
            (side, dict(zip(columns, row, strict=True)))
            for side, rows in (("expected", wanted - found), ("actual", found - wanted))
            for row in rows.elements()
        ]
        if only:
            number = min((history_of(row) for _, row in only), key=lambda n: (n is None, n))
            texts.append(difference_text(name, number, only, received))
    if texts:
        pytest.fail("\n\n".join([f"{occasion}, seed {SEED}", *texts]), pytrace=False)
    return expected


def difference_text(name: str, number: int | None, only: list, received: list[dict]) -> str:
    histories = Counter(history_of(row) for _, row in only)
    lines = [f"{name}: {len(only)} rows differ in {len(histories)} histories"]
    lines += [f"history {number}:"]
    for side in ("expected", "actual"):
        rows = [row for of, row in only if of == side and history_of(row) == number]
        lines += [f"  {side}, not in the other: {brief(row)}" for row in rows[:SHOWN_ROWS]]
    if number is not None:
        raw = [row for row in received if history_of(row) == number]
        raw.sort(key=lambda row: (row["entity"], row["recorded_at"], row["load_id"]))
        lines += [f"  raw: {brief(row)}" for row in raw[:SHOWN_RAW_ROWS]]
        lines += [f"  and {len(raw) - SHOWN_RAW_ROWS} raw rows more"] * (len(raw) > SHOWN_RAW_ROWS)
    return "\n".join(lines)


def brief(row: dict) -> str:
    return " ".join(
        f"{name}={value!r}" if isinstance(value, str) else f"{name}={value}"
        for name, value in row.items()
        if value is not None
    )


def test_histories_contain_the_cases_that_break_usual_patterns(loads, with_operations):
    tables = expected_tables(rows_of(loads), Settings())
    purchases = tables["fct_commerce__purchase"]
    versions = tables["fct_commerce__purchase_version"]
    totals = Counter()
    for row in tables["fct_quality__row_accounting"]:
        totals.update({column: n for column, n in row.items() if column.endswith("_count")})
    clocks = [f"{feed}_transaction_datetime" for feed in ("purchase", "product_item")]

    reasons = set(LADDER) if with_operations else set(LADDER) - {"unknown_operation"}
    assert {row["reason_code"] for row in tables["fct_quality__rejected_row"]} == reasons
    assert all(totals[f"{state}_count"] for state in ("repeated", "waiting", "superseded"))
    assert any(row["triggered_by"] == "product_item,purchase" for row in versions)
    assert any(row["release_date"] is None and row["known_to"] is None for row in versions)
    assert any(row[clocks[0]] is None and row[clocks[1]] for row in purchases), "item alone"
    assert any(row["last_recorded_at"] is None for row in purchases), "its item moved away"
    assert any(row["purchase_count"] == 0 for row in tables["fct_commerce__gmv_daily"])
    assert any(row["movement_amount"] == 0 for row in tables["fct_commerce__gmv_movement"])
    assert any(row["ingest_date"] == LAST_DAY for row in rows_of(loads)), "an open day"
    opened = {(row["purchase_key"], row["known_from"]) for row in versions}
    ended = [row for row in versions if row["known_to"]]
    gaps = {
        row["purchase_key"] for row in ended if (row["purchase_key"], row["known_to"]) not in opened
    }
    open_now = {row["purchase_key"] for row in purchases}
    assert bool(gaps & open_now) == bool(gaps - open_now) == with_operations
    assert bool(totals["deleted_count"]) == with_operations


def test_runs_in_any_order_also_partial_ones_equal_the_oracle(loads, lake):
    rng = Random(f"{SEED}/runs")
    partial = [rng.choice(DYING_RUNS), rng.choice(LOPSIDED_RUNS)]
    rng.shuffle(partial)
    # (day of the run, what is run): several runs of one day find more of it each.
    runs = [
        ("2024-02-28", SELECTED),
        ("2024-02-29", SELECTED),
        ("2024-02-29", SELECTED),
        ("2024-03-01", partial[0]),
        ("2024-03-02", SELECTED),
        ("2024-03-04", SELECTED),
        ("2024-03-04", partial[1]),
        (LAST_DAY, SELECTED),
        (LAST_DAY, SELECTED),
    ]
    late_steps = [3, 6]
    run_dates = [run_date for run_date, _ in runs]
    steps = steps_of_loads(loads, run_dates, late_steps=late_steps, seed=SEED)
    settings = Settings()
    received, before, lost_entries, lost_purchases, closed = [], None, set(), set(), None
    for number, (step, (run_date, selected)) in enumerate(zip(steps, runs, strict=True)):
        land(lake, step)
        received += rows_of(step)
        run(lake, run_date, settings, select=selected)
        if number in late_steps:
            closed = None
        if selected != SELECTED:
            continue
        expected = check(lake, received, settings, f"run of {run_date}, partial runs {partial}")
        if closed:
            assert closed_days(expected, closed[0]) == closed[1], "a closed day changed"
        closed = run_date, closed_days(expected, run_date)
        if before:
            tables = "fct_commerce__gmv_movement", "fct_commerce__purchase"
            ledger, purchases = [(before[name], expected[name]) for name in tables]
            lost_entries |= lost_rows(*ledger, ("posted_on", "gmv_date", "subsidiary"))
            lost_purchases |= lost_rows(*purchases, ("purchase_key",))
        before = expected
    assert lost_entries, "no run had to take a row out of the ledger: the histories are too tame"
    assert lost_purchases or HISTORIES < 1000, "no purchase had to go: the histories are too tame"

    run(lake, LAST_DAY, settings)
    check(lake, received, settings, "the same run again")


def test_full_refresh_equals_the_oracle(loads, lake):
    settings = Settings()
    land(lake, loads)
    run(lake, LAST_DAY, settings, "--full-refresh")
    check(lake, rows_of(loads), settings, "full refresh")


def test_other_rules_equal_the_oracle(loads, lake):
    settings = Settings(
        value_rule="unit_times_quantity",
        gmv_date="order_date",
        excluded_statuses=("REEMBOLSADA", "ESTORNADA"),
    )
    land(lake, loads)
    run(lake, LAST_DAY, settings, "--full-refresh")
    check(lake, rows_of(loads), settings, "other rules")
