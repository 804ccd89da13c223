"""A copy of the project whose feeds declare an operation, as a person's own project may."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml
from lake import PROJECT

from lakehouse.yaml_file import read_yaml

OF_DBT = ("analyses", "macros", "models", "seeds", "tests/data", "tests/macros")
SETTINGS = ("dbt_project.yml", "profiles.yml", "selectors.yml")
SOURCES = "models/commerce/staging/_commerce__sources.yml"
# The codes of three programs; `op_at` says when a change was made.
OPERATION = {
    "column": "op",
    "insert": ["I", "r", "c"],
    "update": ["U", "u", "update_postimage"],
    "delete": ["D", "d"],
    "before": ["update_preimage"],
    "time": "op_at",
}
FEEDS = ("purchase", "product_item", "purchase_extra_info", "order_transaction_cost_hist")


def project_with_operations(
    folder: Path, operations: Mapping[str, Mapping[str, object]] | None = None
) -> Path:
    """Copy what dbt and landing read of the project to `folder`, and declare operations there.

    Args:
        operations: by feed of commerce, what its `landing.operation` says; None: `OPERATION` for
            all of them. The columns that it names come to be columns of the feed.
    """
    operations = dict.fromkeys(FEEDS, OPERATION) if operations is None else operations
    for name in OF_DBT:
        shutil.copytree(PROJECT / name, folder / name)
    for name in SETTINGS:
        shutil.copy(PROJECT / name, folder / name)
    path = folder / SOURCES
    declared = read_yaml(path)
    for table in declared["sources"][0]["tables"]:
        operation = operations.get(table["name"])
        if operation is None:
            continue
        table["config"]["meta"]["landing"]["operation"] = dict(operation)
        names = [operation[part] for part in ("column", "time") if part in operation]
        place = [column["name"] for column in table["columns"]].index("recorded_at")
        table["columns"][place:place] = [
            {
                "name": name,
                "data_type": "string",
                "description": "What the source says of the change.",
                "config": {"meta": {"class": "internal"}},
            }
            for name in names
        ]
    path.write_text(yaml.safe_dump(declared, sort_keys=False, allow_unicode=True), "utf-8")
    return folder
