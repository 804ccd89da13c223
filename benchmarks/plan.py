"""Hold what `lakehouse plan` predicts against what the local Athena counts, model by model.

    PYTHONPATH=locallake/src .venv/bin/python -m locallake.cli --state target/locallake \\
        up --port 0 --engine-memory 6144
    export LOCALLAKE_STATE="$PWD/target/locallake"
    eval "$(PYTHONPATH=locallake/src .venv/bin/python -m locallake.cli env)"
    python benchmarks/plan.py --purchases 100000 --write-ratios
    python benchmarks/plan.py --purchases 1000000

Per size a lake of its own with generated purchases: a plan, the first build, a plan, an increment
of 20,000 events; the models of commerce, whose rows are as many as asked for. Counted is what
Athena counts of all statements of a model, those of its hooks, too, without what is paid at least.
Tests are no part of a plan, and not run. `--write-ratios` writes what the smallest size read into
src/lakehouse/building/measured.csv, from which a lake without runs of its own is planned:
predictions of that size are then none, so it is another one that is judged. Below 100,000 purchases
tables are files of less than 3 MB, which are read whole: their ratios say nothing of larger ones.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import boto3
import commerce_events
from run import commit
from statements import HERE, PROJECT, executions, local_aws, node_of, sender

from lakehouse.building.sizes import (
    MEASURED,
    MEASURED_COLUMNS,
    SizedLake,
    iceberg_sizes,
    raw_bytes,
    run_ratios,
    stored_tables,
)
from lakehouse.reviewing.impact import Manifest

DAY = "2026-01-01"
MODELS_ONLY = ("--resource-type", "model", "--resource-type", "seed")
# Of less the ratio says something of footers, not of columns.
LEAST_MEASURED_BYTES = 100_000
LEAST_SHOWN_BYTES = 1_000_000
ENOUGH, WITHIN, HALF = 0.8, 0.25, 0.5
SELECTION = ("--select", "path:models/commerce", "path:seeds")


class Lake:
    """A lake on the local Athena."""

    def __init__(self, purchases: int, work: Path) -> None:
        self.name = f"plan_{purchases}"
        self.events = round(purchases * commerce_events.EVENTS_PER_PURCHASE)
        self.work = work / self.name
        self.settings = local_aws.settings("athena", lake=self.name)
        self.options = [
            *("--target-path", str(self.work / "target"), "--log-path", str(self.work / "logs")),
            *("--vars", json.dumps({"run_date": DAY})),
        ]

    def is_there(self, glue: Any) -> bool:
        pages = glue.get_paginator("get_databases").paginate()
        names = {base["Name"] for page in pages for base in page["DatabaseList"]}
        return f"{self.settings['LAKEHOUSE_SCHEMA_PREFIX']}_commerce" in names

    def generate(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)
        commerce_events.generate_history(self.work / "raw", events=self.events, work=self.work)
        added = self.work / "increment"
        commerce_events.generate_increment(added, events=self.events, work=self.work)

    def land(self, folder: str) -> None:
        local_aws.register(self.work / folder, lake=self.name)

    def lakehouse(self, *words: str) -> str:
        """Run `lakehouse` on it; returns what it printed."""
        done = subprocess.run(
            [*local_aws.LAKEHOUSE, *words, *self.options],
            cwd=PROJECT,
            env={**os.environ, **self.settings},
            stdout=subprocess.PIPE,
            text=True,
        )
        (self.work / f"{words[0]}.txt").write_text(done.stdout)
        if done.returncode:
            raise SystemExit(f"lakehouse {' '.join(words)} failed:\n{done.stdout[-3000:]}")
        return done.stdout

    def sizes(self) -> SizedLake:
        head = Manifest.read(self.work / "target" / "manifest.json")
        schemas = {node["schema"] for node in stored_tables(head)}
        return SizedLake(head, iceberg_sizes(schemas), raw_bytes(head, self.settings, PROJECT))


def measured(lake: Lake, athena: Any) -> dict[str, Any]:
    """Plan a build, run it, and return both in bytes, model by model."""
    planned = json.loads(lake.lakehouse("plan", "--json"))["models"]
    before = set(executions(athena))
    lake.lakehouse("dbt", "build", *SELECTION, *MODELS_ONLY)
    counted: Counter[str] = Counter()
    statements: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for key, each in executions(athena).items():
        if key in before:
            continue
        node, scanned = node_of(each["Query"]), each["Statistics"]["DataScannedInBytes"]
        if node:
            counted[node[1]] += scanned
            statements[node[1]] += scanned > 0
        else:
            others[sender(each["Query"])] += scanned
    sizes = lake.sizes()
    ids = {node["name"]: key for key, node in sizes.head.nodes.items()}
    models = {}
    for each in planned:
        key, mode = ids[each["name"]], each["mode"]
        if each["name"] not in counted or mode == "view" or not key.startswith("model."):
            continue
        stored = sizes.size(key)
        models[each["name"]] = {
            "id": key,
            "mode": mode,
            "predicted": each["read_bytes"],
            "from": each["read_from"],
            "scanned_bytes": counted.pop(each["name"]),
            "statements": statements[each["name"]],
            "input_bytes": sizes.input_bytes(key, mode),
            "stored_bytes": stored.bytes if stored else None,
        }
    return {"models": models, "not planned": dict(counted), "others": dict(others)}


def judged(models: dict[str, Any], *, least: int) -> dict[str, Any]:
    """How many predictions of models that read at least so much come how near."""
    ratios = [
        (each["predicted"] or 0) / each["scanned_bytes"]
        for each in models.values()
        if each["scanned_bytes"] >= least
    ]
    return {
        "models": len(ratios),
        "within": sum(abs(ratio - 1) <= WITHIN for ratio in ratios),
        "below half": sum(ratio < HALF for ratio in ratios),
    }


def write_ratios(runs: dict[str, Any]) -> None:
    """Write what each model read and stored per byte of what it found to read."""
    by_model: dict[str, dict[str, Any]] = {}
    for run in runs.values():
        for model in run["models"].values():
            if (model["input_bytes"] or 0) >= LEAST_MEASURED_BYTES:
                by_model.setdefault(model["id"], {}).setdefault(model["mode"], model)
    with MEASURED.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(MEASURED_COLUMNS)
        for (key, mode), ratio in sorted(run_ratios(by_model).items()):
            told = ["" if part is None else f"{part:.4g}" for part in (ratio.read, ratio.stored)]
            rows.writerow([key, mode, *told])


def page(found: dict[str, Any]) -> str:
    lines = ["# What a plan predicts and Athena counts: measured", ""]
    lines += [
        "| purchases | run | commit | models | within 25 % | below half | of ≥ 1 MB | within 25 % "
        "| below half | predicted | counted |",
        "|---:|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for size, runs in found.items():
        for run, each in runs.items():
            models = each["models"]
            cells = [
                number
                for least in (1, LEAST_SHOWN_BYTES)
                for number in judged(models, least=least).values()
            ]
            sums = [
                sum(model[part] or 0 for model in models.values())
                for part in ("predicted", "scanned_bytes")
            ]
            lines.append(
                f"| {int(size):,} | {run} | {each['commit']} | {' | '.join(map(str, cells))} | "
                f"{' | '.join(f'{part / 1e6:,.1f} MB' for part in sums)} |"
            )
    for size, runs in found.items():
        for run, each in runs.items():
            lines += ["", f"## {int(size):,} purchases, {run}", ""]
            lines += [
                "| model | mode | predicted | from | counted | predicted / counted |",
                "|---|---|---:|---|---:|---:|",
            ]
            by_size = sorted(each["models"].items(), key=lambda item: -item[1]["scanned_bytes"])
            for name, model in by_size:
                if model["scanned_bytes"] < LEAST_SHOWN_BYTES:
                    continue
                predicted, counted = model["predicted"], model["scanned_bytes"]
                told = "not known" if predicted is None else f"{predicted:,}"
                ratio = "" if predicted is None else f"{predicted / counted:.2f}"
                cells = [name, model["mode"], told, model["from"], f"{counted:,}", ratio]
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--purchases", type=int, nargs="+", default=[250_000, 1_000_000])
    parser.add_argument("--write-ratios", action="store_true", help="of the smallest size")
    parser.add_argument("--work", type=Path, default=HERE / "work" / "plan")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    options = parser.parse_args()
    local_aws.require_local(os.environ)
    athena = boto3.client("athena")
    local_aws.prepare(s3=boto3.client("s3"), athena=athena)
    path = options.results / "plan.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    for purchases in sorted(options.purchases):
        lake = Lake(purchases, options.work.resolve())
        if lake.is_there(boto3.client("glue")):
            raise SystemExit(f"{lake.name} has been built: make aws-down, then make aws-up")
        lake.generate()
        for run, folder in (("first build", "raw"), ("increment", "increment")):
            lake.land(folder)
            result = {"commit": commit(), **measured(lake, athena)}
            found.setdefault(str(purchases), {})[run] = result
            path.write_text(json.dumps(found, indent=2) + "\n")
            path.with_suffix(".md").write_text(page(found))
        if options.write_ratios and purchases == min(options.purchases):
            write_ratios(found[str(purchases)])


if __name__ == "__main__":
    main()
