"""Ages of sources reach the namespace of their environment, and no other."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from infra.applied.emulator import PREFIX, Emulator

from lakehouse.building import freshness
from lakehouse.building.freshness import METRIC, NAMESPACE_SETTING, write_ages

# As the policy of the transformer has it.
TELL_AGES = {
    "Effect": "Allow",
    "Action": "cloudwatch:PutMetricData",
    "Resource": "*",
    "Condition": {"StringEquals": {"cloudwatch:namespace": PREFIX}},
}


@pytest.fixture(scope="module")
def builder(aws: Emulator) -> dict[str, str]:
    """Credentials of somebody who may do nothing else."""
    iam = aws.client("iam")
    iam.create_user(UserName="builder")
    document = {"Version": "2012-10-17", "Statement": [TELL_AGES]}
    iam.put_user_policy(UserName="builder", PolicyName="tell", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName="builder")["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What dbt would say after a run."""

    class Event:
        class info:
            name = "JinjaLogInfo"
            msg = 'freshness: [{"source": "retail.venda", "age_days": 3}]'

    class Outcome:
        is_success = True

    def operation(macro, said, words, callbacks):
        for callback in callbacks:
            callback(Event)
        return Outcome

    monkeypatch.setattr(freshness, "operation", operation)


def test_age_is_a_number_that_an_alarm_can_look_at(aws: Emulator, builder: dict[str, str]):
    cloudwatch = aws.client("cloudwatch", builder)
    write_ages(["build"], settings={NAMESPACE_SETTING: PREFIX}, cloudwatch=cloudwatch)
    now = datetime.now(UTC)
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace=PREFIX,
        MetricName=METRIC,
        Dimensions=[{"Name": "Source", "Value": "retail.venda"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=86400,
        Statistics=["Maximum"],
    )
    assert [point["Maximum"] for point in found["Datapoints"]] == [3.0]


def test_namespace_of_another_environment_is_refused(aws: Emulator, builder: dict[str, str]):
    cloudwatch = aws.client("cloudwatch", builder)
    with pytest.raises(ClientError, match="AccessDenied"):
        cloudwatch.put_metric_data(
            Namespace="lakehouse-prod", MetricData=[{"MetricName": METRIC, "Value": 1}]
        )
