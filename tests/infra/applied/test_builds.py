"""A release, and the projects that build from it."""

import yaml
from infra.applied import emulator
from infra.applied.conftest import Deployment
from infra.applied.release import BUILD_PYTHON

STEPS = ("extract", "publish", "transform")


def test_release_puts_the_source_and_every_wheel_of_the_lock(deployment: Deployment, released: str):
    bucket = deployment.outputs()["buckets"]["artifacts"]
    assert released == f"s3://{bucket}/source/lakehouse.zip"
    pages = deployment.aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = {found["Key"] for page in pages for found in page["Contents"]}
    others = {"source/lakehouse.zip", "wheels/rds-global-bundle.pem"}
    assert others < keys
    wheels = keys - others
    assert any(key.startswith("wheels/dbt_core-") for key in wheels)
    assert all(key.endswith(".whl") for key in wheels) and len(wheels) > 80


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
