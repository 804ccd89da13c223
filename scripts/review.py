"""The report of a pull request as Markdown: scripts/review.py [--base main] [--output FILE].

The project as it lies here is compared with the commit where it left `--base`. That commit is built
once; of its tables, copied, only what the change touches is built again, with its tests: anew, and
then as an increment, so that a change that needs a full refresh is found. Nothing else is written
than target/builds and target/review. Exit status: 0; 1 if the build or a test failed; 2 if there is
no report.
"""

import argparse
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from tracked_files import GitError, left_at

from lakehouse.building.findings import stripped_message
from lakehouse.building.parsed import PARSED, begin_as_parsed
from lakehouse.comparing.builds import (
    TABLES_ALONE,
    BuiltCommit,
    attached,
    build_project,
    built_commit,
)
from lakehouse.comparing.diff import BuildDifference, ComparedTable, compared_builds
from lakehouse.comparing.told import as_markdown
from lakehouse.errors import ComparisonError
from lakehouse.marts.declared import declared_tables
from lakehouse.planning.plan import least_athena_usd
from lakehouse.reviewing.impact import (
    Change,
    ContractBreak,
    Manifest,
    Touched,
    changes,
    contract_breaks,
    touched,
)
from lakehouse.reviewing.lineage import Schema, Table

PROJECT = Path(__file__).resolve().parents[1]
WORK = PROJECT / "target" / "review"
# Where a comment of GitHub ends; a job summary takes 16 times as much.
LONGEST = 60_000
SLOWER_SECONDS = 1.0
UNBUILT = ("error", "runtime error", "skipped")
# Of what failed: the log has all of it, and the numbers below are read, too.
SHOWN_FAILURES, LONGEST_FAILURE = 6, 300
MARK = "<!-- lakehouse review -->"


@dataclass
class Review:
    """What is found, part by part.

    Attributes:
        failed: sentence per test or model that failed; unbuilt: tables that are as before for it.
        seconds: what -> how long it took.
        unrefreshed: tables that an increment leaves other than a full refresh.
    """

    base: str
    changes: list[Change] = field(default_factory=list)
    breaks: list[ContractBreak] = field(default_factory=list)
    touched: list[Touched] = field(default_factory=list)
    difference: BuildDifference | None = None
    unrefreshed: BuildDifference | None = None
    exposures: dict[str, list[str]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    unbuilt: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    slower: list[tuple[str, float, float]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    cost: str = ""


def slim_copy(base: BuiltCommit, name: str) -> Path:
    """Return a new folder with a copy of the base's tables."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(base.database, folder / "lakehouse.duckdb")
    return folder


def slim(
    base: BuiltCommit, folder: Path, *words: str, run_date: str, raw: str
) -> tuple[list[dict[str, Any]], str]:
    """Run dbt for what is changed, and what reads it.

    Returns: its results, and what it printed if it failed.
    """
    whole = [
        *words,
        *("--select", "state:modified+", "--state", str(base.state), "--defer"),
        *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        *("--vars", json.dumps({"run_date": run_date})),
    ]
    # As it was parsed for the run before, or for the review of an hour ago.
    begin_as_parsed(folder / "target", parsed_in=WORK)
    path = folder / "target" / "run_results.json"
    path.unlink(missing_ok=True)
    said = ""
    try:
        build_project(PROJECT, ["dbt", *whole], database=folder / "lakehouse.duckdb", raw=raw)
    except ComparisonError as err:
        said = str(err)
    if (own := folder / "target" / PARSED).exists():
        shutil.copyfile(own, WORK / PARSED)
    return results(folder), said


def results(folder: Path) -> list[dict[str, Any]]:
    path = folder / "target" / "run_results.json"
    return list(json.loads(path.read_text())["results"]) if path.is_file() else []


def failures(ran: Sequence[Mapping[str, Any]], said: str, files: Mapping[str, str]) -> list[str]:
    """A sentence per node that failed; what dbt printed last, where none says why.

    Args:
        files: unique id -> where the node stands.
    """
    found = []
    for each in ran:
        if each["status"] in ("error", "fail", "runtime error"):
            key = each["unique_id"]
            place = f" (`{files[key]}`)" if key in files else ""
            reason = one_line(each["message"] or each["status"])
            found.append(f"`{node_name(key)}`{place}: {reason}")
    return found or ([one_line(said[-1500:])] if said else [])


def files_of(folder: Path) -> dict[str, str]:
    """Unique id -> file of the models and tests that were run there."""
    path = folder / "target" / "manifest.json"
    if not path.is_file():
        return {}
    content = json.loads(path.read_text())
    nodes = (content["nodes"] | content["unit_tests"]).items()
    return {key: node["original_file_path"] for key, node in nodes}


def node_name(unique_id: str) -> str:
    """What a node is called: of a unit test its model, too; of a data test not its digest."""
    kind, _, *name = unique_id.split(".")
    return ".".join(name if kind == "unit_test" else name[:1])


def columns_of(database: Path) -> Schema:
    found: dict[Table, dict[str, str]] = {}
    with duckdb.connect(str(database), read_only=True) as lake:
        for schema, table, column, kind in lake.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        ).fetchall():
            found.setdefault((schema, table), {})[column] = kind
    return found


def difference(before: Path, after: Path, names: tuple[str, str]) -> BuildDifference:
    with duckdb.connect(":memory:") as connection:
        connection.execute("set memory_limit = '1500MB'; set timezone = 'UTC'")
        connection.execute("set enable_progress_bar = false")
        pair = [
            attached(connection, path, alias=alias, name=name)
            for path, alias, name in zip((before, after), ("before", "after"), names, strict=True)
        ]
        return compared_builds(connection, pair[0], pair[1], declared_tables(PROJECT))


def review(base: str, *, run_date: str) -> Review:
    """Build and compare; a build that fails is part of the review."""
    commit = left_at(PROJECT, base)
    found = Review(base=f"{base} ({commit[:7]})")
    raw = os.environ.get("LAKEHOUSE_RAW") or None

    def say(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    def timed(what: str, started: float) -> None:
        found.seconds[what] = round(time.monotonic() - started, 1)
        say(f"{what}: {found.seconds[what]} s")

    started = time.monotonic()
    built = built_commit(commit, project_dir=PROJECT, raw=raw, run_date=run_date, say=say)
    timed(f"build of {base}, kept for the next review", started)

    started = time.monotonic()
    own_raw = raw or str(PROJECT / "data" / "raw")
    # Tables first and tests afterwards: a test that fails must not hide the numbers.
    folder = slim_copy(built, "anew")
    given = {"run_date": run_date, "raw": own_raw}
    ran, said = slim(built, folder, "build", *TABLES_ALONE, "--full-refresh", **given)
    found.failed = failures(ran, said, files_of(folder))
    found.unbuilt = [node_name(each["unique_id"]) for each in ran if each["status"] in UNBUILT]
    timed("tables that are changed, and what reads them, anew", started)
    manifest = folder / "target" / "manifest.json"
    if not manifest.is_file():
        return found

    started = time.monotonic()
    before, after = Manifest.read(built.state / "manifest.json"), Manifest.read(manifest)
    found.changes = changes(before, after)
    schemas = columns_of(built.database), columns_of(folder / "lakehouse.duckdb")
    found.breaks = contract_breaks(before, after, schema=schemas[0])
    found.touched = touched(before, after, before=schemas[0], after=schemas[1])
    timed("columns followed", started)
    if found.changes:
        found.cost = (
            "The project's files change, so the next build of each environment builds everything "
            "once: on Athena "
            f"at least USD {least_athena_usd(after):.4f}, 10 MB for each statement that reads. "
            "What it reads in an environment, `lakehouse plan` says there."
        )

    started = time.monotonic()
    called = (found.base, "this change")
    found.difference = difference(built.database, folder / "lakehouse.duckdb", called)
    reached = {each.node: each.name for each in found.touched}
    for exposure in after.exposures:
        read = [reached[key] for key in exposure["depends_on"]["nodes"] if key in reached]
        if read:
            found.exposures[exposure["name"]] = sorted(read)
    timed("tables compared", started)

    built_before = {each["unique_id"]: each["execution_time"] for each in results(built.folder)}
    for each in ran:
        was, now = built_before.get(each["unique_id"]), each["execution_time"]
        if was is not None and now - was >= SLOWER_SECONDS:
            found.slower.append((each["unique_id"].split(".")[2], was, now))

    if ran and not found.failed:
        started = time.monotonic()
        tests, said = slim(built, folder, "test", **given)
        found.failed = failures(tests, said, files_of(folder))
        timed("their tests", started)
        for each in (*ran, *tests):
            kind = each["unique_id"].split(".")[0].replace("_", " ")
            if kind == "operation":
                continue
            found.counts[kind] = found.counts.get(kind, 0) + 1
    materialized = (
        after.nodes[each["unique_id"]]["config"]["materialized"]
        for each in ran
        if each["unique_id"] in after.nodes
    )
    if "incremental" in materialized:
        started = time.monotonic()
        second = slim_copy(built, "increment")
        again, said = slim(built, second, "build", *TABLES_ALONE, **given)
        wrong = failures(again, said, files_of(second))
        # What failed anew, too, is told once.
        others = [sentence for sentence in wrong if sentence not in found.failed]
        found.failed += [f"as an increment: {sentence}" for sentence in others]
        if not wrong:
            databases = [each / "lakehouse.duckdb" for each in (second, folder)]
            found.unrefreshed = difference(
                databases[0], databases[1], ("an increment", "a full refresh")
            )
        timed("the same as an increment over the tables that are there", started)
    return found


def one_line(text: str) -> str:
    """A message of dbt on one line; of a data test, what it found."""
    found = re.fullmatch(r"Got (\d+) results?, configured to fail.*", text.strip(), re.DOTALL)
    return (
        counted(int(found[1]), "row that must not be")
        if found
        else " ".join(stripped_message(text).split())
    )


def counted(number: int, one: str) -> str:
    """A number and what it counts; of several words the first takes the plural."""
    first, _, rest = one.partition(" ")
    return f"{number:,} {first}{'' if number == 1 else 's'}{' ' * bool(rest)}{rest}"


def report(found: Review) -> Iterator[str]:
    """The report, line by line: what a reader must know first, then what it rests on."""
    yield f"## Review against {found.base}"
    yield ""
    yield from summary(found)
    yield ""
    yield "### What is changed"
    yield ""
    if found.changes:
        yield from table(
            ("model or seed", "what", "file"),
            [(f"`{each.name}`", each.what, f"`{each.path}`") for each in found.changes],
        )
    else:
        yield "No model and no seed: what is built is the same."
    if found.breaks:
        yield ""
        yield "### Contracts that break"
        yield ""
        yield from table(
            ("table", "what", "models that read it", "exposures"),
            [
                (f"`{each.table}`", each.what, names(each.readers), names(each.exposures))
                for each in found.breaks
            ],
        )
        yield ""
        yield (
            "Whoever reads what goes fails, or misses it. Keep it until they have left it, or "
            "change the models in the same commit and tell the owners of the exposures."
        )
    if found.touched:
        yield ""
        yield "### What it reaches"
        yield ""
        yield (
            "Columns whose values may be others, as the SQL says; and what changed in the sample; "
            "examples of it stand below."
        )
        yield ""
        changed = data_changes(found)
        yield from table(
            ("table", "columns", "rows may come or go", "in the sample"),
            [
                (
                    f"`{each.name}`",
                    each.doubt or names(each.columns, most=8),
                    "yes" if each.are_rows else "",
                    changed.get(each.name, "not compared" if not is_mart(each) else "the same"),
                )
                for each in found.touched
            ],
        )
    if found.exposures:
        yield ""
        yield "Read by: " + "; ".join(
            f"**{name}** ({names(read)})" for name, read in found.exposures.items()
        )
    if found.difference is not None:
        yield ""
        yield "### Numbers before and after"
        yield ""
        yield from as_markdown(found.difference)
    if found.unrefreshed is not None and not found.unrefreshed.is_equal:
        yield ""
        yield "### A full refresh is needed"
        yield ""
        yield (
            "An increment over the tables that are there leaves them other than a full refresh: "
            + names([each.difference.table for each in found.unrefreshed.different])
            + ". Say so in the commit's message, and run `lakehouse build --full-refresh "
            + f"--select {' '.join(sorted(each.name + '+' for each in found.changes))}` after it."
        )
    if found.cost:
        yield ""
        yield "### Cost"
        yield ""
        yield found.cost
    yield ""
    yield "### Time"
    yield ""
    yield from table(
        ("what", "seconds"), [(what, f"{seconds:.1f}") for what, seconds in found.seconds.items()]
    )
    if found.slower:
        yield ""
        yield from table(
            ("slower by a second or more", "before", "after"),
            [(f"`{name}`", f"{was:.1f} s", f"{now:.1f} s") for name, was, now in found.slower],
        )


def summary(found: Review) -> Iterator[str]:
    """The few sentences that decide whether to read on."""
    if found.failed:
        yield f"- ❌ **{len(found.failed)} failed:**"
        for sentence in found.failed[:SHOWN_FAILURES]:
            yield f"  - {sentence[:LONGEST_FAILURE]}{'…' * (len(sentence) > LONGEST_FAILURE)}"
        if len(found.failed) > SHOWN_FAILURES:
            yield f"  - and {len(found.failed) - SHOWN_FAILURES} more"
        # Tests run only where all tables were built.
        if found.counts:
            yield (
                "  - If the numbers below are meant, these tests expect the old rule: change them "
                "with it. If not, they have found a fault."
            )
    else:
        kinds = {"test": "data test", "unit test": "unit test"}
        parts = [
            f"{count:,} {kinds.get(kind, kind)}{'' if count == 1 else 's'}"
            for kind, count in sorted(found.counts.items())
        ]
        yield f"- ✅ Built and tested: {', '.join(parts) or 'nothing had to be'}."
    if found.breaks:
        readers = sorted({name for each in found.breaks for name in each.exposures})
        yield (
            f"- ❌ **{counted(len(found.breaks), 'promise of a contract')} broken**"
            + (f"; read by {names(readers)}" if readers else "")
            + "."
        )
    if found.difference is not None:
        reports = [told_report(each) for each in found.difference.different if each.is_report]
        text = "no mart of the sample has other rows"
        if not found.difference.is_equal:
            count = len(found.difference.different)
            others = len(found.difference.gone) + len(found.difference.new)
            text = f"other rows or columns in {counted(count, 'mart')} of the sample"
            text += f", {others} new or gone" if others else ""
            text += f"; reports with other numbers: {', '.join(reports)}" if reports else ""
        text += f"; not built, so as before: {names(found.unbuilt)}" if found.unbuilt else ""
        yield f"- {'✅' if found.difference.is_equal else '⚠️'} Numbers: {text}."
    if found.unrefreshed is not None:
        if found.unrefreshed.is_equal:
            yield "- ✅ No full refresh is needed: an increment gives the same tables."
        else:
            yield "- ⚠️ **A full refresh is needed**: an increment leaves other rows (below)."


def told_report(each: ComparedTable) -> str:
    """A report, and the sums of it that are others."""
    sums = [f"{name} {was} → {now}" for name, (was, now) in each.totals.items()]
    return f"`{each.difference.table}`" + (f" ({', '.join(sums)})" if sums else "")


def data_changes(found: Review) -> dict[str, str]:
    """Mart -> what changed in it, in a few words."""
    if found.difference is None:
        return {}
    said = dict.fromkeys(found.unbuilt, "not built")
    said |= dict.fromkeys(found.difference.new, "new")
    for each in found.difference.different:
        table_ = each.difference
        parts = [
            f"{count:,} {what}"
            for count, what in (
                (table_.gone_count, "gone"),
                (table_.new_count, "new"),
                (table_.changed_count, "changed"),
            )
            if count
        ]
        said[table_.table] = "**" + (", ".join(parts) or "other columns") + "**"
    return said


def is_mart(each: Touched) -> bool:
    return each.name.startswith(("fct_", "dim_", "rpt_", "feat_")) and each.node.startswith(
        "model."
    )


def names(found: Sequence[str], *, most: int = 12) -> str:
    shown = ", ".join(f"`{name}`" for name in found[:most])
    return shown + (f" and {len(found) - most} more" if len(found) > most else "")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def cut(text: str, longest: int) -> str:
    """The report, or its beginning, with a word about the rest."""
    if len(text) <= longest:
        return text
    end = text.rfind("\n", 0, longest)
    shown = text[:end]
    # A part that is folded away must be closed.
    open_parts = shown.count("<details") - shown.count("</details>")
    return (
        shown + "\n</details>" * open_parts + "\n\n*Cut here: the job's summary has all of it.*\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--base", default="main", help="branch that the change goes to")
    parser.add_argument("--run-date", default=f"{datetime.now(UTC):%Y-%m-%d}", help="open day")
    parser.add_argument("--output", type=Path, help="file that gets the report, too")
    parser.add_argument("--comment", type=Path, help="file that gets what fits into a comment")
    options = parser.parse_args()
    try:
        found = review(options.base, run_date=options.run_date)
    except (ComparisonError, GitError) as err:
        print(f"error: {err}", file=sys.stderr)
        return 2
    text = "\n".join(report(found)) + "\n"
    print(text)
    if options.output:
        options.output.write_text(text, "utf-8")
    if options.comment:
        options.comment.write_text(f"{MARK}\n{cut(text, LONGEST)}", "utf-8")
    return 1 if found.failed else 0


if __name__ == "__main__":
    sys.exit(main())
