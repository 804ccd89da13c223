"""What Terraform asks of services that nobody runs: given back as it was stored."""

from __future__ import annotations

import asyncio
import json

import pytest

from locallake.stubs import lake_formation, plugin, redshift, service_quotas

pytest.importorskip("ministack", reason="needs locks/test.txt")

NAMESPACE = {"namespaceName": "n", "dbName": "d", "tags": [{"key": "a", "value": "1"}]}
GRANT = {
    "Principal": {"DataLakePrincipalIdentifier": "arn:aws:iam::1:role/r"},
    "Resource": {"Database": {"Name": "d"}},
    "Permissions": ["DESCRIBE"],
}


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    redshift.forget()
    lake_formation.forget()
    service_quotas.forget()


def asked(handle, operation, *, by_path=False, **request):
    headers = {} if by_path else {"x-amz-target": f"Service.{operation}"}
    path = f"/{operation}" if by_path else "/"
    given = asyncio.run(handle("POST", path, headers, json.dumps(request).encode(), {}))
    return given[0], json.loads(given[2])


def serverless(operation, **request):
    handle = plugin.handler(redshift.redshift_serverless, "ResourceNotFoundException")
    return asked(handle, operation, **request)


def lake(operation, **request):
    handle = plugin.handler(lake_formation.lake_formation, "EntityNotFoundException", by_path=True)
    return asked(handle, operation, by_path=True, **request)


def test_a_resource_lives_until_it_is_deleted():
    _, made = serverless("CreateNamespace", **NAMESPACE)
    assert serverless("GetNamespace", namespaceName="n") == (200, made)
    serverless("UpdateNamespace", namespaceName="n", dbName="e")
    assert serverless("GetNamespace", namespaceName="n")[1]["namespace"]["dbName"] == "e"
    serverless("DeleteNamespace", namespaceName="n")
    status, refused = serverless("GetNamespace", namespaceName="n")
    assert (status, refused["__type"]) == (400, "ResourceNotFoundException")


def test_tags_that_a_request_does_not_name_stay():
    arn = serverless("CreateNamespace", **NAMESPACE)[1]["namespace"]["namespaceArn"]
    serverless("TagResource", resourceArn=arn, tags=[{"key": "b", "value": "2"}])
    serverless("TagResource", resourceArn=arn, tags=[{"key": "b", "value": "3"}])
    _, listed = serverless("ListTagsForResource", resourceArn=arn)
    assert {tag["key"]: tag["value"] for tag in listed["tags"]} == {"a": "1", "b": "3"}
    serverless("UntagResource", resourceArn=arn, tagKeys=["a"])
    _, listed = serverless("ListTagsForResource", resourceArn=arn)
    assert [tag["key"] for tag in listed["tags"]] == ["b"]


@pytest.mark.parametrize("operation", ["ListNamespaces", "GetResourcePolicy"])
def test_an_operation_that_is_not_there_is_called_unknown(operation):
    assert serverless(operation)[1]["__type"] == "UnknownOperationException"


def test_a_member_that_is_missing_is_named():
    status, refused = serverless("CreateWorkgroup")
    assert (status, refused["__type"]) == (400, "ValidationException")
    assert "workgroupName" in refused["message"]


def test_a_grant_is_listed_until_nothing_is_left_to_revoke():
    lake("GrantPermissions", **GRANT)
    _, listed = lake("ListPermissions", Principal=GRANT["Principal"])
    assert [entry["Permissions"] for entry in listed["PrincipalResourcePermissions"]] == [
        ["DESCRIBE"]
    ]
    assert lake("RevokePermissions", **GRANT)[0] == 200
    assert lake("RevokePermissions", **GRANT)[1]["__type"] == "InvalidInputException"
    assert lake("ListPermissions")[1] == {"PrincipalResourcePermissions": []}


def test_grants_in_one_call_are_grants_each():
    """dbt-glue grants so when it makes a schema, and reports an error where it may not."""
    other = GRANT | {"Resource": {"Table": {"DatabaseName": "d", "TableWildcard": {}}}}
    entries = [GRANT | {"Id": "1"}, other | {"Id": "2"}]
    assert lake("BatchGrantPermissions", Entries=entries) == (200, {"Failures": []})
    assert len(lake("ListPermissions")[1]["PrincipalResourcePermissions"]) == 2


def quotas(operation, **request):
    handle = plugin.handler(service_quotas.service_quotas, "NoSuchResourceException")
    return asked(handle, operation, **request)


def test_a_quota_is_a_new_accounts_until_more_is_asked_for():
    status, listed = quotas("ListServiceQuotas", ServiceCode="codebuild")
    assert status == 200
    assert {quota["Value"] for quota in listed["Quotas"]} == {1.0}
    code = listed["Quotas"][0]["QuotaCode"]
    asking = {"ServiceCode": "codebuild", "QuotaCode": code}
    quotas("RequestServiceQuotaIncrease", **asking, DesiredValue=5)
    assert quotas("GetServiceQuota", **asking)[1]["Quota"]["Value"] == 5.0
    service_quotas.forget()
    assert quotas("GetServiceQuota", **asking)[1]["Quota"]["Value"] == 1.0


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("ListServiceQuotas", {"ServiceCode": "none"}, "NoSuchResourceException"),
        (
            "GetServiceQuota",
            {"ServiceCode": "vpc", "QuotaCode": "L-0"},
            "NoSuchResourceException",
        ),
        ("ListServiceQuotas", {}, "ValidationException"),
    ],
)
def test_a_quota_that_is_not_there_is_refused(operation, request_, code):
    status, said = quotas(operation, **request_)
    assert (status, said["__type"]) == (400, code)
