"""From an object to rows on Athena, with nobody touching anything: all that runs is what AWS runs.

The function, the state machine, the builds with their commands, roles and environment, dbt and
Athena's SQL; `aws` and Python on this machine stand for the image of the builds, Trino for Athena.
"""

import json
import threading

from infra.applied import emulator
from infra.applied.conftest import Deployment
from infra.applied.test_starting import executions, until
from infra.terraform_tool import REPOSITORY

from lakehouse.marts.athena import AthenaReader

SOURCE = REPOSITORY / "data" / "source" / "market"
ANSWER = "GetPortfolioDay_IBOV_2025-04-07_en-us_excerpt.json"


def ended(
    deployment: Deployment, prefix: str, *, count: int = 1, seconds: float = 1200
) -> list[dict]:
    """The executions of that name, once so many have ended."""

    def found() -> list[dict] | None:
        named = executions(deployment, prefix)
        over = [each for each in named if each["status"] != "RUNNING"]
        return named if len(over) >= count and len(over) == len(named) else None

    return until(found, seconds=seconds)


def logs_of(deployment: Deployment) -> str:
    """The end of each build's log, for a person."""
    return "\n".join(
        f"== {path.parent.name}\n{path.read_text(errors='replace')[-3000:]}"
        for path in sorted(deployment.aws.builds.glob("*/log"))
    )


def test_object_becomes_rows_of_its_session(deployment: Deployment, released: str):
    s3, bucket = deployment.aws.client("s3"), deployment.outputs()["buckets"]["transient"]
    key = f"market/carteira/{ANSWER}"
    put = s3.put_object(Bucket=bucket, Key=key, Body=(SOURCE / ANSWER).read_bytes())
    event = {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {
            "bucket": {"name": bucket},
            "object": {"key": key, "version-id": put["VersionId"], "etag": put["ETag"].strip('"')},
        },
    }
    # Beside the delivery of S3 itself.
    deliveries = [
        threading.Thread(
            target=deployment.aws.client("lambda").invoke,
            kwargs={
                "FunctionName": f"{emulator.PREFIX}-start-workflow",
                "InvocationType": "Event",
                "Payload": json.dumps(event),
            },
        )
        for _ in range(4)
    ]
    for delivery in deliveries:
        delivery.start()
    for delivery in deliveries:
        delivery.join()
    done = ended(deployment, "market-")
    assert [each["status"] for each in done] == ["SUCCEEDED"], logs_of(deployment)

    aws, reader = deployment.aws, deployment.aws.assumed("reader")
    athena = AthenaReader(aws.client("athena", reader), aws.client("glue", reader), "lakehouse_dev")
    rows = athena.query(
        "select data_pregao, ticker, quantidade_teorica "
        "from lakehouse_dev_market.fct_market__carteira_diaria"
    )
    sent = json.loads((SOURCE / ANSWER).read_text(encoding="utf-8"))["results"]
    assert set(rows) == {
        ("2025-04-07", each["cod"], each["theoricalQty"].replace(",", "")) for each in sent
    }
