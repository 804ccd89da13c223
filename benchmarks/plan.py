"""Hold what `lakehouse plan` predicts against what the local Athena counts, model by model.

    PYTHONPATH=locallake/src .venv/bin/python -m locallake.cli --state target/locallake \\
        up --port 0 --engine-memory 6144
    export LOCALLAKE_STATE="$PWD/target/locallake"
    eval "$(PYTHONPATH=locallake/src .venv/bin/python -m locallake.cli env)"
    python benchmarks/plan.py --purchases 100000 250000 1000000
    python benchmarks/plan.py --write-ratios 100000 1000000 --judge 250000

Per size a lake of its own with generated purchases: a plan, the first build, a plan, an increment
of 20,000 events; the models of commerce, whose rows are as many as asked for. Counted is what
Athena counts of all statements of a model, those of its hooks, too, without what is paid at least.
Tests are no part of a plan, and not run.

`--write-ratios` runs nothing: it writes what was read at these sizes, as results/plan.json keeps
it, into src/lakehouse/building/measured.csv, from which a lake without runs of its own is planned.
Predictions of those sizes are then none; `--judge` predicts another size anew: what a plan would
say before the first build, of raw files alone, and before the increment, of tables as the first
build left them, beside what was counted then. Below 100,000 purchases tables are files of less than
3 MB, which are read whole: their ratios say nothing of larger ones.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import commerce_events
from run import commit
from statements import HERE, PROJECT, executions, local_aws, node_of, sender

from lakehouse.building.sizes import (
    MEASURED,
    MEASURED_COLUMNS,
    Size,
    SizedLake,
    iceberg_sizes,
    measured_ratios,
    place_of,
    ratios_of,
    raw_bytes,
    run_ratios,
    stored_tables,
)
from lakehouse.building.state import FULL
from lakehouse.planning.plan import read_by
from lakehouse.publishing.publish import read_manifest
from lakehouse.reviewing.impact import Manifest

DAY = "2026-01-01"
MODELS_ONLY = ("--resource-type", "model", "--resource-type", "seed")
# Of less the ratio says something of footers, not of columns.
LEAST_MEASURED_BYTES = 100_000
LEAST_SHOWN_BYTES = 1_000_000
ENOUGH, WITHIN, HALF = 0.8, 0.25, 0.5
BY_RATIOS = "as measured once"
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


def write_ratios(sizes: list[dict[str, Any]]) -> None:
    """Write what each model read and stored per byte of what it found to read, size by size."""
    rows = []
    for runs in sizes:
        by_model: dict[str, dict[str, Any]] = {}
        for run in runs.values():
            for model in run["models"].values():
                if (model["input_bytes"] or 0) >= LEAST_MEASURED_BYTES:
                    by_model.setdefault(model["id"], {}).setdefault(model["mode"], model)
        for (key, mode), ratio in run_ratios(by_model).items():
            told = ["" if part is None else f"{part:.4g}" for part in (ratio.read, ratio.stored)]
            rows.append((key, mode, by_model[key][mode]["input_bytes"], *told))
    with MEASURED.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([MEASURED_COLUMNS, *sorted(rows)])
    measured_ratios.cache_clear()


def predicted_anew(runs: dict[str, Any], head: Manifest) -> dict[str, dict[str, int | None]]:
    """Run -> model -> bytes that a plan says by the present ratios, as before that run."""
    first, increment = (runs[run]["models"] for run in ("first build", "increment"))
    ratios = ratios_of(head, {}, measured_ratios())
    tables = {
        place_of(head.nodes[each["id"]]): Size(bytes=each["stored_bytes"])
        for each in first.values()
    }
    raw = raw_found(head, first, tables)
    # Of an increment the table of loads alone reads raw files, and all: it is the same of which.
    load = increment["int_commerce__load"]
    more = load["input_bytes"] - load["stored_bytes"] - sum(raw.values())
    some = max(raw, key=lambda source: raw[source])
    lakes = {
        "first build": SizedLake(head, {}, raw, ratios),
        "increment": SizedLake(head, tables, raw | {some: raw[some] + more}, ratios),
    }
    return {
        run: {
            name: read_by(lake, each["id"], each["mode"])[0]
            for name, each in runs[run]["models"].items()
        }
        for run, lake in lakes.items()
    }


def raw_found(head: Manifest, first: dict[str, Any], tables: dict[Any, Size]) -> dict[str, int]:
    """Source -> bytes of its raw files: what its record table found, without the tables of that.

    A seed that it reads, of a kilobyte, is counted with them.
    """
    none = {
        source: 0
        for node in head.nodes.values()
        for source in node["depends_on"].get("nodes", ())
        if source.startswith("source.")
    }
    raw = dict(none)
    nothing = dict.fromkeys(tables, Size(bytes=0))
    records = [
        each for each in first.values() if head.nodes[each["id"]]["config"]["meta"].get("entity")
    ]
    for source in none:
        # A byte in that source alone tells which table reads it.
        marked = SizedLake(head, nothing, none | {source: 1})
        for each in records:
            if marked.input_bytes(each["id"], FULL):
                known = SizedLake(head, tables, none).input_bytes(each["id"], FULL) or 0
                raw[source] = each["input_bytes"] - known
    return raw


def parsed(work: Path) -> Manifest:
    """The project as dbt parses it for Athena."""
    os.environ |= {
        "LAKEHOUSE_TARGET": "athena",
        "DBT_TARGET_PATH": str(work / "target"),
        "DBT_LOG_PATH": str(work / "logs"),
    }
    return Manifest(read_manifest(PROJECT))


def titled(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Title and result of each run as it was planned then, and anew where it was judged."""
    for size, runs in found.items():
        for run, each in runs.items():
            title = f"{int(size):,} purchases, {run}"
            yield title, each
            if anew := each.get("anew"):
                models = {
                    name: model | {"predicted": anew["predicted"][name], "from": BY_RATIOS}
                    for name, model in each["models"].items()
                }
                sizes = " and ".join(f"{one:,}" for one in anew["ratios of"])
                by = f"{title}, anew by the ratios of {sizes}"
                yield by, {"commit": anew["commit"], "models": models}


def judged_anew(runs: dict[str, Any]) -> bool:
    return "anew" in runs.get("increment", {})


def page(found: dict[str, Any]) -> str:
    lines = ["# What a plan predicts and Athena counts: measured", ""]
    judges = {size: runs["increment"]["anew"] for size, runs in found.items() if judged_anew(runs)}
    if judges:
        known = " and ".join(f"{one:,}" for one in next(iter(judges.values()))["ratios of"])
        sizes = " and ".join(f"{int(size):,}" for size in judges)
        lines += [
            f"Plans use the ratios of {known} purchases. What they are worth is judged by {sizes},",
            "of which they know nothing: predicted anew from what was there before each run,",
            "beside what was counted then. Other rows are plans as they were made before a run,",
            "by the ratios of that commit.",
            "",
        ]
    lines += [
        "| run | commit | models | within 25 % | below half | of ≥ 1 MB | within 25 % "
        "| below half | predicted | counted |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for title, each in titled(found):
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
            f"| {title} | {each['commit']} | {' | '.join(map(str, cells))} | "
            f"{' | '.join(f'{part / 1e6:,.1f} MB' for part in sums)} |"
        )
    for title, each in titled(found):
        lines += ["", f"## {title}", ""]
        lines += [
            "| model | mode | predicted | from | counted | predicted / counted |",
            "|---|---|---:|---|---:|---:|",
        ]
        by_size = sorted(each["models"].items(), key=lambda item: -item[1]["scanned_bytes"])
        for name, model in by_size:
            if model["scanned_bytes"] < LEAST_SHOWN_BYTES:
                continue
            predicted, counted = model["predicted"], model["scanned_bytes"]
            words = "not known" if predicted is None else f"{predicted:,}"
            ratio = "" if predicted is None else f"{predicted / counted:.2f}"
            cells = [name, model["mode"], words, model["from"], f"{counted:,}", ratio]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def run_all(options: argparse.Namespace, found: dict[str, Any], path: Path) -> None:
    """Build lakes of the sizes that are asked for; results are kept after each run."""
    local_aws.require_local(os.environ)
    athena = boto3.client("athena")
    local_aws.prepare(s3=boto3.client("s3"), athena=athena)
    for purchases in sorted(options.purchases):
        lake = Lake(purchases, options.work.resolve())
        if lake.is_there(boto3.client("glue")):
            raise SystemExit(f"{lake.name} has been built: make aws-down, then make aws-up")
        lake.generate()
        for run, folder in (("first build", "raw"), ("increment", "increment")):
            lake.land(folder)
            result = {"commit": commit(), **measured(lake, athena)}
            found.setdefault(str(purchases), {})[run] = result
            keep(found, path)


def keep(found: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(found, indent=2) + "\n")
    path.with_suffix(".md").write_text(page(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--purchases", type=int, nargs="+", default=[], help="sizes to run")
    parser.add_argument(
        "--write-ratios", type=int, nargs="+", default=[], help="of results of these sizes"
    )
    parser.add_argument(
        "--judge", type=int, nargs="+", default=[], help="sizes that those ratios do not know"
    )
    parser.add_argument("--work", type=Path, default=HERE / "work" / "plan")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    options = parser.parse_args()
    if not (options.purchases or options.write_ratios):
        parser.error("nothing to do: --purchases, or --write-ratios")
    if options.judge and not options.write_ratios:
        parser.error("--judge says nothing without the sizes of --write-ratios")
    if both := set(options.judge) & set(options.write_ratios):
        parser.error(f"{min(both)} is judged by ratios that it was measured for")
    path = options.results / "plan.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    if options.purchases:
        run_all(options, found, path)
    if lacking := {*options.judge, *options.write_ratios} - {int(size) for size in found}:
        parser.error(f"no results of {min(lacking)} purchases: run --purchases first")
    if options.write_ratios:
        sizes = sorted({*options.write_ratios})
        write_ratios([found[str(size)] for size in sizes])
        # What was judged by other ratios is of no plan that is made now.
        for run in (run for runs in found.values() for run in runs.values()):
            run.pop("anew", None)
        head = parsed(options.work / "judge") if options.judge else None
        for size in options.judge if head else ():
            for run, models in predicted_anew(found[str(size)], head).items():
                found[str(size)][run]["anew"] = {
                    "commit": commit(),
                    "ratios of": sizes,
                    "predicted": models,
                }
        keep(found, path)


if __name__ == "__main__":
    main()
