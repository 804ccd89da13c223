"""Lint SQL as `sqlfluff lint` does, in a quarter of its time: scripts/lint_sql.py <paths>.

The same files, rules and findings. What the command spends its time on and this program does not:
its main process alone renders what the others wait for, and gets back every syntax tree though
nobody reads it, so here a process does its files from template to findings; the collector of
cyclic garbage walks through a million living nodes over and over, so here it runs between files;
and each rule of layout makes the same sequence of blocks and gaps of a file anew, a third of all
the work, so here they share it.
sqlfluff takes its Rust lexer and parser (`sqlfluffrs`) by itself wherever that is installed.
"""

import argparse
import gc
import logging
import multiprocessing
import os
import re
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlfluff.core import FluffConfig, Linter, SQLFluffUserError
from sqlfluff.core.linter.discovery import paths_from_path
from sqlfluff.core.parser import BaseSegment
from sqlfluff.utils.reflow.sequence import ReflowSequence

# Where tests/dbt_server.py finds the project as it was parsed here.
PARSED = Path("target/checks/parsed/target")
# Each takes up to 700 MB, and more than four hardly pay on one project.
MOST_PROCESSES = 4
FILES_BETWEEN_COLLECTIONS = 8
# dbt reads these as macros, and sqlfluff has no SQL to look at.
MACRO = re.compile(r"{%-?\s*(test|macro)\s")


@dataclass(frozen=True, order=True)
class Finding:
    """One finding of one rule; `code` is the rule's, or PRS and TMP where nothing could be read."""

    path: str
    line: int
    column: int
    code: str
    text: str
    is_warning: bool = False

    def __str__(self) -> str:
        kind = "warning: " if self.is_warning else ""
        return f"{self.path}:{self.line}:{self.column}: {kind}{self.code} {self.text}"


@cache
def linter() -> Linter:
    """One per process: its templater holds dbt's manifest."""
    # Files that sqlfluff leaves out or fails on are warnings in its log only; see `findings_of`.
    logging.getLogger("sqlfluff").setLevel(logging.ERROR)
    return Linter(config=FluffConfig.from_root())


def findings_of(path: str) -> list[Finding]:
    """Lint one file; a file that sqlfluff did not read is a finding, unless it holds macros."""
    result = linter().lint_paths((path,), processes=1, retain_files=False)
    records = result.as_records()
    if not records:
        if MACRO.search(Path(path).read_text("utf-8")):
            return []
        return [Finding(path, 1, 1, "NOT READ", f"sqlfluff lint {path} says why")]
    return [
        finding(record["filepath"], violation)
        for record in records
        for violation in record["violations"]
    ]


def finding(path: str, violation: Mapping[str, Any]) -> Finding:
    return Finding(
        path=path,
        line=violation["start_line_no"],
        column=violation["start_line_pos"],
        code=violation["code"],
        text=violation["description"],
        is_warning=violation["warning"],
    )


def share_sequences() -> None:
    """Let the rules of layout share what sqlfluff makes of a file for them.

    They leave it as it is: what they would change they write into a sequence of their own.
    """
    made = ReflowSequence.from_root
    kept: list[tuple[BaseSegment, FluffConfig, ReflowSequence]] = []

    def from_root(root_segment: BaseSegment, config: FluffConfig) -> ReflowSequence:
        if not kept or kept[0][0] is not root_segment or kept[0][1] is not config:
            kept[:] = [(root_segment, config, made(root_segment, config))]
        return kept[0][2]

    ReflowSequence.from_root = from_root  # type: ignore[method-assign]


def read_project(files: Sequence[str]) -> None:
    """Let the templater read what it keeps for all files: dbt takes seconds to parse the project.

    Nothing is compiled, so no database is opened yet, and no thread runs that a fork would lose.
    """
    for _ in linter().templater.sequence_files([*files], config=linter().config):
        pass
    gc.collect()
    # Collecting in a worker would touch, and so copy, every page of the manifest.
    gc.freeze()
    gc.disable()


def work(numbered: tuple[int, str]) -> list[Finding]:
    number, path = numbered
    found = findings_of(path)
    if number % FILES_BETWEEN_COLLECTIONS == 0:
        gc.collect()
    return found


def lint(files: Sequence[str], *, processes: int, target_path: Path = PARSED) -> list[Finding]:
    """Lint the files, the largest first so that all processes end together.

    Args:
        files: paths of SQL files of the dbt project in the working directory.
        processes: how many files are linted at a time.
        target_path: where dbt keeps its parsed project for the next run.
    Returns: all findings by path, line and column.
    """
    os.environ |= {"DBT_TARGET_PATH": str(target_path), "LAKEHOUSE_DUCKDB": ":memory:"}
    share_sequences()
    read_project(files)
    largest_first = sorted(files, key=os.path.getsize, reverse=True)
    # Each process starts from the project as it was read, with a database of its own in memory.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool:
        found = pool.map(work, enumerate(largest_first, start=1))
        every = sorted(each for findings in found for each in findings)
    # Else DuckDB's bindings complain that they are never tidied away.
    gc.unfreeze()
    return every


def files_in(paths: Sequence[str]) -> list[str]:
    """The SQL files that `sqlfluff lint` would take for these paths."""
    return sorted({file for path in paths for file in paths_from_path(path)})


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("paths", nargs="+")
    parser.add_argument(
        "--processes", type=int, default=min(os.cpu_count() or 1, MOST_PROCESSES), metavar="N"
    )
    arguments = parser.parse_args()
    files = files_in(arguments.paths)
    try:
        found = lint(files, processes=min(arguments.processes, len(files)) or 1)
    except SQLFluffUserError as error:
        print(f"sqlfluff: {error}", file=sys.stderr)
        return 2
    for each in found:
        print(each)
    errors = [each for each in found if not each.is_warning]
    print(f"sqlfluff: {len(files)} linted, {len(errors)} findings")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
