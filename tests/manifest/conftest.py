"""What the manifest tests share: the project as dbt parses and compiles it for each target."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from project_files import project_files
from targets import TARGETS

PROJECT_DIR = Path(__file__).parents[2]
DBT = "from dbt.cli.main import cli; cli()"


def clean_environment() -> dict[str, str]:
    """Ours without anything that points dbt at an account, an endpoint or another lake."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "LAKEHOUSE_", "DBT_"))
    }
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true"}


def run_for_every_target(folder: Path, command_for: Callable[[str], Sequence[str]]) -> None:
    """Run a command per target side by side; the first that fails is quoted.

    The database lies in the folder too, for DuckDB lets one process at a time open a file.
    """
    running = {
        target: subprocess.Popen(
            [sys.executable, *command_for(target)],
            cwd=PROJECT_DIR,
            env=clean_environment() | {"LAKEHOUSE_DUCKDB": str(folder / "lakehouse.duckdb")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for target in TARGETS
    }
    said = {target: process.communicate()[0] for target, process in running.items()}
    for target, process in running.items():
        assert process.returncode == 0, f"dbt failed for {target}:\n{said[target]}"


@pytest.fixture(scope="session")
def dbt_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """One folder per target, so that no run meets another's, or the developer's, target path.

    Workers of one run share it: what lies beside their own base folders is this run's.
    """
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "dbt"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def first_of_the_workers(marker: Path) -> Iterator[bool]:
    """True for the worker that comes first; the others wait until it has succeeded."""
    with marker.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not marker.exists()
        marker.touch()


def parse_for_every_target(dbt_folder: Path) -> None:
    run_for_every_target(
        dbt_folder,
        lambda target: [
            *("-c", DBT, "parse", "--quiet", "--target", target),
            *("--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)),
            *("--target-path", str(dbt_folder / target / "target")),
            *("--log-path", str(dbt_folder / target / "logs")),
        ],
    )


def parsed_manifest(dbt_folder: Path, target: str) -> Path:
    return dbt_folder / f"{target}.manifest.json"


@pytest.fixture(scope="session")
def manifests(dbt_folder: Path) -> dict[str, dict[str, Any]]:
    """Target -> what `dbt parse` writes for it, with the project's files."""
    with first_of_the_workers(dbt_folder / "parsed") as is_first:
        if is_first:
            parse_for_every_target(dbt_folder)
            # Compiling writes the manifest anew, and another worker may do so while this one reads.
            for target in TARGETS:
                written = dbt_folder / target / "target" / "manifest.json"
                shutil.copy(written, parsed_manifest(dbt_folder, target))
    files = project_files(PROJECT_DIR)
    return {
        target: {
            **json.loads(parsed_manifest(dbt_folder, target).read_text("utf-8")),
            "files": files,
        }
        for target in TARGETS
    }


@pytest.fixture(scope="session")
def compiled(
    dbt_folder: Path, manifests: dict[str, dict[str, Any]]
) -> dict[str, dict[str, dict[str, str]]]:
    """Target -> form -> name -> SQL, compiled without an engine (see offline_compile.py).

    After `manifests`, in the same folders, where dbt finds what it parsed.
    """
    program = str(Path(__file__).with_name("offline_compile.py"))
    with first_of_the_workers(dbt_folder / "compiled") as is_first:
        if is_first:
            run_for_every_target(
                dbt_folder,
                lambda target: [program, target, str(PROJECT_DIR), str(dbt_folder / target)],
            )
    return {
        target: {
            path.stem: json.loads(path.read_text("utf-8"))
            for path in sorted((dbt_folder / target).glob("*.json"))
        }
        for target in TARGETS
    }
