"""What the documentation shows: each table and column, lineage to exposures, no proofs of code."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from lake import PROJECT, Lake

DOCUMENTED = ("model", "seed")


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], ...]:
    """Manifest and catalogue of the committed sample, and the manifest that its page was given."""
    lake = Lake(tmp_path_factory.mktemp("docs"))
    lake.raw.symlink_to(PROJECT / "data" / "raw")
    lake.dbt("build", "--resource-type", "model", "--resource-type", "seed")
    lake.dbt("docs generate")
    target = lake.folder / "target"
    subprocess.run([sys.executable, PROJECT / "scripts" / "docs_page.py", target], check=True)
    page = (target / "static_index.html").read_text("utf-8")
    shown, _ = json.JSONDecoder().raw_decode(page, page.index('{"metadata"'))
    manifest, catalog = (
        json.loads((target / f"{name}.json").read_text("utf-8")) for name in ("manifest", "catalog")
    )
    return manifest, catalog, shown


def test_every_table_and_column_is_shown_and_described(docs) -> None:
    _, catalog, shown = docs
    nodes = {
        unique_id: node
        for unique_id, node in shown["nodes"].items()
        if node["resource_type"] in DOCUMENTED
    }
    assert set(catalog["nodes"]) == set(nodes)
    undescribed = [
        f"{node['name']}.{column}"
        for unique_id, node in nodes.items()
        for column in catalog["nodes"][unique_id]["columns"]
        if not node["columns"].get(column, {}).get("description")
    ]
    assert undescribed == []
    absent = [
        f"{node['name']}.{column}"
        for unique_id, node in nodes.items()
        for column in node["columns"]
        if column not in catalog["nodes"][unique_id]["columns"]
    ]
    assert absent == []


def test_every_source_leads_to_an_exposure_and_every_domain_has_one(docs) -> None:
    manifest, _, _ = docs
    parents = manifest["parent_map"]
    reached: dict[str, set[str]] = {}
    for exposure in manifest["exposures"]:
        waiting, seen = [exposure], set()
        while waiting:
            for parent in parents.get(waiting.pop(), []):
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        reached[exposure] = seen
    assert set(manifest["sources"]) <= set().union(*reached.values())
    domains = {source["source_name"] for source in manifest["sources"].values()}
    for domain in domains:
        own = {key for key in manifest["sources"] if key.split(".")[2] == domain}
        published = [
            name
            for name, seen in reached.items()
            if own & seen and name.split(".")[-1].startswith(domain)
        ]
        assert published, f"nothing of {domain} is declared as published"


def test_the_page_opens_on_the_project_and_every_link_leads_somewhere(docs) -> None:
    _, _, shown = docs
    overview = shown["docs"]["doc.lakehouse.__overview__"]["block_contents"]
    known = {
        f"{node['resource_type']}/{unique_id}"
        for kind in ("nodes", "sources", "macros")
        for unique_id, node in shown[kind].items()
    }
    links = set(re.findall(r"\(#!/(\w+/[\w.]+)\)", overview))
    assert links and links <= known
    drawn = set(re.findall(r"(group|exposure):(\w+)", overview))
    groups = {("group", group["name"]) for group in shown["groups"].values()}
    exposures = {("exposure", exposure["name"]) for exposure in shown["exposures"].values()}
    assert drawn == groups | exposures


def test_unit_tests_and_value_tests_of_macros_are_hidden_and_nothing_else(docs) -> None:
    manifest, _, shown = docs
    hidden = set(manifest["nodes"]) - set(shown["nodes"])
    assert hidden == {
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["original_file_path"].startswith("tests/macros/")
    }
    assert len(hidden) > 50 and manifest["unit_tests"] and not shown["unit_tests"]
    kept = set(manifest["parent_map"]) - hidden - set(manifest["unit_tests"])
    for edges in ("parent_map", "child_map"):
        assert set(shown[edges]) == kept
        assert set().union(*shown[edges].values()) <= kept
