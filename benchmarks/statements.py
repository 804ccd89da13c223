"""Count the statements that runs send to Athena: with everything, nothing, a day and a load new.

    make aws-up
    eval "$(PYTHONPATH=locallake/src .venv/bin/python -m locallake.cli env)"
    python benchmarks/statements.py                  # everything, nothing, load, day
    python benchmarks/statements.py nothing day      # where everything is built, and passed

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
from run import commit

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
sys.path.insert(0, str(PROJECT / "scripts"))

import local_aws  # noqa: E402

BUILD = ("build", "--exclude-resource-type", "unit_test", "--exclude", "path:tests/macros")
RUNS = ("everything", "nothing", "load", "day")
DAYS = ("2026-11-29", "2026-11-30")
_NODE = re.compile(r'"node_id": "(?P<type>\w+)\.\w+\.(?P<name>\w+)')
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_CONNECTION = re.compile(r'"connection_name": "([^"]+)"')


def executions(athena: Any) -> dict[str, Any]:
    """All that the workgroup was sent: id -> execution."""
    pages = athena.get_paginator("list_query_executions").paginate(WorkGroup=local_aws.WORKGROUP)
    ids = [each for page in pages for each in page["QueryExecutionIds"]]
    found = {}
    for start in range(0, len(ids), 50):
        answer = athena.batch_get_query_execution(QueryExecutionIds=ids[start : start + 50])
        found |= {each["QueryExecutionId"]: each for each in answer["QueryExecutions"]}
    return found


def node_of(text: str) -> tuple[str, str] | None:
    """Type and name of the node that sent a statement; None if none did."""
    found = _NODE.search(text)
    return (found["type"], found["name"]) if found else None


def sender(text: str) -> str:
    """What sent a statement: the type of its node, or what dbt called the connection."""
    if node := node_of(text):
        return node[0]
    connection = _CONNECTION.search(text)
    return re.sub(r"^(\w+?)_awsdatacatalog.*", r"\1", connection[1]) if connection else "adapter"


def kind(text: str) -> str:
    """What a statement does: its first words."""
    words = _COMMENT.sub(" ", text).lower().split()
    return " ".join(words[:2]) if words[:1] in (["create"], ["alter"], ["drop"]) else words[0]


def counted(athena: Any, arguments: Sequence[str], *, lake: str) -> dict[str, Any]:
    """Run dbt, and count what it sent and what it built."""
    before = set(executions(athena))
    results = PROJECT / "target" / "local" / "athena" / "run_results.json"
    results.unlink(missing_ok=True)
    if code := local_aws.dbt("athena", arguments, lake=lake):
        raise SystemExit(f"dbt failed ({code}): {' '.join(arguments)}")
    sent = [each["Query"] for key, each in executions(athena).items() if key not in before]
    ran = json.loads(results.read_text())["results"] if results.exists() else []
    nodes = Counter(result["unique_id"].split(".")[0] for result in ran)
    of_models = Counter(node[1] for text in sent if (node := node_of(text)) and node[0] == "model")
    return {
        "statements": len(sent),
        "models": nodes["model"],
        "data tests": nodes["test"],
        "per model": round(len(sent) / nodes["model"], 1) if nodes["model"] else None,
        "sent by": dict(Counter(map(sender, sent)).most_common()),
        "kinds": dict(Counter(map(kind, sent)).most_common()),
        "most per model": dict(of_models.most_common(5)),
    }


def land(entity: str, *, lake: str) -> None:
    """A load with the rows of the sample's last, under a name of its own.

    Args:
        entity: `<domain>/<entity>`.
    """
    [sample, *_] = sorted((PROJECT / "data/raw" / entity).glob("*/*.parquet"), reverse=True)
    load = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-0123456789ab"
    rows = pq.ParquetFile(sample).read()
    at = rows.schema.get_field_index("load_id")
    rows = rows.set_column(at, "load_id", pa.repeat(pa.scalar(load), rows.num_rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / entity / sample.parent.name / f"{load}.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(rows, path)
        local_aws.register(Path(folder), lake=lake)


def page(found: dict[str, Any]) -> str:
    lines = [
        "# Statements of a run on Athena: counted",
        "",
        "| run | commit | models | data tests | statements | per model | aim |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for name, run in found.items():
        aim = "≤ 60" if name == "nothing new" else ""
        aim = "≤ 25 per model" if name.startswith("a load of") else aim
        per_model = "" if run["per model"] is None else run["per model"]
        lines.append(
            f"| {name} | {run['commit']} | {run['models']} | {run['data tests']} "
            f"| {run['statements']} | {per_model} | {aim} |"
        )
    lines += ["", "```json", json.dumps(found, indent=2), "```", ""]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="*", choices=[*RUNS, []], help="all, where none is named")
    parser.add_argument("--lake", default="lakehouse_local", help="as `make aws-up` prepares it")
    parser.add_argument("--load-of", default="commerce/purchase", metavar="DOMAIN/ENTITY")
    parser.add_argument("--results", type=Path, default=HERE / "results")
    options = parser.parse_args()
    local_aws.require_local(os.environ)
    athena = boto3.client("athena")
    local_aws.prepare(s3=boto3.client("s3"), athena=athena)
    path = options.results / "statements.json"
    found = json.loads(path.read_text()) if path.exists() else {}

    def count(name: str, *words: str, day: str) -> None:
        variables = json.dumps({"run_date": day})
        run = counted(athena, [*BUILD, *words, "--vars", variables], lake=options.lake)
        found[name] = {"commit": commit(), **run}
        path.write_text(json.dumps(found, indent=2) + "\n")
        path.with_suffix(".md").write_text(page(found))

    for run in options.runs or RUNS:
        if run == "everything":
            local_aws.register(PROJECT / "data/raw", lake=options.lake)
            count("everything, with --force", "--force", day=DAYS[0])
        elif run == "nothing":
            count("nothing new", day=DAYS[0])
        elif run == "load":
            land(options.load_of, lake=options.lake)
            count(f"a load of {options.load_of.partition('/')[0]}", day=DAYS[0])
        else:
            count("a new day", day=DAYS[1])


if __name__ == "__main__":
    main()
