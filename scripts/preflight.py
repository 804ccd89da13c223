"""Look at an account before an apply: scripts/preflight.sh <folder> [options of terraform plan].

What is to be made is read from Terraform's own plan, so nothing is asked that this apply does not
need. Each fault is one sentence with the next step; exit status 1 if one would stop the apply or
the first run. Nothing is made or changed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from lakehouse.errors import LakehouseError
from lakehouse.postgres import login_from_secret

# Error codes of calls that AWS refuses to this identity, and of things that are not there.
_REFUSED = re.compile(r"AccessDenied|Unauthorized|NotAuthorized|AuthorizationError", re.I)
_NOT_THERE = re.compile(
    r"not.?found|no.?such|non.?existent|does.?not.?exist|cannot be found|^404", re.I
)
# What builds in a network ask AWS for: publication, and extraction from sources.
WAYS = ("athena", "glue", "logs", "secretsmanager")
WAYS_OF_SOURCES = ("glue", "logs", "secretsmanager")


class PreflightError(LakehouseError):
    """There is nothing to look at: Terraform or AWS cannot be asked."""


@dataclass(frozen=True)
class Finding:
    """One thing that a person should know.

    Attributes:
        sentence: what is the matter, and the next step.
        stops: whether the apply, or the first run, fails because of it.
    """

    sentence: str
    stops: bool = True


@dataclass(frozen=True)
class Account:
    """Who asks, and where.

    Attributes:
        number: of the account, 12 digits.
        caller: ARN of the identity.
    """

    number: str
    caller: str
    region: str
    client: Callable[[str], Any]

    @property
    def partition(self) -> str:
        return self.caller.split(":")[1]

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        place = self.region if region is None else region
        return f"arn:{self.partition}:{service}:{place}:{self.number}:{resource}"


def clients(region: str) -> Callable[[str], Any]:
    """Clients of a region, each made once, that do not wait long for what does not answer."""
    patience = Config(connect_timeout=10, read_timeout=30, retries={"max_attempts": 2})
    return cache(lambda service: boto3.client(service, region_name=region, config=patience))


def account_of(region: str, client: Callable[[str], Any]) -> Account:
    """Raises: PreflightError if AWS knows nobody by the keys that are there."""
    try:
        answer = client("sts").get_caller_identity()
    except ClientError as err:
        raise PreflightError(
            f"AWS does not take these keys in {region}: {err}; renew them, or enable the region in "
            "the account's settings"
        ) from err
    except BotoCoreError as err:
        raise PreflightError(
            f"nobody is logged in to AWS: {err}; put an administrator's credentials into this "
            "shell, then `aws sts get-caller-identity` names them"
        ) from err
    return Account(answer["Account"], answer["Arn"], region, client)


def planned(folder: Path, options: Sequence[str]) -> dict[str, Any]:
    """Return Terraform's plan, as `terraform show -json` writes it.

    Raises: PreflightError with Terraform's own words if there is none.
    """
    with tempfile.TemporaryDirectory() as place:
        file = f"{place}/plan"
        _terraform(folder, "plan", "-input=false", "-lock=false", f"-out={file}", *options)
        plan: dict[str, Any] = json.loads(_terraform(folder, "show", "-json", file))
    return plan


def _terraform(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["terraform", f"-chdir={folder}", *words, *(["-no-color"] if "plan" in words else [])],
            capture_output=True,
            text=True,
        )
    except FileNotFoundError as err:
        raise PreflightError("terraform is not on PATH: install 1.11 or newer") from err
    if done.returncode != 0:
        said = done.stderr.strip() or done.stdout.strip()
        raise PreflightError(
            f"Terraform cannot plan {folder}; mend what it says, then look again:\n{said}"
        )
    return done.stdout


def to_make(plan: Mapping[str, Any], type_: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Address and values of what the plan makes; what Terraform already has is left out."""
    for change in plan["resource_changes"]:
        if change["change"]["actions"] == ["create"] and change["type"] == type_:
            yield change["address"], change["change"]["after"]


def variable(plan: Mapping[str, Any], name: str, default: Any = None) -> Any:
    given = plan.get("variables", {}).get(name, {}).get("value")
    return default if given is None else given


# ---- names that are taken, and services that do not answer


def _bucket(account: Account, name: str) -> bool:
    try:
        account.client("s3").head_bucket(Bucket=name)
    except ClientError as err:
        # 403 and 301: it is somebody's, or lies elsewhere. No other account can have it then.
        return err.response["Error"]["Code"] in ("403", "301") or _raise(err)
    return True


def _raise(err: ClientError) -> bool:
    raise err


def _log_group(account: Account, name: str) -> bool:
    answer = account.client("logs").describe_log_groups(logGroupNamePrefix=name)
    return name in [group["logGroupName"] for group in answer["logGroups"]]


def _provider(account: Account, url: str) -> bool:
    known = account.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    return any(one["Arn"].endswith(url.removeprefix("https:/")) for one in known)


def _asks(service: str, operation: str, parameter: str) -> Callable[[Account, str], bool]:
    """A question that fails with "not found" where the name is free."""

    def is_there(account: Account, name: str) -> bool:
        getattr(account.client(service), operation)(**{parameter: name})
        return True

    return is_there


def _project(account: Account, name: str) -> bool:
    return bool(account.client("codebuild").batch_get_projects(names=[name])["projects"])


def _policy(account: Account, name: str) -> bool:
    arn = account.arn("iam", f"policy/{name}", region="")
    return _asks("iam", "get_policy", "PolicyArn")(account, arn)


def _machine(account: Account, name: str) -> bool:
    arn = account.arn("states", f"stateMachine:{name}")
    return _asks("stepfunctions", "describe_state_machine", "stateMachineArn")(account, arn)


def _topic(account: Account, name: str) -> bool:
    return _asks("sns", "get_topic_attributes", "TopicArn")(account, account.arn("sns", name))


def _alarm(account: Account, name: str) -> bool:
    return bool(account.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"])


def _budget(account: Account, name: str) -> bool:
    account.client("budgets").describe_budget(AccountId=account.number, BudgetName=name)
    return True


@dataclass(frozen=True)
class Kind:
    """Something whose name is an account's only once (a bucket's: everybody's only once).

    Attributes:
        called: what a person calls it.
        is_there: whether the name is taken; raises ClientError "not found" if it is free.
        attribute: which of its values is the name.
    """

    called: str
    service: str
    is_there: Callable[[Account, str], bool]
    attribute: str = "name"


KINDS = {
    "aws_athena_workgroup": Kind(
        "workgroup of Athena", "Athena", _asks("athena", "get_work_group", "WorkGroup")
    ),
    "aws_budgets_budget": Kind("budget", "Budgets", _budget),
    "aws_cloudwatch_event_rule": Kind(
        "rule of EventBridge", "EventBridge", _asks("events", "describe_rule", "Name")
    ),
    "aws_cloudwatch_log_group": Kind("log group", "CloudWatch Logs", _log_group),
    "aws_cloudwatch_metric_alarm": Kind("alarm", "CloudWatch", _alarm, "alarm_name"),
    "aws_codebuild_project": Kind("build project", "CodeBuild", _project),
    "aws_glue_catalog_database": Kind(
        "Glue database", "Glue", _asks("glue", "get_database", "Name")
    ),
    "aws_iam_openid_connect_provider": Kind("trust in these tokens", "IAM", _provider, "url"),
    "aws_iam_policy": Kind("policy", "IAM", _policy),
    "aws_iam_role": Kind("role", "IAM", _asks("iam", "get_role", "RoleName")),
    "aws_kms_alias": Kind("alias of a key", "KMS", _asks("kms", "describe_key", "KeyId")),
    "aws_lambda_function": Kind(
        "function", "Lambda", _asks("lambda", "get_function", "FunctionName"), "function_name"
    ),
    "aws_rds_cluster": Kind(
        "database cluster",
        "RDS",
        _asks("rds", "describe_db_clusters", "DBClusterIdentifier"),
        "cluster_identifier",
    ),
    "aws_redshiftserverless_namespace": Kind(
        "namespace of Redshift",
        "Redshift Serverless",
        _asks("redshift-serverless", "get_namespace", "namespaceName"),
        "namespace_name",
    ),
    "aws_redshiftserverless_workgroup": Kind(
        "workgroup of Redshift",
        "Redshift Serverless",
        _asks("redshift-serverless", "get_workgroup", "workgroupName"),
        "workgroup_name",
    ),
    "aws_s3_bucket": Kind("bucket", "S3", _bucket, "bucket"),
    "aws_scheduler_schedule_group": Kind(
        "group of schedules",
        "EventBridge Scheduler",
        _asks("scheduler", "get_schedule_group", "Name"),
    ),
    "aws_sfn_state_machine": Kind("state machine", "Step Functions", _machine),
    "aws_sns_topic": Kind("topic", "SNS", _topic),
    "aws_sqs_queue": Kind("queue", "SQS", _asks("sqs", "get_queue_url", "QueueName")),
}
# What takes the place of the usual next step, by the beginning of an address.
NEXT = {
    "aws_iam_openid_connect_provider.": "apply with -var creates_github_provider=false",
    "aws_glue_catalog_database.default": "apply with -var creates_default_database=false",
}


def taken(plan: Mapping[str, Any], account: Account) -> Iterator[Finding]:
    """Names that something has which Terraform does not know, and services that do not answer."""
    silent: set[str] = set()
    refused: set[str] = set()
    for kind, address, values in (
        (kind, *made) for type_, kind in KINDS.items() for made in to_make(plan, type_)
    ):
        name = values.get(kind.attribute)
        if name is None or kind.service in silent:
            continue
        try:
            is_there = kind.is_there(account, name)
        except EndpointConnectionError:
            silent.add(kind.service)
            yield Finding(
                f"{kind.service} does not answer in {account.region}: choose a region that has it "
                "(`region`, in backend.tf and in bootstrap too), or mend this machine's network"
            )
            continue
        except ClientError as err:
            if _is_refused(err) and kind.called not in refused:
                refused.add(kind.called)
                yield _not_asked(f"whether there is a {kind.called} {name}", err)
            elif not _is_refused(err) and not _is_not_there(err):
                raise
            continue
        if is_there:
            step = next((text for start, text in NEXT.items() if address.startswith(start)), None)
            step = step or (
                f"take it away, hand it to Terraform (`terraform import '{address}' …`), or choose "
                "another project_name or environment"
            )
            yield Finding(
                f"the {kind.called} {name} exists, and Terraform does not know it: {step}"
            )


def _is_refused(err: ClientError) -> bool:
    return bool(_REFUSED.search(err.response["Error"]["Code"]))


def _is_not_there(err: ClientError) -> bool:
    error = err.response["Error"]
    return bool(_NOT_THERE.search(error["Code"]) or _NOT_THERE.search(error.get("Message", "")))


def _not_asked(thing: str, err: ClientError) -> Finding:
    return Finding(
        f"it could not be looked up {thing}: {err}; look again as an administrator", stops=False
    )


# ---- what bootstrap makes


def bootstrapped(plan: Mapping[str, Any], account: Account) -> Iterator[Finding]:
    """What an environment needs of its account."""
    if variable(plan, "github_repository") is None:
        return
    if not _found(lambda: account.client("glue").get_database(Name="default")):
        yield Finding(
            f"the Glue database default is missing in {account.region}, and Athena and Glue ask "
            "for it before anything else: apply terraform/bootstrap there"
        )
    if not _provider(account, "https://token.actions.githubusercontent.com"):
        yield Finding(
            "the account does not know GitHub's tokens, so no workflow can plan or deploy: apply "
            "terraform/bootstrap with creates_github_provider",
            stops=False,
        )


def _found(ask: Callable[[], Any]) -> Any:
    """The answer; None where the thing is not there."""
    try:
        return ask()
    except ClientError as err:
        if _is_not_there(err):
            return None
        raise


# ---- quotas


def quotas(plan: Mapping[str, Any], account: Account) -> Iterator[Finding]:
    """What the account may have at once, of builds and networks."""
    sizes: dict[str, list[str]] = {}
    prefix = f"{variable(plan, 'project_name')}-{variable(plan, 'environment')}-"
    for _, values in to_make(plan, "aws_codebuild_project"):
        size = values["environment"][0]["compute_type"].removeprefix("BUILD_GENERAL1_").title()
        sizes.setdefault(size, []).append(values["name"].removeprefix(prefix))
    builds = _quotas(account, "codebuild") if sizes else {}
    at_once = variable(plan, "extracts_at_once", 1)
    for size, steps in sorted(sizes.items()):
        name = f"Concurrently running builds for Linux/{size} environment"
        most = builds.get(name)
        ask = f'ask for more in Service Quotas: "{name}"'
        if most is None:
            yield Finding(
                f'AWS names no quota "{name}": how many builds may run at once is not known',
                stops=False,
            )
        elif most < 1:
            yield Finding(f"no build of {', '.join(sorted(steps))} may run here: {ask}")
        elif "extract" in steps and most < at_once:
            yield Finding(
                f"{most:.0f} of {at_once} extractions may run at once, the others wait for their "
                f"turn: set extracts_at_once = {most:.0f}, or {ask}",
                stops=False,
            )
    if list(to_make(plan, "aws_vpc")):
        most = _quotas(account, "vpc").get("VPCs per Region")
        there = len(account.client("ec2").describe_vpcs()["Vpcs"])
        if most is not None and there >= most:
            yield Finding(
                f"the account has {there} networks in {account.region} of {most:.0f}: delete one, "
                'ask for more in Service Quotas ("VPCs per Region"), or bring one along '
                "(existing_network)"
            )


def _quotas(account: Account, service: str) -> dict[str, float]:
    pages = account.client("service-quotas").get_paginator("list_service_quotas")
    return {
        quota["QuotaName"]: quota["Value"]
        for page in pages.paginate(ServiceCode=service)
        for quota in page["Quotas"]
    }


# ---- secrets of sources


def secrets(plan: Mapping[str, Any], account: Account) -> Iterator[Finding]:
    """Whether each secret that `sources` names holds a login."""
    own = f"{variable(plan, 'project_name')}-{variable(plan, 'environment')}/source/"
    for setting, value in sorted(variable(plan, "sources", {}).items()):
        if ":secretsmanager:" not in value:
            continue
        if f":secret:{own}" not in value:
            yield Finding(
                f"sources: the secret of {setting} does not lie below {own}, and the extractor may "
                f"read no other: make it anew under {own}…"
            )
        try:
            login_from_secret(value, secrets=account.client("secretsmanager"))
        except LakehouseError as err:
            yield Finding(f"sources: {setting}: {err}")


# ---- what the owner brings along


def brought_along(plan: Mapping[str, Any], account: Account) -> Iterator[Finding]:
    """Buckets, key, boundary and networks that exist."""
    key = variable(plan, "kms_key_arn")
    for zone, bucket in sorted(variable(plan, "existing_buckets", {}).items()):
        if key is None:
            yield Finding(
                f"existing_buckets: {bucket} is encrypted with a key of its owner, and this apply "
                "would make another: name that key as kms_key_arn"
            )
        for lack in _lacks_of_bucket(account, bucket, key=key, sends_events=zone == "transient"):
            yield Finding(f"existing_buckets: {zone} = {bucket} {lack}")
    if key is not None:
        yield from _key(plan, account, key)
    boundary = variable(plan, "permissions_boundary_arn")
    if boundary and not _found(lambda: account.client("iam").get_policy(PolicyArn=boundary)):
        yield Finding(
            f"permissions_boundary_arn: there is no policy {boundary}: make it, or name another"
        )
    redshift = variable(plan, "enable_redshift", False)
    if network := variable(plan, "private_network"):
        yield from _network(account, "private_network", network, ways=WAYS_OF_SOURCES, zones=1)
    network = variable(plan, "existing_network")
    if network and (redshift or variable(plan, "enable_aurora", False)):
        ways = (*WAYS, "redshift-data") if redshift else WAYS
        yield from _network(
            account, "existing_network", network, ways=ways, zones=3 if redshift else 2
        )


def _lacks_of_bucket(
    account: Account, bucket: str, *, key: str | None, sends_events: bool
) -> Iterator[str]:
    s3 = account.client("s3")
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account.number)
    except ClientError as err:
        yield (
            "is missing: make it, or leave it out and let Terraform make one"
            if _is_not_there(err)
            else f"is not of the account {account.number}, or not for this identity: {err}"
        )
        return
    place = s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] or "us-east-1"
    if place != account.region:
        yield f"lies in {place}: name one of {account.region}"
        return
    if s3.get_bucket_versioning(Bucket=bucket).get("Status") != "Enabled":
        yield "keeps no versions: aws s3api put-bucket-versioning"
    found = _found(lambda: s3.get_bucket_encryption(Bucket=bucket)) or {}
    rules = found.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    keys = [rule["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID") for rule in rules]
    if key is not None and keys != [key]:
        yield f"does not encrypt with {key} by default: aws s3api put-bucket-encryption"
    found = _found(lambda: s3.get_bucket_ownership_controls(Bucket=bucket)) or {}
    owners = [r["ObjectOwnership"] for r in found.get("OwnershipControls", {}).get("Rules", [])]
    if owners != ["BucketOwnerEnforced"]:
        yield "lets writers own objects: aws s3api put-bucket-ownership-controls (Enforced)"
    found = _found(lambda: s3.get_public_access_block(Bucket=bucket)) or {}
    blocked = found.get("PublicAccessBlockConfiguration", {})
    if not (blocked and all(blocked.values())):
        yield "does not block public access: aws s3api put-public-access-block, all four"
    policy = _found(lambda: s3.get_bucket_policy(Bucket=bucket))
    if not any(map(_denies_plain, json.loads(policy["Policy"])["Statement"] if policy else [])):
        yield "takes calls without TLS: deny them in its policy (aws:SecureTransport)"
    told = s3.get_bucket_notification_configuration(Bucket=bucket)
    if sends_events and "EventBridgeConfiguration" not in told:
        yield (
            "tells EventBridge nothing, so no object starts a run: "
            "aws s3api put-bucket-notification-configuration"
        )
    found = _found(lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket)) or {}
    ends = {name for rule in found.get("Rules", []) if rule["Status"] == "Enabled" for name in rule}
    if not {"NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"} <= ends:
        yield (
            "keeps old versions or broken uploads for ever: "
            "aws s3api put-bucket-lifecycle-configuration"
        )


def _denies_plain(statement: Mapping[str, Any]) -> bool:
    is_plain = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return statement["Effect"] == "Deny" and str(is_plain).lower() == "false"


def _key(plan: Mapping[str, Any], account: Account, key: str) -> Iterator[Finding]:
    kms = account.client("kms")
    found = _found(lambda: kms.describe_key(KeyId=key))
    if found is None:
        yield Finding(f"kms_key_arn: there is no key {key}: make it, or leave the variable out")
        return
    if found["KeyMetadata"]["KeyState"] != "Enabled":
        state = found["KeyMetadata"]["KeyState"]
        yield Finding(f"kms_key_arn: {key} is {state}: enable it (aws kms enable-key)")
    output = plan["planned_values"]["outputs"].get("key_policy", {}).get("value")
    held = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])["Statement"]
    known = [_canonical(statement) for statement in held]
    lacking = [s["Sid"] for s in json.loads(output or "[]") if _canonical(s) not in known]
    if lacking:
        yield Finding(
            f"kms_key_arn: the policy of {key} lacks {', '.join(lacking)}: add the statements of "
            "the output key_policy (aws kms put-key-policy)"
        )


def _canonical(statement: Any) -> Any:
    """A statement without its name; lists of one and orders count for nothing."""
    if isinstance(statement, Mapping):
        return {
            name: _canonical(value) for name, value in sorted(statement.items()) if name != "Sid"
        }
    if isinstance(statement, list):
        return sorted(map(str, statement))
    return [str(statement)]


def _network(
    account: Account, name: str, network: Mapping[str, Any], *, ways: Sequence[str], zones: int
) -> Iterator[Finding]:
    """Whether a network that exists has subnets, and ways to AWS, as its README row says."""
    ec2 = account.client("ec2")
    vpc, wanted = network["vpc_id"], network["subnet_ids"]
    found = _found(lambda: ec2.describe_subnets(SubnetIds=list(wanted))["Subnets"]) or []
    strange = sorted(set(wanted) - {s["SubnetId"] for s in found if s["VpcId"] == vpc})
    if strange:
        yield Finding(f"{name}: {', '.join(strange)} is no subnet of {vpc}: name those of it")
        return
    there = sorted({subnet["AvailabilityZone"] for subnet in found})
    if len(there) < zones:
        yield Finding(
            f"{name}: its subnets lie in {len(there)} zones ({', '.join(there)}), {zones} are "
            "needed: add one in another zone"
        )
    for attribute in ("enableDnsSupport", "enableDnsHostnames"):
        answer = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)
        if not answer[attribute[0].upper() + attribute[1:]]["Value"]:
            yield Finding(
                f"{name}: {vpc} has {attribute} off, so names of AWS lead out of it: switch it on "
                "(aws ec2 modify-vpc-attribute)"
            )
    of_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
    tables = ec2.describe_route_tables(Filters=of_vpc)["RouteTables"]
    endpoints = {
        each["ServiceName"].rpartition(".")[2]
        for each in ec2.describe_vpc_endpoints(Filters=of_vpc)["VpcEndpoints"]
        if each.get("VpcEndpointType") == "Interface"
    }
    for subnet in wanted:
        routes = _routes(tables, subnet)
        out = [r for r in routes if r.get("DestinationCidrBlock") == "0.0.0.0/0"]
        if any(route.get("GatewayId", "").startswith("igw-") for route in out):
            yield Finding(
                f"{name}: {subnet} is public, and builds have no address there that the internet "
                "answers: name a private subnet, with a NAT gateway or endpoints"
            )
        if out:
            continue
        to_s3 = any(route.get("GatewayId", "").startswith("vpce-") for route in routes)
        missing = [] if to_s3 else ["s3 (a gateway endpoint in its route table)"]
        missing += [service for service in ways if service not in endpoints]
        if missing:
            yield Finding(
                f"{name}: from {subnet} there is no way to {', '.join(missing)}: add endpoints of "
                "these services, or a route to a NAT gateway"
            )


def _routes(tables: Sequence[Mapping[str, Any]], subnet: str) -> list[dict[str, Any]]:
    """Routes of a subnet's own table, else of the network's main one."""
    own = [t for t in tables for a in t["Associations"] if a.get("SubnetId") == subnet]
    main = [t for t in tables for a in t["Associations"] if a.get("Main")]
    return [route for table in (own or main)[:1] for route in table["Routes"]]


# ---- zones of a network that is to be made


def zones(plan: Mapping[str, Any], account: Account) -> Iterator[Finding]:
    """Whether endpoints exist where they are to be made; too few zones are the plan's to refuse."""
    subnets = [values for _, values in to_make(plan, "aws_subnet")]
    wanted = {
        values["service_name"]
        for _, values in to_make(plan, "aws_vpc_endpoint")
        if values["vpc_endpoint_type"] == "Interface"
    }
    if not (subnets and wanted):
        return
    answer = account.client("ec2").describe_vpc_endpoint_services()
    there = {one["ServiceName"]: one["AvailabilityZones"] for one in answer["ServiceDetails"]}
    first = min(values["availability_zone"] for values in subnets)
    for service in sorted(wanted):
        if service not in there:
            yield Finding(
                f"{account.region} has no endpoint {service}: choose another region, or bring a "
                "network of your own (existing_network)"
            )
        elif first not in there[service]:
            yield Finding(
                f"the endpoint {service} does not exist in {first}: add the id of that zone to "
                "excluded_zone_ids (aws ec2 describe-availability-zones)"
            )


CHECKS = (bootstrapped, taken, quotas, secrets, brought_along, zones)


def findings(plan: Mapping[str, Any], account: Account) -> Iterator[Finding]:
    """All of them; a question that is not allowed is a finding too, and stops nothing."""
    for check in CHECKS:
        try:
            yield from check(plan, account)
        except EndpointConnectionError as err:
            yield Finding(f"{check.__name__}: {err}; this was not looked at", stops=False)
        except ClientError as err:
            yield _not_asked(f"all of: {check.__name__}", err)


def main(arguments: Sequence[str]) -> int:
    folder, options = Path(arguments[0]), arguments[1:]
    try:
        # Before the plan, whose words about credentials are many.
        anywhere = boto3.Session().region_name or "us-east-1"
        account_of(anywhere, clients(anywhere))
        plan = planned(folder, options)
        region = variable(plan, "region")
        account = account_of(region, clients(region))
    except PreflightError as err:
        print(f"stop: {err}", file=sys.stderr)
        return 1
    print(f"{account.caller}, account {account.number}, region {account.region}")
    found = list(findings(plan, account))
    for each in sorted(found, key=lambda one: not one.stops):
        print(f"{'stop' if each.stops else 'note'}: {each.sentence}")
    stops = sum(each.stops for each in found)
    made = sum(1 for change in plan["resource_changes"] if "create" in change["change"]["actions"])
    print(f"{made} resources are to be made; {stops} stop it, {len(found) - stops} to know")
    return 1 if stops else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
