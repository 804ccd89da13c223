"""What models of a build took is added to the DuckDB file, build by build."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from lakehouse.building.model_runs import note_model_runs

FIRST = datetime(2024, 3, 1, 10, 30, tzinfo=UTC)


def result(
    name: str, *, kind: str = "model", status: str = "success", seconds: float = 1.23456
) -> SimpleNamespace:
    """A result as dbt gives it."""
    node = SimpleNamespace(name=name, alias=name, schema="retail", resource_type=kind)
    return SimpleNamespace(node=node, status=status, execution_time=seconds)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    path = tmp_path / "lake.duckdb"
    with duckdb.connect(str(path)) as opened:
        opened.execute("create schema retail")
        opened.execute("create table retail.sale as select range as id from range(1000)")
        opened.execute("create view retail.sold as from retail.sale")
    return path


def rows(lake: Path) -> list[tuple]:
    with duckdb.connect(str(lake), read_only=True) as opened:
        return opened.execute("from quality.model_run order by all").fetchall()


def test_models_and_seeds_are_noted_with_the_size_of_their_tables(lake: Path) -> None:
    results = [
        result("sale"),
        result("sold", seconds=0.5),
        result("gone", kind="seed", status="error"),
        result("a_test", kind="test"),
    ]
    assert note_model_runs(results, database=lake, started_at=FIRST) == 3
    moment = FIRST.replace(tzinfo=None)
    found = [(*row[:5], float(row[5]), *row[6:]) for row in rows(lake)]
    assert found == [
        (moment, "model", "retail", "sale", "success", 1.235, 1000, 262144),
        (moment, "model", "retail", "sold", "success", 0.5, None, None),
        (moment, "seed", "retail", "gone", "error", 1.235, None, None),
    ]


def test_a_later_build_adds_to_what_is_noted(lake: Path) -> None:
    note_model_runs([result("sale")], database=lake, started_at=FIRST)
    note_model_runs([result("sale")], database=lake, started_at=FIRST + timedelta(days=1))
    assert [row[0].day for row in rows(lake)] == [1, 2]


@pytest.mark.parametrize("results", [[], [result("a_test", kind="test")]])
def test_a_build_without_models_notes_nothing(lake: Path, results: list) -> None:
    assert note_model_runs(results, database=lake, started_at=FIRST) == 0
    with duckdb.connect(str(lake), read_only=True) as opened:
        assert opened.execute("select count(*) from duckdb_tables()").fetchone() == (1,)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    gone = tmp_path / "gone.duckdb"
    assert note_model_runs([result("sale")], database=gone, started_at=FIRST) == 0
    assert not gone.exists()
