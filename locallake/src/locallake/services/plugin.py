"""Redshift Serverless, its Data API and Lake Formation for Terraform; fields that are forgotten.

What is asked for is stored and given back; nothing is executed.
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime

from locallake import ministack
from locallake.settings import Settings

_stored: dict[tuple[str, str], dict] = {}
_tags: dict[str, list] = {}


class NotFoundError(Exception):
    pass


class InvalidInputError(Exception):
    pass


def answer(body: dict, status: int = 200) -> tuple[int, dict, bytes]:
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(body).encode()


def failure(code: str, message: str, status: int = 400) -> tuple[int, dict, bytes]:
    return answer({"__type": code, "message": message, "Message": message}, status)


def _account() -> str:
    from ministack.core.responses import get_account_id

    return get_account_id()


def _region() -> str:
    from ministack.core.responses import get_region

    return get_region()


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


# --- Redshift Serverless --------------------------------------------------------------------------


def _redshift_arn(kind: str, identifier: str) -> str:
    return f"arn:aws:redshift-serverless:{_region()}:{_account()}:{kind}/{identifier}"


def _namespace(request: dict) -> dict:
    identifier = str(uuid.uuid4())
    kept = {
        key: request[key]
        for key in ("namespaceName", "dbName", "adminUsername", "kmsKeyId", "defaultIamRoleArn")
        if key in request
    }
    kept |= {
        "namespaceId": identifier,
        "namespaceArn": _redshift_arn("namespace", identifier),
        "status": "AVAILABLE",
        "creationDate": now(),
        "logExports": request.get("logExports", []),
        "iamRoles": [
            f"IamRole(applyStatus=in-sync, iamRoleArn={role})"
            for role in request.get("iamRoles", [])
        ],
    }
    if request.get("manageAdminPassword"):
        kept["adminPasswordSecretArn"] = (
            f"arn:aws:secretsmanager:{_region()}:{_account()}:secret:redshift!{request['namespaceName']}"
        )
        kept["adminPasswordSecretKmsKeyId"] = request.get("adminPasswordSecretKmsKeyId")
    return kept


def _workgroup(request: dict) -> dict:
    identifier = str(uuid.uuid4())
    name = request["workgroupName"]
    kept = {key: value for key, value in request.items() if key != "tags"}
    return kept | {
        "workgroupId": identifier,
        "workgroupArn": _redshift_arn("workgroup", identifier),
        "status": "AVAILABLE",
        "creationDate": now(),
        "port": 5439,
        "endpoint": {
            "address": f"{name}.{_account()}.redshift-serverless.amazonaws.com",
            "port": 5439,
        },
    }


def _usage_limit(request: dict) -> dict:
    identifier = str(uuid.uuid4())
    arn = _redshift_arn("usagelimit", identifier)
    return request | {"usageLimitId": identifier, "usageLimitArn": arn}


REDSHIFT = {
    "Namespace": ("namespace", "namespaceName", _namespace),
    "Workgroup": ("workgroup", "workgroupName", _workgroup),
    "UsageLimit": ("usageLimit", "usageLimitId", _usage_limit),
}


def redshift(operation: str, request: dict) -> dict:
    if operation == "ListTagsForResource":
        return {"tags": _tags.get(request["resourceArn"], [])}
    if operation == "TagResource":
        _tags[request["resourceArn"]] = request["tags"]
        return {}
    verb, noun = re.fullmatch(r"(Create|Get|Update|Delete)(.+)", operation).groups()
    member, key, made = REDSHIFT[noun]
    if verb == "Create":
        resource = made(request)
        _stored[noun, resource[key]] = resource
        _tags[resource[f"{member}Arn"]] = request.get("tags", [])
        return {member: resource}
    if (noun, request[key]) not in _stored:
        raise NotFoundError(f"{noun} {request[key]}")
    resource = _stored[noun, request[key]]
    if verb == "Update":
        resource.update(request)
    if verb == "Delete":
        del _stored[noun, request[key]]
    return {member: resource}


def redshift_data(operation: str, request: dict) -> dict:
    if operation == "ExecuteStatement":
        statement = {
            "Id": str(uuid.uuid4()),
            "Status": "FINISHED",
            "QueryString": request["Sql"],
            "SecretArn": request.get("SecretArn"),
            "WorkgroupName": request.get("WorkgroupName"),
            "Database": request["Database"],
        }
        _stored["Statement", statement["Id"]] = statement
        return {"Id": statement["Id"], "Database": request["Database"]}
    if operation == "DescribeStatement":
        if ("Statement", request["Id"]) not in _stored:
            raise NotFoundError(f"statement {request['Id']}")
        return _stored["Statement", request["Id"]]
    raise KeyError(operation)


# --- Lake Formation -------------------------------------------------------------------------------


def _permission_key(request: dict) -> str:
    return json.dumps(
        [request["Principal"]["DataLakePrincipalIdentifier"], request["Resource"]], sort_keys=True
    )


def _covers(stored: dict, asked: dict) -> bool:
    return all(stored.get(key) == value for key, value in asked.items())


def lake_formation(operation: str, request: dict) -> dict:
    request.pop("CatalogId", None)
    for expression in (request.get("Resource") or {}).get("LFTagPolicy", {}).get("Expression", []):
        # Sets in the provider: their order differs between a grant and its end.
        expression["TagValues"].sort()
    for part in (request.get("Resource") or {}).values():
        if isinstance(part, dict):
            part.pop("CatalogId", None)
    if operation == "PutDataLakeSettings":
        _stored["Settings", ""] = request["DataLakeSettings"]
        return {}
    if operation == "GetDataLakeSettings":
        return {"DataLakeSettings": _stored.get(("Settings", ""), {})}
    if operation in ("CreateLFTag", "UpdateLFTag"):
        _stored["Tag", request["TagKey"]] = request | {"CatalogId": _account()}
        return {}
    if operation == "GetLFTag":
        if ("Tag", request["TagKey"]) not in _stored:
            raise NotFoundError(request["TagKey"])
        return _stored["Tag", request["TagKey"]]
    if operation == "DeleteLFTag":
        _stored.pop(("Tag", request["TagKey"]), None)
        return {}
    resource = json.dumps(request.get("Resource"), sort_keys=True)
    if operation == "AddLFTagsToResource":
        _assigned(request["Resource"], request["LFTags"])
        return {"Failures": []}
    if operation == "RemoveLFTagsFromResource":
        _assigned(request["Resource"], None)
        return {"Failures": []}
    if operation == "GetResourceLFTags":
        return _tags_of(request["Resource"])
    if operation == "GrantPermissions":
        _stored["Permission", _permission_key(request)] = request
        return {}
    if operation == "RevokePermissions":
        # The provider revokes until there is nothing left, and knows that by this answer.
        if _stored.pop(("Permission", _permission_key(request)), None) is None:
            raise InvalidInputError("No permissions revoked. Grantee has no permissions.")
        return {}
    if operation == "ListPermissions":
        principal = (request.get("Principal") or {}).get("DataLakePrincipalIdentifier")
        return {
            "PrincipalResourcePermissions": [
                permission
                for (kind, _), permission in _stored.items()
                if kind == "Permission"
                and (
                    principal is None
                    or permission["Principal"]["DataLakePrincipalIdentifier"] == principal
                )
                and (
                    not request.get("Resource")
                    or _same(permission["Resource"], request["Resource"])
                )
            ]
        }
    raise KeyError(f"{operation} {resource}")


def _same(stored: dict, asked: dict) -> bool:
    return stored.keys() == asked.keys() and all(_covers(stored[key], asked[key]) for key in asked)


def _assigned(resource: dict, tags: list | None) -> None:
    database = resource.get("Database", {}).get("Name")
    if database:
        _stored["Tagged", database] = {"database": tags}
        return
    if table := resource.get("Table"):
        _stored["Tagged", f"{table['DatabaseName']}/{table['Name']}"] = {"table": tags}
        return
    table = resource["TableWithColumns"]
    for column in table["ColumnNames"]:
        key = "Tagged", f"{table['DatabaseName']}/{table['Name']}/{column}"
        if tags is None:
            _stored.pop(key, None)
        else:
            _stored[key] = {"column": tags}


def _with_catalogue(tags: list | None) -> list:
    return [{**tag, "CatalogId": _account()} for tag in tags or []]


def _tags_of(resource: dict) -> dict:
    if "Database" in resource:
        tags = _stored.get(("Tagged", resource["Database"]["Name"]), {}).get("database")
        return {"LFTagOnDatabase": _with_catalogue(tags)}
    if table := resource.get("Table"):
        own = f"{table['DatabaseName']}/{table['Name']}"
        return {
            "LFTagsOnTable": _with_catalogue(_stored.get(("Tagged", own), {}).get("table")),
            "LFTagsOnColumns": [
                {"Name": key.rpartition("/")[2], "LFTags": _with_catalogue(found["column"])}
                for (kind, key), found in _stored.items()
                if kind == "Tagged" and key.startswith(f"{own}/")
            ],
        }
    table = resource["TableWithColumns"]
    prefix = f"{table['DatabaseName']}/{table['Name']}/"
    return {
        "LFTagsOnColumns": [
            {
                "Name": column,
                "LFTags": _with_catalogue(_stored["Tagged", prefix + column]["column"]),
            }
            for column in table["ColumnNames"]
            if ("Tagged", prefix + column) in _stored
        ]
    }


# --- Installing -----------------------------------------------------------------------------------


def handler(serve, not_found: str, *, by_path: bool = False):
    async def handle(method, path, headers, body, query_params):
        target = headers.get("x-amz-target") or headers.get("X-Amz-Target") or ""
        operation = path.strip("/") if by_path else target.rpartition(".")[2]
        try:
            return answer(serve(operation, json.loads(body or b"{}")))
        except NotFoundError as err:
            return failure(not_found, f"not found: {err}")
        except InvalidInputError as err:
            return failure("InvalidInputException", str(err))
        except (KeyError, AttributeError) as err:
            return failure("UnknownOperationException", f"{operation}: {err!r}")

    return handle


def add_service(name: str, handle, namespace: str, **patterns: list) -> None:
    from ministack import app
    from ministack.core import iam_actions, router

    router.SERVICE_PATTERNS[name] = {"host_patterns": [rf"^{re.escape(name)}\."], **patterns}
    app.SERVICE_HANDLERS[name] = handle
    # Without a namespace every call would be let through when permissions are enforced.
    iam_actions.SERVICE_TO_IAM_NAMESPACE[name] = namespace


def keep_dropped_fields_of_builds() -> None:
    """MiniStack forgets these fields of a project and does not find a project by its ARN."""
    from ministack.services import codebuild

    ministack.require(
        codebuild, "_create_project", "_update_project", "_project_shape", "_delete_project"
    )
    dropped = (
        "vpcConfig", "logsConfig", "cache", "queuedTimeoutInMinutes", "concurrentBuildLimit",
        "encryptionKey",
    )  # fmt: skip
    create, update, shape = (
        codebuild._create_project,
        codebuild._update_project,
        codebuild._project_shape,
    )
    delete = codebuild._delete_project

    def remember(request: dict) -> None:
        if request["name"] in codebuild._projects:
            kept = {key: request[key] for key in dropped if key in request}
            codebuild._projects[request["name"]].update(kept)

    def create_project(request):
        result = create(request)
        remember(request)
        return result

    def update_project(request):
        remember(request)
        return update(request)

    def project_shape(project):
        # An empty block takes the setting away.
        return shape(project) | {key: project[key] for key in dropped if project.get(key)}

    def delete_project(request):
        return delete(request | {"name": request.get("name", "").rpartition("/")[2]})

    codebuild._create_project, codebuild._update_project = create_project, update_project
    codebuild._project_shape, codebuild._delete_project = project_shape, delete_project


def keep_prefix_lists_of_rules() -> None:
    """MiniStack drops the prefix list of a rule, and the provider cannot plan without it."""
    from ministack.services import ec2

    ministack.require(ec2, "_parse_ip_permissions", "_sg_rule_xml", "_p")
    parse = ec2._parse_ip_permissions

    def parse_ip_permissions(params, prefix):
        rules = parse(params, prefix)
        for position, rule in enumerate(rules, start=1):
            entry = f"{prefix}.{position}.PrefixListIds.1"
            if identifier := ec2._p(params, f"{entry}.PrefixListId"):
                description = ec2._p(params, f"{entry}.Description")
                rule["PrefixListIds"] = [{"PrefixListId": identifier, "Description": description}]
        return rules

    rule_xml = ec2._sg_rule_xml

    def sg_rule_xml(sg_id, rule, is_egress=False):
        xml = rule_xml(sg_id, rule, is_egress=is_egress)
        for prefix_list in rule.get("PrefixListIds", []):
            identifier = f"<prefixListId>{prefix_list['PrefixListId']}</prefixListId>"
            # The last one: a tag is an item too.
            before, end, after = xml.rpartition("</item>")
            xml = before + identifier + end + after
        return xml

    ec2._parse_ip_permissions, ec2._sg_rule_xml = parse_ip_permissions, sg_rule_xml


def install(settings: Settings) -> None:
    """Add the services and keep the fields.

    Raises: HookError if the emulator is not the version this was written for.
    """
    from ministack import app
    from ministack.core import iam_actions, router
    from ministack.services import ssm

    ministack.require(app, "SERVICE_HANDLERS", "_port_is_bindable")
    ministack.require(router, "SERVICE_PATTERNS")
    ministack.require(iam_actions, "SERVICE_TO_IAM_NAMESPACE")
    ministack.require(ssm, "_PUBLIC_AMI_PARAMETERS")
    add_service(
        "redshift-serverless",
        handler(redshift, "ResourceNotFoundException"),
        "redshift-serverless",
        target_prefixes=["RedshiftServerless."],
    )
    add_service(
        "redshift-data",
        handler(redshift_data, "ResourceNotFoundException"),
        "redshift-data",
        target_prefixes=["RedshiftData."],
    )
    add_service(
        "lakeformation",
        handler(lake_formation, "EntityNotFoundException", by_path=True),
        "lakeformation",
    )
    keep_dropped_fields_of_builds()
    keep_prefix_lists_of_rules()
    # The image for Arm processors is public too; MiniStack knows the other one only.
    image = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
    ssm._PUBLIC_AMI_PARAMETERS[image + "arm64"] = ssm._PUBLIC_AMI_PARAMETERS[image + "x86_64"]
    # A server on 443 would be seen by others on the machine.
    app._port_is_bindable = lambda *args, **kwargs: False
    ministack.on_reset(_stored.clear)
    ministack.on_reset(_tags.clear)
