"""`make review` on branches that change one mart, one macro, one seed, one contract.

In a repository of their own that is this working tree. Long: of every pull request the workflow
`review` runs the command itself.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lake import PROJECT
from tracked_files import tracked_files

pytestmark = pytest.mark.long

REPORTS = PROJECT / "target" / "checks" / "reviews"


def git(folder: Path, *words: str) -> str:
    given = ["-c", "user.name=test", "-c", "user.email=test@example.invalid"]
    done = subprocess.run(["git", *given, *words], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This working tree as the branch main of a repository."""
    folder = tmp_path_factory.mktemp("review") / "clone"
    for path in tracked_files(PROJECT):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / path, folder / path)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "as it is")
    return folder


@pytest.fixture
def reviewed(clone: Path, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Change files on a branch of main and return the report; a stranger reads it in REPORTS."""
    git(clone, "checkout", "--quiet", "-B", "change", "main")

    def review(changes: dict[str, tuple[str, str]], *, code: int = 0) -> str:
        for path, (old, new) in changes.items():
            text = (clone / path).read_text()
            assert old in text, path
            (clone / path).write_text(text.replace(old, new))
        git(clone, "commit", "--quiet", "--all", "--message", "a change")
        files = ["--output", str(clone / "report.txt"), "--comment", str(clone / "comment.txt")]
        done = subprocess.run(
            [sys.executable, "scripts/review.py", "--base", "main", *files],
            cwd=clone,
            env={**os.environ, "PYTHONPATH": str(clone / "src")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stdout + done.stderr
        text = (clone / "report.txt").read_text()
        assert done.stdout.strip() == text.strip()
        assert text.strip() in (clone / "comment.txt").read_text()
        assert git(clone, "status", "--porcelain", "--untracked-files=no") == ""
        REPORTS.mkdir(parents=True, exist_ok=True)
        (REPORTS / f"{request.node.name}.md").write_text(text)
        return text

    return review


def test_a_mart(reviewed):
    mart = "models/commerce/marts/rpt_commerce__gmv_current.sql"
    changed = "        gmv_amount * 2 as gmv_amount,\n"
    report = reviewed({mart: ("        gmv_amount,\n", changed)}, code=1)
    # What fails is told, and the numbers all the same.
    unit = "`rpt_commerce__gmv_current.ended_or_empty_bucket_is_left_out` (`models/commerce/marts/"
    assert unit in report and ".yml`): actual differs" in report
    singular = "`tests/data/commerce/assert_purchases_add_up_to_current_gmv.sql`"
    assert f"`assert_purchases_add_up_to_current_gmv` ({singular}): 4 rows that" in report
    assert "these tests expect the old rule: change them with it" in report
    numbers = "`rpt_commerce__gmv_current` (gmv_amount 2055.00 → 4110.00)"
    assert f"reports with other numbers: {numbers}" in report
    assert f"| `rpt_commerce__gmv_current` | SQL | `{mart}` |" in report
    assert "| `rpt_commerce__gmv_current` | `gmv_amount` |  | **2 changed** |" in report
    assert "Read by: **commerce_gmv** (`rpt_commerce__gmv_current`)" in report
    assert "- sum of `gmv_amount`: 2055.00 → **4110.00**" in report
    assert "1 of 45 tables differ" in report and "Contracts" not in report
    slim = re.search(r"tables that are changed, and what reads them, anew \| ([\d.]+)", report)
    tests = re.search(r"their tests \| ([\d.]+)", report)
    assert slim and tests and float(slim[1]) + float(tests[1]) <= 90


def test_a_macro(reviewed):
    macro = "macros/commerce/gmv_amount.sql"
    changed = "then cast(2 * ({{ line_value() }}) as decimal(18, 2))"
    report = reviewed({macro: ("then {{ line_value() }}", changed)}, code=1)
    assert "macro gmv_amount" in report and "assert_gmv_amount_values" in report
    assert re.search(r"\| `fct_commerce__purchase` \| `gmv_amount` \|  \| \*\*\d+ changed", report)
    assert "**commerce_gmv** (" in report
    assert "- sum of `gmv_amount`: 2055.00 → **4110.00**" in report
    # What is stored was made by the old rule, and an increment has nothing new to make anew.
    assert "### A full refresh is needed" in report
    assert "lakehouse build --full-refresh --select fct_commerce__purchase+" in report


def test_a_seed(reviewed):
    seed = "seeds/commerce/ref_commerce__subsidiary.csv"
    report = reviewed({seed: ("nacional,Sales inside", "domestica,Sales inside")})
    assert "- ✅ Built and tested: " in report
    assert f"| `ref_commerce__subsidiary` | rows | `{seed}` |" in report
    assert "| `fct_quality__row_flag` |  | yes | **2 new** |" in report
    assert "flag_code=unknown_subsidiary |  |  | new |" in report
    assert "**quality_trust** (" in report


def test_a_contract(reviewed):
    mart = "models/retail/marts/rpt_retail__vendas_por_ano"
    described = (PROJECT / f"{mart}.yml").read_text()
    column = described[described.index("      - name: variacao_ratio") :]
    report = reviewed(
        {
            f"{mart}.sql": (",\n        variacao_ratio\n", "\n"),
            f"{mart}.yml": (column, ""),
        }
    )
    assert "### Contracts that break" in report
    assert "| `rpt_retail__vendas_por_ano` | column variacao_ratio is gone |" in report
    assert "**1 promise of a contract broken**; read by `retail_gold`" in report
    assert "`variacao_ratio` gone" in report
