"""A release, and the projects that build from it."""

import io
import re
import zipfile
from pathlib import Path

import yaml
from infra.applied import emulator, release, workflow
from infra.applied.conftest import Deployment
from infra.applied.release import BUILD_PYTHON
from infra.applied.workflow import until

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


def test_builds_after_a_rollback_run_the_release_that_it_names(
    deployment: Deployment, released: str, tmp_path: Path
):
    programs = {"PATH": f"{release.image(tmp_path)}:{deployment.terraform.environment['PATH']}"}
    bucket, s3 = deployment.outputs()["buckets"]["artifacts"], deployment.aws.client("s3")
    newest = released.rpartition("/")[2].removesuffix(".zip")
    earlier = "a" * 40
    s3.put_object(Bucket=bucket, Key=f"source/{earlier}.zip", Body=_zip_of(earlier))
    assert _commit_of_a_build(deployment) == newest
    for commit in (earlier, newest):
        done = deployment.script("release.sh", "--rollback", commit, **programs)
        assert done.returncode == 0, done.stderr
        assert _commit_of_a_build(deployment) == commit
    refused = deployment.script("release.sh", "--rollback", "b" * 40, **programs)
    assert refused.returncode != 0
    assert _commit_of_a_build(deployment) == newest


def _zip_of(commit: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("release.txt", f"{commit}\n")
    return content.getvalue()


def _commit_of_a_build(deployment: Deployment) -> str:
    """What a build from the project's source says that it runs; it does nothing else."""
    client, project = deployment.aws.client("codebuild"), _project(deployment, "transform")
    [first, *_] = yaml.safe_load(project["source"]["buildspec"])["phases"]["install"]["commands"]
    assert first == "cat release.txt"
    spec = "version: 0.2\nphases:\n  build:\n    commands:\n      - cat release.txt\n"
    with workflow.building(deployment, project["name"], project["source"] | {"buildspec": spec}):
        build = client.start_build(projectName=project["name"])["build"]["id"]
        ended = until(
            lambda: [
                each
                for each in client.batch_get_builds(ids=[build])["builds"]
                if each["buildStatus"] != "IN_PROGRESS"
            ]
        )
    assert ended[0]["buildStatus"] == "SUCCEEDED"
    log = deployment.aws.builds / build.replace(":", "-") / "log"
    return log.read_text().splitlines()[-1]


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
