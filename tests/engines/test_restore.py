"""What the runbook says of a loss and of a new column, tried on Athena."""

import os
import shutil
import subprocess
from pathlib import Path

import local_aws
import pytest
import yaml
from conftest import PROJECT, Aws

from lakehouse.aws import bucket_and_key

LAKE = "restored"
# One domain with its lists: tables that are merged, tables that are made anew, views.
CHOSEN = ["--select", "path:models/education", "path:seeds/education", "path:seeds/quality"]
WITHOUT_TESTS = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
BUILD = ["build", *CHOSEN, *WITHOUT_TESTS, "--vars", '{"run_date": "2026-11-29"}']
MARTS = (
    *("fct_education__nota_version", "fct_education__performance_academica"),
    "rpt_education__media_por_escola",
)


def rows(aws: Aws) -> dict[str, list]:
    schema = f"{LAKE}_athena_education"
    return {mart: sorted(aws.ask(f'select * from "{schema}"."{mart}"')) for mart in MARTS}


@pytest.mark.long
def test_curated_files_that_are_lost_are_built_anew(aws: Aws):
    local_aws.register(PROJECT / "data" / "raw", lake=LAKE)
    assert local_aws.dbt("athena", BUILD, lake=LAKE) == 0
    before = rows(aws)
    assert all(before.values())

    bucket, folder = bucket_and_key(local_aws.settings("athena", lake=LAKE)["LAKEHOUSE_CURATED"])
    pages = aws.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{folder}/")
    lost = [{"Key": each["Key"]} for page in pages for each in page.get("Contents", ())]
    assert len(lost) > 20
    for start in range(0, len(lost), 1000):
        aws.s3.delete_objects(Bucket=bucket, Delete={"Objects": lost[start : start + 1000]})

    # The catalogue still names tables whose files are gone: no run gets past them.
    assert local_aws.dbt("athena", [*BUILD, "--full-refresh"], lake=LAKE) != 0
    for database in aws.glue.get_databases()["DatabaseList"]:
        if database["Name"].startswith(f"{LAKE}_athena"):
            named = aws.glue.get_tables(DatabaseName=database["Name"])["TableList"]
            iceberg = [t["Name"] for t in named if t["Parameters"].get("table_type") == "ICEBERG"]
            if iceberg:
                aws.glue.batch_delete_table(DatabaseName=database["Name"], TablesToDelete=iceberg)

    assert local_aws.dbt("athena", [*BUILD, "--full-refresh"], lake=LAKE) == 0
    assert rows(aws) == before


def land(project: Path, delivery: Path, day: str) -> None:
    subprocess.run(
        [
            *(*local_aws.LAKEHOUSE, "land", "commerce"),
            *(f"purchase={delivery}", "--ingest-date", day, "--rewrite-history"),
        ],
        cwd=project,
        env={**os.environ, **local_aws.settings("athena", lake="grown")},
        check=True,
    )


def test_a_column_that_comes_later_is_empty_on_the_days_before(aws: Aws, tmp_path: Path):
    """The table is changed first; a day that was registered before keeps its own columns."""
    project, path = tmp_path / "project", "models/commerce/staging/_commerce__sources.yml"
    (project / path).parent.mkdir(parents=True)
    shutil.copy(PROJECT / path, project / path)
    (tmp_path / "raw").mkdir()
    local_aws.register(tmp_path / "raw", lake="grown", project=project)
    header = "transaction_datetime,purchase_id,buyer_id,prod_item_id,order_date,release_date"
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(f"{header},producer_id\n2024-01-05 10:00:00,1,2,3,2024-01-05,,4\n")
    second.write_text(f"{header},coupon,producer_id\n2024-01-06 10:00:00,5,6,7,2024-01-06,,c,8\n")
    land(project, first, "2024-01-05")

    content = yaml.safe_load((project / path).read_text())
    [table] = [t for t in content["sources"][0]["tables"] if t["name"] == "purchase"]
    # In the middle: by its place it would be another column of the older files.
    table["columns"].insert(3, {"name": "coupon", "data_type": "string", "description": "Coupon."})
    table["config"]["meta"]["landing"]["shapes"]["event"]["optional"].append("coupon")
    (project / path).write_text(yaml.safe_dump(content))
    local_aws.register(tmp_path / "raw", lake="grown", project=project)
    land(project, second, "2024-01-06")

    assert aws.ask(
        "select purchase_id, buyer_id, coupon, producer_id from grown_raw.purchase order by 1"
    ) == [("1", "2", None, "4"), ("5", "6", "c", "8")]
