"""Redshift's Data API with permissions: a workgroup by its ARN, a statement by its owner."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from locallake import cli

pytestmark = pytest.mark.engine

OWNED = {"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}}


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    wanted = cli.Wanted(enforce=True, with_athena=False, with_glue=False)
    with cli.running(tmp_path_factory.mktemp("statements") / "state", wanted) as settings:
        yield settings


def client(services, name, key="test", secret="test"):
    session = boto3.Session(key, secret, region_name=services.region)
    return session.client(name, endpoint_url=services.endpoint)


def statements_of(services, name: str, workgroup: str):
    """The Data API as a user who may use one workgroup, and see statements of their own."""
    iam = client(services, "iam")
    allowed = [
        {"Action": "redshift-data:ExecuteStatement", "Resource": workgroup},
        {"Action": "redshift-data:DescribeStatement", "Resource": "*", "Condition": OWNED},
    ]
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", **each} for each in allowed],
    }
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(document))
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return client(services, "redshift-data", made["AccessKeyId"], made["SecretAccessKey"])


def test_statement_is_run_in_ones_workgroup_and_shown_to_its_owner(services):
    serverless = client(services, "redshift-serverless")
    serverless.create_namespace(namespaceName="lake")
    arns = [
        serverless.create_workgroup(workgroupName=name, namespaceName="lake")["workgroup"][
            "workgroupArn"
        ]
        for name in ("mine", "other")
    ]
    first, second = (
        statements_of(services, f"user{number}", arn) for number, arn in enumerate(arns)
    )
    asked = {"Database": "d", "Sql": "select 1"}
    with pytest.raises(ClientError, match="not authorized to perform: redshift-data:Execute"):
        first.execute_statement(WorkgroupName="other", **asked)
    statement = first.execute_statement(WorkgroupName="mine", **asked)["Id"]
    assert first.describe_statement(Id=statement)["Status"] == "FINISHED"
    with pytest.raises(ClientError, match="not authorized to perform: redshift-data:Describe"):
        second.describe_statement(Id=statement)
