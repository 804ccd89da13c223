"""What the two readers may read, held against the classes of columns in dbt's manifest."""

import fnmatch
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from infra.applied.policies import as_list
from infra.rendered import Rendered
from infra.terraform_tool import REPOSITORY

GUARDED = {"personal", "sensitive"}
MART_PREFIXES = ("dim_", "fct_", "feat_", "rpt_")
CURATED = "arn:aws:s3:::lakehouse-dev-123456789012-curated/wh"
RESULTS = "arn:aws:s3:::lakehouse-dev-123456789012-results"
GLUE = "arn:aws:glue:us-east-1:123456789012:table"


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Models and seeds of the manifest."""
    target = tmp_path_factory.mktemp("manifest")
    dbt = [str(Path(sys.executable).with_name("dbt")), "parse", "--quiet"]
    places = ["--target-path", str(target), "--log-path", str(target / "logs")]
    subprocess.run([*dbt, *places], cwd=REPOSITORY, check=True, capture_output=True)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return [
        node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")
    ]


def is_mart(node: dict[str, Any]) -> bool:
    return node["name"].startswith(MART_PREFIXES)


def is_guarded(node: dict[str, Any]) -> bool:
    return any(column["config"]["meta"]["class"] in GUARDED for column in node["columns"].values())


def reads(environment: Rendered, role: str, action: str, resource: str) -> bool:
    return any(
        action in as_list(statement["Action"])
        and any(
            fnmatch.fnmatchcase(resource, pattern) for pattern in as_list(statement["Resource"])
        )
        for statement in environment.statements(role)
    )


def places(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where a model's rows lie, whichever engine wrote them: action and resource."""
    domain, name = node["config"]["schema"], node["name"]
    database = f"lakehouse_dev_{domain}"
    for file in ("6a5c38eb/data/x.parquet", "6a5c38eb/metadata/x.json", "data/x.parquet"):
        yield "s3:GetObject", f"{CURATED}/athena/{database}/{name}/{file}"
        yield "s3:GetObject", f"{CURATED}/{database}/{name}/{file}"
        yield "s3:GetObject", f"{CURATED}/{database}.db/{name}/{file}"
    for action in ("glue:GetTable", "glue:GetPartitions"):
        yield action, f"{GLUE}/{database}/{name}"


def test_there_are_marts_of_both_kinds(nodes):
    kinds = [is_guarded(node) for node in nodes if is_mart(node)]
    assert kinds.count(True) >= 10 and kinds.count(False) >= 30


def test_reader_reads_exactly_the_marts_without_personal_columns(delivered: Rendered, nodes):
    wrong = [
        (action, resource)
        for node in nodes
        for action, resource in places(node)
        if reads(delivered, "reader", action, resource) != (is_mart(node) and not is_guarded(node))
    ]
    assert wrong == []


def test_reader_personal_reads_exactly_the_marts(delivered: Rendered, nodes):
    wrong = [
        (action, resource)
        for node in nodes
        for action, resource in places(node)
        if reads(delivered, "reader-personal", action, resource) != is_mart(node)
    ]
    assert wrong == []


NOTE_OF_RUNS = {"config": {"schema": "quality"}, "name": "reflected_run"}


@pytest.mark.parametrize("role", ["reader", "reader-personal"])
def test_reader_reads_up_to_which_day_marts_are_final(delivered: Rendered, role: str):
    """Of the notes that runs keep this one alone: the others name loads."""
    refused = [place for place in places(NOTE_OF_RUNS) if not reads(delivered, role, *place)]
    assert refused == []
    for name in ("reflected_load", "reflected_run__dbt_tmp_6a5c38eb", "reflected_runs"):
        other = NOTE_OF_RUNS | {"name": name}
        assert not any(reads(delivered, role, *place) for place in places(other))


def test_publisher_reads_no_note_of_runs(delivered: Rendered):
    assert not any(reads(delivered, "publisher", *place) for place in places(NOTE_OF_RUNS))


def test_reader_reads_no_working_table_of_a_mart(delivered: Rendered, nodes):
    """A run's working tables hold rows of what the mart reads."""
    for suffix in ("__dbt_tmp_6a5c38eb", "__ha", "__bkp", "_version"):
        for node in nodes:
            working = node | {"name": node["name"] + suffix}
            if working["name"] in {other["name"] for other in nodes}:
                continue
            assert not any(reads(delivered, "reader", *place) for place in places(working))


@pytest.mark.parametrize("role", ["reader", "reader-personal"])
def test_reader_reads_its_own_results_alone(delivered: Rendered, role: str):
    folders = ["athena", "publish", "reader", "reader-personal"]
    read = [f for f in folders if reads(delivered, role, "s3:GetObject", f"{RESULTS}/{f}/x.csv")]
    assert read == [role]
    groups = ["lakehouse_dev", "lakehouse_dev_reader", "lakehouse_dev_reader_personal", "primary"]
    asked = [
        group
        for group in groups
        if reads(
            delivered, role, "athena:GetQueryResults",
            f"arn:aws:athena:us-east-1:123456789012:workgroup/{group}",
        )
    ]  # fmt: skip
    assert asked == [f"lakehouse_dev_{role.replace('-', '_')}"]


@pytest.mark.parametrize("role", ["reader", "reader-personal"])
def test_reader_changes_nothing(delivered: Rendered, role: str):
    actions = {action for s in delivered.statements(role) for action in as_list(s["Action"])}
    writing = {
        a for a in actions if a.partition(":")[2].startswith(("Create", "Delete", "Put", "Update"))
    }
    # Its own results.
    assert writing == {"s3:PutObject"}
    assert not reads(delivered, role, "s3:PutObject", f"{CURATED}/athena/lakehouse_dev_market/x")
