"""Redshift Serverless and its Data API. A statement is FINISHED at once; it is not run."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from locallake.stubs.answers import (
    Document,
    NotFoundError,
    UnknownOperationError,
    account_id,
    region,
)

_resources: dict[tuple[str, str], Document] = {}
_statements: dict[str, Document] = {}
_tags: dict[str, list[Document]] = {}


def forget() -> None:
    for store in (_resources, _statements, _tags):
        store.clear()


def workgroup_id(name: str) -> str | None:
    """The id in the ARN of a workgroup; None if there is no such workgroup."""
    found = _resources.get(("Workgroup", name))
    return None if found is None else str(found["workgroupId"])


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _arn(kind: str, identifier: str) -> str:
    return f"arn:aws:redshift-serverless:{region()}:{account_id()}:{kind}/{identifier}"


def _namespace(request: Document) -> Document:
    identifier = str(uuid.uuid4())
    kept: Document = {
        key: request[key]
        for key in ("namespaceName", "dbName", "adminUsername", "kmsKeyId", "defaultIamRoleArn")
        if key in request
    }
    kept |= {
        "namespaceId": identifier,
        "namespaceArn": _arn("namespace", identifier),
        "status": "AVAILABLE",
        "creationDate": _now(),
        "logExports": request.get("logExports", []),
        "iamRoles": [
            f"IamRole(applyStatus=in-sync, iamRoleArn={role})"
            for role in request.get("iamRoles", [])
        ],
    }
    if request.get("manageAdminPassword"):
        kept["adminPasswordSecretArn"] = (
            f"arn:aws:secretsmanager:{region()}:{account_id()}:secret:redshift!{request['namespaceName']}"
        )
        kept["adminPasswordSecretKmsKeyId"] = request.get("adminPasswordSecretKmsKeyId")
    return kept


def _workgroup(request: Document) -> Document:
    identifier = str(uuid.uuid4())
    name = request["workgroupName"]
    kept = {key: value for key, value in request.items() if key != "tags"}
    return kept | {
        "workgroupId": identifier,
        "workgroupArn": _arn("workgroup", identifier),
        "status": "AVAILABLE",
        "creationDate": _now(),
        "port": 5439,
        "endpoint": {
            "address": f"{name}.{account_id()}.redshift-serverless.amazonaws.com",
            "port": 5439,
        },
    }


def _usage_limit(request: Document) -> Document:
    identifier = str(uuid.uuid4())
    arn = _arn("usagelimit", identifier)
    return request | {"usageLimitId": identifier, "usageLimitArn": arn}


_RESOURCES: dict[str, tuple[str, str, Callable[[Document], Document]]] = {
    "Namespace": ("namespace", "namespaceName", _namespace),
    "Workgroup": ("workgroup", "workgroupName", _workgroup),
    "UsageLimit": ("usageLimit", "usageLimitId", _usage_limit),
}


def _retag(arn: str, given: Sequence[Document], *, gone: Sequence[str] = ()) -> None:
    """Tags that are not named stay, as on AWS."""
    replaced = {*gone, *(tag["key"] for tag in given)}
    kept = [tag for tag in _tags.get(arn, []) if tag["key"] not in replaced]
    _tags[arn] = [*kept, *given]


def redshift_serverless(operation: str, request: Document) -> Document:
    if operation == "ListTagsForResource":
        return {"tags": _tags.get(request["resourceArn"], [])}
    if operation == "TagResource":
        _retag(request["resourceArn"], request["tags"])
        return {}
    if operation == "UntagResource":
        _retag(request["resourceArn"], [], gone=request["tagKeys"])
        return {}
    asked = re.fullmatch(r"(Create|Get|Update|Delete)(.+)", operation)
    if asked is None or asked[2] not in _RESOURCES:
        raise UnknownOperationError
    verb, noun = asked.groups()
    member, key, made = _RESOURCES[noun]
    if verb == "Create":
        resource = made(request)
        _resources[noun, resource[key]] = resource
        _tags[resource[f"{member}Arn"]] = request.get("tags", [])
        return {member: resource}
    if (noun, request[key]) not in _resources:
        raise NotFoundError(f"{noun} {request[key]}")
    resource = _resources[noun, request[key]]
    if verb == "Update":
        resource.update(request)
    if verb == "Delete":
        del _resources[noun, request[key]]
    return {member: resource}


def redshift_data(operation: str, request: Document) -> Document:
    if operation == "ExecuteStatement":
        statement = {
            "Id": str(uuid.uuid4()),
            "Status": "FINISHED",
            "QueryString": request["Sql"],
            "SecretArn": request.get("SecretArn"),
            "WorkgroupName": request.get("WorkgroupName"),
            "Database": request["Database"],
        }
        _statements[statement["Id"]] = statement
        return {"Id": statement["Id"], "Database": request["Database"]}
    if operation == "DescribeStatement":
        if request["Id"] not in _statements:
            raise NotFoundError(f"statement {request['Id']}")
        return _statements[request["Id"]]
    raise UnknownOperationError
