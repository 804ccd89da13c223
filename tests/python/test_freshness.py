"""The age of each source reaches CloudWatch, or the run that should have written it fails."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from botocore.exceptions import ClientError
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from lake import PROJECT, Lake

from lakehouse.building import freshness
from lakehouse.building.freshness import FreshnessError, SourceAge, told_ages, write_ages
from lakehouse.errors import AwsError

SETTINGS = {"LAKEHOUSE_METRICS": "lakehouse-dev"}
WORDS = ["build"]
# For dbt other variables are another project, which it reads anew.
OF_A_DAY = [*WORDS, "--vars", '{"run_date": "2026-11-29"}']


class Written:
    """CloudWatch, which keeps what it is given or refuses it."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.calls: list[dict[str, Any]] = []

    def put_metric_data(self, **given: Any) -> None:
        if self.refuses:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "PutMetricData")
        self.calls.append(given)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lake without any table, and dbt's own folders for it."""
    Lake(tmp_path).find_parsed()
    monkeypatch.chdir(PROJECT)
    for name, value in {
        "LAKEHOUSE_TARGET": "duckdb",
        "LAKEHOUSE_DUCKDB": str(tmp_path / "lake.duckdb"),
        "LAKEHOUSE_RAW": str(tmp_path / "raw"),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
    }.items():
        monkeypatch.setenv(name, value)
    # A process of dbt keeps the database that it opened.
    DuckDBConnectionManager.close_all_connections()
    return tmp_path / "lake.duckdb"


def with_ages(lake: Path, *rows: tuple[str, str, int | None]) -> None:
    with duckdb.connect(str(lake)) as opened:
        opened.execute("create schema quality")
        opened.execute(
            "create table quality.rpt_quality__freshness "
            "(domain varchar, entity varchar, age_days bigint)"
        )
        opened.executemany("insert into quality.rpt_quality__freshness values (?, ?, ?)", rows)


def test_each_source_that_ever_delivered_has_a_number(lake: Path) -> None:
    with_ages(lake, ("retail", "venda", 3), ("market", "carteira", 0), ("credit", "score", None))
    cloudwatch = Written()
    write_ages(OF_A_DAY, settings=SETTINGS, cloudwatch=cloudwatch)
    [call] = cloudwatch.calls
    assert call["Namespace"] == "lakehouse-dev"
    written = {
        (each["MetricName"], *(part["Value"] for part in each["Dimensions"])): each["Value"]
        for each in call["MetricData"]
    }
    assert written == {
        ("SourceAgeDays", "market.carteira"): 0,
        ("SourceAgeDays", "retail.venda"): 3,
    }


def test_before_the_first_build_there_is_no_age_and_no_call(lake: Path) -> None:
    cloudwatch = Written()
    assert write_ages(WORDS, settings=SETTINGS, cloudwatch=cloudwatch) == []
    assert cloudwatch.calls == []


def test_refusal_is_an_error_that_names_the_namespace(lake: Path) -> None:
    with_ages(lake, ("retail", "venda", 3))
    with pytest.raises(AwsError, match="namespace lakehouse-dev"):
        write_ages(WORDS, settings=SETTINGS, cloudwatch=Written(refuses=True))


def test_table_that_cannot_be_asked_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failed:
        is_success = False

    monkeypatch.setattr(freshness, "operation", lambda *_, **__: Failed())
    with pytest.raises(FreshnessError, match="no alarm sees a late one"):
        write_ages(WORDS, settings=SETTINGS, cloudwatch=Written())


def test_other_lines_of_the_log_are_no_ages() -> None:
    assert told_ages("news: {}") is None
    assert told_ages(' freshness: [{"source": "a.b", "age_days": 2}] ') == [SourceAge("a.b", 2)]
