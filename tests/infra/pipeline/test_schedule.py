"""A day of the workflow by its clock: five sources become published tables, whatever breaks.

Sources answer over the network: a database, an API, a file, and what others put into the transient
zone. Each step is broken once; a notice comes, the execution is redriven, the rows are right.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest
from athena_query import ask
from infra.applied import emulator
from infra.applied.test_pipeline import ANSWER
from infra.applied.workflow import Notices, dead_letters, denied, executions, invoked, run_of
from infra.pipeline.conftest import SOURCES, Pipeline, answers

pytestmark = pytest.mark.long

DELIVERED = {
    "commerce/purchase/purchase.csv": "commerce/purchase.csv",
    "commerce/product_item/product_item.csv": "commerce/product_item.csv",
    "commerce/purchase_extra_info/purchase_extra_info.csv": "commerce/purchase_extra_info.csv",
    "credit/parceiro/parceiro.csv": "credit/parceiro.csv",
    "education/aluno/alunos.csv": "education/alunos.csv",
    "education/escola/escolas.csv": "education/escolas.csv",
    "education/nota/notas.csv": "education/notas.csv",
}
TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def notices(pipeline: Pipeline) -> Notices:
    return Notices(pipeline.deployment)


def redriven(pipeline: Pipeline, execution: str, status: str) -> None:
    pipeline.aws.client("stepfunctions").redrive_execution(executionArn=execution)
    run_of(pipeline.deployment, execution.rpartition(":")[2], status)


def test_function_that_may_not_start_leaves_a_dead_letter(pipeline: Pipeline):
    day = TODAY - timedelta(days=2)
    with denied(pipeline.deployment, "start-workflow", "states:StartExecution"):
        assert pipeline.fire("daily", f"{day}T06:00:00Z").returncode == 0
        [lost] = dead_letters(pipeline.deployment)
    assert lost["scheduled_time"] == f"{day}T06:00:00Z"
    assert executions(pipeline.deployment, "daily") == []


def test_source_that_is_down_fails_its_run_and_the_next_schedule_brings_its_rows(
    pipeline: Pipeline, notices: Notices
):
    s3, bucket = (
        pipeline.aws.client("s3"),
        pipeline.deployment.outputs()["buckets"]["transient"],
    )
    for key, file in DELIVERED.items():
        s3.put_object(Bucket=bucket, Key=key, Body=(SOURCES / file).read_bytes())
    pipeline.source.answer = lambda path: (500, b"down")
    day = TODAY - timedelta(days=1)
    assert pipeline.fire("daily", f"{day}T06:00:00Z").returncode == 0
    run_of(pipeline.deployment, f"daily-{day}", "FAILED")
    assert notices.says(f"daily-{day}", "FAILED")
    pipeline.source.answer = answers()


def extractions(pipeline: Pipeline) -> int:
    """How many builds have extracted something so far."""
    project = f"{emulator.PREFIX}-extract"
    client = pipeline.aws.client("codebuild")
    return len(client.list_builds_for_project(projectName=project)["ids"])


def test_day_is_published_though_each_step_breaks_once(pipeline: Pipeline, notices: Notices):
    pipeline.aws.client("s3").put_object(
        Bucket=pipeline.deployment.outputs()["buckets"]["transient"],
        Key=f"market/carteira/{ANSWER}",
        Body=(SOURCES / "market" / ANSWER).read_bytes(),
    )
    run_of(pipeline.deployment, "market", "SUCCEEDED")
    name, well = f"daily-{TODAY}", answers()
    pipeline.source.answer = lambda path: (500, b"") if path.startswith("/staff") else well(path)
    assert pipeline.fire("daily", f"{TODAY}T06:00:00Z").returncode == 0
    execution = run_of(pipeline.deployment, name, "FAILED")
    assert notices.says(name, "FAILED")
    pipeline.source.answer, before = well, extractions(pipeline)
    with denied(pipeline.deployment, "transformer", "athena:StartQueryExecution"):
        redriven(pipeline, execution, "FAILED")
    # Of all the sources, the one that was down.
    assert extractions(pipeline) == before + 1
    with denied(pipeline.deployment, "publisher", "secretsmanager:GetSecretValue"):
        redriven(pipeline, execution, "FAILED")
    redriven(pipeline, execution, "SUCCEEDED")
    assert notices.says(name, "done")


def test_published_tables_hold_the_rows_of_all_sources(pipeline: Pipeline):
    # docs/domains/retail.md#expected-numbers
    years = pipeline.published(
        "warehouse", "select ano, total_amount from gold.vendas_por_ano order by ano"
    )
    assert [(year, float(total)) for year, total in years] == [
        (2017, 270818.0),
        (2018, 59991.0),
        (2019, 945645.0),
    ]
    employees = pipeline.published("warehouse", "select count(*) from silver.funcionario")
    assert employees == [(9,)]
    # docs/domains/education.md#expected-numbers
    assert pipeline.published("lakehouse", "select count(*) from public.performance_academica") == [
        (12,)
    ]
    athena = pipeline.aws.client("athena", pipeline.aws.assumed("reader-personal"))
    schema = "lakehouse_dev"
    for table, least in (
        ("commerce.fct_commerce__purchase", 1),
        ("credit.feat_credit__proposal", 1),
        ("market.fct_market__carteira_diaria", 13),
    ):
        domain, name = table.split(".")
        counted = f"select count(*) from {schema}_{domain}.{name}"
        [(count,)] = ask(athena, "lakehouse_dev_reader_personal", counted)
        assert int(count) >= least, table


def test_second_start_of_the_day_changes_nothing(pipeline: Pipeline):
    before = executions(pipeline.deployment, "")
    schedule = pipeline.aws.client("scheduler").get_schedule(
        Name="daily", GroupName=emulator.PREFIX
    )
    event = schedule["Target"]["Input"].replace(
        "<aws.scheduler.scheduled-time>", f"{TODAY}T06:00:00Z"
    )
    answer = invoked(pipeline.deployment, json.loads(event))
    assert answer == {"name": f"daily-{TODAY}", "started": False}
    assert executions(pipeline.deployment, "") == before
