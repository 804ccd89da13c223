"""Measure `lakehouse diff` of two builds with as many purchases as asked for.

    python benchmarks/diff.py --purchases 1000000 10000000

One build of generated events is made by the project; its marts of purchases, with keys of their own
for each copy, are written as often as it takes. The second build is the first with some purchases
gone, some new and a share of them changed; in a third comparison a column has changed in every row.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import psutil
import run

HERE = Path(__file__).resolve().parent
LAKEHOUSE = [sys.executable, "-m", "lakehouse"]
SEED_EVENTS = 1_000_000
INFLATED = (
    "fct_commerce__purchase",
    "fct_commerce__purchase_version",
    "fct_commerce__purchase_movement",
)
CHANGES = {
    "equal": [],
    "one in a hundred changed": [
        "delete from commerce.fct_commerce__purchase where hash(purchase_key) % 1000 = 1",
        "update commerce.fct_commerce__purchase set gmv_amount = gmv_amount + 1 "
        "where hash(purchase_key) % 100 = 2",
        "update commerce.fct_commerce__purchase_version set subsidiary = 'latam' "
        "where hash(purchase_key) % 100 = 2",
    ],
    "a column changed in every row": [
        "update commerce.fct_commerce__purchase set purchase_total_value = "
        "coalesce(purchase_total_value, 0) + 1",
    ],
}


def seed(work: Path) -> Path:
    """Build generated events once; returns the database."""
    database = work / "seed.duckdb"
    if database.exists():
        return database
    run.generate(work, SEED_EVENTS)
    env = os.environ | {
        "LAKEHOUSE_RAW": str(work / "raw"),
        "LAKEHOUSE_DUCKDB": str(work / "part.duckdb"),
    }
    for words in (("seed", "--select", *run.SEEDS), ("run", "--select", *run.MODELS)):
        subprocess.run(run.dbt(work, *words), env=env, cwd=run.PROJECT, check=True)
    (work / "part.duckdb").rename(database)
    return database


def inflated(source: Path, path: Path, purchases: int) -> dict[str, int]:
    """Copy a database, with its purchases as often as it takes; returns rows by table."""
    path.unlink(missing_ok=True)
    shutil.copyfile(source, path)
    with duckdb.connect(str(path)) as lake:
        lake.execute("set preserve_insertion_order = false")
        [(has,)] = lake.sql(f"select count(*) from commerce.{INFLATED[0]}").fetchall()
        times = max(1, round(purchases / has))
        for table in INFLATED:
            lake.execute(
                f"insert into commerce.{table} select t.* replace (purchase_key || '-' || n as "
                f"purchase_key) from commerce.{table} t, range(1, {times}) as copies (n)"
            )
        return {
            table: lake.sql(f"select count(*) from commerce.{table}").fetchall()[0][0]
            for table in INFLATED
        }


def measured(before: Path, after: Path) -> dict[str, Any]:
    """Run the command; returns wall and processor seconds, and the greatest memory in MB."""
    began = time.monotonic()
    words = [*LAKEHOUSE, "diff", str(before), str(after), "--json"]
    with tempfile.TemporaryFile() as said:
        program = subprocess.Popen(words, cwd=run.PROJECT, stdout=said)
        watched, peak, cpu = psutil.Process(program.pid), 0, 0.0
        while program.poll() is None:
            with suppress(psutil.Error):
                peak = max(peak, watched.memory_info().rss)
                cpu = sum(watched.cpu_times()[:2])
            time.sleep(0.05)
        said.seek(0)
        text = said.read()
    seconds = time.monotonic() - began
    if program.returncode not in (0, 1):
        raise SystemExit(f"lakehouse diff failed ({program.returncode})")
    found = json.loads(text)
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "peak_mb": round(peak / 2**20),
        "different": {
            each["table"]: [each["gone_count"], each["new_count"], each["changed_count"]]
            for each in found["different"]
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--purchases", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--folder", type=Path, default=HERE / "work" / "diff")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    options = parser.parse_args()
    work = options.folder.resolve()
    work.mkdir(parents=True, exist_ok=True)
    path = options.results / "diff.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    source = seed(work)
    for purchases in options.purchases:
        rows = inflated(source, work / "before.duckdb", purchases)
        found: dict[str, Any] = {
            "commit": run.commit(),
            "day": f"{datetime.now(UTC):%Y-%m-%d}",
            "load_before": round(os.getloadavg()[0], 1),
            "rows": rows,
        }
        for name, changes in CHANGES.items():
            shutil.copyfile(work / "before.duckdb", work / "after.duckdb")
            with duckdb.connect(str(work / "after.duckdb")) as lake:
                for sql in changes:
                    lake.execute(sql)
            found[name] = measured(work / "before.duckdb", work / "after.duckdb")
            print(purchases, name, found[name], flush=True)
            results[f"{purchases} purchases"] = found
            said = json.dumps(results, indent=2)
            path.write_text(f"{said}\n")
            page = ["# `lakehouse diff`: measured", "", "```json", said, "```", ""]
            path.with_suffix(".md").write_text("\n".join(page))


if __name__ == "__main__":
    main()
