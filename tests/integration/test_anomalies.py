"""What is odd about deliveries is reported, run by run, from landing to the report."""

import pytest
from lake import OF_COMMERCE, Lake

COLUMNS = "ingest_date, load_id, entity, anomaly_code, column_name, category_value, row_count"
DAYS = ["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22", "2024-01-29"]


def extra_infos(day: int, count: int, subsidiary: str) -> list[str]:
    return [f"{day * 1000 + row},{subsidiary},{DAYS[day]} 08:00:00" for row in range(count)]


@pytest.fixture(scope="module")
def lake(tmp_path_factory, other_domains) -> Lake:
    """Five Mondays: 30 rows each, then a subsidiary nobody knows and a day of 70 rows."""
    lake = Lake(tmp_path_factory.mktemp("anomalies"))
    lake.begin_with(other_domains)
    for day, rows in enumerate(
        [extra_infos(day, 30, "nacional") for day in range(3)]
        + [extra_infos(3, 29, "nacional") + extra_infos(3, 30, "atlantida")[29:]]
        + [extra_infos(4, 70, "nacional")]
    ):
        file = lake.folder / f"day_{day}.csv"
        file.write_text("\n".join(["purchase_id,subsidiary,transaction_datetime", *rows]) + "\n")
        landed = lake.land("commerce", f"purchase_extra_info={file}", "--ingest-date", DAYS[day])
        assert landed.returncode == 0, landed.stderr
        if day in (1, 4):
            lake.dbt("build", *OF_COMMERCE)
    return lake


def anomalies(lake: Lake) -> list[tuple]:
    return lake.query(f"select {COLUMNS} from quality.rpt_quality__anomaly order by ingest_date")


def test_a_new_category_and_an_unusual_number_of_rows_are_reported(lake):
    found = [(str(row[0]), *row[2:]) for row in anomalies(lake)]
    assert found == [
        ("2024-01-22", "purchase_extra_info", "new_category", "subsidiary", "atlantida", 1),
        ("2024-01-29", "purchase_extra_info", "volume", "*", "-", 70),
    ]


def test_the_report_is_the_same_after_a_full_refresh(lake):
    before = anomalies(lake)
    lake.dbt("build", "--full-refresh", *OF_COMMERCE)
    assert anomalies(lake) == before
