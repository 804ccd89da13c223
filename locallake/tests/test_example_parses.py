"""The example is a project that dbt reads, with either adapter."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[1] / "examples" / "birds"
DBT = Path(sys.executable).with_name("dbt")


@pytest.mark.skipif(not DBT.exists(), reason="needs locks/test.txt")
@pytest.mark.parametrize("target", ["athena", "glue"])
def test_the_example_parses(target, tmp_path):
    project = shutil.copytree(
        EXAMPLE, tmp_path / "birds", ignore=shutil.ignore_patterns("target", "logs", ".venv")
    )
    done = subprocess.run(
        [DBT, "parse", "--target", target, "--warn-error"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
