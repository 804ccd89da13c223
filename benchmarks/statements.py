"""Count the statements that runs send to Athena: with everything, nothing, a day and a load new.

    make aws-up
    eval "$(PYTHONPATH=locallake/src .venv/bin/python -m locallake.cli env)"
    python benchmarks/statements.py

On AWS a statement takes a second or more and at least 10 MB are paid for, so their number is what a
small run costs. The local Athena keeps a list of them, as Athena does. The runs are those of the
workflow: without unit tests and value tests of macros.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
sys.path.insert(0, str(PROJECT / "scripts"))

import local_aws  # noqa: E402

BUILD = ("build", "--exclude-resource-type", "unit_test", "--exclude", "path:tests/macros")
LOADED = "commerce/purchase"
_NODE = re.compile(r'"node_id": "(?P<type>\w+)\.\w+\.(?P<name>\w+)')
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_CONNECTION = re.compile(r'"connection_name": "([^"]+)"')


def statements(athena: Any) -> dict[str, str]:
    """All that the workgroup was sent: id -> text."""
    pages = athena.get_paginator("list_query_executions").paginate(WorkGroup=local_aws.WORKGROUP)
    ids = [each for page in pages for each in page["QueryExecutionIds"]]
    found = {}
    for start in range(0, len(ids), 50):
        answer = athena.batch_get_query_execution(QueryExecutionIds=ids[start : start + 50])
        found |= {each["QueryExecutionId"]: each["Query"] for each in answer["QueryExecutions"]}
    return found


def sender(text: str) -> str:
    """What sent a statement: the type of its node, or what dbt called the connection."""
    if node := _NODE.search(text):
        return node["type"]
    connection = _CONNECTION.search(text)
    return re.sub(r"^(\w+?)_awsdatacatalog.*", r"\1", connection[1]) if connection else "adapter"


def kind(text: str) -> str:
    """What a statement does: its first words."""
    words = _COMMENT.sub(" ", text).lower().split()
    return " ".join(words[:2]) if words[:1] in (["create"], ["alter"], ["drop"]) else words[0]


def counted(athena: Any, arguments: Sequence[str], *, lake: str) -> dict[str, Any]:
    """Run dbt, and count what it sent and what it built."""
    before = set(statements(athena))
    results = PROJECT / "target" / "local" / "athena" / "run_results.json"
    results.unlink(missing_ok=True)
    if code := local_aws.dbt("athena", arguments, lake=lake):
        raise SystemExit(f"dbt failed ({code}): {' '.join(arguments)}")
    sent = [text for name, text in statements(athena).items() if name not in before]
    ran = json.loads(results.read_text())["results"] if results.exists() else []
    nodes = Counter(result["unique_id"].split(".")[0] for result in ran)
    of_models = Counter(
        node["name"] for text in sent if (node := _NODE.search(text)) and node["type"] == "model"
    )
    return {
        "statements": len(sent),
        "models": nodes["model"],
        "data tests": nodes["test"],
        "per model": round(len(sent) / nodes["model"], 1) if nodes["model"] else None,
        "sent by": dict(Counter(map(sender, sent)).most_common()),
        "kinds": dict(Counter(map(kind, sent)).most_common()),
        "most per model": dict(of_models.most_common(5)),
    }


def land(lake: str) -> None:
    """A load with the rows of the sample's last, under a name of its own."""
    [sample, *_] = sorted((PROJECT / "data/raw" / LOADED).glob("*/*.parquet"), reverse=True)
    load = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-0123456789ab"
    rows = pq.ParquetFile(sample).read()
    at = rows.schema.get_field_index("load_id")
    rows = rows.set_column(at, "load_id", pa.repeat(pa.scalar(load), rows.num_rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / LOADED / sample.parent.name / f"{load}.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(rows, path)
        local_aws.register(Path(folder), lake=lake)


def page(found: dict[str, Any]) -> str:
    lines = [
        "# Statements of a run on Athena: counted",
        "",
        "| run | models | data tests | statements | per model | aim |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for name, run in found.items():
        aim = {"nothing new": "≤ 60", "a load of commerce": "≤ 25 per model"}.get(name, "")
        per_model = "" if run["per model"] is None else run["per model"]
        lines.append(
            f"| {name} | {run['models']} | {run['data tests']} | {run['statements']} | {per_model} "
            f"| {aim} |"
        )
    lines += ["", "```json", json.dumps(found, indent=2), "```", ""]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lake", default="lakehouse_local", help="as `make aws-up` prepares it")
    parser.add_argument("--is-built", action="store_true", help="all tables are there already")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    options = parser.parse_args()
    local_aws.require_local(os.environ)
    athena = boto3.client("athena")
    local_aws.prepare(s3=boto3.client("s3"), athena=athena)
    local_aws.register(PROJECT / "data/raw", lake=options.lake)

    def run(*words: str, day: str = "2026-11-29") -> dict[str, Any]:
        variables = json.dumps({"run_date": day})
        return counted(athena, [*BUILD, *words, "--vars", variables], lake=options.lake)

    # The first one makes what is not there yet, and counts for nothing.
    if not options.is_built:
        run("--force")
    found = {"everything, with --force": run("--force")}
    found["nothing new"] = run()
    found["a new day"] = run(day="2026-11-30")
    land(options.lake)
    found["a load of commerce"] = run(day="2026-11-30")
    (options.results / "statements.json").write_text(json.dumps(found, indent=2) + "\n")
    (options.results / "statements.md").write_text(page(found))


if __name__ == "__main__":
    main()
