"""Gates: what a load would do to tables stops the build before a mart changes, until decided."""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest
from lake import PROJECT, Lake

CATEGORY = ("id", "nome_categoria")
# Cautious: tests that need tables besides these are left out.
UP_TO_CATEGORIES = (
    *("build", "--indirect-selection", "cautious"),
    *("--select", "+dim_retail__categoria_version", "ref_quality__load_decision"),
    *("--exclude", "resource_type:unit_test"),
)
VERSIONS = """
    select id_categoria, cast(known_to as varchar) from retail.dim_retail__categoria_version
    order by all
"""
RUN_DATE = {"run_date": "2024-03-01"}


def load_id(day: str, hour: int) -> str:
    return f"{day.replace('-', '')}T{hour:02}0000000000Z-0000000000{hour:02x}"


def categories(lake: Lake, day: str, ids: Iterable[int | str], *, hour: int = 8) -> str:
    """A whole list of categories, landed at that hour; returns the load."""
    load = load_id(day, hour)
    rows = [
        {
            "id": str(number),
            "nome_categoria": f"n{number}",
            "recorded_at": f"{day} {hour:02}:00:00.000000",
            "load_id": load,
            "source_file": "categoria.csv",
            "source_row": place,
            "is_full_extract": True,
        }
        for place, number in enumerate(ids, start=1)
    ]
    lake.write_raw(f"retail/categoria/ingest_date={day}/{load}.parquet", CATEGORY, rows)
    return load


LISTS = "seeds/quality"
LIST = f"{LISTS}/ref_quality__load_decision.csv"
# The list is the tests' own, so the project's is not loaded over it, nor is its length tested.
WITHOUT_SEEDS = ("resource_type:seed", "row_count_is_ref_quality__load_decision_*")


def own_lists(lake: Lake) -> Path:
    """A project directory whose lists the commands may write; it declares the same domains."""
    project = lake.folder / "project"
    shutil.copytree(PROJECT / LISTS, project / LISTS)
    for path in PROJECT.glob("models/*/staging/_*__sources.yml"):
        copy = project / path.relative_to(PROJECT)
        copy.parent.mkdir(parents=True)
        shutil.copy(path, copy)
    return project


def decide(lake: Lake, project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `lakehouse accept` or `withdraw` as a person would."""
    return subprocess.run(
        [sys.executable, "-m", "lakehouse", *words, "--project-dir", str(project)],
        env=lake.environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )


def put_list(lake: Lake, project: Path) -> None:
    """Load the list into the lake, as the seed would."""
    with duckdb.connect(str(lake.database)) as connection:
        connection.execute("delete from quality.ref_quality__load_decision")
        connection.execute(
            "insert into quality.ref_quality__load_decision "
            f"select * from read_csv('{project / LIST}', all_varchar = true, header = true)"
        )


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def test_a_truncated_extract_stops_the_build_before_a_mart_changes(lake: Lake) -> None:
    categories(lake, "2024-02-01", range(1, 11))
    lake.dbt(*UP_TO_CATEGORIES, variables=RUN_DATE)
    before = lake.query(VERSIONS)
    load = categories(lake, "2024-02-02", range(1, 5))
    for _ in range(2):
        done = lake.try_dbt(*UP_TO_CATEGORIES, variables=RUN_DATE)
        assert done.returncode != 0
        assert "ended_share" in done.stdout
        assert f"load {load}" in done.stdout and "6 of 10" in done.stdout
        assert lake.query(VERSIONS) == before
    project = own_lists(lake)
    accepted = decide(lake, project, "accept", load, "--why", "the shop gave six of them up")
    assert accepted.returncode == 0, accepted.stderr
    put_list(lake, project)
    lake.dbt(*UP_TO_CATEGORIES, *WITHOUT_SEEDS, variables=RUN_DATE)
    assert lake.query(VERSIONS) == [(n, None if n < 5 else "2024-02-02") for n in range(1, 11)]


def test_a_withdrawn_load_asks_for_a_full_refresh_of_its_domain(lake: Lake) -> None:
    categories(lake, "2024-02-01", range(1, 11))
    lake.dbt(*UP_TO_CATEGORIES, variables=RUN_DATE)
    load = categories(lake, "2024-02-02", range(1, 5))
    assert lake.try_dbt(*UP_TO_CATEGORIES, variables=RUN_DATE).returncode != 0
    tables = "select * from retail.int_retail__categoria order by all"
    before = lake.query(tables)
    project = own_lists(lake)
    done = decide(lake, project, "withdraw", load, "--why", "cut by the network")
    assert done.returncode == 0, done.stderr
    assert "1 file moved" in done.stdout and "deployed" in done.stdout
    place = f"retail/categoria/ingest_date=2024-02-02/{load}.parquet"
    assert not (lake.raw / place).exists() and (lake.raw / "_withdrawn" / place).exists()
    put_list(lake, project)
    stopped = lake.try_dbt(*UP_TO_CATEGORIES, *WITHOUT_SEEDS, variables=RUN_DATE)
    assert stopped.returncode != 0
    assert f"Load {load} of categoria" in stopped.stdout and "is withdrawn" in stopped.stdout
    assert "--full-refresh --select path:models/retail+" in " ".join(stopped.stdout.split())
    assert lake.query(tables) == before
    lake.dbt(*UP_TO_CATEGORIES, *WITHOUT_SEEDS, "--full-refresh", variables=RUN_DATE)
    assert lake.query("select count(*) from retail.int_retail__categoria") == [(10,)]
    lake.dbt(*UP_TO_CATEGORIES, *WITHOUT_SEEDS, variables=RUN_DATE)
    # The same delivery again is a new one.
    categories(lake, "2024-02-02", range(1, 11), hour=9)
    lake.dbt(*UP_TO_CATEGORIES, *WITHOUT_SEEDS, variables=RUN_DATE)


def test_a_raw_file_that_is_gone_stops_the_build_by_name(lake: Lake) -> None:
    categories(lake, "2024-02-01", range(1, 11))
    load = categories(lake, "2024-02-01", range(1, 11), hour=9)
    lake.dbt(*UP_TO_CATEGORIES, variables=RUN_DATE)
    file = lake.raw / f"retail/categoria/ingest_date=2024-02-01/{load}.parquet"
    # Whatever a file is called, its rows say which load it is.
    renamed = file.rename(file.with_name("part-0.parquet"))
    lake.dbt(*UP_TO_CATEGORIES, variables=RUN_DATE)
    renamed.rename(lake.folder / "elsewhere.parquet")
    categories(lake, "2024-02-01", range(1, 11), hour=10)
    done = lake.try_dbt(*UP_TO_CATEGORIES, variables=RUN_DATE)
    assert done.returncode != 0
    assert f"load {load} of categoria" in done.stdout and "is gone" in done.stdout
    (lake.folder / "elsewhere.parquet").rename(file)
    lake.dbt(*UP_TO_CATEGORIES, variables=RUN_DATE)


def test_a_domain_without_a_raw_file_left_stops_too(lake: Lake) -> None:
    load = categories(lake, "2024-02-01", range(1, 11))
    lake.dbt(*UP_TO_CATEGORIES, variables=RUN_DATE)
    (lake.raw / f"retail/categoria/ingest_date=2024-02-01/{load}.parquet").unlink()
    done = lake.try_dbt(*UP_TO_CATEGORIES, variables=RUN_DATE)
    assert done.returncode != 0 and load in done.stdout


def test_folders_that_begin_with_an_underscore_are_read_by_nobody(lake: Lake) -> None:
    categories(lake, "2024-02-01", range(1, 11))
    aside = lake.raw / "retail/categoria/_aside"
    aside.mkdir()
    (aside / "x.parquet").write_bytes(b"no Parquet")
    lake.dbt(*UP_TO_CATEGORIES, variables=RUN_DATE)
    assert lake.query("select count(*) from retail.int_retail__categoria") == [(10,)]
