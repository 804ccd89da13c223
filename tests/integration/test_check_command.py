"""`make check` on a copy of the project: a changed rule of GMV fails before a table is built."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
COPIED = ("analyses", "data", "macros", "models", "scripts", "seeds", "tests")
SETTINGS = ("dbt_project.yml", "profiles.yml", ".sqlfluff", ".gitignore")
RULE = Path("macros/commerce/line_value.sql")
GIT = ("git", "-c", "user.name=test", "-c", "user.email=test@example.com")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for folder in COPIED:
        shutil.copytree(
            PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in SETTINGS:
        shutil.copy(PROJECT / name, tmp_path)
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "as it was")):
        subprocess.run([*GIT, *words], cwd=tmp_path, check=True)
    return tmp_path


def check(checkout: Path) -> subprocess.CompletedProcess[str]:
    # A database or a lake of the developer's must not be touched.
    theirs = {"LAKEHOUSE_DUCKDB": "/nowhere/a.duckdb", "LAKEHOUSE_RAW": "/nowhere"}
    return subprocess.run(
        [sys.executable, "scripts/check.py"],
        cwd=checkout,
        env=os.environ | theirs,
        capture_output=True,
        text=True,
    )


def test_a_changed_rule_of_gmv_fails_at_its_value_test_and_its_unit_tests(checkout):
    assert check(checkout).stdout == "check: nothing changed since HEAD\n"
    rule = checkout / RULE
    right = rule.read_text("utf-8")
    wrong = right.replace("    purchase_value\n", "    purchase_value * 2\n")
    assert wrong != right

    rule.write_text(wrong, "utf-8")
    failed = check(checkout)
    rule.write_text(right + "{# The same rule. #}\n", "utf-8")
    passed = check(checkout)

    assert failed.returncode == 1
    assert "assert_line_value_values" in failed.stdout
    assert "fct_commerce__purchase.unit.yml" in failed.stdout
    assert failed.stdout.splitlines()[-1].startswith("check: FAILED")
    assert passed.returncode == 0, passed.stdout
    assert passed.stdout.splitlines()[-1].startswith("check: passed")
    assert not (checkout / "lakehouse.duckdb").exists()
