"""Write the documentation as one page, with the tables and without the proofs of their code.

    python scripts/docs_page.py [target directory]

Reads what `dbt docs generate` wrote there and writes `static_index.html` beside it. dbt's page
draws every unit test and every singular test as a node of the lineage, and no setting takes one
out: `docs: {show: false}` greys a node, and unit tests have no such setting. So that file is given
a manifest without unit tests and value tests of macros; `manifest.json` itself stays whole. The
lines between tables are drawn lighter: dbt's are almost the colour of the ground.

A column is described once, where it arises. A table that hands it on without a word is shown with
the words of the nearest table above that has some, or with the shared text of that name.
"""

import json
import sys
from pathlib import Path
from typing import Any

from dbt.task.docs import DOCS_INDEX_FILE_PATH

Manifest = dict[str, Any]

VALUE_TESTS = "tests/macros/"
LINE_OF_DBT, LINE = "#006f8a", "#6cc5da"


def without_proofs(manifest: Manifest) -> Manifest:
    """The manifest without unit tests and value tests of macros, and without edges to them."""
    hidden = set(manifest["unit_tests"])
    hidden |= {
        name
        for name, node in manifest["nodes"].items()
        if node["original_file_path"].startswith(VALUE_TESTS)
    }
    return {
        **manifest,
        "unit_tests": {},
        "nodes": {name: node for name, node in manifest["nodes"].items() if name not in hidden},
        **{
            edges: {
                name: [other for other in others if other not in hidden]
                for name, others in manifest[edges].items()
                if name not in hidden
            }
            for edges in ("parent_map", "child_map")
        },
    }


def with_inherited_descriptions(manifest: Manifest, catalog: dict[str, Any]) -> Manifest:
    """The manifest with words for every column of the catalogue that has some above it."""
    nodes = {**manifest["sources"], **manifest["nodes"]}
    shared = {text["name"]: text["block_contents"] for text in manifest["docs"].values()}

    def words(unique_id: str, column: str) -> str:
        """Of the column there, else of its parents, breadth first."""
        level = [unique_id]
        while level:
            for name in level:
                if found := nodes[name].get("columns", {}).get(column, {}).get("description"):
                    return str(found)
            above = (parent for name in level for parent in manifest["parent_map"].get(name, ()))
            level = [parent for parent in dict.fromkeys(above) if parent in nodes]
        return str(shared.get(column, ""))

    described = {}
    for unique_id, node in manifest["nodes"].items():
        told = dict(node.get("columns", {}))
        for column in catalog["nodes"].get(unique_id, {}).get("columns", ()):
            if not told.get(column, {}).get("description") and (text := words(unique_id, column)):
                told[column] = {**told.get(column, {"name": column}), "description": text}
        described[unique_id] = {**node, "columns": told}
    return {**manifest, "nodes": described}


def page(manifest: Manifest, catalog: dict[str, Any], template: str) -> str:
    """dbt's page with both artefacts inside, as `dbt docs generate --static` puts them there.

    Raises: ValueError if the template lacks a text that is replaced.
    """
    for old, new in (
        (LINE_OF_DBT, LINE),
        ('"MANIFEST.JSON INLINE DATA"', json.dumps(manifest)),
        ('"CATALOG.JSON INLINE DATA"', json.dumps(catalog)),
    ):
        if old not in template:
            raise ValueError(f"dbt's page has no {old}: this version of dbt builds it otherwise")
        template = template.replace(old, new)
    return template


def main() -> None:
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "target")
    manifest, catalog = (
        json.loads((target / f"{name}.json").read_text("utf-8")) for name in ("manifest", "catalog")
    )
    template = Path(DOCS_INDEX_FILE_PATH).read_text("utf-8")
    written = target / "static_index.html"
    shown = with_inherited_descriptions(without_proofs(manifest), catalog)
    written.write_text(page(shown, catalog, template), "utf-8")
    print(f"Open {written}")


if __name__ == "__main__":
    main()
