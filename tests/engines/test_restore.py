"""What the runbook says of a loss, tried: the files of the tables are gone."""

import local_aws
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

    assert local_aws.dbt("athena", [*BUILD, "--full-refresh"], lake=LAKE) == 0
    assert rows(aws) == before
