"""What would be published: complete, and installed by itself into an empty environment."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]

pytest.importorskip("hatchling", reason="needs locks/test.txt")


def run(*words, **given):
    done = subprocess.run(words, capture_output=True, text=True, check=False, **given)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with the wheel and the source archive."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", str(folder), cwd=PROJECT)
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    (path,) = built.glob("*.whl")
    return path


def test_the_wheel_holds_every_module_and_lock_and_the_licence(wheel):
    package = PROJECT / "src" / "locallake"
    wanted = {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.suffix in (".py", ".txt", ".in", ".typed")
    }
    assert "locallake/locks/emulator.txt" in wanted
    names = set(zipfile.ZipFile(wheel).namelist())
    assert wanted <= names
    assert "locallake-0.1.0.dist-info/licenses/LICENSE" in names


def test_the_metadata_is_complete(wheel):
    text = zipfile.ZipFile(wheel).read("locallake-0.1.0.dist-info/METADATA").decode()
    metadata = Parser().parsestr(text)
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Dist"] is None
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata["Keywords"] and len(metadata.get_all("Classifier")) > 5


def test_the_source_archive_holds_the_tests_and_the_example_and_nothing_made(built):
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "CHANGELOG.md", "README.md", "tests/test_package.py"} <= names
    assert "examples/birds/profiles.yml" in names
    made = {"__pycache__", "target", "logs", ".venv", ".locallake"}
    assert not [name for name in names if made & set(name.split("/"))]


def test_the_wheel_alone_gives_the_command(wheel, tmp_path):
    run(sys.executable, "-m", "venv", str(tmp_path / "empty"))
    programs = tmp_path / "empty" / "bin"
    run(str(programs / "python"), "-m", "pip", "install", "--no-index", "--quiet", str(wheel))
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environ["LOCALLAKE_HOME"] = str(tmp_path / "home")
    shown = run(str(programs / "locallake"), "--help", cwd=tmp_path, env=environ)
    assert "up|status|down|reset|env|fault" in shown
    where = "from locallake.runtime import lock_file; print(lock_file('spark').exists())"
    assert run(str(programs / "python"), "-c", where, cwd=tmp_path, env=environ) == "True\n"
