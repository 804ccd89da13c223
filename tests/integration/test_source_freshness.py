"""`dbt source freshness` answers for every raw table, by its rhythm, and where nothing came."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from lake import Lake

NOW = datetime.now(UTC).replace(tzinfo=None)


def received(lake: Lake, entity: str, at: datetime) -> None:
    row = {"recorded_at": f"{at:%Y-%m-%d %H:%M:%S.%f}", "load_id": "a", "source_file": "a.csv"}
    place = f"retail/{entity}/ingest_date={at:%Y-%m-%d}/{at:%Y%m%d}.parquet"
    lake.write_raw(place, ["id"], [row | {"source_row": 1}])


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Entity -> state and time of the newest receipt, as dbt wrote them."""
    # A quote in its path is one more thing that a pattern of files must survive.
    lake = Lake(tmp_path_factory.mktemp("it's fresh"))
    for days in (3, 2):
        received(lake, "funcionario", NOW - timedelta(days=days))
        received(lake, "categoria", NOW - timedelta(days=days))
    received(lake, "venda", NOW - timedelta(hours=2))
    lake.dbt("source freshness")
    results = json.loads((lake.folder / "target" / "sources.json").read_text("utf-8"))["results"]
    return {
        each["unique_id"].split(".")[-1]: (each["status"], each["max_loaded_at"])
        for each in results
    }


def test_what_came_today_passes_and_what_is_late_warns_by_its_own_rhythm(states):
    assert {name: states[name][0] for name in ("venda", "funcionario", "categoria")} == {
        "venda": "pass",
        "funcionario": "warn",
        "categoria": "pass",
    }


def test_the_newest_receipt_counts(states):
    told = datetime.fromisoformat(states["funcionario"][1].replace("Z", "+00:00"))
    assert told.replace(tzinfo=None) == NOW - timedelta(days=2)


def test_what_never_came_warns(states):
    assert len(states) == 12
    assert states["purchase"][0] == "warn"
    assert states["purchase"][1].startswith("0001-01-01")
