"""Over random shops, the retail models say what the oracle says, however the loads arrive.

Proves "full refresh = day by day = any order of runs, row for row" and "nothing is lost" for
sources that deliver states. LAKEHOUSE_PROOF_SEED chooses the shops.
"""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest
from lake import PROJECT, Lake
from retail_histories import Load, loads_of_shop
from retail_oracle import COLUMNS, LADDER, expected_tables

SEED = os.environ.get("LAKEHOUSE_PROOF_SEED", "2")
SELECTED = "path:models/retail"
# Where a run may die, or what somebody may run by hand: the other models have not seen the loads.
PARTIAL_RUNS = (
    "path:models/retail/staging path:models/retail/records",
    "+fct_retail__venda",
    "+int_retail__categoria int_retail__venda",
    "+dim_retail__funcionario",
)
# Day of each run.
RUN_DATES = ("2024-02-28", "2024-03-01", "2024-03-04")
LAST = RUN_DATES[-1]
SHOWN_ROWS = 6


def rows_of(loads: list[Load]) -> list[dict]:
    return [row for load in loads for row in load.rows]


def land(lake: Lake, loads: list[Load]) -> None:
    for load in loads:
        lake.write_raw(load.path, COLUMNS[load.entity], load.rows)


def run(lake: Lake, run_date: str, *arguments: str, select: str = SELECTED) -> None:
    printed = lake.dbt(
        "run", "--select", *select.split(), *arguments, variables={"run_date": run_date}
    )
    assert "does not match any" not in printed, printed


def check(lake: Lake, received: list[dict], run_date: str, occasion: str) -> None:
    """Fail with some differing rows of every table that differs."""
    texts = []
    for name, rows in expected_tables(received).items():
        if not rows:
            texts += [f"{name} must be empty"] * bool(lake.table(name, ["1"]))
            continue
        columns = list(rows[0])
        wanted = Counter(tuple(row[column] for column in columns) for row in rows)
        found = lake.table(name, columns)
        for side, only in (("expected", wanted - found), ("actual", found - wanted)):
            texts += [f"{name}: {len(only)} rows are {side} only, such as"] * bool(only)
            texts += [
                f"  {dict(zip(columns, row, strict=True))}"
                for row in sorted(only, key=str)[:SHOWN_ROWS]
            ]
    if texts:
        pytest.fail("\n".join([f"{occasion}, seed {SEED}", *texts]), pytrace=False)


@pytest.fixture(scope="module")
def loads() -> list[Load]:
    return loads_of_shop(f"{SEED}/shop")


@pytest.fixture(scope="module")
def parsed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("retail")


@pytest.fixture
def lake(parsed_folder: Path) -> Iterator[Lake]:
    """An empty lake; dbt parses the project once for all of them."""
    lake = Lake(parsed_folder)
    yield lake
    shutil.rmtree(lake.raw)
    lake.database.unlink()


def test_shop_contains_the_cases_that_break_usual_patterns(loads: list[Load]) -> None:
    tables = expected_tables(rows_of(loads))
    status = tables["int_retail__row_status"]
    states = {row["row_status"] for row in status if row["entity"] == "venda"}
    assert states == {"current", "superseded", "deleted", "repeated", "rejected"}
    assert {row["reason_code"] for row in status} == {None, *LADDER}
    flags = ",".join(row["flags"] or "" for row in status)
    assert all(code in flags for code in ("non_positive_amount", "conflict", "unknown_reference"))
    for dimension in ("dim_retail__funcionario", "dim_retail__categoria"):
        assert any(row["is_unknown"] for row in tables[dimension])
    categories = tables["dim_retail__categoria"]
    assert any(not row["is_active"] and not row["is_unknown"] for row in categories), "gone, in use"
    versions = Counter(row["id_venda"] for row in tables["fct_retail__venda_version"])
    assert max(versions.values()) > 2
    assert set(versions) - {row["id_venda"] for row in tables["fct_retail__venda"]}, "deleted"
    months = tables["rpt_retail__vendas_por_mes"]
    assert any(row["variacao_ratio"] is None and row["variacao_amount"] for row in months) or any(
        row["variacao_amount"] is None for row in months
    )
    assert any(row["ingest_date"] >= LAST for row in rows_of(loads)), "an open day"


def test_runs_in_any_order_also_partial_ones_equal_the_oracle_and_a_full_refresh(
    loads: list[Load], lake: Lake
) -> None:
    rng = Random(f"{SEED}/runs")
    # Most loads land before a run of their day or the next, some long after it.
    steps: list[list[Load]] = [[] for _ in RUN_DATES]
    for load in loads:
        first = next((n for n, day in enumerate(RUN_DATES) if load.ingest_date <= day), 0)
        late = rng.random() < 0.3
        steps[rng.randrange(first, len(RUN_DATES)) if late else first].append(load)
    received: list[dict] = []
    for step, run_date in zip(steps, RUN_DATES, strict=True):
        rng.shuffle(step)
        half = len(step) // 2 if run_date == LAST else len(step)
        land(lake, step[:half])
        received += rows_of(step)
        if half < len(step):
            run(lake, run_date, select=rng.choice(PARTIAL_RUNS))
            land(lake, step[half:])
        run(lake, run_date)
        check(lake, received, run_date, f"run of {run_date}")

    run(lake, LAST, "--full-refresh")
    check(lake, received, LAST, "full refresh")


def test_another_shop_whose_later_loads_arrive_first(lake: Lake) -> None:
    """And the same run again, which finds nothing new."""
    loads = loads_of_shop(f"{SEED}/another", sales=120, loads=24)
    land(lake, loads[12:])
    run(lake, LAST)
    check(lake, rows_of(loads[12:]), LAST, "later half")
    land(lake, loads[:12])
    run(lake, LAST)
    run(lake, LAST)
    check(lake, rows_of(loads), LAST, "both halves")


def test_committed_sample_equals_the_oracle(lake: Lake) -> None:
    """The published sales as landed: what docs/domains/retail.md leaves out, the oracle says."""
    shutil.copytree(PROJECT / "data/raw/retail", lake.raw / "retail")
    received = []
    for path in lake.raw.glob("retail/*/*/*.parquet"):
        entity, day = path.parts[-3], path.parts[-2].removeprefix("ingest_date=")
        with path.open("rb") as file:
            rows = pq.ParquetFile(file).read().to_pylist()
        received += [{**row, "entity": entity, "ingest_date": day} for row in rows]
    assert len(received) == 9 + 8 + 20
    run(lake, LAST)
    check(lake, received, LAST, "sample")
