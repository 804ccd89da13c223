"""The same environment with Glue as its engine, and back: same rows, and no file is lost.

After the day of `test_schedule.py`, whose tables Athena built.
"""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from athena_query import ask
from infra.applied import emulator
from infra.applied.test_pipeline import ANSWER
from infra.applied.workflow import MACHINE, executions, run_of, until
from infra.pipeline.conftest import SOURCES, Pipeline
from infra.pipeline.test_schedule import TODAY

from lakehouse.aws import bucket_and_key
from lakehouse.marts.athena import AthenaReader, unload_folder
from lakehouse.marts.rows import TextRow
from lakehouse.workflow import inputs_by_hand, start_by_hand

pytestmark = pytest.mark.long

MART = re.compile(r"(dim|fct|feat|rpt)_.+")
WORKGROUP = "lakehouse_dev"


def tables(pipeline: Pipeline) -> list[tuple[str, str]]:
    """(schema, name) of every mart of the lake."""
    glue = pipeline.aws.client("glue")
    return sorted(
        (database["Name"], table["Name"])
        for database in glue.get_databases()["DatabaseList"]
        if database["Name"].startswith("lakehouse_dev_")
        for page in glue.get_paginator("get_tables").paginate(DatabaseName=database["Name"])
        for table in page["TableList"]
        if MART.fullmatch(table["Name"])
    )


def rows(pipeline: Pipeline) -> dict[tuple[str, str], Counter[TextRow]]:
    """What the marts hold, as Athena reads them."""
    athena, glue, s3 = (pipeline.aws.client(name) for name in ("athena", "glue", "s3"))
    results = pipeline.deployment.outputs()["profile"]["LAKEHOUSE_ATHENA_RESULTS"]
    reader = AthenaReader(athena, glue, s3, WORKGROUP, unload_folder(results))
    found = {}
    for schema, name in tables(pipeline):
        columns = sorted(reader.types(schema, name))
        found[schema, name] = Counter(reader.texts(schema, name, columns))
    return found


def lost_files(pipeline: Pipeline) -> list[str]:
    """Data files that a table names and S3 does not have."""
    athena, s3 = pipeline.aws.client("athena"), pipeline.aws.client("s3")
    lost, named = [], 0
    for schema, name in tables(pipeline):
        for (address,) in ask(athena, WORKGROUP, f'select file_path from {schema}."{name}$files"'):
            bucket, key = bucket_and_key(str(address))
            named += 1
            if not s3.list_objects_v2(Bucket=bucket, Prefix=key).get("KeyCount"):
                lost.append(str(address))
    assert named > len(tables(pipeline)) / 2
    return lost


def switch(pipeline: Pipeline, target: str) -> None:
    pipeline.deployment.apply(*pipeline.variables, f"target={target}")


def refreshed(pipeline: Pipeline) -> None:
    """A run by hand that builds everything anew."""
    name = start_by_hand(
        inputs_by_hand(full_refresh=True),
        machine=MACHINE,
        now=datetime.now(UTC),
        stepfunctions=pipeline.aws.client("stepfunctions"),
    )
    run_of(pipeline.deployment, name, "SUCCEEDED")


def sold(pipeline: Pipeline, number: int, amount: int) -> None:
    """One more sale of 2019 in the shop's database."""
    with pipeline.database.connect("shop") as opened:
        opened.execute(
            "insert into public.venda values (%s, 1, 1, '2019-12-30', %s)", (number, amount)
        )


def of_2019(pipeline: Pipeline) -> float:
    [(total,)] = pipeline.published(
        "warehouse", "select total_amount from gold.vendas_por_ano where ano = 2019"
    )
    return float(total)


def day_passed(pipeline: Pipeline, day) -> None:
    assert pipeline.fire("daily", f"{day}T06:00:00Z").returncode == 0
    run_of(pipeline.deployment, f"daily-{day}", "SUCCEEDED")


def test_full_refresh_by_the_other_engine_gives_the_same_rows(pipeline: Pipeline):
    before = rows(pipeline)
    assert len(before) > 30
    switch(pipeline, "glue")
    refreshed(pipeline)
    after = rows(pipeline)
    assert after.keys() == before.keys()
    assert [name for name in before if after[name] != before[name]] == []
    assert lost_files(pipeline) == []
    acted = {call["identity"] for call in pipeline.aws.calls()}
    assert f"{emulator.PREFIX}-spark" in acted


def test_day_of_the_other_engine_is_published(pipeline: Pipeline):
    before = of_2019(pipeline)
    sold(pipeline, 1001, 100)
    day_passed(pipeline, TODAY + timedelta(days=1))
    assert of_2019(pipeline) == before + 100
    assert lost_files(pipeline) == []


def test_object_starts_a_build_of_the_other_engine(pipeline: Pipeline):
    bucket = pipeline.deployment.outputs()["buckets"]["transient"]
    known = {each["name"] for each in executions(pipeline.deployment, "market-")}

    def started() -> set[str]:
        return {each["name"] for each in executions(pipeline.deployment, "market-")} - known

    answer = (SOURCES / "market" / ANSWER).read_bytes().replace(b"04/07/25", b"04/08/25")
    key = f"market/carteira/{ANSWER.replace('04-07', '04-08')}"
    pipeline.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=answer)
    [name] = until(started)
    run_of(pipeline.deployment, name, "SUCCEEDED")
    athena = pipeline.aws.client("athena", pipeline.aws.assumed("reader"))
    sessions = ask(
        athena,
        "lakehouse_dev_reader",
        "select distinct data_pregao from lakehouse_dev_market.fct_market__carteira_diaria "
        "order by 1",
    )
    assert sessions == [("2025-04-07",), ("2025-04-08",)]


def test_increment_after_the_way_back_is_as_a_refresh(pipeline: Pipeline):
    switch(pipeline, "athena")
    before = of_2019(pipeline)
    sold(pipeline, 1002, 10)
    day_passed(pipeline, TODAY + timedelta(days=2))
    assert of_2019(pipeline) == before + 10
    assert lost_files(pipeline) == []
