"""The fast linter finds what `sqlfluff lint` finds, whichever parser reads the files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "scripts" / "lint_sql.py"
CONFIGURATION = """
[sqlfluff]
dialect = duckdb
templater = raw
large_file_skip_byte_limit = 2000
"""
SICK = {
    "keywords.sql": "SELECT a from t\n",
    "spacing.sql": "select  a,b\nfrom t  \n",
    "aliases.sql": "select t.a b, u.c from t left outer join u on t.a=u.a\n",
    "unused.sql": "with unused as (select 1 as a)\nselect b from t;\n\n\n",
    "equality.sql": "select a from t where a = null and b <> 1 and c != 2\n",
    "unparsable.sql": "select from from where\nselect 1 as a,\n",
    "ignored.sql": "select distinct a, B as b from t group by a -- noqa\n",
    "indented.sql": "select\n  a,\n      case when b then c else null end as d\nfrom t\n\t, u",
    "long.sql": f"select a from t where {' and '.join(f'column_{n} = {n}' for n in range(9))}\n",
    "layout.sql": "select  a +\n  b as c ,\nd\n    from t where a\nand b ,  c\n  or d\n",
    "clean.sql": "select a from t\n",
}
# sqlfluff imports its Rust part by this name, and does without where that fails.
WITHOUT_RUST = 'raise ImportError("hidden by a test")\n'


def run(*command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env=os.environ | environment
    )


@pytest.fixture
def sick_project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / ".sqlfluff").write_text(CONFIGURATION)
    for name, text in SICK.items():
        (folder / name).write_text(text)
    return folder


def test_findings_are_those_of_sqlfluff_without_its_rust_parser(sick_project, tmp_path):
    hiding = tmp_path / "hiding"
    hiding.mkdir()
    (hiding / "sqlfluffrs.py").write_text(WITHOUT_RUST)
    command = "from sqlfluff.cli.commands import cli; cli()"
    old = run(
        *(sys.executable, "-c", command, "lint", ".", "--format", "json"),
        folder=sick_project,
        PYTHONPATH=str(hiding),
    )
    expected = sorted(
        f"{record['filepath']}:{found['start_line_no']}:{found['start_line_pos']}: "
        f"{found['code']} {found['description']}"
        for record in json.loads(old.stdout)
        for found in record["violations"]
    )

    new = run(sys.executable, str(PROGRAM), ".", "--processes", "2", folder=sick_project)

    *findings, summary = new.stdout.splitlines()
    assert sorted(findings) == expected
    assert len({finding.split(": ")[1].split()[0] for finding in findings}) > 10
    assert summary == f"sqlfluff: {len(SICK)} linted, {len(expected)} findings"
    assert new.returncode == old.returncode == 1


def test_a_clean_file_passes(sick_project):
    outcome = run(sys.executable, str(PROGRAM), "clean.sql", folder=sick_project)

    assert outcome.stdout == "sqlfluff: 1 linted, 0 findings\n"
    assert outcome.returncode == 0


def test_a_file_that_sqlfluff_leaves_out_is_a_finding_unless_it_holds_macros(sick_project):
    (sick_project / "large.sql").write_text("select a from t\n" * 200)
    (sick_project / "macro.sql").write_text("{% test positive(model) %}\n" * 200)

    outcome = run(sys.executable, str(PROGRAM), "large.sql", "macro.sql", folder=sick_project)

    assert [line.split(": ")[0] for line in outcome.stdout.splitlines()] == [
        "large.sql:1:1",
        "sqlfluff",
    ]
    assert outcome.returncode == 1
