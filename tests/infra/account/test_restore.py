"""Raw files that were deleted come back from their versions, as the runbook says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from infra.applied import emulator
from infra.applied.emulator import Emulator
from infra.terraform_tool import REPOSITORY

BUCKET = "of-a-drill"
RAW = REPOSITORY / "data" / "raw"


@pytest.fixture
def environment(aws: Emulator) -> dict[str, str]:
    return (
        {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        | aws.region
        | emulator.ADMINISTRATOR
        | {"LAKEHOUSE_RAW": f"s3://{BUCKET}/raw", "LAKEHOUSE_RAW_DATABASE": "drill"}
    )


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess:
    """A program of this environment, or a script of the repository."""
    program = Path(sys.executable).parent / words[0]
    command = [str(program), *words[1:]] if program.exists() else [sys.executable, *words]
    return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)


def content(s3) -> dict[str, bytes]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="raw/")
    keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def test_deleted_raw_files_come_back_as_they_were(aws: Emulator, environment: dict[str, str]):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    done = run(environment, "lakehouse", "register", "education", "--copy-from", str(RAW))
    assert done.returncode == 0, done.stderr
    before = content(s3)
    assert len(before) > 2

    for key in before:
        s3.delete_object(Bucket=BUCKET, Key=key)
    # Deleted by its owner, for good: with no version left there is nothing to bring back.
    s3.put_object(Bucket=BUCKET, Key="raw/gone", Body=b"x")
    for version in s3.list_object_versions(Bucket=BUCKET, Prefix="raw/gone")["Versions"]:
        s3.delete_object(Bucket=BUCKET, Key="raw/gone", VersionId=version["VersionId"])
    s3.delete_object(Bucket=BUCKET, Key="raw/gone")
    assert content(s3) == {}

    place = f"s3://{BUCKET}/raw/"
    shown = run(environment, "scripts/undelete.py", place)
    assert f"{len(before)} objects to bring back" in shown.stdout, shown.stderr
    assert content(s3) == {}
    done = run(environment, "scripts/undelete.py", place, "--apply")
    assert f"{len(before)} objects brought back" in done.stdout, done.stderr
    assert content(s3) == before
    assert "0 objects to bring back" in run(environment, "scripts/undelete.py", place).stdout
    verified = run(environment, "lakehouse", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_bucket_that_is_not_there_is_named(environment: dict[str, str]):
    done = run(environment, "scripts/undelete.py", "s3://nowhere-at-all/raw/", "--apply")
    assert done.returncode == 1
    assert done.stderr.startswith("error: s3://nowhere-at-all/raw/: ")
