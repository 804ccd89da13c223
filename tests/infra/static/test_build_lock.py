"""A release has the wheels that the builds' Python asks for, whichever Python releases."""

import re
import sys

import build_lock
import pytest
from infra.terraform_tool import REPOSITORY, TERRAFORM

LOCK = (REPOSITORY / "requirements" / "project.lock").read_text(encoding="utf-8")


def names(lines) -> list[str]:
    return [line.split()[0] for line in lines]


def test_conditions_are_those_of_the_builds_and_not_of_this_python():
    lock = """\
a==1 ; python_full_version < '3.12' \\
    --hash=sha256:01
a==2 ; python_full_version >= '3.12' \\
    --hash=sha256:02 \\
    --hash=sha256:03
# said by somebody
b==1 ; sys_platform == 'win32' \\
    --hash=sha256:04
c==1 \\
    --hash=sha256:05
"""
    assert list(build_lock.requirements(lock)) == [
        "a==2 --hash=sha256:02 --hash=sha256:03",
        "c==1 --hash=sha256:05",
    ]


def test_lock_of_the_project_has_each_package_once_and_with_hashes():
    kept = list(build_lock.requirements(LOCK))
    packages = [name.partition("==")[0] for name in names(kept)]
    assert len(packages) == len(set(packages)) > 100
    assert all("--hash=" in one and ";" not in one for one in kept)
    # What is left out has a condition.
    every = set(re.findall(r"^([\w.-]+==\S+)", LOCK, re.M))
    conditional = set(re.findall(r"^([\w.-]+==\S+) ; ", LOCK, re.M))
    assert every - set(names(kept)) <= conditional


def test_python_of_the_builds_is_the_buildspecs():
    buildspec = (TERRAFORM / "modules/runtime/buildspec.yml.tftpl").read_text(encoding="utf-8")
    assert f'python: "{build_lock.BUILDS["python_version"]}"' in buildspec
    release = (REPOSITORY / "scripts" / "release.sh").read_text(encoding="utf-8")
    assert f"--python-version {build_lock.BUILDS['python_version']}" in release
    assert "-r target/release/builds.lock" in release


def test_this_python_reads_the_lock_otherwise():
    """Else the first test shows nothing here."""
    if sys.version_info[:2] == (3, 12):
        pytest.skip("this is the Python of the builds")
    from pip._vendor.packaging.markers import Marker

    condition = "python_full_version >= '3.12' and python_full_version < '3.13'"
    assert not Marker(condition).evaluate()
