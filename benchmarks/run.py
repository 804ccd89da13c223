"""Measure commerce: a hand-written program, a full build by dbt and an increment by dbt.

Each step runs in a process of its own, so that its memory is its own. The rows of both builds are
compared: a fast answer that differs is no answer. CPU time is kept beside wall time, because only
it can be compared when the machine does other work as well.

    python benchmarks/run.py --events 1000000 10000000
"""

import argparse
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import commerce_events
import duckdb
import psutil

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
SAMPLE_SECONDS = 0.05
# Quality reads every domain; the others are built from no rows.
MODELS = ["path:models/commerce", "+path:models/quality"]
SEEDS = ["path:seeds"]
COMPARED = {
    "commerce": [
        "fct_commerce__purchase",
        "fct_commerce__purchase_version",
        "fct_commerce__purchase_movement",
        "fct_commerce__gmv_movement",
        "fct_commerce__gmv_daily",
        "rpt_commerce__gmv_current",
        "rpt_commerce__top_producers",
        "rpt_commerce__top_products_by_producer",
    ],
    "quality": ["fct_quality__row_accounting", "fct_quality__rejected_row"],
}


@dataclass(frozen=True)
class Measure:
    """What one process and its descendants took: time, greatest resident memory, its file."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    file_bytes: int


def main() -> None:
    """Measure the sizes asked for, one after the other, and add them to the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--folder", type=Path, default=HERE / "work", help="data and databases")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--memory", default="8GB", help="DuckDB's limit in every step")
    parser.add_argument("--threads", type=int, default=2, help="of dbt, and of DuckDB by hand")
    parser.add_argument(
        "--check-increment",
        action="store_true",
        help="compare the rows after the increment too, with a hand-written build of all events",
    )
    parser.add_argument("--clean", action="store_true", help="delete a size once it is measured")
    options = parser.parse_args()
    for events in options.events:
        work = options.folder.resolve() / str(events)
        result = measure_size(
            work,
            events=events,
            memory=options.memory,
            threads=options.threads,
            check_increment=options.check_increment,
        )
        keep_result(options.results, "commerce", str(events), result, page, order=int)
        if options.clean:
            shutil.rmtree(work)


def measure_size(
    work: Path, *, events: int, memory: str, threads: int, check_increment: bool
) -> dict[str, Any]:
    """Generate one size unless it is there, run its steps and compare the rows.

    Args:
        work: directory of this size; databases in it are replaced, generated events kept.
        memory: DuckDB's limit, such as 8GB.
    Returns: the entry of this size in the results.
    """
    raw, increment = work / "raw", work / "increment"
    generated = generate(work, events)
    take_back(increment, raw)
    env = os.environ | {
        "LAKEHOUSE_RAW": str(raw),
        "LAKEHOUSE_DUCKDB": str(work / "dbt.duckdb"),
        "LAKEHOUSE_DUCKDB_MEMORY": memory,
        "LAKEHOUSE_DBT_THREADS": str(threads),
    }
    by_hand = [sys.executable, str(HERE / "commerce_handwritten.py"), "--raw", str(raw)]
    by_hand += ["--memory", memory, "--threads", str(threads), "--database"]
    run_models = dbt(work, "run", "--select", *MODELS)

    def step(name: str, command: Sequence[str], database: str) -> Measure:
        print(f"{events} events: {name}", flush=True)
        return measure(command, env=env, log=work / f"{name}.log", database=work / database)

    result: dict[str, Any] = {
        "events": generated["events"],
        "increment_events": generated["increment_events"],
        "machine": machine(memory_limit=memory, threads=threads),
    }
    hand = step("handwritten", [*by_hand, str(work / "handwritten.duckdb")], "handwritten.duckdb")
    (work / "dbt.duckdb").unlink(missing_ok=True)
    step("dbt_seed", dbt(work, "seed", "--select", *SEEDS), "dbt.duckdb")
    full = step("dbt_full", [*run_models, "--full-refresh"], "dbt.duckdb")
    (work / "plain.duckdb").unlink(missing_ok=True)
    plain = step("plain_dbt", plain_dbt(work), "plain.duckdb")
    result |= {"handwritten": asdict(hand), "dbt_full": asdict(full), "plain_dbt": asdict(plain)}
    result["rows"] = compared_rows(work / "handwritten.duckdb", work / "dbt.duckdb")
    shutil.copytree(increment, raw, dirs_exist_ok=True)
    try:
        result["dbt_increment"] = asdict(step("dbt_increment", run_models, "dbt.duckdb"))
        again = step("plain_dbt_increment", plain_dbt(work), "plain.duckdb")
        result["plain_dbt_increment"] = asdict(again)
        if check_increment:
            step("handwritten_again", [*by_hand, str(work / "again.duckdb")], "again.duckdb")
            result["rows_after_increment"] = compared_rows(
                work / "again.duckdb", work / "dbt.duckdb"
            )
    finally:
        take_back(increment, raw)
    return result


def generate(work: Path, events: int) -> dict[str, int]:
    """Generate a size unless a complete one is there; return its row counts."""
    note = work / "generated.json"
    if not note.exists():
        print(f"{events} events: generating", flush=True)
        counts = {
            "events": commerce_events.generate_history(work / "raw", events=events, work=work),
            "increment_events": commerce_events.generate_increment(
                work / "increment", events=events, work=work
            ),
        }
        note.write_text(json.dumps(counts))
    return json.loads(note.read_text())


def machine(**settings: str | int) -> dict[str, Any]:
    """What a result was measured on: the machine, its load by now, versions, commit, settings."""
    return {
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "duckdb": duckdb.__version__,
        "dbt_core": version("dbt-core"),
        **settings,
        "load_before": round(os.getloadavg()[0], 1),
        "commit": commit(),
    }


def commit() -> str:
    """The commit that is measured."""
    said = ["git", "-C", str(PROJECT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(said, capture_output=True, text=True, check=True).stdout.strip()


def take_back(increment: Path, raw: Path) -> None:
    """Remove the files of the increment from the raw zone, as if it had not arrived."""
    for path in increment.rglob("*.parquet"):
        landed = raw / path.relative_to(increment)
        landed.unlink(missing_ok=True)
        if landed.parent.exists():
            landed.parent.rmdir()


def dbt(work: Path, *arguments: str) -> list[str]:
    """Return a dbt command that leaves the project's own target and logs alone."""
    command = [str(Path(sys.executable).with_name("dbt")), *arguments]
    return [*command, "--target-path", str(work / "target"), "--log-path", str(work / "logs")]


def plain_dbt(work: Path) -> list[str]:
    """Return the command of the plain project; `env` sets its database for this one process."""
    project = str(HERE / "plain_dbt")
    # The variable that names the project's database names this one's too.
    command = ["env", f"LAKEHOUSE_DUCKDB={work / 'plain.duckdb'}", *dbt(work / "plain", "build")]
    return [*command, "--project-dir", project, "--profiles-dir", project]


def measure(
    command: Sequence[str], *, env: Mapping[str, str], log: Path, database: Path
) -> Measure:
    """Run one command in the project and sample the memory of its process tree.

    Args:
        log: file for what the command prints.
        database: DuckDB file whose size after the command is reported.
    Raises: RuntimeError with the end of the log if the command fails.
    """
    with log.open("w") as output:
        cpu_before = cpu_seconds_of_children()
        started = time.monotonic()
        process = subprocess.Popen(
            command, cwd=PROJECT, env=env, stdout=output, stderr=subprocess.STDOUT
        )
        peak_bytes = 0
        while process.poll() is None:
            peak_bytes = max(peak_bytes, resident_bytes(process.pid))
            time.sleep(SAMPLE_SECONDS)
        seconds = time.monotonic() - started
    if process.returncode != 0:
        end = "\n".join(log.read_text().splitlines()[-30:])
        raise RuntimeError(
            f"{log.stem} ended with {process.returncode}; the end of its log:\n{end}"
        )
    return Measure(
        seconds=round(seconds, 2),
        cpu_seconds=round(cpu_seconds_of_children() - cpu_before, 2),
        peak_bytes=peak_bytes,
        file_bytes=database.stat().st_size,
    )


def cpu_seconds_of_children() -> float:
    """Return user and system time of all child processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process and its descendants, 0 once it is gone."""
    total = 0
    try:
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            total += process.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total


def compared_rows(handwritten: Path, by_dbt: Path) -> dict[str, dict[str, Any]]:
    """Compare every table that both builds have, in the columns of the hand-written one.

    A count and a sum of row hashes decide; only where they differ are the rows subtracted both
    ways, because that costs as much as a build.

    Returns: per table the rows of each side, how many each has that the other lacks, the columns
        only dbt has, and one example row of each side where they differ.
    """
    compared = {}
    with duckdb.connect() as con:
        con.execute(f"set temp_directory = '{handwritten.parent / 'compare.tmp'}'")
        con.execute("set memory_limit = '8GB'")
        con.execute("set preserve_insertion_order = false")
        con.execute(f"attach '{handwritten}' as handwritten (read_only)")
        con.execute(f"attach '{by_dbt}' as by_dbt (read_only)")
        for schema, tables in COMPARED.items():
            for table in tables:
                compared[table] = compared_table(
                    con, f"handwritten.main.{table}", f"by_dbt.{schema}.{table}"
                )
    return compared


def compared_table(con: duckdb.DuckDBPyConnection, handwritten: str, by_dbt: str) -> dict[str, Any]:
    """Compare one table of both builds; see `compared_rows`."""
    types = {
        side: dict(
            con.execute(f"select column_name, column_type from (describe {side})").fetchall()
        )
        for side in (handwritten, by_dbt)
    }
    columns = ", ".join(types[handwritten])
    seen = {
        side: con.execute(
            f"select count(*), sum(cast(hash({columns}) as hugeint)) from {side}"
        ).fetchone()
        for side in (handwritten, by_dbt)
    }
    result = {
        "handwritten_rows": seen[handwritten][0],
        "dbt_rows": seen[by_dbt][0],
        "only_handwritten": 0,
        "only_dbt": 0,
        "dbt_columns_not_compared": sorted(types[by_dbt].keys() - types[handwritten].keys()),
    }
    same_types = all(types[by_dbt].get(name) == kind for name, kind in types[handwritten].items())
    if same_types and seen[handwritten] == seen[by_dbt]:
        return result
    for name, one, other in (
        ("only_handwritten", handwritten, by_dbt),
        ("only_dbt", by_dbt, handwritten),
    ):
        con.execute(f"""
            create or replace temp table lacking as
            select {columns} from {one} except all select {columns} from {other}
        """)
        result[name] = con.execute("select count(*) from lacking").fetchone()[0]
        example = con.execute("select * from lacking order by all limit 1").fetchone()
        if example is not None:
            result[f"{name}_example"] = dict(
                zip(types[handwritten], (str(value) for value in example), strict=True)
            )
    con.execute("drop table lacking")
    return result


def keep_result(
    folder: Path,
    name: str,
    key: str,
    result: Mapping[str, Any],
    page: Callable[[Mapping[str, Mapping[str, Any]]], str],
    *,
    order: Callable[[str], Any] | None = None,
) -> None:
    """Put one result into `<name>.json`, keep the others, and write `<name>.md` from all of them.

    Args:
        order: of the keys; without one a new key comes last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    found[key] = result
    if order:
        found = {each: found[each] for each in sorted(found, key=order)}
    path.write_text(json.dumps(found, indent=2) + "\n")
    path.with_suffix(".md").write_text(page(found))


def page(sizes: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the results as Markdown."""
    lines = [
        "# Commerce: measured",
        "",
        "| events | step | seconds | CPU seconds | to hand-written | peak memory, GB | file, GB |",
        "|---:|---|---:|---:|---:|---:|---:|",
    ]
    names = {
        "handwritten": "hand-written full build",
        "plain_dbt": "plain dbt, full build",
        "dbt_full": "dbt full build",
        "plain_dbt_increment": "plain dbt, increment",
        "dbt_increment": "dbt increment",
    }
    for result in sizes.values():
        for key, name in names.items():
            measured = result.get(key)
            if measured is None:
                continue
            ratio = measured["cpu_seconds"] / result["handwritten"]["cpu_seconds"]
            if key.endswith("increment"):
                name += f" of {result['increment_events']:,} events"
            cells = [
                f"{result['events']:,}",
                name,
                f"{measured['seconds']:.1f}",
                f"{measured['cpu_seconds']:.1f}",
                f"{ratio:.2f}",
                f"{measured['peak_bytes'] / 2**30:.1f}",
                f"{measured['file_bytes'] / 2**30:.2f}",
            ]
            lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        "Ratios are of processor time. The files of dbt and by hand hold every received row too;",
        "that of plain dbt holds the newest of each record.",
        "",
    ]
    for smaller, larger in pairwise(sizes.values()):
        growth = math.log(larger["events"] / smaller["events"])
        exponents = {
            name: math.log(larger[key]["cpu_seconds"] / smaller[key]["cpu_seconds"]) / growth
            for key, name in names.items()
            if key in larger and key in smaller
        }
        told = ", ".join(f"{name} {exponent:.2f}" for name, exponent in exponents.items())
        lines.append(
            f"Growth from {smaller['events']:,} to {larger['events']:,} events (processor time ~ "
            f"events^x): {told}."
        )
        lines.append("")
    lines += ["| events | rows compared | state | rows only by hand | rows only by dbt |"]
    lines.append("|---:|---|---|---:|---:|")
    for result in sizes.values():
        for key, state in {
            "rows": "full build",
            "rows_after_increment": "after the increment",
        }.items():
            tables = result.get(key, {}).values()
            if tables:
                lines.append(
                    f"| {result['events']:,} | {sum(t['handwritten_rows'] for t in tables):,} "
                    f"| {state} | {sum(t['only_handwritten'] for t in tables):,} "
                    f"| {sum(t['only_dbt'] for t in tables):,} |"
                )
    lines.append("")
    for result in sizes.values():
        seen = result["machine"]
        lines.append(
            f"{result['events']:,} events: {seen['cores']} cores, {seen['memory_gb']} GB, "
            f"DuckDB {seen['duckdb']} with {seen['threads']} threads and a limit of "
            f"{seen['memory_limit']}, dbt {seen['dbt_core']}; load before the start "
            f"{seen['load_before']}; commit {seen.get('commit', 'not noted')}."
        )
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main()
