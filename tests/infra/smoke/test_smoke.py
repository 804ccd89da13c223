"""The run for the first person with an account, every step of it, on the local AWS."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from infra.applied import release
from infra.applied.emulator import ACCOUNT, Emulator
from infra.terraform_tool import Terraform

pytestmark = pytest.mark.long

# The tables behind the published answer; SMOKE_SELECT= (empty) in the environment runs all.
SELECTED = "+rpt_commerce__gmv_current"


def smoke(checkout: Terraform, engine: str, folder: Path, **variables: str):
    path = f"{release.image(folder)}:{checkout.environment['PATH']}"
    with release.trust_store(folder / "curl", b"none is asked here") as curl:
        return subprocess.run(
            ["bash", "scripts/smoke-aws.sh", engine, "--", "-var=excluded_zone_ids=[]"],
            cwd=checkout.root,
            env=checkout.environment
            | {"PATH": path, "SMOKE_SELECT": os.environ.get("SMOKE_SELECT", SELECTED)}
            | curl
            | variables,
            capture_output=True,
            text=True,
        )


def left(aws: Emulator, environment: str) -> list[str]:
    """What of an environment is still there."""
    names = [bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]]
    names += [role["RoleName"] for role in aws.client("iam").list_roles()["Roles"]]
    names += aws.client("codebuild").list_projects()["projects"]
    names += [each["Name"] for each in aws.client("glue").get_databases()["DatabaseList"]]
    return [name for name in names if f"lakehouse-{environment}" in name.replace("_", "-")]


def test_smoke_run_publishes_what_the_readme_says_and_leaves_nothing(
    checkout: Terraform, aws: Emulator, engine: str, tmp_path: Path
):
    environment = f"smoke{engine[0]}"
    done = smoke(checkout, engine, tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    steps = re.findall(rf"^== {environment}: (.*)$", done.stdout, re.M)
    assert steps == [
        *("look at the account", "apply", "release", "land the sample"),
        *("run the workflow, compare, count", "tear down"),
    ]
    assert f"account {ACCOUNT}" in done.stdout
    assert "rpt_commerce__gmv_current has the 2 rows of the README" in done.stdout
    amounts = dict(re.findall(r"^(\S.*?) {2,} *([\d.]+) \w", done.stdout, re.M))
    assert float(amounts["small builds"]) >= 1
    assert float(amounts["statements to Athena"]) >= 1
    assert float(amounts["bytes to Athena"]) > 0
    assert ("sessions of Glue" in amounts) == (engine == "glue")
    assert left(aws, environment) == []


def test_smoke_run_that_fails_says_so_and_leaves_nothing(
    checkout: Terraform, aws: Emulator, engine: str, tmp_path: Path
):
    # Nothing is built, so there is nothing to compare.
    done = smoke(checkout, engine, tmp_path, SMOKE_SELECT="tag:of_nothing")
    assert done.returncode != 0
    assert "error: " in done.stderr
    assert "tear down" in done.stdout
    assert left(aws, f"smoke{engine[0]}") == []
