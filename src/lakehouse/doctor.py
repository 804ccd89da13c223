"""What this machine lacks for building, testing and AWS, each with what mends it.

Nothing is changed and nothing outside the machine is asked.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from lakehouse.building.trouble import trouble_of
from lakehouse.database import database_file, quoted

PYTHONS = ((3, 11), (3, 13))
# Spark 3.5 runs on no newer one.
LOCAL_AWS_PYTHON = (3, 12)
TERRAFORM = (1, 11)
# A build of the sample takes a hundredth; the local AWS fetches 1.5 GB once.
LEAST_FREE_BYTES = 1_000_000_000
TARGETS = ("duckdb", "athena", "glue")
# Where `make aws-up` listens, if no other port is given.
LOCAL_AWS_PORT = 4566

State = Literal["ok", "missing", "optional"]
Run = Callable[[list[str]], str]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        state: `missing` keeps the chosen target from being built; `optional` is needed for what
            `said` names.
        said: what is there, or what is not.
        mend: the command or the step that helps; empty if all is well.
    """

    name: str
    state: State
    said: str
    mend: str = ""


def said_by(command: list[str]) -> str:
    """Return what a program prints, empty if it cannot be started or takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + done.stderr


def examine(
    environment: Mapping[str, str],
    project_dir: Path,
    *,
    python: tuple[int, int] = sys.version_info[:2],
    run: Run = said_by,
) -> list[Finding]:
    """Look at everything, in the order in which a person needs it.

    Args:
        environment: settings of the shell; project_dir: folder of dbt_project.yml.
        python: version of the interpreter; run: starts a program and returns what it prints.
    """
    target = environment.get("LAKEHOUSE_TARGET") or "duckdb"
    return [
        *_project(project_dir),
        *_python(python),
        *_packages(project_dir),
        *_programs(environment, run),
        *_target(target),
        *_raw(environment, target, project_dir),
        *_database(environment, target, project_dir),
        *_disk(project_dir),
        *_credentials(environment, target),
        *_local_aws(environment, python),
    ]


def _project(project_dir: Path) -> Iterator[Finding]:
    if (project_dir / "dbt_project.yml").is_file():
        yield Finding("project", "ok", str(project_dir.resolve()))
    else:
        yield Finding(
            "project",
            "missing",
            f"{project_dir.resolve()} has no dbt_project.yml",
            "cd to the checkout, or give its folder as --project-dir",
        )


def _python(python: tuple[int, int]) -> Iterator[Finding]:
    said = ".".join(map(str, python))
    if PYTHONS[0] <= python <= PYTHONS[1]:
        yield Finding("python", "ok", said)
    else:
        yield Finding("python", "missing", said, "rm -r .venv && make PYTHON=python3.12 install")


def _packages(project_dir: Path) -> Iterator[Finding]:
    try:
        lock = (project_dir / "requirements" / "project.lock").read_text("utf-8")
    except OSError:
        yield Finding("packages", "optional", "no requirements/project.lock to compare with")
        return
    # Imported late: the other checks must say what is wrong where this cannot be loaded.
    from packaging.requirements import Requirement

    lines = re.findall(r"^[\w.-]+==[^\\\n]+", lock, flags=re.MULTILINE)
    wanted = [each for each in map(Requirement, lines) if not each.marker or each.marker.evaluate()]
    others = []
    for each in wanted:
        try:
            there = metadata.version(each.name)
        except metadata.PackageNotFoundError:
            there = "absent"
        if not each.specifier.contains(there, prereleases=True):
            others.append(f"{each.name} is {there}, locked is {str(each.specifier)[2:]}")
    if others:
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        yield Finding("packages", "missing", "; ".join(others[:3]) + more, "make install")
    else:
        dbt, duckdb = metadata.version("dbt-core"), metadata.version("duckdb")
        yield Finding("packages", "ok", f"{len(wanted)} as locked: dbt {dbt}, DuckDB {duckdb}")


def _programs(environment: Mapping[str, str], run: Run) -> Iterator[Finding]:
    path = environment.get("PATH", "")
    for name, purpose in (("make", "the README's commands"), ("git", "make check, releases")):
        if shutil.which(name, path=path):
            yield Finding(name, "ok", "on PATH")
        else:
            yield Finding(
                name, "optional", f"not on PATH; needed for {purpose}", f"apt-get install {name}"
            )
    if shutil.which("terraform", path=path):
        found = re.search(r"v(\d+)\.(\d+)", run(["terraform", "version"]))
        version = (int(found[1]), int(found[2])) if found else (0, 0)
        said = ".".join(map(str, version)) if found else "of an unknown version"
        if version >= TERRAFORM:
            yield Finding("terraform", "ok", said)
        else:
            yield Finding("terraform", "optional", said, "install Terraform 1.11 or newer")
    else:
        yield Finding(
            "terraform",
            "optional",
            "not on PATH; needed for the lake on AWS",
            "install Terraform 1.11 or newer",
        )
    if shutil.which("java", path=path) or environment.get("JAVA_HOME"):
        yield Finding("java", "ok", "on PATH or in JAVA_HOME; the local AWS tells if it fits")
    else:
        yield Finding(
            "java", "optional", "none; the local AWS fetches its own at the first make aws-up"
        )


def _target(target: str) -> Iterator[Finding]:
    if target in TARGETS:
        yield Finding("target", "ok", target)
    else:
        yield Finding(
            "target",
            "missing",
            f"LAKEHOUSE_TARGET is '{target}'",
            f"set it to one of {', '.join(TARGETS)}, or unset it",
        )


def _raw(environment: Mapping[str, str], target: str, project_dir: Path) -> Iterator[Finding]:
    raw = environment.get("LAKEHOUSE_RAW") or "data/raw"
    if raw.startswith("s3://"):
        yield Finding("raw zone", "ok", raw)
    elif (folder := project_dir / raw).is_dir():
        domains = sorted(each.name for each in folder.iterdir() if not each.name.startswith("_"))
        held = ", ".join(domains) if domains else "empty so far"
        yield Finding("raw zone", "ok", f"{folder}: {held}")
    else:
        yield Finding(
            "raw zone",
            "missing" if target == "duckdb" else "optional",
            f"there is no folder {folder}",
            "lakehouse new mine, or correct LAKEHOUSE_RAW",
        )


def _database(environment: Mapping[str, str], target: str, project_dir: Path) -> Iterator[Finding]:
    path = project_dir / database_file(environment)
    if target != "duckdb":
        return
    if not path.exists():
        yield Finding("database", "optional", f"{path} is not built yet", "make build")
        return
    # Imported late: the other checks must say what is wrong where this cannot be loaded.
    import duckdb

    try:
        with duckdb.connect() as opened:
            opened.execute(f"attach {quoted(path)} as looked_at (read_only)")
            [(count,)] = opened.execute(
                "select count(*) from duckdb_tables() where database_name = 'looked_at'"
            ).fetchall()
    except duckdb.Error as err:
        trouble = trouble_of(
            str(err), database=str(path), command="lakehouse build", environment=environment
        )
        said = trouble.what if trouble else str(err).splitlines()[0]
        mend = trouble.next_step if trouble else "see docs/runbook.md"
        yield Finding("database", "missing", said, mend)
    else:
        yield Finding("database", "ok", f"{path}: {count} tables")


def _disk(project_dir: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(project_dir if project_dir.is_dir() else Path()).free
    said = f"{free / 1e9:.1f} GB free"
    if free >= LEAST_FREE_BYTES:
        yield Finding("disk", "ok", said)
    else:
        yield Finding("disk", "missing", said, "make room: target and logs may go (make clean)")


def _credentials(environment: Mapping[str, str], target: str) -> Iterator[Finding]:
    needed: State = "optional" if target == "duckdb" else "missing"
    # Imported late: boto3 takes longer to load than all other checks together.
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        session = Session()
        # Its answer may come over the network, and a machine without one waits for it.
        session.get_component("credential_provider").remove("iam-role")
        found = session.get_credentials()
        region = session.get_config_variable("region")
    except BotoCoreError as err:
        yield Finding("credentials", needed, str(err), "correct AWS_PROFILE or ~/.aws/config")
        return
    if found is None:
        yield Finding(
            "credentials",
            needed,
            "none for AWS; needed for athena and glue",
            "aws configure, or aws sso login; for the local AWS: see docs/local-aws.md",
        )
    else:
        yield Finding("credentials", "ok", f"from {found.method}; whether AWS takes them is open")
        if not region:
            yield Finding("region", needed, "none", "export AWS_REGION=us-east-1")


def _local_aws(environment: Mapping[str, str], python: tuple[int, int]) -> Iterator[Finding]:
    if python > LOCAL_AWS_PYTHON:
        yield Finding(
            "local AWS",
            "optional",
            "Spark 3.5 needs Python 3.11 or 3.12",
            "rm -r .venv && make PYTHON=python3.12 install",
        )
    endpoint = environment.get("AWS_ENDPOINT_URL", "")
    if endpoint:
        address = urlsplit(endpoint)
        is_open = _is_taken(address.hostname or "", address.port or 443)
        yield Finding(
            "endpoint",
            "ok" if is_open else "missing",
            f"{'something' if is_open else 'nothing'} listens at AWS_ENDPOINT_URL, {endpoint}",
            "" if is_open else "make aws-up, or unset AWS_ENDPOINT_URL",
        )
    elif _is_taken("127.0.0.1", LOCAL_AWS_PORT):
        yield Finding(
            "ports",
            "optional",
            f"{LOCAL_AWS_PORT} is taken, by the local AWS or by something else",
            "make aws-down, or another one: make aws-up PORT=4600",
        )
    else:
        yield Finding("ports", "ok", f"{LOCAL_AWS_PORT} is free for make aws-up")


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        try:
            return probe.connect_ex((host, port)) == 0
        except OSError:
            return False
