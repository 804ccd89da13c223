"""A release, and the commands of the buildspec run on it in a clean folder, as their role."""

import io
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml
from infra.applied import emulator
from infra.applied.conftest import Deployment
from infra.terraform_tool import REPOSITORY

STEPS = ("extract", "publish", "transform")
BUILD_PYTHON = "python3.12"  # as the buildspec asks CodeBuild for


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PATH with what the builds' image has: `aws`, and its Python as `python`."""
    aws = os.environ.get("AWS_CLI") or shutil.which("aws")
    python = _python_of_builds()
    if aws is None or python is None:
        pytest.skip(f"no aws or no {BUILD_PYTHON} on PATH: nothing is released or built")
    folder = tmp_path_factory.mktemp("commands")
    (folder / "aws").symlink_to(Path(aws).absolute())
    for name in ("python", "python3"):
        (folder / name).symlink_to(python)
    return folder


def _python_of_builds() -> str | None:
    found = os.environ.get("BUILD_PYTHON") or shutil.which(BUILD_PYTHON)
    if found is None:
        return None
    # A launcher that chooses a version by its own name would not know the link's.
    asked = subprocess.run(
        [found, "-c", "import sys; print(sys.executable)"], capture_output=True, text=True
    )
    return asked.stdout.strip() or None


@pytest.fixture(scope="module")
def released(deployment: Deployment, commands: Path) -> str:
    path = f"{commands}:{deployment.terraform.environment['PATH']}"
    (deployment.terraform.root / "requirements").symlink_to(REPOSITORY / "requirements")
    # As GitHub's workflow does after an apply.
    done = deployment.ci("ci-deploy").script("release.sh", PATH=path)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1]


def test_release_puts_the_source_and_every_wheel_of_the_lock(deployment: Deployment, released: str):
    bucket = deployment.outputs()["buckets"]["artifacts"]
    assert released == f"s3://{bucket}/source/lakehouse.zip"
    pages = deployment.aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [found["Key"] for page in pages for found in page["Contents"]]
    wheels = [key for key in keys if key.startswith("wheels/")]
    assert "source/lakehouse.zip" in keys
    assert any(key.startswith("wheels/dbt_core-") for key in wheels)
    assert all(key.endswith(".whl") for key in wheels) and len(wheels) > 80


def test_builds_make_their_environment_alike(deployment: Deployment):
    specs = [yaml.safe_load(_project(deployment, step)["source"]["buildspec"]) for step in STEPS]
    assert specs[0]["phases"]["install"] == specs[1]["phases"]["install"]
    assert specs[0]["phases"]["install"] == specs[2]["phases"]["install"]
    words = [spec["phases"]["build"]["commands"][-1].split()[:2] for spec in specs]
    assert words == [["lakehouse", "extract"], ["lakehouse", "publish"], ["lakehouse", "dbt"]]


def test_buildspec_makes_its_environment_from_the_release_alone(
    deployment: Deployment, released: str, commands: Path, tmp_path: Path
):
    project = _project(deployment, "transform")
    phases = yaml.safe_load(project["source"]["buildspec"])["phases"]
    assert phases["install"]["runtime-versions"] == {"python": BUILD_PYTHON.removeprefix("python")}
    credentials = deployment.aws.by_service(
        "transformer", "codebuild.amazonaws.com", source_arn=project["arn"]
    )
    bucket, _, key = project["source"]["location"].partition("/")
    s3 = deployment.aws.client("s3", credentials)
    source = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    zipfile.ZipFile(io.BytesIO(source)).extractall(tmp_path)
    environment = {
        "HOME": str(tmp_path),
        "PATH": f"{commands}:{os.defpath}",
        # No registry: what is not among the wheels of the release is missing.
        "PIP_NO_INDEX": "1",
        "CODEBUILD_SRC_DIR": str(tmp_path),
        **{item["name"]: item["value"] for item in project["environment"]["environmentVariables"]},
        **deployment.aws.region,
        **credentials,
    }
    # What follows needs the engines; here dbt reads the project with the build's own settings.
    *prepared, built = [*phases["install"]["commands"], *phases["build"]["commands"]]
    assert built.startswith("lakehouse dbt build ")
    script = "\n".join([*prepared, "lakehouse --help > /dev/null", "dbt parse"])
    done = subprocess.run(
        ["bash", "-eu", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def _project(deployment: Deployment, step: str) -> dict:
    name = f"{emulator.PREFIX}-{step}"
    return deployment.aws.client("codebuild").batch_get_projects(names=[name])["projects"][0]
