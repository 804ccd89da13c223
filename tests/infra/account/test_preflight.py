"""Every fault of an account is told in one sentence with the next step, before anything is made."""

import io
import json
import os
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import preflight
import pytest
from infra.applied import emulator
from infra.applied.emulator import ACCOUNT, PREFIX, REGION, Emulator
from infra.terraform_tool import REPOSITORY, Terraform

FOLDER = "live/dev"
LOGIN = {"host": "h", "port": 5432, "dbname": "d", "username": "u", "password": "p"}
TLS_ONLY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ],
}
CODEBUILD_MEDIUM = "L-2DC20C30"
VPCS = "L-F678F1CE"


@pytest.fixture
def account(aws: Emulator):
    return account_as(aws, emulator.ADMINISTRATOR)


def account_as(aws: Emulator, keys: dict[str, str], **addresses: str):
    """The account as somebody sees it; a service may have an address of its own."""

    def client(service: str) -> Any:
        endpoint = addresses.get(service.replace("-", "_"), aws.endpoint)
        return replace(aws, endpoint=endpoint).client(service, keys)

    return preflight.account_of(REGION, client)


def sentences(found: Iterator) -> list[str]:
    return [("stop: " if one.stops else "note: ") + one.sentence for one in found]


def run(copy: Terraform, folder: str, *options: str, **variables: str):
    """The script as a person calls it."""
    return subprocess.run(
        ["bash", REPOSITORY / "scripts/preflight.sh", copy.root / "terraform" / folder, *options],
        env=copy.environment | variables,
        capture_output=True,
        text=True,
    )


# ---- the script


def test_an_empty_account_is_told_what_to_do_first(copy: Terraform):
    done = run(copy, FOLDER)
    said = done.stdout.splitlines()
    assert done.returncode == 1, done.stderr
    assert said[0] == f"arn:aws:iam::{ACCOUNT}:root, account {ACCOUNT}, region {REGION}"
    assert [line for line in said if line.startswith("stop")] == [
        f"stop: the Glue database default is missing in {REGION}, and Athena and Glue ask for it "
        "before anything else: apply terraform/bootstrap there"
    ]
    assert said[-1].endswith("1 stop it, 2 to know")


def test_bootstrap_may_be_applied_to_an_empty_account(copy: Terraform):
    done = run(copy, "bootstrap")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[1:] == ["9 resources are to be made; 0 stop it, 0 to know"]


def test_options_reach_the_plan_and_its_refusal_the_person(copy: Terraform):
    done = run(copy, FOLDER, "-var=environment=production")
    assert done.returncode == 1 and "2 to 9 letters" in done.stderr and not done.stdout


def test_who_is_not_logged_in_is_told_before_anything_else(copy: Terraform):
    kept = {n: v for n, v in os.environ.items() if not n.startswith("AWS_")}
    done = subprocess.run(
        ["bash", REPOSITORY / "scripts/preflight.sh", copy.root / "terraform" / FOLDER],
        env=kept | {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(copy.root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("stop: nobody is logged in to AWS: ")
    assert len(done.stderr.splitlines()) == 1


# ---- names and services


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "codebuild.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
ALLOWED = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/somebody"
IMAGE = {"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"}


def made_alias(client: Any, name: str) -> None:
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    client("kms").create_alias(AliasName=name, TargetKeyId=key)


def made_function(client: Any, name: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.py", "")
    client("lambda").create_function(
        FunctionName=name,
        Role=ROLE,
        Code={"ZipFile": content.getvalue()},
        Runtime="python3.12",
        Handler="a.b",
    )


# By hand what Terraform would make.
MADE = {
    "aws_athena_workgroup": lambda client, name: client("athena").create_work_group(Name=name),
    "aws_budgets_budget": lambda client, name: client("budgets").create_budget(
        AccountId=ACCOUNT,
        Budget={
            "BudgetName": name,
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "1", "Unit": "USD"},
        },
    ),
    "aws_cloudwatch_event_rule": lambda client, name: client("events").put_rule(
        Name=name, EventPattern='{"source":["aws.s3"]}'
    ),
    "aws_cloudwatch_log_group": lambda client, name: client("logs").create_log_group(
        logGroupName=name
    ),
    "aws_cloudwatch_metric_alarm": lambda client, name: client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/SQS",
        MetricName="m",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=0,
    ),
    "aws_codebuild_project": lambda client, name: client("codebuild").create_project(
        name=name,
        serviceRole=ROLE,
        source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment=IMAGE,
    ),
    "aws_glue_catalog_database": lambda client, name: client("glue").create_database(
        DatabaseInput={"Name": name}
    ),
    "aws_iam_policy": lambda client, name: client("iam").create_policy(
        PolicyName=name,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [ALLOWED]}),
    ),
    "aws_iam_role": lambda client, name: client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST)
    ),
    "aws_kms_alias": made_alias,
    "aws_lambda_function": made_function,
    "aws_rds_cluster": lambda client, name: client("rds").create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        MasterUsername="owner",
        ManageMasterUserPassword=True,
    ),
    "aws_redshiftserverless_namespace": lambda client, name: client(
        "redshift-serverless"
    ).create_namespace(namespaceName=name),
    "aws_redshiftserverless_workgroup": lambda client, name: client(
        "redshift-serverless"
    ).create_workgroup(workgroupName=name, namespaceName=name),
    "aws_s3_bucket": lambda client, name: client("s3").create_bucket(Bucket=name),
    "aws_scheduler_schedule_group": lambda client, name: client("scheduler").create_schedule_group(
        Name=name
    ),
    "aws_sfn_state_machine": lambda client, name: client("stepfunctions").create_state_machine(
        name=name,
        definition='{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}',
        roleArn=ROLE,
    ),
    "aws_sns_topic": lambda client, name: client("sns").create_topic(Name=name),
    "aws_sqs_queue": lambda client, name: client("sqs").create_queue(QueueName=name),
}


def test_no_name_of_an_empty_account_is_taken_and_all_are_looked_at(account, plan: dict):
    assert sentences(preflight.taken(plan, account)) == []
    # Of bootstrap; all else is in this plan, and each is made by hand below.
    rest = {"aws_iam_openid_connect_provider"}
    asked = {kind for kind in preflight.KINDS if list(preflight.to_make(plan, kind))}
    assert asked == set(preflight.KINDS) - rest == set(MADE)


def test_every_name_that_is_taken_is_told(account, aws: Emulator, plan):
    """Last of this part: what it makes stays."""
    aws.client("iam").create_role(RoleName="somebody", AssumeRolePolicyDocument=json.dumps(TRUST))
    names = {}
    for kind, make in MADE.items():
        [(_, values), *_] = preflight.to_make(plan, kind)
        names[kind] = values[preflight.KINDS[kind].attribute]
        make(aws.client, names[kind])
    told = sentences(preflight.taken(plan, account))
    assert len(told) == len(MADE)
    for kind, name in names.items():
        start = f"stop: the {preflight.KINDS[kind].called} {name} exists, and Terraform"
        assert [one for one in told if one.startswith(start)], (kind, told)
    bucket, address = next(
        (values["bucket"], address) for address, values in preflight.to_make(plan, "aws_s3_bucket")
    )
    assert (
        f"stop: the bucket {bucket} exists, and Terraform does not know it: take it away, hand it "
        f"to Terraform (`terraform import '{address}' …`), or choose another project_name or "
        "environment"
    ) in told
    # Somebody else's bucket is as little to be had.
    stranger = aws.client("iam").create_user(UserName="stranger")["User"]["UserName"]
    key = aws.client("iam").create_access_key(UserName=stranger)["AccessKey"]
    keys = {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    seen = sentences(preflight.taken(plan, account_as(aws, keys)))
    stops = [one for one in seen if one.startswith("stop")]
    assert stops and all("the bucket" in one for one in stops)
    # The rest it may not ask, and says so once of each kind.
    notes = [one for one in seen if one.startswith("note")]
    assert len(notes) == len(MADE) - 1
    assert all("could not be looked up whether there is a" in one for one in notes)


@pytest.mark.parametrize("service", ["scheduler", "athena"])
def test_service_that_a_region_lacks_is_told_once(aws: Emulator, plan, service: str):
    nowhere = {service: "http://127.0.0.1:9"}
    there = account_as(aws, emulator.ADMINISTRATOR, **nowhere)
    name = {"scheduler": "EventBridge Scheduler", "athena": "Athena"}[service]
    told = [one for one in sentences(preflight.taken(plan, there)) if "does not answer" in one]
    assert told == [
        f"stop: {name} does not answer in {REGION}: choose a region that has it (`region`, in "
        "backend.tf and in bootstrap too), or mend this machine's network"
    ]


def test_what_bootstrap_would_make_twice_has_a_switch(account, aws, copy):
    aws.client("iam").create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"]
    )
    aws.client("glue").create_database(DatabaseInput={"Name": "default"})
    done = run(copy, "bootstrap")
    assert done.returncode == 1
    assert "-var creates_github_provider=false" in done.stdout
    assert "-var creates_default_database=false" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("2 stop it, 0 to know")


# ---- quotas


@contextmanager
def quota(aws: Emulator, service: str, code: str, value: float) -> Iterator[None]:
    client = aws.client("service-quotas")
    before = client.get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]["Value"]
    for number in (value, before):
        client.request_service_quota_increase(
            ServiceCode=service, QuotaCode=code, DesiredValue=number
        )
        if number is value:
            yield


def test_quota_of_one_build_says_that_extractions_wait(account, plan):
    [told] = sentences(preflight.quotas(plan, account))
    assert told == (
        "note: 1 of 5 extractions may run at once, the others wait for their turn: set "
        'extracts_at_once = 1, or ask for more in Service Quotas: "Concurrently running builds for '
        'Linux/Medium environment"'
    )


def test_quota_that_suffices_says_nothing(account, plan, aws: Emulator):
    with quota(aws, "codebuild", CODEBUILD_MEDIUM, 5.0):
        assert sentences(preflight.quotas(plan, account)) == []


def test_quota_of_no_build_stops(account, plan, aws: Emulator):
    with quota(aws, "codebuild", CODEBUILD_MEDIUM, 0.0):
        [told] = sentences(preflight.quotas(plan, account))
    assert told.startswith("stop: no build of extract may run here: ask for more")


def test_quota_of_networks_stops(account, plan, aws: Emulator):
    with (
        quota(aws, "vpc", VPCS, 1.0),
        quota(aws, "codebuild", CODEBUILD_MEDIUM, 5.0),
    ):
        [told] = sentences(preflight.quotas(plan, account))
    assert told.startswith(f"stop: the account has 1 networks in {REGION} of 1: ")


# ---- secrets


@pytest.mark.parametrize("field", ["host", "dbname", "username", "password"])
def test_secret_without_a_field_is_told(account, plan, aws: Emulator, field: str):
    held = {name: value for name, value in LOGIN.items() if name != field}
    arn = aws.client("secretsmanager").create_secret(
        Name=f"{PREFIX}/source/without-{field}", SecretString=json.dumps(held)
    )["ARN"]
    plan["variables"]["sources"] = {"value": {"LAKEHOUSE_RETAIL_VENDA": arn}}
    assert sentences(preflight.secrets(plan, account)) == [
        f"stop: sources: LAKEHOUSE_RETAIL_VENDA: secret {arn} lacks {field}; it holds host, port, "
        "dbname, username, password"
    ]


def test_secret_elsewhere_or_missing_is_told_and_an_address_is_none(account, plan, aws):
    client = aws.client("secretsmanager")
    elsewhere = client.create_secret(Name="mine", SecretString=json.dumps(LOGIN))["ARN"]
    missing = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{PREFIX}/source/none-AbCdEf"
    plan["variables"]["sources"] = {
        "value": {"LAKEHOUSE_A": elsewhere, "LAKEHOUSE_B": missing, "LAKEHOUSE_C": "https://c"}
    }
    first, second = sentences(preflight.secrets(plan, account))
    assert "LAKEHOUSE_A does not lie below lakehouse-dev/source/" in first
    assert f"LAKEHOUSE_B: secret {missing}" in second and "check that it exists" in second


# ---- brought along


@pytest.fixture(scope="module")
def owned(aws: Emulator) -> dict[str, Any]:
    """What an owner has, as the README says it must be."""
    s3, ec2, kms = aws.client("s3"), aws.client("ec2"), aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    bucket = "of-the-owner-transient"
    s3.create_bucket(Bucket=bucket)
    right_bucket(s3, bucket, key)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": True})
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.9.{part}.0/24", AvailabilityZone=f"{REGION}{zone}"
        )["Subnet"]["SubnetId"]
        for part, zone in enumerate("abc")
    ]
    return {"bucket": bucket, "key": key, "subnets": subnets, "vpc": vpc}


def right_bucket(s3: Any, bucket: str, key: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": key,
                    }
                }
            ]
        },
    )
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=blocked(True))
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(TLS_ONLY))
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "end",
                    "Status": "Enabled",
                    "Filter": {},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3},
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
                }
            ]
        },
    )


def blocked(is_so: bool) -> dict[str, bool]:
    names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    return {name: is_so or name != "IgnorePublicAcls" for name in names}


# What is undone, and what is said of it.
FAULTS_OF_BUCKETS = {
    "keeps no versions": lambda s3, b: s3.put_bucket_versioning(
        Bucket=b, VersioningConfiguration={"Status": "Suspended"}
    ),
    "does not encrypt with": lambda s3, b: s3.delete_bucket_encryption(Bucket=b),
    "lets writers own objects": lambda s3, b: s3.put_bucket_ownership_controls(
        Bucket=b, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    ),
    "does not block public access": lambda s3, b: s3.put_public_access_block(
        Bucket=b, PublicAccessBlockConfiguration=blocked(False)
    ),
    "takes calls without TLS": lambda s3, b: s3.delete_bucket_policy(Bucket=b),
    "tells EventBridge nothing": lambda s3, b: s3.put_bucket_notification_configuration(
        Bucket=b, NotificationConfiguration={}
    ),
    "keeps old versions or broken uploads": lambda s3, b: s3.delete_bucket_lifecycle(Bucket=b),
}


def bring(plan: dict, **given: Any) -> dict:
    plan["variables"] |= {name: {"value": value} for name, value in given.items()}
    return plan


def of(told: list[str], variable: str) -> list[str]:
    return [one for one in told if one.startswith(f"stop: {variable}")]


@pytest.mark.parametrize("fault", FAULTS_OF_BUCKETS)
def test_bucket_that_lacks_something_is_told(account, plan, aws, owned, fault: str):
    given = bring(plan, existing_buckets={"transient": owned["bucket"]}, kms_key_arn=owned["key"])
    s3 = aws.client("s3")
    right_bucket(s3, owned["bucket"], owned["key"])
    assert of(sentences(preflight.brought_along(given, account)), "existing_buckets") == []
    FAULTS_OF_BUCKETS[fault](s3, owned["bucket"])
    [told] = of(sentences(preflight.brought_along(given, account)), "existing_buckets")
    assert told.startswith(f"stop: existing_buckets: transient = {owned['bucket']} {fault}")
    assert ": " in told.removeprefix("stop: existing_buckets: ")


def test_bucket_that_is_missing_or_has_no_key_named_is_told(account, plan):
    told = sentences(
        preflight.brought_along(bring(plan, existing_buckets={"raw": "nowhere-of-mine"}), account)
    )
    assert len(told) == 2
    assert "name that key as kms_key_arn" in told[0]
    assert "raw = nowhere-of-mine is missing" in told[1]


def test_key_needs_the_statements_of_the_output(account, plan, aws, owned):
    plan["planned_values"]["outputs"]["key_policy"] = {
        "value": json.dumps(
            [
                {
                    "Sid": "Logs",
                    "Effect": "Allow",
                    "Principal": {"Service": ["logs.amazonaws.com"]},
                    "Action": ["kms:Decrypt", "kms:Encrypt"],
                    "Resource": "*",
                }
            ]
        )
    }
    given = bring(plan, kms_key_arn=owned["key"])
    [told] = sentences(preflight.brought_along(given, account))
    assert f"the policy of {owned['key']} lacks Logs: add the statements" in told
    kms = aws.client("kms")
    kms.put_key_policy(
        KeyId=owned["key"],
        PolicyName="default",
        Policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "Other",
                        "Effect": "Allow",
                        "Principal": {"Service": "logs.amazonaws.com"},
                        "Action": ["kms:Encrypt", "kms:Decrypt"],
                        "Resource": "*",
                    }
                ],
            }
        ),
    )
    assert sentences(preflight.brought_along(given, account)) == []
    gone = owned["key"].rpartition("/")[0] + "/11111111-2222-3333-4444-555555555555"
    [told] = sentences(preflight.brought_along(bring(plan, kms_key_arn=gone), account))
    assert told.startswith(f"stop: kms_key_arn: there is no key {gone}")


def test_the_plan_says_what_the_policy_of_a_key_must_have(planned: dict):
    statements = json.loads(planned["planned_values"]["outputs"]["key_policy"]["value"])
    assert len(statements) >= 4


def test_boundary_that_is_missing_is_told(account, plan):
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/none"
    [told] = sentences(
        preflight.brought_along(bring(plan, permissions_boundary_arn=boundary), account)
    )
    assert told.startswith(f"stop: permissions_boundary_arn: there is no policy {boundary}")


def network(account, plan, owned, subnets=None) -> list[str]:
    given = {"vpc_id": owned["vpc"], "subnet_ids": subnets or owned["subnets"]}
    return sentences(preflight.brought_along(bring(plan, existing_network=given), account))


def test_network_without_ways_is_told_what_is_missing_from_where(account, plan, owned):
    told = network(account, plan, owned)
    assert len(told) == 3
    for subnet, sentence in zip(owned["subnets"], told, strict=True):
        assert f"from {subnet} there is no way to s3 (a gateway endpoint in its route" in sentence
        assert "athena, glue, logs, secretsmanager, redshift-data: add" in sentence


def test_network_of_sources_is_looked_at_too(account, plan, owned):
    given = {"vpc_id": owned["vpc"], "subnet_ids": owned["subnets"][:1], "ports": [5432]}
    [told] = sentences(preflight.brought_along(bring(plan, private_network=given), account))
    assert told.startswith(f"stop: private_network: from {owned['subnets'][0]} there is no way to")
    assert "s3 (a gateway endpoint in its route table), glue, logs, secretsmanager: add" in told


def test_network_with_too_few_zones_a_strange_subnet_or_names_off_is_told(
    account, plan, aws, owned
):
    told = network(account, plan, owned, owned["subnets"][:2])
    assert any("lie in 2 zones" in one and "3 are needed" in one for one in told)
    [told] = network(account, plan, owned, ["subnet-0123456789abcdef0"])
    assert "subnet-0123456789abcdef0 is no subnet of" in told
    ec2 = aws.client("ec2")
    ec2.modify_vpc_attribute(VpcId=owned["vpc"], EnableDnsHostnames={"Value": False})
    told = network(account, plan, owned)
    ec2.modify_vpc_attribute(VpcId=owned["vpc"], EnableDnsHostnames={"Value": True})
    assert any("has enableDnsHostnames off" in one for one in told)


def test_network_with_ways_is_right_and_a_public_one_is_not(account, plan, aws, owned):
    """Last of this part: the ways stay."""
    ec2 = aws.client("ec2")
    [table] = [
        one["RouteTableId"]
        for one in ec2.describe_route_tables(
            Filters=[{"Name": "vpc-id", "Values": [owned["vpc"]]}]
        )["RouteTables"]
    ]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=owned["subnets"][0], AllocationId=address)
    ec2.create_route(
        RouteTableId=table,
        DestinationCidrBlock="0.0.0.0/0",
        NatGatewayId=nat["NatGateway"]["NatGatewayId"],
    )
    assert network(account, plan, owned) == []
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=owned["vpc"])
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    told = network(account, plan, owned)
    assert len(told) == 3 and all("is public" in one for one in told)


# ---- zones


def test_endpoint_that_a_region_or_zone_lacks_is_told(account, plan):
    assert sentences(preflight.zones(plan, account)) == []
    endpoints = [c for c in plan["resource_changes"] if c["type"] == "aws_vpc_endpoint"]
    of_glue = next(c for c in endpoints if c["change"]["after"]["service_name"].endswith(".glue"))
    of_glue["change"]["after"]["service_name"] = f"com.amazonaws.{REGION}.unheard-of"
    [told] = sentences(preflight.zones(plan, account))
    assert told.startswith(f"stop: {REGION} has no endpoint com.amazonaws.{REGION}.unheard-of")
    of_glue["change"]["after"]["service_name"] = f"com.amazonaws.{REGION}.glue"
    for change in plan["resource_changes"]:
        if change["type"] == "aws_subnet":
            change["change"]["after"]["availability_zone"] = f"{REGION}z"
    told = sentences(preflight.zones(plan, account))
    assert told and all(f"does not exist in {REGION}z: add the id" in one for one in told)
