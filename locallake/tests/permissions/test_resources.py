"""What a call is authorized on; the ARNs are those of AWS's service authorization reference."""

from __future__ import annotations

import pytest

from locallake.permissions.plugin import agent_of
from locallake.permissions.resources import (
    Call,
    conditions_of,
    fields_of,
    passed_role,
    resources_of,
)

HERE = "us-east-1:123456789012"
QUERIES = {
    ("query", "q-1"): "lake",
    ("named query", "n-1"): "lake",
    ("redshift workgroup", "w"): "w-id",
    ("owner of statement", "s-1"): "role:session",
}


def call(action, path="/", **fields):
    return Call(action, fields, path, lookup=lambda kind, found: QUERIES.get((kind, found)))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (call("athena:StartQueryExecution", WorkGroup="lake"), ["athena:{}:workgroup/lake"]),
        (call("athena:StartQueryExecution"), ["athena:{}:workgroup/primary"]),
        (call("athena:GetQueryResults", QueryExecutionId="q-1"), ["athena:{}:workgroup/lake"]),
        (call("athena:GetNamedQuery", NamedQueryId="n-1"), ["athena:{}:workgroup/lake"]),
        (call("athena:UpdateWorkGroup", WorkGroup="lake"), ["athena:{}:workgroup/lake"]),
        (call("athena:CreateWorkGroup", Name="lake"), ["athena:{}:workgroup/lake"]),
        (call("athena:CreateNamedQuery", Name="n", WorkGroup="w"), ["athena:{}:workgroup/w"]),
        (call("athena:GetDataCatalog", Name="c"), ["athena:{}:datacatalog/c"]),
        (
            call("glue:GetTable", DatabaseName="d", Name="t"),
            ["glue:{}:catalog", "glue:{}:database/d", "glue:{}:table/d/t"],
        ),
        (
            call("glue:CreateTable", DatabaseName="d", TableInput={"Name": "t"}),
            ["glue:{}:catalog", "glue:{}:database/d", "glue:{}:table/d/t"],
        ),
        (
            call("glue:BatchGetPartition", DatabaseName="d", TableName="t"),
            ["glue:{}:catalog", "glue:{}:database/d", "glue:{}:table/d/t"],
        ),
        (call("glue:GetDatabase", Name="d"), ["glue:{}:catalog", "glue:{}:database/d"]),
        (call("glue:GetDatabases"), ["glue:{}:catalog"]),
        (call("glue:RunStatement", SessionId="s", Code="1"), ["glue:{}:session/s"]),
        (call("glue:GetStatement", SessionId="s", Id=3), ["glue:{}:session/s"]),
        (call("glue:CreateSession", Id="s", Role="r"), ["glue:{}:session/s"]),
        (call("codebuild:StartBuild", projectName="p"), ["codebuild:{}:project/p"]),
        (call("codebuild:BatchGetBuilds", ids=["p:1"]), ["codebuild:{}:project/p"]),
        (
            call("redshift-data:ExecuteStatement", WorkgroupName="w", Sql="select 1"),
            ["redshift-serverless:{}:workgroup/w-id"],
        ),
        (call("logs:CreateLogGroup", logGroupName="/a"), ["logs:{}:log-group:/a"]),
        (call("logs:DescribeLogGroups", logGroupNamePrefix="/a"), ["logs:{}:log-group:*"]),
        (
            call("logs:PutLogEvents", logGroupName="/a", logStreamName="s"),
            ["logs:{}:log-group:/a:log-stream:s"],
        ),
        (
            call("scheduler:GetSchedule", "/schedules/n", groupName="g"),
            ["scheduler:{}:schedule/g/n"],
        ),
        (call("lambda:GetPolicy", "/2015-03-31/functions/f/policy"), ["lambda:{}:function:f"]),
        (
            call("cloudwatch:DescribeAlarms", **{"AlarmNames.member.1": "a"}),
            ["cloudwatch:{}:alarm:a"],
        ),
        (call("events:PutTargets", Rule="r"), ["events:{}:rule/r"]),
        (call("rds:DescribeDBClusters", DBClusterIdentifier="c"), ["rds:{}:cluster:c"]),
    ],
)
def test_call_is_authorized_on_what_it_names(asked, expected):
    assert resources_of(asked) == [f"arn:aws:{each.format(HERE)}" for each in expected]


def test_resources_without_region_or_account_have_none():
    assert resources_of(call("iam:GetRole", RoleName="r")) == ["arn:aws:iam::123456789012:role/r"]
    image = call("ssm:GetParameter", Name="/aws/service/ami/x")
    assert resources_of(image) == ["arn:aws:ssm:us-east-1::parameter/aws/service/ami/x"]
    budget = call("budgets:ViewBudget", BudgetName="b")
    assert resources_of(budget) == ["arn:aws:budgets::123456789012:budget/b"]
    changed = call("budgets:ModifyBudget", NewBudget={"BudgetName": "b"})
    assert resources_of(changed) == resources_of(budget)


@pytest.mark.parametrize(
    "action",
    ["ec2:DescribeVpcs", "glue:CreateSecurityConfiguration", "lakeformation:GrantPermissions"],
)
def test_actions_without_resource_are_authorized_on_any(action):
    assert resources_of(call(action, Name="x")) == ["*"]


def test_services_that_the_emulator_reads_right_are_left_to_it():
    assert resources_of(call("s3:GetObject")) is None


def test_role_that_is_handed_over_is_named_with_its_service():
    assert passed_role(call("glue:CreateSession", Id="s", Role="arn:aws:iam::1:role/r")) == (
        "arn:aws:iam::1:role/r",
        "glue.amazonaws.com",
    )
    handed = call("scheduler:CreateSchedule", Target={"RoleArn": "arn:aws:iam::1:role/r"})
    assert passed_role(handed) == ("arn:aws:iam::1:role/r", "scheduler.amazonaws.com")
    assert passed_role(call("glue:GetSession", Id="s")) is None


def test_attached_policy_is_a_condition():
    asked = call("iam:AttachRolePolicy", RoleName="r", PolicyArn="arn:aws:iam::1:policy/p")
    assert conditions_of(asked) == {"iam:PolicyARN": "arn:aws:iam::1:policy/p"}


def test_statement_of_redshift_has_an_owner_and_so_has_each_of_its_batch():
    owned = {"redshift-data:statement-owner-iam-userid": "role:session"}
    assert conditions_of(call("redshift-data:DescribeStatement", Id="s-1")) == owned
    assert conditions_of(call("redshift-data:GetStatementResult", Id="s-1:2")) == owned
    assert conditions_of(call("redshift-data:DescribeStatement", Id="s-2")) == {}


def test_a_number_has_no_arn_and_its_namespace_is_a_condition():
    asked = call("cloudwatch:PutMetricData", Namespace="lake")
    assert resources_of(asked) == ["*"]
    assert conditions_of(asked) == {"cloudwatch:namespace": "lake"}


def test_members_come_from_body_and_query():
    assert fields_of(b'{"Name": "b"}', {"Name": ["q"], "Other": ["o"]}) == {
        "Name": "b",
        "Other": "o",
    }
    assert fields_of(b"not json", {"Action": "A"}) == {"Action": "A"}
    assert fields_of(b"{broken", {}) == {}


@pytest.mark.parametrize(
    ("user_agent", "program"),
    [
        ("APN/1.0 HashiCorp/1.0 Terraform/1.11.4 (+https://www.terraform.io)", "terraform"),
        ("Boto3/1.44.5 md/Botocore#1.44.5", "boto3"),
        ("aws-sdk-java/2.29.52", "java"),
        ("curl/8", "other"),
    ],
)
def test_program_is_known_by_its_user_agent(user_agent, program):
    assert agent_of(user_agent) == program


def test_a_table_that_only_the_service_knows_is_authorized_as_one_of_its_kind():
    [resource] = resources_of(call("ec2:DisassociateRouteTable", AssociationId="rtbassoc-0a1b2c3d"))
    assert resource.endswith(":route-table/*")
