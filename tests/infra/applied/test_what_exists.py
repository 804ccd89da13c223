"""An environment on a network, a key, a boundary and buckets that exist, applied and torn down.

The last of the story: its calls are the administrator's, and of no concern to the tests before.
"""

import json
from typing import Any

import pytest
from infra.applied import emulator
from infra.applied.conftest import OPTIONS, Deployment

FOLDER = "live/prod"
SWITCHES = ("-var=enable_redshift=true", "-var=target=glue")
pytestmark = pytest.mark.long

# A boundary gives nothing: here it takes nothing away either.
BOUNDARY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@pytest.fixture(scope="module")
def given(deployment: Deployment) -> dict[str, Any]:
    """What an owner has: made by hand, not by Terraform."""
    client = deployment.aws.client
    buckets = {zone: f"of-the-owner-{zone}" for zone in ("raw", "transient")}
    for bucket in buckets.values():
        client("s3").create_bucket(Bucket=bucket)
    vpc = client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        client("ec2").create_subnet(
            VpcId=vpc, CidrBlock=f"10.1.{part}.0/24", AvailabilityZone=f"{emulator.REGION}{zone}"
        )["Subnet"]["SubnetId"]
        for part, zone in enumerate("abc")
    ]
    boundary = client("iam").create_policy(
        PolicyName="boundary-of-the-owner", PolicyDocument=json.dumps(BOUNDARY)
    )
    return {
        "existing_buckets": buckets,
        "existing_network": {"subnet_ids": subnets, "vpc_id": vpc},
        "kms_key_arn": client("kms").create_key()["KeyMetadata"]["Arn"],
        "permissions_boundary_arn": boundary["Policy"]["Arn"],
    }


@pytest.fixture(scope="module")
def applied(deployment: Deployment, given: dict[str, Any]) -> list[dict]:
    """live/prod with all of it given, as the administrator applies it; its resources."""
    terraform = deployment.terraform
    folder = terraform.root / "terraform" / FOLDER
    (folder / "emulator_override.tf").write_text(emulator.OVERRIDE, encoding="utf-8")
    (folder / "given.auto.tfvars.json").write_text(json.dumps(given), encoding="utf-8")
    settings = [f"bucket=lakehouse-{deployment.account}-state", *emulator.BACKEND]
    backend = [f"-backend-config={setting}" for setting in settings]
    terraform.check("init", "-input=false", *backend, folder=FOLDER)
    terraform.check("apply", *OPTIONS, *SWITCHES, folder=FOLDER)
    state = terraform.json("show", "-json", folder=FOLDER)

    def below(module: dict):
        yield from module.get("resources", [])
        for child in module.get("child_modules", []):
            yield from below(child)

    return [r for r in below(state["values"]["root_module"]) if r["mode"] == "managed"]


def test_nothing_is_made_on_what_exists(applied: list[dict], given: dict[str, Any]):
    types = {resource["type"] for resource in applied}
    assert not types & {"aws_kms_key", "aws_subnet", "aws_vpc", "aws_vpc_endpoint"}
    touched = [
        resource["address"]
        for resource in applied
        if resource["type"].startswith("aws_s3_bucket")
        and resource["values"]["bucket"] in given["existing_buckets"].values()
    ]
    assert touched == []


def test_everything_is_where_the_owner_said(
    deployment: Deployment, applied: list[dict], given: dict[str, Any]
):
    client = deployment.aws.client
    role = client("iam").get_role(RoleName="lakehouse-prod-transformer")["Role"]
    boundary = role["PermissionsBoundary"]["PermissionsBoundaryArn"]
    assert boundary == given["permissions_boundary_arn"]
    project = client("codebuild").batch_get_projects(names=["lakehouse-prod-transform"])
    build = project["projects"][0]
    assert build["encryptionKey"] == given["kms_key_arn"]
    told = {v["name"]: v["value"] for v in build["environment"]["environmentVariables"]}
    assert told["LAKEHOUSE_RAW"] == "s3://of-the-owner-raw"
    assert told["LAKEHOUSE_TARGET"] == "glue"
    group = next(r for r in applied if r["address"].endswith("security_group.client"))
    assert group["values"]["vpc_id"] == given["existing_network"]["vpc_id"]


def test_teardown_leaves_what_was_there_before(
    deployment: Deployment, applied: list[dict], given: dict[str, Any]
):
    deployment.terraform.check("destroy", *OPTIONS, *SWITCHES, folder=FOLDER)
    buckets = {b["Name"] for b in deployment.aws.client("s3").list_buckets()["Buckets"]}
    assert set(given["existing_buckets"].values()) <= buckets
    key = deployment.aws.client("kms").describe_key(KeyId=given["kms_key_arn"])["KeyMetadata"]
    assert key["KeyState"] == "Enabled"
