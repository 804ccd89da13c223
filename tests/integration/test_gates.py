"""Gates: what a load would do to the tables stops the build before a mart changes, until it is decided."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from lake import Lake

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
