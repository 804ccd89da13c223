"""Athena with permissions: it does nothing for the one who asks that the one may not do.

Needs the artefacts of `locallake up`.
"""

from __future__ import annotations

import io
import json
import time

import boto3
import pytest

from locallake import cli

parquet = pytest.importorskip("pyarrow.parquet")

pytestmark = pytest.mark.engine

BUCKET, PLACE = "locallake-warehouse", "unloaded/1/"
GLUE, S3 = "arn:aws:glue:us-east-1:123456789012", f"arn:aws:s3:::{BUCKET}"
QUERY = {"athena:*": "*", "s3:ListBucket": S3, "s3:GetBucketLocation": S3}
RESULTS = {"s3:PutObject": f"{S3}/results/*", "s3:GetObject": f"{S3}/*"}
READ = {
    "glue:GetTable": [f"{GLUE}:catalog", f"{GLUE}:database/s", f"{GLUE}:table/s/*"],
    "glue:GetDatabase": [f"{GLUE}:catalog", f"{GLUE}:database/s", f"{GLUE}:database/default"],
}
UNLOAD = f"unload (select cast(1 as varchar) as a) to 's3://{BUCKET}/{PLACE}' with (format = 'ORC')"


class Account:
    """Services where policies decide, and clients of the account's root or of a user."""

    def __init__(self, settings):
        self.settings = settings
        self.s3, self.glue, self.iam = (self.client(name) for name in ("s3", "glue", "iam"))
        for name in ("default", "s"):
            self.glue.create_database(DatabaseInput={"Name": name})

    def client(self, service, key="test", secret="test"):
        session = boto3.Session(key, secret, region_name=self.settings.region)
        return session.client(service, endpoint_url=self.settings.endpoint)

    def user(self, name, *allowed):
        """Athena as a user who may do what is listed."""
        statements = [
            {"Effect": "Allow", "Action": action, "Resource": resource}
            for each in allowed
            for action, resource in each.items()
        ]
        self.iam.create_user(UserName=name)
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
        made = self.iam.create_access_key(UserName=name)["AccessKey"]
        return self.client("athena", made["AccessKeyId"], made["SecretAccessKey"])


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    wanted = cli.Wanted(enforce=True, with_glue=False)
    with cli.running(tmp_path_factory.mktemp("enforced") / "state", wanted) as settings:
        yield Account(settings)


def outcome(athena, query):
    """The state of a query that has ended, and why it has it."""
    started = athena.start_query_execution(
        QueryString=query,
        QueryExecutionContext={"Database": "s"},
        ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/results/"},
    )["QueryExecutionId"]
    while True:
        execution = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
        if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
            return execution["Status"]["State"], execution["Status"].get("StateChangeReason", "")
        time.sleep(0.05)


def test_a_schema_that_is_there_is_made_by_who_may_make_it(account):
    statement = "create schema if not exists `s`"
    state, reason = outcome(account.user("builder", QUERY, RESULTS, READ), statement)
    assert state == "FAILED"
    assert "is not authorized to perform: glue:CreateDatabase on resource" in reason
    maker = account.user("maker", QUERY, RESULTS, READ, {"glue:CreateDatabase": "*"})
    assert outcome(maker, statement) == ("SUCCEEDED", "")


def test_ddl_fails_where_default_may_not_be_looked_up(account):
    blind = {"glue:GetDatabase": [f"{GLUE}:catalog", f"{GLUE}:database/s"]}
    state, reason = outcome(account.user("blind", QUERY, RESULTS, blind), "show tables in `s`")
    assert state == "FAILED"
    assert "Unable to verify existence of default database: User: " in reason
    assert f"glue:GetDatabase on resource: {GLUE}:database/default" in reason


def test_an_unload_writes_where_the_one_who_asks_may_write(account):
    outside = account.user("outside", QUERY, RESULTS, READ)
    assert outcome(outside, UNLOAD)[0] == "FAILED"
    inside = account.user(
        "inside",
        QUERY,
        RESULTS,
        READ,
        {"s3:PutObject": f"{S3}/{PLACE}*"},
    )
    # No right to make a table is needed: AWS has none.
    state, reason = outcome(inside, UNLOAD.replace("ORC", "PARQUET"))
    assert state == "SUCCEEDED", reason
    [found] = account.s3.list_objects_v2(Bucket=BUCKET, Prefix=PLACE)["Contents"]
    body = account.s3.get_object(Bucket=BUCKET, Key=found["Key"])["Body"].read()
    assert parquet.read_table(io.BytesIO(body)).to_pylist() == [{"a": "1"}]
