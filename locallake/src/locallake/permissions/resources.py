"""What a call is authorized on, as AWS's service authorization reference lists it.

Pure: a call in, ARNs out. The emulator's own reading is kept where it is right (S3, SQS, KMS,
Secrets Manager, STS); for the services below it names another resource than AWS, or none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

ANY = "*"
Lookup = Callable[[str, str], str | None]


@dataclass(frozen=True)
class Call:
    """One request to a service.

    Args:
        action: as IAM writes it, `glue:GetTable`.
        fields: the members of the request, of its JSON body or its query.
        path: of the URL, not decoded further; only REST services use it.
        lookup: `(kind, id)` → the name that an id stands for in the emulator; None where unknown.
    """

    action: str
    fields: Mapping[str, Any]
    path: str = "/"
    region: str = "us-east-1"
    account: str = "123456789012"
    lookup: Lookup = field(default=lambda kind, identifier: None)

    @property
    def service(self) -> str:
        return self.action.partition(":")[0]

    @property
    def operation(self) -> str:
        return self.action.partition(":")[2]

    def arn(self, resource: str, *, service: str | None = None, region: str | None = None) -> str:
        where = self.region if region is None else region
        return f"arn:aws:{service or self.service}:{where}:{self.account}:{resource}"

    def get(self, *names: str) -> str | None:
        """The first of these members that holds text; `a.b` is member b of a."""
        for name in names:
            value: Any = self.fields
            # A query names members of lists with periods of its own: `AlarmNames.member.1`.
            for part in [name] if name in self.fields else name.split("."):
                value = value.get(part) if isinstance(value, Mapping) else None
            if isinstance(value, list) and value:
                value = value[0]
            if isinstance(value, str) and value:
                return value
        return None


def fields_of(body: bytes, query: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a request: those of its query, and those of its JSON body over them."""
    found: dict[str, Any] = {
        name: value[0] if isinstance(value, list) and value else value
        for name, value in query.items()
    }
    if body[:1] == b"{":
        try:
            found |= json.loads(body)
        except ValueError:
            return found
    return found


def resources_of(call: Call) -> list[str] | None:
    """The resources that must all be allowed; None leaves the question to the emulator."""
    reading = _READERS.get(call.service)
    return None if reading is None else reading(call)


def passed_role(call: Call) -> tuple[str, str] | None:
    """The role that a call hands to a service, and that service: needs iam:PassRole."""
    found = _PASSING.get(call.action)
    if found is None:
        return None
    members, service = found
    role = call.get(*members)
    if role is not None and not role.startswith("arn:"):
        role = call.arn(f"role/{role}", service="iam", region="")
    return None if role is None else (role, service)


def conditions_of(call: Call) -> dict[str, Any]:
    """Condition keys that the request itself decides and the emulator does not know."""
    if call.operation in ("AttachRolePolicy", "DetachRolePolicy") and call.get("PolicyArn"):
        return {"iam:PolicyARN": call.get("PolicyArn")}
    if call.service == "redshift-data" and (statement := call.get("Id")):
        # Of a batch each statement has the id of the whole, and its number.
        owner = call.lookup("owner of statement", statement.partition(":")[0])
        return {"redshift-data:statement-owner-iam-userid": owner} if owner else {}
    if call.operation == "PutMetricData":
        return {"cloudwatch:namespace": call.get("Namespace")}
    return {}


_PASSING: dict[str, tuple[tuple[str, ...], str]] = {
    "codebuild:CreateProject": (("serviceRole",), "codebuild.amazonaws.com"),
    "codebuild:UpdateProject": (("serviceRole",), "codebuild.amazonaws.com"),
    "ec2:CreateFlowLogs": (("DeliverLogsPermissionArn",), "vpc-flow-logs.amazonaws.com"),
    "glue:CreateSession": (("Role",), "glue.amazonaws.com"),
    "iam:AddRoleToInstanceProfile": (("RoleName",), "ec2.amazonaws.com"),
    "lambda:CreateFunction": (("Role",), "lambda.amazonaws.com"),
    "redshift-serverless:CreateNamespace": (("iamRoles",), "redshift-serverless.amazonaws.com"),
    "redshift-serverless:UpdateNamespace": (("iamRoles",), "redshift-serverless.amazonaws.com"),
    "scheduler:CreateSchedule": (("Target.RoleArn",), "scheduler.amazonaws.com"),
    "scheduler:UpdateSchedule": (("Target.RoleArn",), "scheduler.amazonaws.com"),
    "states:CreateStateMachine": (("roleArn",), "states.amazonaws.com"),
    "states:UpdateStateMachine": (("roleArn",), "states.amazonaws.com"),
}


def _athena(call: Call) -> list[str]:
    if arn := call.get("ResourceARN"):
        return [arn]
    if call.operation == "GetDataCatalog":
        return [call.arn(f"datacatalog/{call.get('Name')}")]
    if query := call.get("QueryExecutionId"):
        return [call.arn(f"workgroup/{call.lookup('query', query)}")]
    if query := call.get("NamedQueryId"):
        return [call.arn(f"workgroup/{call.lookup('named query', query)}")]
    members = ("WorkGroup", "Name") if "WorkGroup" in call.operation else ("WorkGroup",)
    group = call.get(*members)
    return [call.arn(f"workgroup/{group or 'primary'}")]


def _budgets(call: Call) -> list[str]:
    if arn := call.get("ResourceARN"):
        return [arn]
    name = call.get("BudgetName", "Budget.BudgetName", "NewBudget.BudgetName")
    return [call.arn(f"budget/{name}", region="")]


def _cloudwatch(call: Call) -> list[str]:
    if arn := call.get("ResourceARN"):
        return [arn]
    if call.operation == "PutMetricData":
        return [ANY]
    if "Dashboard" in call.operation:
        name = call.get("DashboardName", "DashboardNames", "DashboardNames.member.1")
        return [call.arn(f"dashboard/{name}", region="")]
    name = call.get("AlarmName", "AlarmNames", "AlarmNames.member.1")
    return [call.arn(f"alarm:{name or ANY}")]


def _codebuild(call: Call) -> list[str]:
    named = call.get("names", "projectName", "name", "id", "ids", "arn") or ""
    if named.startswith("arn:"):
        return [named]
    # A build bears the name of its project, which is what AWS decides on.
    return [call.arn(f"project/{named.partition(':')[0]}")]


def _ec2(call: Call) -> list[str]:
    if call.operation.startswith("Describe"):
        return [ANY]
    if call.operation == "RunInstances":
        made = [call.arn(f"{kind}/{ANY}") for kind in ("instance", "network-interface", "volume")]
        image = f"arn:aws:ec2:{call.region}::image/{call.get('ImageId')}"
        return [*made, image, *_ec2_named(call)]
    if call.operation == "CreateTags":
        tagged = call.get("ResourceId.1") or ""
        return [call.arn(f"{_EC2_KINDS.get(tagged.rpartition('-')[0], ANY)}/{tagged}")]
    made = [call.arn(f"{kind}/{ANY}") for kind in _EC2_MADE.get(call.operation, ())]
    return [*made, *_ec2_named(call)] or [ANY]


_EC2_MADE = {
    "CreateFlowLogs": ("vpc-flow-log",),
    "CreateRouteTable": ("route-table",),
    "CreateSecurityGroup": ("security-group",),
    "CreateSubnet": ("subnet",),
    "CreateVpc": ("vpc",),
    "CreateVpcEndpoint": ("vpc-endpoint",),
    # Not made, but only EC2 knows the table of an association.
    "DisassociateRouteTable": ("route-table",),
}
_EC2_KINDS = {
    "eni": "network-interface",
    "fl": "vpc-flow-log",
    "i": "instance",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "subnet": "subnet",
    "vol": "volume",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}


def _ec2_named(call: Call) -> list[str]:
    """Every resource whose id stands in the request, by the form of the id."""
    named = []
    for value in call.fields.values():
        found = re.fullmatch(r"([a-z]+)-[0-9a-f]{8,17}", value) if isinstance(value, str) else None
        if found and found.group(1) in _EC2_KINDS:
            named.append(call.arn(f"{_EC2_KINDS[found.group(1)]}/{value}"))
    return sorted(set(named))


def _events(call: Call) -> list[str]:
    if arn := call.get("ResourceARN"):
        return [arn]
    return [call.arn(f"rule/{call.get('Rule', 'Name')}")]


_WITHOUT_RESOURCE = re.compile(r"glue:.*SecurityConfigurations?$")


def _glue(call: Call) -> list[str]:
    if _WITHOUT_RESOURCE.fullmatch(call.action):
        return [ANY]
    if arn := call.get("ResourceArn"):
        return [arn]
    if session := call.get("SessionId") or (
        call.get("Id") if call.operation.endswith("Session") else None
    ):
        return [call.arn(f"session/{session}")]
    if call.operation.endswith("Sessions"):
        return [ANY]
    database = call.get("DatabaseName", "DatabaseInput.Name")
    table = call.get("TableName", "TableInput.Name")
    if "Database" in call.operation:
        database = database or call.get("Name")
    elif "Table" in call.operation:
        table = table or call.get("Name")
    named = [call.arn("catalog")]
    if database:
        named.append(call.arn(f"database/{database}"))
    if database and table:
        named.append(call.arn(f"table/{database}/{table}"))
    return named


def _iam(call: Call) -> list[str]:
    if profile := call.get("InstanceProfileName"):
        named = [call.arn(f"instance-profile/{profile}", region="")]
        return named
    if role := call.get("RoleName"):
        return [call.arn(f"role/{role}", region="")]
    if policy := call.get("PolicyArn"):
        return [policy]
    if policy := call.get("PolicyName"):
        return [call.arn(f"policy/{policy}", region="")]
    if call.operation in ("GetOpenIDConnectProvider", "DeleteOpenIDConnectProvider"):
        return [call.get("OpenIDConnectProviderArn") or ANY]
    return [ANY]


def _lambda(call: Call) -> list[str]:
    if named := re.search(r"/tags/(arn(?::|%3[Aa]).+)$", call.path):
        return [unquote(named.group(1))]
    named = re.search(r"/functions/([^/]+)", call.path)
    function = unquote(named.group(1)) if named else call.get("FunctionName")
    if function and function.startswith("arn:"):
        return [function]
    return [call.arn(f"function:{function}")]


def _logs(call: Call) -> list[str]:
    if call.operation == "DescribeLogGroups":
        # AWS decides on all groups, whatever prefix is asked for.
        return [call.arn("log-group:*")]
    if "Delivery" in call.operation or "ResourcePolic" in call.operation:
        return [ANY]
    if arn := call.get("resourceArn", "logGroupArn", "logGroupIdentifier"):
        return [arn]
    group = call.arn(f"log-group:{call.get('logGroupName')}")
    if stream := call.get("logStreamName"):
        return [f"{group}:log-stream:{stream}"]
    return [group]


def _rds(call: Call) -> list[str]:
    if arn := call.get("ResourceName"):
        return [arn]
    if "GlobalCluster" in call.operation:
        return [ANY]
    for member, kind in _RDS_KINDS:
        if name := call.get(member):
            return [name if name.startswith("arn:") else call.arn(f"{kind}:{name}")]
    return [ANY]


_RDS_KINDS = (
    ("DBInstanceIdentifier", "db"),
    ("DBClusterIdentifier", "cluster"),
    ("DBClusterParameterGroupName", "cluster-pg"),
    ("DBSubnetGroupName", "subgrp"),
)


def _redshift(call: Call) -> list[str]:
    if arn := call.get("resourceArn"):
        return [arn]
    kind = next(
        kind
        for part, kind in (("Limit", "usagelimit"), ("Workgroup", "workgroup"), ("", "namespace"))
        if part in call.operation
    )
    # The ARN holds an id that the service chooses, so nothing is known of it before.
    return [call.arn(f"{kind}/{call.get('usageLimitId') or ANY}")]


def _redshift_data(call: Call) -> list[str]:
    if name := call.get("WorkgroupName"):
        found = call.lookup("redshift workgroup", name)
        return [call.arn(f"workgroup/{found or ANY}", service="redshift-serverless")]
    return [ANY]


def _scheduler(call: Call) -> list[str]:
    if named := re.search(r"/tags/(arn(?::|%3[Aa]).+)$", call.path):
        return [unquote(named.group(1))]
    if group := re.search(r"/schedule-groups/([^/]+)", call.path):
        return [call.arn(f"schedule-group/{unquote(group.group(1))}")]
    name = re.search(r"/schedules/([^/]+)", call.path)
    group_name = call.get("GroupName", "groupName") or "default"
    if name:
        return [call.arn(f"schedule/{group_name}/{unquote(name.group(1))}")]
    return [ANY]


def _sns(call: Call) -> list[str]:
    if arn := call.get("TopicArn", "ResourceArn", "TargetArn"):
        return [arn]
    if subscription := call.get("SubscriptionArn"):
        # A subscription is decided on as its topic.
        return [subscription.rpartition(":")[0]]
    return [call.arn(call.get("Name") or ANY)]


def _ssm(call: Call) -> list[str]:
    name = call.get("Name", "Names")
    if name and name.startswith("/aws/service/"):
        # A public parameter belongs to no account.
        return [f"arn:aws:ssm:{call.region}::parameter{name}"]
    return [call.arn(f"parameter/{(name or ANY).lstrip('/')}")]


def _states(call: Call) -> list[str]:
    if call.operation == "ValidateStateMachineDefinition":
        return [ANY]
    arn = call.get("resourceArn", "stateMachineArn", "executionArn")
    return [arn or call.arn(f"stateMachine:{call.get('name')}")]


_READERS: dict[str, Callable[[Call], list[str]]] = {
    "athena": _athena,
    "budgets": _budgets,
    "cloudwatch": _cloudwatch,
    "codebuild": _codebuild,
    "ec2": _ec2,
    "events": _events,
    "glue": _glue,
    "iam": _iam,
    "lakeformation": lambda call: [ANY],
    "lambda": _lambda,
    "logs": _logs,
    "rds": _rds,
    "redshift-data": _redshift_data,
    "redshift-serverless": _redshift,
    "scheduler": _scheduler,
    "sns": _sns,
    "ssm": _ssm,
    "states": _states,
}
