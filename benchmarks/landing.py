"""Measure `lakehouse land`, the same delivery again, and `lakehouse verify`.

Deliveries of purchases, all columns, made by hashing a number: Parquet with types, CSV without
quotes, CSV with every value in quotes, and Parquet that is split by the days on which its rows were
received. What landed is compared with what was delivered, value for value.

    python benchmarks/landing.py --rows 1000000 10000000
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pyarrow
from run import HERE, PROJECT, Measure, keep_result, measure

LAKEHOUSE = ("-m", "lakehouse")
# Reads the raw files and does nothing with them: as fast as the disk (or its cache) is.
READ = """
import sys, pathlib
for path in pathlib.Path(sys.argv[1]).rglob("*.parquet"):
    with path.open("rb") as file:
        while file.read(2**21):
            pass
"""
PURCHASES = """
    select
        i as purchase_id,
        draw(i, 1, 64) as purchase_partition,
        draw(i, 2, 2000000) as buyer_id,
        i as prod_item_id,
        draw(i, 3, 64) as prod_item_partition,
        draw(i, 4, 50000) as producer_id,
        date '2021-01-01' + cast(draw(i, 5, 900) as integer) as order_date,
        case when draw(i, 6, 10) < 7
            then date '2021-01-01' + cast(draw(i, 5, 900) + draw(i, 7, 30) as integer)
        end as release_date,
        cast(draw(i, 8, 1000000) / 100 as decimal(18, 2)) as purchase_total_value,
        ['APROVADA', 'CANCELADA', 'INICIADA', 'COMPLETA'][1 + draw(i, 9, 4)] as purchase_status,
        timestamp '2021-01-01' + to_seconds(draw(i, 5, 900) * 86400 + draw(i, 10, 86400))
            as transaction_datetime,
        date '2021-01-01' + cast(draw(i, 5, 900) as integer) as transaction_date
"""
# What each delivery is written with, and landed with.
DELIVERIES = {
    "parquet": ("parquet", "(format parquet)", ()),
    "csv": ("csv", "(format csv, header)", ()),
    "csv quoted": ("csv", "(format csv, header, force_quote *)", ()),
    "parquet by 150 days": ("parquet", "(format parquet)", ("--recorded-from", "received")),
}
AIMS = {
    ("parquet", "land"): 60,
    ("csv", "land"): 120,
    ("parquet", "again"): 5,
    ("csv", "again"): 5,
}
AIM_ROWS, AIM_BYTES = 10_000_000, 10**9


def main() -> None:
    """Measure the sizes asked for and add them to the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, AIM_ROWS])
    parser.add_argument("--deliveries", nargs="+", choices=list(DELIVERIES), default=[*DELIVERIES])
    parser.add_argument("--folder", type=Path, default=HERE / "work" / "landing")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    options = parser.parse_args()
    for rows in options.rows:
        for name in options.deliveries:
            work = options.folder.resolve() / f"{rows}-{name.replace(' ', '-')}"
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            result = measure_delivery(work, rows, name)
            keep_result(options.results, "landing", f"{rows} {name}", result, page)
            shutil.rmtree(work)


def measure_delivery(work: Path, rows: int, name: str) -> dict[str, Any]:
    """Write one delivery, land it, land it again, verify it, and compare the values."""
    suffix, form, options = DELIVERIES[name]
    path, raw = work / f"purchase.{suffix}", work / "raw"
    generate(path, rows, form, has_receipt=bool(options))
    machine = {
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "duckdb": duckdb.__version__,
        "pyarrow": pyarrow.__version__,
        "commit": commit(),
        "load_before": round(os.getloadavg()[0], 1),
    }

    def step(key: str, *command: str) -> Measure:
        print(f"{rows} rows, {name}: {key}", flush=True)
        env = os.environ | {"LAKEHOUSE_RAW": str(raw)}
        words = [sys.executable, *command]
        return measure(words, env=env, log=work / f"{key}.log", database=path)

    land = (*LAKEHOUSE, "land", "commerce", f"purchase={path}", *options)
    steps = {
        "land": step("land", *land),
        "again": step("again", *land),
        "verify": step("verify", *LAKEHOUSE, "verify", "commerce"),
        "read": step("read", "-c", READ, str(raw)),
    }
    files = list(raw.rglob("*.parquet"))
    return {
        "rows": rows,
        "delivery": name,
        "delivered_bytes": path.stat().st_size,
        "raw_files": len(files),
        "raw_bytes": sum(file.stat().st_size for file in files),
        "differing_rows": differing_rows(path, raw),
        "machine": machine,
        **{key: asdict(value) for key, value in steps.items()},
    }


def generate(path: Path, rows: int, form: str, *, has_receipt: bool) -> None:
    """Write a delivery of that many purchases, the same each time."""
    received = ", date '2023-01-01' + cast(draw(i, 11, 150) as integer) as received"
    with connection() as con:
        # draw(number, salt, n): a number below n, the salt-th of a row.
        con.execute(
            "create macro draw(number, salt, n) as "
            "cast(hash(cast(number as bigint) * 1024 + salt) % cast(n as ubigint) as bigint)"
        )
        columns = PURCHASES + (received if has_receipt else "")
        con.execute(f"copy ({columns} from range({rows}) as made(i)) to '{path}' {form}")


def differing_rows(path: Path, raw: Path) -> int:
    """Count the rows that are in one of the two and not in the other, all columns as text."""
    with connection() as con:
        if path.suffix == ".csv":
            source = f"read_csv('{path}', all_varchar = true)"
        else:
            source = f"read_parquet('{path}')"
        names = [
            row[0]
            for row in con.execute(f"describe select * from {source}").fetchall()
            if row[0] != "received"
        ]
        is_typed = path.suffix != ".csv"

        def text(name: str) -> str:
            if is_typed and name == "transaction_datetime":
                return f"strftime({name}, '%Y-%m-%d %H:%M:%S.%f')"
            return f"coalesce(cast({name} as varchar), '')"

        def digests(of: str, values: list[str]) -> str:
            # A row is known by two hashes of its values: comparing the values takes more memory.
            joined = f"concat_ws('\\x1f', {', '.join(values)})"
            return f"select hash({joined}) as one, hash('other' || {joined}) as two from {of}"

        delivered = digests(source, list(map(text, names)))
        landed = digests(
            f"read_parquet('{raw}/*/*/*/*.parquet')", [f"coalesce({name}, '')" for name in names]
        )
        return con.execute(
            f"with delivered as ({delivered}), landed as ({landed}) "
            "select (select count(*) from (from delivered except all from landed)) + "
            "(select count(*) from (from landed except all from delivered))"
        ).fetchall()[0][0]


def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"memory_limit": "4GB", "threads": 2})


def commit() -> str:
    """The commit that is measured, with a + if files differ from it."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=PROJECT, capture_output=True, text=True, check=True
        ).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "src")
    return git("rev-parse", "--short=10", "HEAD") + ("+" if changed else "")


def page(found: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the results as Markdown."""
    steps = {
        "land": "`lakehouse land`",
        "again": "the same again",
        "verify": "`lakehouse verify`",
        "read": "bare reading of the raw files",
    }
    lines = [
        "# Landing: measured",
        "",
        "| rows | delivery | MB | step | seconds | aim | CPU seconds | memory, MB |",
        "|---:|---|---:|---|---:|---:|---:|---:|",
    ]
    for result in found.values():
        for key, step in steps.items():
            aim = AIMS.get((result["delivery"], key)) if result["rows"] == AIM_ROWS else None
            cells = [
                f"{result['rows']:,}",
                result["delivery"],
                f"{result['delivered_bytes'] / 10**6:,.0f}",
                step,
                f"{result[key]['seconds']:.1f}",
                f"≤ {aim}" if aim else "",
                f"{result[key]['cpu_seconds']:.1f}",
                f"{result[key]['peak_bytes'] / 10**6:,.0f}",
            ]
            lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"Aim for memory: {AIM_BYTES / 10**6:,.0f} MB.", ""]
    for result in found.values():
        machine = result["machine"]
        lines += [
            f"{result['rows']:,} rows, {result['delivery']}: {result['raw_files']} raw files of "
            f"{result['raw_bytes'] / 10**6:,.0f} MB; {result['differing_rows']} rows differ from "
            f"what was delivered. {machine['cores']} cores, {machine['memory_gb']} GB, pyarrow "
            f"{machine['pyarrow']}, commit {machine['commit']}; load before the start "
            f"{machine['load_before']}"
            + (
                ": others worked on the machine, so processor time says more than seconds."
                if machine["load_before"] > 1
                else "."
            ),
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main()
