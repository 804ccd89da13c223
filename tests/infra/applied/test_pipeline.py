"""From an object to rows on Athena, with nobody touching anything: all that runs is what AWS runs.

The function, the state machine, the builds with their commands, roles and environment, dbt and
Athena's SQL; `aws` and Python on this machine stand for the image of the builds, Trino for Athena.
"""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from athena_query import ask
from infra.applied import emulator
from infra.applied.conftest import Deployment
from infra.applied.workflow import (
    Notices,
    dead_letters,
    denied,
    executions,
    invoked,
    run_of,
)
from infra.terraform_tool import REPOSITORY

SOURCE = REPOSITORY / "data" / "source" / "market"
ANSWER = "GetPortfolioDay_IBOV_2025-04-07_en-us_excerpt.json"
SCHEMA = f"{emulator.PREFIX.replace('-', '_')}_market"


@pytest.fixture(scope="module")
def notices(deployment: Deployment) -> Notices:
    return Notices(deployment)


def delivered(deployment: Deployment, key: str, body: bytes) -> dict:
    """Put an object where new ones start runs; returns the event of its arrival."""
    bucket = deployment.outputs()["buckets"]["transient"]
    put = deployment.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    told = {"key": key, "version-id": put["VersionId"], "etag": put["ETag"].strip('"')}
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": bucket}, "object": told},
    }


def test_start_that_fails_lies_in_the_dead_letters(deployment: Deployment):
    with denied(deployment, "start-workflow", "states:StartExecution"):
        event = delivered(deployment, "market/lost.json", b"{}")
        [lost] = dead_letters(deployment)
    assert lost["detail"]["object"]["version-id"] == event["detail"]["object"]["version-id"]
    assert executions(deployment, "market") == []


def test_step_that_fails_is_told(deployment: Deployment, notices: Notices):
    with denied(deployment, "extractor", "s3:GetObject"):
        delivered(deployment, "market/refused.json", b"{}")
        arn = run_of(deployment, "market", "FAILED")
    assert notices.says(arn.rpartition(":")[2], "FAILED")


@pytest.mark.long
def test_object_becomes_rows_of_its_session(
    deployment: Deployment, released: str, notices: Notices
):
    before = {each["name"] for each in executions(deployment, "")}
    # Not where objects start runs.
    delivered(deployment, "education/aluno/alunos.csv", b"id\n")
    event = delivered(deployment, f"market/carteira/{ANSWER}", (SOURCE / ANSWER).read_bytes())
    # S3 delivers an event once or more often; here five times at once.
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: invoked(deployment, event), range(4)))
    [name] = {answer["name"] for answer in answers}
    run_of(deployment, name, "SUCCEEDED")
    assert {each["name"] for each in executions(deployment, "")} - before == {name}
    assert notices.says(name, "done")

    sent = json.loads((SOURCE / ANSWER).read_text(encoding="utf-8"))["results"]
    refined = f"{SCHEMA}.fct_market__carteira_diaria"
    reader = deployment.aws.client("athena", deployment.aws.assumed("reader"))
    rows = ask(
        reader,
        "lakehouse_dev_reader",
        f"select data_pregao, ticker, quantidade_teorica from {refined}",
    )
    assert set(rows) == {
        ("2025-04-07", each["cod"], each["theoricalQty"].replace(",", "")) for each in sent
    }
    # Refined by session and share: each has a partition of its own.
    partitions = ask(
        deployment.aws.client("athena", emulator.ADMINISTRATOR),
        "lakehouse_dev",
        "select partition.data_pregao, partition.ticker "
        f'from {SCHEMA}."fct_market__carteira_diaria$partitions"',
    )
    assert set(partitions) == {("2025-04-07", each["cod"]) for each in sent}
