"""A release, and the projects that build from it."""

import re
from pathlib import Path

import yaml
from infra.applied import emulator, release
from infra.applied.conftest import Deployment
from infra.applied.release import BUILD_PYTHON

CURRENT = "source/lakehouse.zip"
STEPS = ("extract", "publish", "transform")


def test_release_puts_the_source_and_every_wheel_of_the_lock(deployment: Deployment, released: str):
    bucket, s3 = deployment.outputs()["buckets"]["artifacts"], deployment.aws.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = {found["Key"] for page in pages for found in page["Contents"]}
    kept = released.removeprefix(f"s3://{bucket}/")
    assert re.fullmatch(r"source/[0-9a-f]{40}(-dirty)?\.zip", kept)
    others = {kept, CURRENT, "wheels/rds-global-bundle.pem"}
    assert others < keys
    wheels = keys - others
    assert any(key.startswith("wheels/dbt_core-") for key in wheels)
    assert all(key.endswith(".whl") for key in wheels) and len(wheels) > 80


def test_release_before_is_brought_back(deployment: Deployment, released: str, tmp_path: Path):
    programs = {"PATH": f"{release.image(tmp_path)}:{deployment.terraform.environment['PATH']}"}
    bucket, s3 = deployment.outputs()["buckets"]["artifacts"], deployment.aws.client("s3")
    newest = s3.get_object(Bucket=bucket, Key=CURRENT)["Body"].read()
    s3.put_object(Bucket=bucket, Key=f"source/{'a' * 40}.zip", Body=b"before")
    for commit, content in (
        ("a" * 40, b"before"),
        (released.rpartition("/")[2].removesuffix(".zip"), newest),
    ):
        done = deployment.script("release.sh", "--rollback", commit, **programs)
        assert done.returncode == 0, done.stderr
        assert s3.get_object(Bucket=bucket, Key=CURRENT)["Body"].read() == content
    refused = deployment.script("release.sh", "--rollback", "b" * 40, **programs)
    assert refused.returncode != 0
    assert s3.get_object(Bucket=bucket, Key=CURRENT)["Body"].read() == newest


def test_builds_make_their_environment_alike(deployment: Deployment):
    specs = [yaml.safe_load(_project(deployment, step)["source"]["buildspec"]) for step in STEPS]
    assert specs[0]["phases"]["install"] == specs[1]["phases"]["install"]
    assert specs[0]["phases"]["install"] == specs[2]["phases"]["install"]
    assert specs[0]["phases"]["install"]["runtime-versions"] == {"python": BUILD_PYTHON}
    words = [spec["phases"]["build"]["commands"][-1].split()[:2] for spec in specs]
    assert words == [["lakehouse", step] for step in STEPS]


def _project(deployment: Deployment, step: str) -> dict:
    name = f"{emulator.PREFIX}-{step}"
    return deployment.aws.client("codebuild").batch_get_projects(names=[name])["projects"][0]
