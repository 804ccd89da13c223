"""Environments as Terraform renders them, each rendered once for all tests of this folder."""

import pytest
from infra.rendered import EVERYTHING_ON, LONGEST_PREFIX, Rendered, rendered
from infra.terraform_tool import Terraform, environments

# One domain's database is the account's own, so that its name is not one of the pattern.
LARGEST = (
    EVERYTHING_ON
    | LONGEST_PREFIX
    | {
        "databases": {"market": "default"},
        # The longest names that GitHub gives.
        "github_repository": f"{'o' * 39}/{'r' * 100}",
        "github_repository_ids": {"owner": 9999999999, "repository": 9999999999},
    }
)
AS_DELIVERED = "dev"
# None of them the default.
RETENTION = {
    "access_logs": 400, "artifacts": 31, "aurora_backups": 8, "curated": 9, "dead_letters": 10,
    "logs": 90, "raw": 91, "results": 15, "snapshots": 12, "transient": 92,
}  # fmt: skip


@pytest.fixture(scope="session", params=[f"{name}-largest" for name in environments()])
def largest(terraform: Terraform, request, tmp_path_factory) -> Rendered:
    """Every environment with the longest names, twice the domains and all switches."""
    name = request.param.removesuffix("-largest")
    return rendered(tmp_path_factory.mktemp(request.param), name, LARGEST, domains=12)


@pytest.fixture(scope="session")
def delivered(terraform: Terraform, tmp_path_factory) -> Rendered:
    """One environment as it is delivered, with nothing switched on."""
    return rendered(tmp_path_factory.mktemp("delivered"), AS_DELIVERED, {}, region="us-east-1")


@pytest.fixture(scope="session")
def scheduled(terraform: Terraform, tmp_path_factory) -> Rendered:
    """The same, run by the clock."""
    folder = tmp_path_factory.mktemp("scheduled")
    return rendered(folder, AS_DELIVERED, {"enable_schedules": True}, region="us-east-1")


@pytest.fixture(scope="session")
def everything(terraform: Terraform, tmp_path_factory) -> Rendered:
    """The same with all that a run can do."""
    folder = tmp_path_factory.mktemp("everything")
    return rendered(folder, AS_DELIVERED, EVERYTHING_ON, region="us-east-1")


@pytest.fixture(scope="session")
def elsewhere(terraform: Terraform, tmp_path_factory) -> Rendered:
    """One environment in another partition of AWS, on what its owner has, on Glue."""
    brought = {
        "databases": {"market": "default"},
        "existing_buckets": {"raw": "of-somebody-raw", "transient": "of-somebody-transient"},
        "existing_network": {"subnet_ids": ["subnet-1", "subnet-2", "subnet-3"], "vpc_id": "vpc-1"},
        "glue": {"idle_minutes": 5, "worker_type": "G.2X", "workers": 4},
        "kms_key_arn": "arn:aws-cn:kms:cn-north-1:123456789012:key/of-somebody",
        "permissions_boundary_arn": "arn:aws-cn:iam::123456789012:policy/boundary",
        "private_network": {"subnet_ids": ["subnet-9"], "vpc_id": "vpc-9", "ports": [5432, 1521]},
        "private_sources": ["retail.venda", "market"],
        "retention_days": RETENTION,
        "sources": {
            "LAKEHOUSE_RETAIL_CATEGORIA": "https://files.example/categoria.parquet",
            "LAKEHOUSE_RETAIL_FUNCIONARIO": "https://staff.example/api",
            "LAKEHOUSE_RETAIL_VENDA": "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:x",
        },
        "region": "cn-north-1",
        "target": "glue",
    }
    folder = tmp_path_factory.mktemp("elsewhere")
    everything = EVERYTHING_ON | brought
    return rendered(folder, AS_DELIVERED, everything, partition="aws-cn", region="cn-north-1")
