"""Over random deliveries, the market models say what the oracle says, however the loads arrive.

Proves "full refresh = day by day = any order of runs, row for row" for sessions that are replaced
whole. LAKEHOUSE_PROOF_SEED and LAKEHOUSE_PROOF_INDEXES choose the histories.
"""

import os
from collections import Counter
from datetime import date
from random import Random

import pytest
from lake import Lake
from market_histories import Load, loads_of_indexes
from market_oracle import as_rows, expected_tables

SEED = int(os.environ.get("LAKEHOUSE_PROOF_SEED", "1"))
INDEXES = int(os.environ.get("LAKEHOUSE_PROOF_INDEXES", "300"))

RUN_DATE = date(2025, 1, 12)
SELECTED = "path:models/market"
# A run that dies in the middle: the marts have not seen its loads.
DYING_RUN = "+int_market__carteira"
STEPS = 4


def run(lake: Lake, *arguments: str, select: str = SELECTED) -> None:
    variables = {"run_date": RUN_DATE.isoformat()}
    printed = lake.dbt("run", "--select", select, *arguments, variables=variables)
    assert "does not match any" not in printed, printed


def check(lake: Lake, loads: list[Load], occasion: str) -> None:
    """Fail with some of the differing rows of every table that differs."""
    expected = expected_tables((row for load in loads for row in load.rows), RUN_DATE)
    texts = []
    for name, rows in expected.items():
        columns = list(rows[0])
        wanted, found = as_rows(rows), Counter(lake.table(name, columns))
        missing, surplus = wanted - found, found - wanted
        if missing or surplus:
            texts.append(f"{name} {columns}: {missing.total()} and {surplus.total()} rows differ")
            texts += [
                f"  expected, not in the table: {row}" for row in sorted(missing, key=str)[:4]
            ]
            texts += [
                f"  in the table, not expected: {row}" for row in sorted(surplus, key=str)[:4]
            ]
    if texts:
        pytest.fail("\n".join([f"{occasion}, seed {SEED}", *texts]), pytrace=False)


@pytest.fixture(scope="module")
def loads() -> list[Load]:
    return loads_of_indexes(INDEXES, SEED)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("market"))
    lake.dbt("seed")
    return lake


def test_histories_hold_what_they_are_for(loads: list[Load]) -> None:
    """The proof below would say little about histories in which nothing happens."""
    tables = expected_tables((row for load in loads for row in load.rows), RUN_DATE)
    statuses = Counter(row["row_status"] for row in tables["int_market__row_status"])
    assert set(statuses) == {"current", "superseded", "repeated", "deleted", "rejected"}
    reasons = {row["reason_code"] for row in tables["int_market__row_status"]}
    assert len(reasons - {None}) == 5 or INDEXES < 100
    daily = tables["fct_market__carteira_diaria"]
    assert any(share["is_saida"] for share in daily)
    assert any(share["is_entrada"] and share["dias_desde_sessao_anterior"] for share in daily)
    assert any(row["dias_desde_pregao"] < 0 for row in tables["rpt_market__carteira_atual"])


def test_loads_in_any_order_equal_the_oracle_and_a_full_refresh(
    loads: list[Load], lake: Lake
) -> None:
    shuffled = Random(SEED).sample(loads, len(loads))
    size = -(-len(shuffled) // STEPS)
    landed: list[Load] = []
    for number in range(STEPS):
        step = shuffled[number * size : (number + 1) * size]
        for load in step:
            load.write(lake.raw)
        landed += step
        if number == 1:
            run(lake, select=DYING_RUN)
            continue
        run(lake)
        check(lake, landed, f"step {number + 1} of {STEPS}")
    run(lake, "--full-refresh")
    check(lake, landed, "full refresh")
