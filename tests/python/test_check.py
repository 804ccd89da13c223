"""What `make check` chooses: whatever a changed file can break, and nothing else."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from check import Ended, Step, left_to_make_test, report, steps_for
from check_selection import (
    DbtMacro,
    DbtNode,
    DbtProject,
    dbt_plan,
    files_importing,
    module_name,
    python_tests,
    sql_to_lint,
    touches_dbt,
)

SOURCES = {
    "src/lakehouse/__init__.py": "",
    "src/lakehouse/errors.py": "class LandingError(Exception): ...",
    "src/lakehouse/landing/__init__.py": "",
    "src/lakehouse/landing/land.py": "from ..errors import LandingError",
    "src/lakehouse/landing/load.py": "from . import land",
    "src/lakehouse/publishing/publish.py": "import json",
    "scripts/bundle.py": "from lakehouse.landing import load",
    "scripts/alone.py": "",
    "tests/lake.py": "import lakehouse.landing.land",
    "tests/python/conftest.py": "import lakehouse.publishing.publish\ndef published(): ...",
    "tests/python/test_load.py": "from lakehouse.landing.load import read",
    "tests/python/test_bundle.py": "PROGRAM = 'scripts/bundle.py'",
    "tests/python/test_publish.py": "def test_it(published): ...",
    "tests/python/test_other.py": "import json\ndef test_it(tmp_path): ...",
    "tests/python/test_citations.py": "",
    "tests/integration/test_lake.py": "from lake import Lake",
}


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("src/lakehouse/landing/land.py", "lakehouse.landing.land"),
        ("src/lakehouse/landing/__init__.py", "lakehouse.landing"),
        ("locallake/src/locallake/cli.py", "locallake.cli"),
        ("tests/infra/runs/conftest.py", "conftest"),
        ("tests/lake.py", "lake"),
        ("scripts/bundle.py", "bundle"),
    ],
)
def test_a_file_is_imported_by_the_name_below_its_root(path, module):
    assert module_name(path) == module


@pytest.mark.parametrize(
    ("changed", "quick", "left"),
    [
        ("src/lakehouse/errors.py", ["test_bundle", "test_load"], ["test_lake"]),
        ("src/lakehouse/__init__.py", ["test_bundle", "test_load", "test_publish"], ["test_lake"]),
        ("src/lakehouse/landing/load.py", ["test_bundle", "test_load"], []),
        ("scripts/bundle.py", ["test_bundle"], []),
        ("scripts/alone.py", [], []),
        ("src/lakehouse/publishing/publish.py", ["test_publish"], []),
        ("tests/python/test_other.py", ["test_other"], []),
        ("tests/integration/test_lake.py", [], ["test_lake"]),
        ("docs/engines.md", ["test_citations"], []),
        ("models/a.sql", [], []),
    ],
)
def test_tests_run_that_load_what_changed(changed, quick, left):
    tests = python_tests([changed], SOURCES)

    assert [Path(path).stem for path in tests.quick] == quick
    assert [Path(path).stem for path in tests.left] == left


def test_what_imported_a_deleted_module_is_touched():
    sources = SOURCES | {"tests/python/test_gone.py": "import lakehouse.gone"}

    assert "tests/python/test_gone.py" in files_importing(["src/lakehouse/gone.py"], sources)


def test_a_deleted_test_does_not_run():
    assert python_tests(["tests/python/test_gone.py"], SOURCES).quick == ()


def test_a_file_that_is_no_python_yet_names_nothing():
    assert files_importing(["scripts/alone.py"], {"scripts/alone.py": "def ("}) == {
        "scripts/alone.py"
    }


def test_sqlfluff_reads_what_make_lint_gives_it():
    paths = ["models/a.sql", "models/a.yml", "macros/b.sql", "tests/macros/c.sql", "analyses/d.sql"]

    assert sql_to_lint(paths) == ("models/a.sql", "tests/macros/c.sql", "analyses/d.sql")


@pytest.mark.parametrize(
    ("path", "is_touched"),
    [
        ("models/commerce/a.yml", True),
        ("dbt_project.yml", True),
        ("seeds/a.csv", True),
        ("docs/engines.md", False),
        ("tests/python/a.py", False),
    ],
)
def test_dbt_runs_for_its_own_files(path, is_touched):
    assert touches_dbt([path]) is is_touched


# raw -> staging -> received -> purchase -> report; ref_rate is a seed that purchase reads.


def model(name: str, *reads: str, macros: Iterable[str] = (), tested: bool = False) -> DbtNode:
    return DbtNode(
        name=name,
        kind="model",
        path=f"models/{name}.sql",
        yaml_path=f"models/{name}.yml",
        reads=frozenset(reads),
        macros=frozenset(macros),
        is_unit_tested=tested,
    )


def value_test(name: str, *reads: str, macros: Iterable[str] = ()) -> DbtNode:
    path = f"tests/macros/{name}.sql"
    return DbtNode(name, "test", path, reads=frozenset(reads), macros=frozenset(macros))


PROJECT = DbtProject(
    nodes={
        "raw": DbtNode("raw", "source", "models/sources.yml"),
        "ref_rate": DbtNode("ref_rate", "seed", "seeds/ref_rate.csv", "seeds/ref_rate.yml"),
        "staging": model("staging", "raw", macros=["number"]),
        "received": model("received", "staging", tested=True),
        "purchase": model("purchase", "received", "ref_rate", macros=["value"], tested=True),
        "report": model("report", "purchase", tested=True),
        "other": model("other", tested=True),
        "value_holds": value_test("value_holds", macros=["value"]),
        "number_holds": value_test("number_holds", "received", macros=["number"]),
        "rows_hold": DbtNode(
            "rows_hold", "test", "tests/data/rows_hold.sql", reads=frozenset({"report"})
        ),
    },
    macros={
        "value": DbtMacro("macros/value.sql", frozenset({"rounded"})),
        "rounded": DbtMacro("macros/rounded.sql"),
        "number": DbtMacro("macros/number.sql"),
        "hook": DbtMacro("macros/hook.sql", frozenset({"number"})),
    },
)


@pytest.mark.parametrize(
    ("changed", "unit_tested", "value_tests", "bound"),
    [
        (
            "models/purchase.sql",
            ("purchase", "report"),
            (),
            ("staging", "received", "purchase", "report"),
        ),
        (
            "models/purchase.yml",
            ("purchase", "report"),
            (),
            ("staging", "received", "purchase", "report"),
        ),
        (
            "models/received.unit.yml",
            ("purchase", "received"),
            (),
            ("staging", "received", "purchase", "report"),
        ),
        ("models/report.sql", ("report",), (), ("staging", "received", "purchase", "report")),
        (
            "macros/rounded.sql",
            ("purchase",),
            ("value_holds",),
            ("value_holds", "staging", "received", "purchase", "report"),
        ),
        (
            "macros/number.sql",
            (),
            ("number_holds",),
            ("staging", "received", "number_holds", "purchase", "report"),
        ),
        (
            "seeds/ref_rate.csv",
            ("purchase",),
            (),
            ("staging", "received", "purchase", "report"),
        ),
        ("models/sources.yml", (), (), ("staging", "received", "purchase", "report")),
        ("tests/macros/value_holds.sql", (), ("value_holds",), ("value_holds",)),
        (
            "tests/data/rows_hold.sql",
            (),
            (),
            ("staging", "received", "purchase", "report", "rows_hold"),
        ),
        ("analyses/a.sql", (), (), ()),
    ],
)
def test_dbt_tests_what_a_change_can_break(changed, unit_tested, value_tests, bound):
    plan = dbt_plan([changed], PROJECT)

    assert plan.unit_tested == unit_tested
    assert plan.value_tests == value_tests
    assert set(plan.bound) == set(bound)


def test_sql_is_read_after_what_it_reads():
    order = dbt_plan(["models/staging.sql"], PROJECT).bound

    assert [name for name in order if name != "ref_rate"] == [
        "staging",
        "received",
        "purchase",
        "report",
    ]


def test_seeds_are_loaded_that_a_bound_model_reads():
    assert dbt_plan(["models/report.sql"], PROJECT).seeds == ("ref_rate",)
    assert dbt_plan(["models/other.sql"], PROJECT).seeds == ()


def test_settings_of_dbt_concern_every_model_and_value_test():
    plan = dbt_plan(["dbt_project.yml"], PROJECT)

    assert plan.unit_tested == ("other", "purchase", "received", "report")
    assert plan.value_tests == ("number_holds", "value_holds")


def test_a_macro_that_only_hooks_call_is_named():
    assert dbt_plan(["macros/hook.sql"], PROJECT).unused_macros == ("macros/hook.sql",)
    assert dbt_plan(["macros/rounded.sql"], PROJECT).unused_macros == ()


def names(steps: Iterable[Step]) -> list[str]:
    return [step.name for step in steps]


def test_each_kind_of_file_has_its_checks():
    changed = ["models/a.sql", "scripts/a.py", "docs/engines.md"]

    steps = steps_for(changed, changed, ["tests/python/test_a.py"])

    assert names(steps) == ["dbt", "sqlfluff", "mypy", "pytest", "ruff check", "ruff format"]
    assert steps_for(["docs/engines.md"], ["docs/engines.md"], []) == []


def test_deleted_files_are_checked_by_those_that_used_them_alone():
    assert names(steps_for(["models/a.sql", "src/lakehouse/a.py"], [], [])) == ["dbt", "mypy"]


def test_what_is_left_is_named():
    left = left_to_make_test(["macros/a.sql"], ["tests/proofs/test_a.py", "tests/proofs/test_b.py"])

    assert [each.split()[0] for each in left] == ["data", "style", "2"]
    assert left_to_make_test(["docs/engines.md"], []) == []


def test_all_that_a_failed_step_printed_is_shown():
    step = Step("mypy", "src and scripts", ("mypy",))

    assert report(Ended(step, False, "a.py:1: error\n", 2.4)).splitlines() == [
        "FAILED mypy (src and scripts), 2 s",
        "       a.py:1: error",
    ]
    assert report(Ended(step, True, "Success\n", 2.4)) == "ok     mypy (src and scripts), 2 s"
