"""The loop of every few minutes: check what changed, and what that touches, and nothing else.

`scripts/check.py [--base main]` looks at the files that differ from a commit (default: HEAD), new
ones included, runs the checks that can say something about them in ten seconds or so, and names
what only `make test` can tell. What is chosen, and by which rule: check_selection.py.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from check_selection import python_tests, sql_to_lint, touches_dbt, with_ending
from tracked_files import GitError, git_paths, left_at, tracked_files

PROJECT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
# As many as the machines have that this is measured on.
AT_A_TIME = 2


@dataclass(frozen=True)
class Step:
    """A program that checks something, and what it looks at, for the person who waits for it."""

    name: str
    subject: str
    command: tuple[str, ...]
    folder: str = "."


@dataclass(frozen=True)
class Ended:
    """A step that ended, with all it printed."""

    step: Step
    is_success: bool
    output: str
    seconds: float


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def steps_for(changed: Sequence[str], present: Sequence[str], tests: Sequence[str]) -> list[Step]:
    """The checks of a change, those that take longest first.

    Args:
        changed: all changed paths.
        present: those of them that still exist.
        tests: files of pytest that import what changed.
    """
    python, sql = with_ending(present, ".py"), sql_to_lint(present)
    steps = []
    if touches_dbt(changed):
        program = ("python", "scripts/check_dbt.py", *changed)
        steps.append(Step("dbt", "conventions, SQL, unit tests, value tests", program))
    if sql:
        program = ("python", "scripts/lint_sql.py", "--processes", "1", *sql)
        steps.append(Step("sqlfluff", counted(len(sql), "file"), program))
    if with_ending(changed, ".py"):
        steps.append(Step("mypy", "src and scripts", ("mypy",)))
    if tests:
        subject = counted(len(tests), "test file")
        # Starting workers takes as long as a file or two of tests.
        spread = ("-n", str(AT_A_TIME), "--dist", "loadfile") if len(tests) > 3 else ()
        steps.append(Step("pytest", subject, ("python", "-m", "pytest", "-q", *spread, *tests)))
    if any(path.startswith("locallake/src/") for path in with_ending(changed, ".py")):
        steps.append(Step("mypy", "locallake", ("mypy",), folder="locallake"))
    if python:
        subject = counted(len(python), "file")
        steps.append(Step("ruff check", subject, ("ruff", "check", *python)))
        steps.append(Step("ruff format", subject, ("ruff", "format", "--check", *python)))
    return steps


def left_to_make_test(changed: Sequence[str], left_tests: Sequence[str]) -> list[str]:
    """What a change may break that none of the steps looks at."""
    left = []
    if touches_dbt(changed):
        left.append("data tests of a build, SQL of Athena and Glue, the history proofs")
    if any(path.startswith("macros/") for path in changed):
        left.append("style of the SQL that uses the macro (make lint), refused input of macros")
    if left_tests:
        folders = sorted({path.rsplit("/", 1)[0] for path in left_tests})
        left.append(f"{counted(len(left_tests), 'test file')} in {', '.join(folders)}")
    if any(path.startswith("terraform/") for path in changed):
        left.append("Terraform: make test-infra")
    if any(path.startswith("locallake/") for path in changed):
        left.append("the local AWS: make test-engines")
    if any(path.startswith("requirements/") or path == "pyproject.toml" for path in changed):
        left.append("all tests in the new environment: make install test")
    return left


def changed_since(base: str) -> list[str]:
    """Paths that differ from the commit where this branch left `base`, and new files."""
    try:
        commit = left_at(PROJECT, base)
        differing = git_paths(PROJECT, "diff", "--name-only", "--no-renames", "-z", commit)
        new = git_paths(PROJECT, "ls-files", "--others", "--exclude-standard", "-z")
    except GitError as err:
        raise SystemExit(f"check: {err}") from err
    return sorted({*differing, *new})


def python_sources() -> Mapping[str, str]:
    """Path -> text of all Python files that are not ignored."""
    return {
        path: (PROJECT / path).read_text("utf-8", errors="replace")
        for path in tracked_files(PROJECT, "*.py")
    }


def run(step: Step) -> Ended:
    started = time.monotonic()
    outcome = subprocess.run(
        [str(PROGRAMS / step.command[0]), *step.command[1:]],
        cwd=PROJECT / step.folder,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seconds = time.monotonic() - started
    return Ended(step, outcome.returncode == 0, outcome.stdout, seconds)


def report(ended: Ended) -> str:
    """A line for what passed, with what dbt looked at; all that was printed for what failed."""
    verdict = "ok    " if ended.is_success else "FAILED"
    line = f"{verdict} {ended.step.name} ({ended.step.subject}), {ended.seconds:.0f} s"
    said = ended.output.rstrip()
    if ended.is_success and ended.step.name != "dbt":
        return line
    return "\n".join([line, *(f"       {each}".rstrip() for each in said.splitlines())])


def printed(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--base", default="HEAD", help="commit to compare with (default: HEAD)")
    base = parser.parse_args().base
    started = time.monotonic()
    changed = changed_since(base)
    if not changed:
        print(f"check: nothing changed since {base}")
        return 0
    tests = python_tests(changed, python_sources())
    present = [path for path in changed if (PROJECT / path).is_file()]
    steps = steps_for(changed, present, tests.quick)

    printed([f"check: {counted(len(changed), 'file')} changed since {base}"])
    printed(f"  {path}" for path in changed)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        ended = []
        for future in as_completed([pool.submit(run, step) for step in steps]):
            ended.append(future.result())
            printed([report(ended[-1])])
    printed(f"left to make test: {each}" for each in left_to_make_test(changed, tests.left))
    failed = sorted({each.step.name for each in ended if not each.is_success})
    seconds = time.monotonic() - started
    if failed:
        print(f"check: FAILED in {seconds:.0f} s: {', '.join(failed)}")
        return 1
    if not steps:
        print("check: nothing here to check; make test is the judge")
        return 0
    print(f"check: passed in {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
