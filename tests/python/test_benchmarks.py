"""What benchmarks name is there: they are run by hand, and seldom."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
TABLE = re.compile(r"\b(?:dim|fct|feat|int|ref|rpt|stg)_[a-z]+__[a-z0-9_]+")
VARIABLE = re.compile(r"LAKEHOUSE_[A-Z_]+")


def test_the_tables_that_benchmarks_compare_are_built():
    named = {
        name: script.name
        for script in (PROJECT / "benchmarks").glob("*.py")
        for name in TABLE.findall(script.read_text())
    }
    folders = (PROJECT / "models", PROJECT / "seeds")
    built = {path.stem for folder in folders for path in folder.rglob("*__*")}
    assert named
    assert {name: script for name, script in named.items() if name not in built} == {}


def test_the_variables_that_benchmarks_set_are_read():
    files = [PROJECT / "profiles.yml", PROJECT / "dbt_project.yml"]
    files += (PROJECT / "src").rglob("*.py")
    files += (PROJECT / "models").glob("*/staging/*.yml")
    read = {name for path in files for name in VARIABLE.findall(path.read_text())}
    named = {
        name: script.name
        for script in (PROJECT / "benchmarks").glob("*.py")
        for name in VARIABLE.findall(script.read_text())
    }
    assert named
    assert {name: script for name, script in named.items() if name not in read} == {}
