"""Measure what the gates add to a build of commerce.

A gate is a data test that may stop a load: the share of rejected rows of a load, the share of
records that a full extract ends. One dbt thread, so that the seconds of nodes add up to those of
the process; a gate that has something to tell is asked once more at the end, and counted twice.

    python benchmarks/gates.py --events 1000000 10000000
"""

import argparse
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from run import HERE, MODELS, SEEDS, dbt, generate, keep_result, machine, measure

GATES = ("rejected_share", "ended_share")
# Days of a few generated rows have a rejected one; they shall be told of, and not stop the build.
ALL_PASS = ("--vars", "{rejected_share_limit: 1}")
AIM = 0.05


def main() -> None:
    """Measure the sizes asked for and add them to the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--folder", type=Path, default=HERE / "work" / "gates")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    options = parser.parse_args()
    for events in options.events:
        work = options.folder.resolve() / str(events)
        result = measure_size(work, events)
        keep_result(options.results, "gates", str(events), result, page, order=int)
        shutil.rmtree(work)


def measure_size(work: Path, events: int) -> dict[str, Any]:
    """Build that many events with every data test, then 20,000 more; return the entry."""
    generated = generate(work, events)
    database = work / "dbt.duckdb"
    database.unlink(missing_ok=True)
    env = os.environ | {
        "LAKEHOUSE_RAW": str(work / "raw"),
        "LAKEHOUSE_DUCKDB": str(database),
        "LAKEHOUSE_DUCKDB_MEMORY": "8GB",
        "LAKEHOUSE_DBT_THREADS": "1",
    }
    measured_on = machine()

    def step(name: str, *words: str) -> dict[str, Any]:
        print(f"{events} events: {name}", flush=True)
        command = dbt(work, *words, *ALL_PASS)
        taken = measure(command, env=env, log=work / f"{name}.log", database=database)
        found = json.loads((work / "target" / "run_results.json").read_text())["results"]
        gates = [
            result["execution_time"] * (1 if result["status"] == "pass" else 2)
            for result in found
            if result["unique_id"].startswith("test.")
            and result["unique_id"].split(".")[2].startswith(GATES)
        ]
        return {
            "seconds": taken.seconds,
            "cpu_seconds": taken.cpu_seconds,
            "gates": len(gates),
            "gate_seconds": round(sum(gates), 3),
            "test_seconds": round(
                sum(r["execution_time"] for r in found if r["unique_id"].startswith("test.")), 3
            ),
        }

    # As the workflow builds: unit tests belong to a change of code, not to a delivery.
    build = ("build", "--select", *MODELS, "--exclude-resource-type", "unit_test", "seed")
    step("seed", "seed", "--select", *SEEDS)
    full = step("full", *build)
    shutil.copytree(work / "increment", work / "raw", dirs_exist_ok=True)
    return {
        "events": generated["events"],
        "increment_events": generated["increment_events"],
        "full": full,
        "increment": step("increment", *build),
        "machine": measured_on,
    }


def page(found: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the results as Markdown."""
    lines = [
        "# Gates: measured",
        "",
        f"| events | build | seconds | gates | their seconds | share (aim ≤ {AIM:.0%}) |",
        "|---:|---|---:|---:|---:|---:|",
    ]
    for result in found.values():
        names = {"full": "first", "increment": f"{result['increment_events']:,} events more"}
        for key, name in names.items():
            seen = result[key]
            cells = [
                f"{result['events']:,}",
                name,
                f"{seen['seconds']:.1f}",
                str(seen["gates"]),
                f"{seen['gate_seconds']:.2f}",
                f"{seen['gate_seconds'] / seen['seconds']:.1%}",
            ]
            lines.append(f"| {' | '.join(cells)} |")
    lines.append("")
    for result in found.values():
        machine = result["machine"]
        lines.append(
            f"{result['events']:,} events: {machine['cores']} cores, commit {machine['commit']}; "
            f"load before the start {machine['load_before']}."
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
