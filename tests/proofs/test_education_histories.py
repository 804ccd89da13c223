"""Over random worlds, the education models say what the oracle says, however the loads arrive.

Proves "full refresh = day by day = any order of runs, row for row" and "nothing is lost" for full
extracts and for rows that wait. LAKEHOUSE_PROOF_SEED and LAKEHOUSE_PROOF_WORLDS choose the worlds;
a smaller number narrows a difference down.
"""

import os
import shutil
from collections import Counter
from random import Random

import pytest
from education_histories import IDS_PER_WORLD, Load, loads_of_worlds, steps_of_loads, world_of
from education_oracle import COLUMNS, LADDER, expected_tables
from lake import Lake

SEED = int(os.environ.get("LAKEHOUSE_PROOF_SEED", "1"))
WORLDS = int(os.environ.get("LAKEHOUSE_PROOF_WORLDS", "120"))

LAST_DAY = "2024-03-03"
SELECTED = "path:models/education"
# Runs that bring some loads only part of the way: the next run must not miss them.
PARTIAL_RUNS = (
    "path:models/education/staging int_education__aluno int_education__nota",
    "+int_education__nota +int_education__spelling",
    "+int_education__aluno",
    "stg_education__escola+",
    "stg_education__nota+",
)
SHOWN_ROWS = 6


def land(lake: Lake, loads: list[Load]) -> None:
    for load in loads:
        lake.write_raw(load.path, COLUMNS[load.entity], load.rows)


def run(lake: Lake, run_date: str, *arguments: str, select: str = SELECTED) -> None:
    selected = ["--select", *select.split()]
    printed = lake.dbt("run", *selected, *arguments, variables={"run_date": run_date})
    # A selection that names nothing only warns, and the run would prove less than it says.
    assert "does not match any" not in printed, printed


@pytest.fixture(scope="module")
def loads() -> list[Load]:
    return loads_of_worlds(WORLDS, SEED)


@pytest.fixture(scope="module")
def seeded_lake(tmp_path_factory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("seeded"))
    # With the variables of most runs, so that they need not parse the project again.
    lake.dbt("seed", variables={"run_date": LAST_DAY})
    return lake


@pytest.fixture
def lake(tmp_path, seeded_lake) -> Lake:
    shutil.copytree(seeded_lake.folder, tmp_path, dirs_exist_ok=True)
    return Lake(tmp_path)


def rows_of(loads: list[Load]) -> list[dict]:
    return [row for load in loads for row in load.rows]


def check(lake: Lake, received: list[dict], run_date: str, occasion: str) -> dict:
    """Fail with the first differing world of every table that differs.

    Returns: the expected tables.
    """
    expected = expected_tables(received)
    texts = []
    for name, rows in expected.items():
        columns = list(rows[0])
        wanted = Counter(tuple(row.values()) for row in rows)
        found = lake.table(name, columns)
        only = [
            (side, dict(zip(columns, row, strict=True)))
            for side, differing in (("expected", wanted - found), ("actual", found - wanted))
            for row in differing.elements()
        ]
        if only:
            texts.append(difference_text(name, only, received))
    if texts:
        pytest.fail("\n\n".join([f"{occasion}, seed {SEED}", *texts]), pytrace=False)
    return expected


def difference_text(name: str, only: list, received: list[dict]) -> str:
    worlds = sorted({world_of(row) for _, row in only} - {None})
    lines = [f"{name}: {len(only)} rows differ, in worlds {worlds[:10]}"]
    for side in ("expected", "actual"):
        rows = [row for of, row in only if of == side and world_of(row) in (*worlds[:1], None)]
        lines += [f"  {side}, not in the other: {row}" for row in rows[:SHOWN_ROWS]]
    if worlds:
        ids = range(worlds[0] * IDS_PER_WORLD, (worlds[0] + 1) * IDS_PER_WORLD)
        texts = {str(id_) for id_ in ids}
        own = ("id", "aluno_id", "escola_id")
        raw = [row for row in received if texts & {str(row.get(name)) for name in own}]
        raw.sort(key=lambda row: (row["entity"], row["recorded_at"], row["source_row"]))
        lines += [f"  raw: {list(row.values())}" for row in raw[:80]]
    return "\n".join(lines)


def test_worlds_contain_the_cases_that_break_usual_patterns(loads):
    tables = expected_tables(rows_of(loads))
    statuses = tables["int_education__row_status"]
    totals = Counter((row["entity"], row["row_status"]) for row in statuses)
    flags = Counter((row["entity"], row["flags"]) for row in statuses)
    wide = tables["fct_education__performance_academica"]
    versions = Counter(
        (row["aluno_id"], row["disciplina"]) for row in tables["fct_education__nota_version"]
    )
    places = tables["rpt_education__media_por_escola"]

    assert {row["reason_code"] for row in statuses} == {None, *LADDER}
    for entity in COLUMNS:
        for status in ("current", "superseded", "deleted", "repeated", "rejected"):
            assert totals[entity, status], (entity, status)
        assert flags[entity, "conflict"] and flags[entity, "unknown_spelling"]
        assert flags[entity, "conflict,unknown_spelling"]
    assert totals["aluno", "waiting"] and totals["nota", "waiting"]
    assert max(versions.values()) > 2, "a grade that changes more than once"
    assert any(row["rede"] is None for row in wide) and any(row["regiao"] is None for row in wide)
    assert any(row["posicao"] > 2 for row in places)
    assert any(row["ingest_date"] == LAST_DAY for row in rows_of(loads)), "an open day"


def test_runs_in_any_order_also_partial_ones_equal_the_oracle(loads, lake):
    rng = Random(f"{SEED}/runs")
    # (day of the run, what is run): several runs of one day find more of it each.
    runs = [
        ("2024-02-29", SELECTED),
        ("2024-03-01", rng.choice(PARTIAL_RUNS)),
        ("2024-03-01", SELECTED),
        (LAST_DAY, rng.choice(PARTIAL_RUNS)),
        (LAST_DAY, SELECTED),
    ]
    steps = steps_of_loads(loads, [day for day, _ in runs], late_steps=[2, 4], seed=SEED)
    received, before, moved, waited = [], None, 0, set()
    for step, (run_date, selected) in zip(steps, runs, strict=True):
        land(lake, step)
        received += rows_of(step)
        run(lake, run_date, select=selected)
        if selected != SELECTED:
            continue
        expected = check(lake, received, run_date, f"run of {run_date}, runs {runs}")
        wide = expected["fct_education__performance_academica"]
        schools = {(row["aluno_id"], row["disciplina"]): row["escola_id"] for row in wide}
        moved += sum(before[key] != schools.get(key) for key in before) if before else 0
        current = {row_key(row): row["row_status"] for row in expected["int_education__row_status"]}
        assert not waited or any(current[key] == "current" for key in waited), "none was released"
        waited = {key for key, status in current.items() if status == "waiting"}
        before = schools
    assert moved, "no key had to go from the wide table: the worlds are too tame"

    run(lake, LAST_DAY)
    check(lake, received, LAST_DAY, "the same run again")


def row_key(row: dict) -> tuple:
    return tuple(row[name] for name in ("entity", "load_id", "source_file", "source_row"))


def test_full_refresh_equals_the_oracle(loads, lake):
    land(lake, loads)
    run(lake, LAST_DAY, "--full-refresh")
    check(lake, rows_of(loads), LAST_DAY, "full refresh")


def test_other_worlds_loaded_backwards_equal_the_oracle(lake):
    """Each run brings older days: everything rewrites history."""
    loads = loads_of_worlds(WORLDS, SEED + 1_000_000)
    days = sorted({load.ingest_date for load in loads})
    received = []
    for place, step in enumerate((days[3:], days[:3])):
        batch = [load for load in loads if load.ingest_date in step]
        land(lake, batch)
        received += rows_of(batch)
        run(lake, LAST_DAY)
        check(lake, received, LAST_DAY, f"backwards, step {place}")
