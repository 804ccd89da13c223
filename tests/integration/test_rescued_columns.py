"""Columns that nobody declared: kept in raw, masked in a rejected row, no part of its content.

Source: docs/architecture.md#rescued-columns.
"""

from pathlib import Path

import pytest
from lake import Lake

from lakehouse.landing.contract import read_contract

HEADER = "transaction_datetime,purchase_id,subsidiary"
STAGED = (
    "select purchase_id, reason_code, rejected_row from commerce.stg_commerce__purchase_extra_info"
)


def write_old_file(lake: Lake, project: Path) -> None:
    """A raw file as landing wrote it before the raw zone had the column."""
    entity = read_contract("commerce", project_dir=project).entity("purchase_extra_info")
    load_id = "20240101T080000000000Z-0123456789ab"
    row = {
        "purchase_id": "1",
        "subsidiary": "nacional",
        "transaction_datetime": "2024-01-01 07:00:00",
        "recorded_at": "2024-01-01 08:00:00.000000",
        "load_id": load_id,
        "source_file": "old.csv",
        "source_row": 1,
    }
    path = f"commerce/purchase_extra_info/ingest_date=2024-01-01/{load_id}.parquet"
    lake.write_raw(path, entity.columns, [row])


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path)
    write_old_file(made, Path(__file__).parents[2])
    return made


def test_files_of_before_the_column_are_read_alone_and_beside_those_that_have_it(
    lake: Lake,
) -> None:
    lake.dbt("run", "--select", "stg_commerce__purchase_extra_info")
    assert lake.query(STAGED) == [(1, None, None)]
    file = lake.folder / "new.csv"
    rows = "2024-01-02 07:00:00,2,nacional,ana@example.org\nnever,3,nacional,bia@example.org\n"
    file.write_text(f"{HEADER},Contact\n{rows}")
    landed = lake.land("commerce", f"purchase_extra_info={file}", "--ingest-date", "2024-01-02")
    assert landed.returncode == 0 and "'Contact' is not in the contract" in landed.stderr
    lake.dbt("run", "--select", "stg_commerce__purchase_extra_info")
    rejected = (
        '{"purchase_id":"3","purchase_partition":null,"rescued_data":"***",'
        '"subsidiary":"nacional","transaction_date":null,"transaction_datetime":"never"}'
    )
    assert sorted(lake.query(STAGED)) == [
        (1, None, None),
        (2, None, None),
        (3, "unparsable_timestamp", rejected),
    ]


def test_a_repeat_with_other_undeclared_values_is_a_repeat(lake: Lake) -> None:
    for day, contact in (("2024-01-02", "ana"), ("2024-01-03", "bia")):
        file = lake.folder / f"{day}.csv"
        file.write_text(f"{HEADER},contact\n2024-01-02 07:00:00,2,nacional,{contact}\n")
        landed = lake.land("commerce", f"purchase_extra_info={file}", "--ingest-date", day)
        assert landed.returncode == 0, landed.stderr
    lake.dbt("run", "--select", "+int_commerce__purchase_extra_info")
    states = (
        "select row_status from commerce.int_commerce__purchase_extra_info order by ingest_date"
    )
    assert lake.query(states) == [("current",), ("current",), ("repeated",)]
