"""What `lakehouse build` takes for nothing new, and what it never does.

In a copy of the project that has one domain, credit, so that a build of all of it is small; what
several domains are needed for, in the project itself.
"""

import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lake import OF_THE_LAKE, PROJECT, Lake

PARTS = ("macros", "models/credit", "seeds/credit", "seeds/quality", "tests/data/generic")
FILES = ("dbt_project.yml", "profiles.yml", "models/_groups.yml")
DAY = {"run_date": "2026-11-29"}
NOTHING = "Nothing to do: no load has come since the run of "
EVERYTHING = "Everything is built: since the run of "
UNIT_TESTS = ("--exclude-resource-type", "unit_test")
SAMPLE = "credit/proposal/ingest_date=2024-03-15/20261121T154510403753Z-868b94915423.parquet"
LOADS = "select load_id, ingest_date from credit.int_credit__load order by all"
RUNS = "select run_number, state from quality.reflected_run order by all"


def one_domain(folder: Path) -> Path:
    """A project that is the project's own files, of credit alone."""
    # Descriptions lean on the words of any domain.
    words = {str(path.relative_to(PROJECT)) for path in PROJECT.glob("models/**/_*docs.md")}
    for name in (*FILES, *words):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)
    # Metrics need the calendar, which is of another domain.
    others = shutil.ignore_patterns("*__metrics.yml")
    for part in PARTS:
        shutil.copytree(PROJECT / part, folder / part, dirs_exist_ok=True, ignore=others)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake of which all has been built, and passed."""
    project = one_domain(tmp_path_factory.mktemp("credit") / "project")
    lake = Lake(tmp_path_factory.mktemp("built"), project)
    shutil.copytree(PROJECT / "data/raw/credit", lake.raw / "credit")
    done = lake.build(*UNIT_TESTS, variables=DAY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert NOTHING not in done.stdout
    return lake


@pytest.fixture
def lake(built: Lake, tmp_path: Path) -> Iterator[Lake]:
    """That lake and its project for one test; both are as they were afterwards.

    In its place: raw files that lie elsewhere are others.
    """
    kept = {place: tmp_path / place.name for place in (built.folder, built.project)}
    for place, copy in kept.items():
        shutil.copytree(place, copy)
    yield built
    for place, copy in kept.items():
        shutil.rmtree(place)
        shutil.copytree(copy, place)


def said(lake: Lake, *arguments: str, code: int = 0, variables: dict | None = None) -> str:
    done = lake.build(*UNIT_TESTS, *arguments, variables=variables or DAY)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def receive(lake: Lake, *, day: str, load: str, file: str | None = None) -> None:
    """A load with the rows of one of the sample, under a day and names of its own."""
    rows = pq.ParquetFile(PROJECT / "data/raw" / SAMPLE).read()
    at = rows.schema.get_field_index("load_id")
    rows = rows.set_column(at, "load_id", pa.repeat(pa.scalar(load), rows.num_rows))
    at = rows.schema.get_field_index("recorded_at")
    moment = pa.repeat(pa.scalar(f"{day} 08:00:00.000000"), rows.num_rows)
    rows = rows.set_column(at, "recorded_at", moment)
    path = lake.raw / f"credit/proposal/ingest_date={day}/{file or load}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, path)


def built_models(lake: Lake) -> set[str]:
    results = json.loads((lake.folder / "target" / "run_results.json").read_text())["results"]
    names = (result["unique_id"].split(".") for result in results)
    return {name[2] for name in names if name[0] == "model"}


def test_a_run_with_nothing_new_builds_nothing(lake: Lake) -> None:
    before = lake.query(LOADS)
    runs = lake.query(RUNS)
    (lake.folder / "target" / "run_results.json").unlink()
    assert NOTHING in said(lake)
    assert not (lake.folder / "target" / "run_results.json").exists()
    assert lake.query(RUNS) == runs
    assert lake.query(LOADS) == before


def test_two_loads_in_a_day_are_new_each(lake: Lake) -> None:
    for load in ("20260101T000000000000Z-aaaaaaaaaaaa", "20260101T000000000000Z-bbbbbbbbbbbb"):
        receive(lake, day="2024-03-15", load=load)
        assert re.search("New since .* UTC: loads of credit", said(lake))
        assert (load, "2024-03-15") in lake.query(LOADS)
    assert NOTHING in said(lake)


def test_a_load_that_claims_an_earlier_day_is_new(lake: Lake) -> None:
    receive(lake, day="2024-01-02", load="20260101T000000000000Z-aaaaaaaaaaaa")
    assert "loads of credit" in said(lake)
    assert ("20260101T000000000000Z-aaaaaaaaaaaa", "2024-01-02") in lake.query(LOADS)
    assert NOTHING in said(lake)


def test_a_file_that_somebody_else_put_there_is_new(lake: Lake) -> None:
    """Under a name that is no load, too: then it is looked at in every run."""
    receive(lake, day="2024-03-15", load="by-hand", file="export")
    for _ in range(2):
        assert "loads of credit" in said(lake)
        assert ("by-hand", "2024-03-15") in lake.query(LOADS)


def test_a_file_that_is_gone_is_no_nothing(lake: Lake) -> None:
    (lake.raw / SAMPLE).unlink()
    assert "is gone, and it was not withdrawn" in said(lake, code=1)


def test_the_run_after_a_failed_one_builds_everything(lake: Lake) -> None:
    before = built_models(lake)
    receive(lake, day="2024-03-16", load="20260101T000000000000Z-aaaaaaaaaaaa")
    failed = said(lake, code=1, variables={**DAY, "as_of_date": "2024-03-10"})
    assert "cuts knowledge" in failed
    assert "aaaaaaaaaaaa" not in str(lake.query(LOADS))
    shutil.rmtree(lake.raw / "credit/proposal/ingest_date=2024-03-16")
    assert NOTHING not in said(lake)
    assert built_models(lake) == before
    assert NOTHING in said(lake)


def test_a_run_of_a_part_is_no_run_of_all(lake: Lake) -> None:
    """Nobody knows what it was given: its tables may be others."""
    lake.dbt("run", "--select", "feat_credit__dictionary")
    assert NOTHING not in said(lake)
    assert NOTHING in said(lake)


def test_a_changed_seed_is_new(lake: Lake) -> None:
    seed = lake.project / "seeds/quality/dim_quality__reason.csv"
    words = seed.read_text()
    seed.write_text(words.replace("is not a whole", "is no whole"))
    assert seed.read_text() != words
    changed = said(lake)
    assert EVERYTHING in changed and "the project's files have changed" in changed
    meanings = (
        "select count(*) from quality.dim_quality__reason where meaning_en like '%is no whole%'"
    )
    assert lake.query(meanings) != [(0,)]
    assert NOTHING in said(lake)


def test_a_changed_list_of_decisions_is_new(lake: Lake) -> None:
    """Without the decision the load is judged again: where nothing holds it yet, it stops."""
    listed = lake.project / "seeds/quality/ref_quality__load_decision.csv"
    with listed.open(newline="") as file:
        rows = list(csv.reader(file))
    with listed.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([*rows[:-1], [*rows[-1][:-1], "said anew"]])
    assert "the project's files have changed" in said(lake)
    decided = "select why from quality.ref_quality__load_decision"
    assert ("said anew",) in lake.query(decided)


def test_a_changed_model_is_new(lake: Lake) -> None:
    model = lake.project / "models/credit/marts/feat_credit__customer_latest.sql"
    model.write_text("-- Another.\n" + model.read_text())
    assert "the project's files have changed" in said(lake)
    assert NOTHING in said(lake)


def test_another_variable_is_new(lake: Lake) -> None:
    other = {**DAY, "rejected_share_limit": 0.5}
    assert "it has other variables or places" in said(lake, variables=other)
    assert NOTHING in said(lake, variables=other)
    assert "it has other variables or places" in said(lake)


def test_a_table_that_somebody_dropped_is_built(lake: Lake) -> None:
    with duckdb.connect(str(lake.database)) as database:
        database.execute("drop table credit.feat_credit__dictionary")
    assert "a table is missing" in said(lake)
    assert lake.query("select count(*) from credit.feat_credit__dictionary") != [(0,)]


def test_force_builds_all_the_same(lake: Lake) -> None:
    runs = lake.query(RUNS)
    done = said(lake, "--force")
    assert NOTHING not in done and "models" in done
    assert len(lake.query(RUNS)) == len(runs) + 2


def test_an_option_that_dbt_does_not_know_is_refused_as_before(lake: Lake) -> None:
    assert "No such option" in said(lake, "--no-such-option", code=1)


def test_what_runs_at_once_with_it_is_not_taken_for_it(lake: Lake) -> None:
    """Another run began after it: that it passed is not noted."""
    lake.dbt("run", "--select", "feat_credit__dictionary")
    note = {"run_id": "other", "code": "x", "settings": "y"}
    with duckdb.connect(str(lake.database)) as database:
        begun = "insert into quality.reflected_run select {}, '{}', 'begun', '', '', '-', '-'"
        database.execute(begun.format(100, "other"))
        database.execute(begun.format(101, "newest"))
    passed, _ = lake.try_macro("note_passed_run", note, variables=DAY)
    assert passed
    assert ("passed",) not in lake.query(
        "select state from quality.reflected_run where run_number >= 100"
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The sample, built from the whole project."""
    lake = Lake(tmp_path_factory.mktemp("whole"))
    shutil.copytree(PROJECT / "data/raw", lake.raw)
    done = lake.build(*UNIT_TESTS, "--exclude", "path:tests/macros", variables=DAY)
    assert done.returncode == 0, done.stdout + done.stderr
    return lake


def test_only_what_follows_from_the_day_or_the_loads_is_built(whole: Lake) -> None:
    options = (*UNIT_TESTS, "--exclude", "path:tests/macros")
    done = whole.build(*options, variables={"run_date": "2026-11-30"})
    assert "New since" in done.stdout and ": the day." in done.stdout
    assert built_models(whole) == {"rpt_quality__freshness", "rpt_market__carteira_atual"}
    assert whole.query("select min(age_days) > 0 from quality.rpt_quality__freshness") == [(True,)]

    receive(whole, day="2024-03-15", load="20260101T000000000000Z-aaaaaaaaaaaa")
    done = whole.build(*options, variables={"run_date": "2026-11-30"})
    assert ": loads of credit." in done.stdout
    assert {name.split("_")[1] for name in built_models(whole)} == {"credit", "quality"}
    assert "feat_credit__proposal" in built_models(whole)

    done = whole.build(*options, variables={"run_date": "2026-11-30"})
    assert NOTHING in done.stdout


def test_a_model_with_all_above_it_is_built_and_tested_in_a_new_database(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    shutil.copytree(PROJECT / "data/raw", lake.raw)
    lake.dbt("build", "--select", "+fct_market__pregao", *OF_THE_LAKE)
