"""scripts/install.sh: what is wrong is one sentence that names the thing and the next step."""

import os
import subprocess
from pathlib import Path

import pytest
from lake import PROJECT

LOCK = "requirements/uv.lock"


def install(python: str, folder: Path, lock: str = LOCK, **variables: str):
    return subprocess.run(
        ["bash", str(PROJECT / "scripts" / "install.sh"), python, str(folder), lock],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (None, "there is no "),
        ("echo 3.9", "Python 3.11, 3.12 or 3.13 is needed, "),
        ("exit 127", "cannot be started"),
        ('case "$1" in -c) echo 3.12;; *) echo ensurepip is not available; exit 1;; esac',
         "has no venv module"),
        ('case "$1" in -c) echo 3.12;; *) echo No space left on device; exit 1;; esac',
         "the disk is full"),
    ],
)  # fmt: skip
def test_a_python_that_will_not_do_is_one_sentence(tmp_path: Path, script: str | None, said: str):
    name = str(tmp_path / "python")
    if script is not None:
        program(tmp_path / "python", script)
    done = install(name, tmp_path / "made")
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert said in line
    assert "make PYTHON=python3.12 <target>" in line or "run the same command again" in line


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path):
    (tmp_path / "letter.txt").write_text("mine")
    done = install("python3", tmp_path)
    assert done.returncode == 1
    assert "is no environment of Python: move it away" in done.stderr
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_without_a_network_it_says_so(tmp_path: Path):
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:1", "PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "0"}
    done = install("python3", tmp_path / "made", **nowhere)
    assert done.returncode == 1
    assert "the package index does not answer: check the network" in done.stderr
