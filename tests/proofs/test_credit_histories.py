"""Over random deliveries, the credit models say what the oracle says, however the loads arrive.

Proves "a re-run replaces what that sender delivered for the date", "full refresh = day by day = any
order of runs, row for row", and that no column of a feature is known only after the fact.
LAKEHOUSE_PROOF_SEED and LAKEHOUSE_PROOF_CREDIT_HISTORIES choose the histories.
"""

import os
from collections import Counter
from collections.abc import Mapping
from random import Random

import duckdb
import pytest
import yaml
from credit_histories import COLUMNS, Load, loads_of_histories
from credit_oracle import CATEGORIES, codes_of, expected_tables
from lake import PROJECT, Lake

SEED = int(os.environ.get("LAKEHOUSE_PROOF_SEED", "1"))
HISTORIES = int(os.environ.get("LAKEHOUSE_PROOF_CREDIT_HISTORIES", "150"))
DECLARED = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"][
    "credit_declarations"
]
SELECTED = "+path:models/credit/marts int_credit__row_status fct_quality__row_accounting"
ALL_CLOSED = "2024-03-05"
COMPARED = (
    "fct_quality__row_accounting",
    "feat_credit__proposal",
    "feat_credit__customer_latest",
    "feat_credit__proposal_target",
    "feat_credit__profile",
)


@pytest.fixture(scope="module")
def loads() -> list[Load]:
    return loads_of_histories(HISTORIES, SEED)


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Lake:
    """Seeded; empty schemas of the domains that the accounting reads as well."""
    lake = Lake(tmp_path_factory.mktemp("credit"))
    lake.dbt("build", "--select", "+fct_quality__row_accounting", "resource_type:seed",
             "--exclude", "resource_type:unit_test", "resource_type:test")  # fmt: skip
    return lake


def rows_of(loads: list[Load]) -> list[dict]:
    return [row for load in loads for row in load.rows]


def run(lake: Lake, run_date: str, *arguments: str, selected: str = SELECTED) -> None:
    exclude = ("--exclude", "path:models/commerce")
    lake.dbt("run", "--select", *selected.split(), *exclude, *arguments,
             variables={"run_date": run_date})  # fmt: skip


def check(lake: Lake, received: list[dict], run_date: str, occasion: str) -> Mapping:
    expected = expected_tables(received, DECLARED)
    texts = []
    for name in COMPARED:
        columns = list(expected[name][0])
        wanted = Counter(tuple(row.values()) for row in expected[name])
        if name == "fct_quality__row_accounting":
            rows = lake.query(
                f"select {', '.join(columns)} from quality.{name} where domain = 'credit'"
            )
            found = Counter(rows)
        else:
            found = lake.table(name, columns)
        texts += [
            f"{name}, {side}: {dict(zip(columns, row, strict=True))}"
            for side, rows in (("expected", wanted - found), ("actual", found - wanted))
            for row in list(rows.elements())[:1]
        ]
    if texts:
        pytest.fail("\n".join([f"{occasion}, seed {SEED}", *texts]), pytrace=False)
    return expected


def test_histories_contain_the_cases_that_matter(loads):
    tables = expected_tables(rows_of(loads), DECLARED)
    totals = Counter()
    for row in tables["fct_quality__row_accounting"]:
        totals.update({name: n for name, n in row.items() if name.endswith("_count")})
    features = tables["feat_credit__proposal"]

    assert totals["received_count"] > totals["accepted_count"] + totals["repeated_count"]
    assert all(totals[f"{state}_count"] for state in ("repeated", "superseded", "deleted"))
    assert {row["sender"] for row in features} == {"default", "parceiro"}
    for name in features[0]:
        if name.startswith("is_") or name.endswith(("_other", "_missing")):
            assert {bool(row[name]) for row in features} == {True, False}, name
    late = [row for row in tables["training_set"] if row not in features]
    assert late, "no label comes with features that were corrected later"


def test_runs_in_any_order_equal_the_oracle_and_a_full_refresh(loads, lake):
    rng = Random(f"{SEED}/steps")
    run_dates = ["2024-02-29", "2024-03-02", ALL_CLOSED, ALL_CLOSED]
    steps: list[list[Load]] = [[] for _ in run_dates]
    for load in loads:
        on_time = next(step for step, day in enumerate(run_dates) if load.ingest_date < day)
        late = range(on_time, len(steps))
        steps[rng.choice(late) if rng.random() < 0.4 else on_time].append(load)
    received: list[dict] = []
    lost = 0
    before: set = set()
    for number, (step, run_date) in enumerate(zip(steps, run_dates, strict=True)):
        assert step, "a run without work proves nothing"
        for load in rng.sample(step, len(step)):
            lake.write_raw(load.path, COLUMNS, load.rows)
        received += rows_of(step)
        if number == 1:  # a run that dies before the marts
            run(lake, run_date, selected="+int_credit__proposal")
            continue
        run(lake, run_date)
        expected = check(lake, received, run_date, f"run {number} of {run_date}")
        keys = {(row["proposal_id"], row["anomesdia"]) for row in expected["feat_credit__proposal"]}
        lost += len(before - keys)
        before = keys
    assert lost, "no run had to take a proposal out: the histories are too tame"

    groups = [
        " + ".join(f"{name}_{code}" for code in codes_of(DECLARED["vocabulary"][name]))
        for name in CATEGORIES
    ]
    bad = " or ".join(f"{group} <> 1" for group in groups)
    assert lake.query(f"select count(*) from credit.feat_credit__proposal where {bad}") == [(0,)]

    lake.dbt("compile", "--select", "credit_training_set", variables={"run_date": ALL_CLOSED})
    [sql] = (lake.folder / "target").rglob("compiled/**/credit_training_set.sql")
    with duckdb.connect(str(lake.database), read_only=True) as connection:
        answer = connection.execute(sql.read_text("utf-8"))
        columns = [column[0] for column in answer.description]
        found = Counter(answer.fetchall())
    wanted = Counter(tuple(row[name] for name in columns) for row in expected["training_set"])
    assert found == wanted

    run(lake, ALL_CLOSED, "--full-refresh")
    check(lake, received, ALL_CLOSED, "full refresh")
