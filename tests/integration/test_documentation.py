"""What `dbt docs generate` shows: every table and column described, lineage to an exposure."""

import json
from typing import Any

import pytest
from lake import PROJECT, Lake

DOCUMENTED = ("model", "seed")


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """Manifest and catalogue of the documentation of the committed sample."""
    lake = Lake(tmp_path_factory.mktemp("docs"))
    lake.raw.symlink_to(PROJECT / "data" / "raw")
    lake.dbt("build", "--resource-type", "model", "--resource-type", "seed")
    lake.dbt("docs generate", "--static")
    target = lake.folder / "target"
    assert (target / "static_index.html").stat().st_size > 1_000_000
    manifest, catalog = (
        json.loads((target / f"{name}.json").read_text("utf-8")) for name in ("manifest", "catalog")
    )
    return manifest, catalog


def test_every_table_and_column_is_shown_and_described(docs) -> None:
    manifest, catalog = docs
    nodes = {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
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
    manifest, _ = docs
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
