"""What the YAML of a project declares of its tables, read without dbt: none of it is a template."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lakehouse.errors import DeclarationError
from lakehouse.yaml_file import read_yaml

# What everybody who reads a mart may see; any other class, or none, is kept back.
OPEN_CLASSES = ("public", "internal")


@dataclass(frozen=True)
class DeclaredTable:
    """A model or seed as its YAML declares it.

    Attributes:
        domain: the folder of models or seeds that it lies in; layer: the folder below.
        key: columns that tell its rows apart (meta.grain); empty if none is declared.
        columns: name -> class (meta.class), such as `personal`; None where it has none.
    """

    name: str
    domain: str
    layer: str
    key: tuple[str, ...] = ()
    columns: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def is_mart(self) -> bool:
        return self.layer == "marts"

    @property
    def open_columns(self) -> tuple[str, ...]:
        return tuple(name for name in self.columns if self.is_open(name))

    def is_open(self, column: str) -> bool:
        """Whether everybody may see the values of a column."""
        return self.columns.get(column) in OPEN_CLASSES


def declared_tables(project_dir: Path) -> dict[str, DeclaredTable]:
    """Return name -> table of all models and seeds that a project declares.

    Raises: DeclarationError if there is no mart among them, or a file is no YAML of models.
    """
    found = {table.name: table for table in _tables(project_dir)}
    if not any(table.is_mart for table in found.values()):
        raise DeclarationError(
            f"{project_dir / 'models'} declares no mart: call this in the project's folder, or "
            "name it by --project-dir"
        )
    return found


def declared_marts(project_dir: Path) -> tuple[DeclaredTable, ...]:
    """Return the marts among `declared_tables`, which says what it raises."""
    return tuple(table for table in declared_tables(project_dir).values() if table.is_mart)


def _tables(project_dir: Path) -> Iterator[DeclaredTable]:
    for folder in ("models", "seeds"):
        for path in sorted((project_dir / folder).rglob("*.yml")):
            domain, layer = [*path.relative_to(project_dir / folder).parts, "", ""][:2]
            try:
                declared = (read_yaml(path) or {}).get(folder) or ()
                tables = [_table(domain, layer, each) for each in declared]
            except (OSError, ValueError, AttributeError, KeyError, yaml.YAMLError) as err:
                raise DeclarationError(f"{path} does not declare tables: {err}") from err
            yield from tables


def _table(domain: str, layer: str, declared: Mapping[str, Any]) -> DeclaredTable:
    return DeclaredTable(
        name=declared["name"],
        domain=domain,
        layer=layer,
        key=tuple(_meta(declared).get("grain", ())),
        columns={
            column["name"]: _meta(column).get("class") for column in declared.get("columns") or ()
        },
    )


def _meta(declared: Mapping[str, Any]) -> Mapping[str, Any]:
    return (declared.get("config") or {}).get("meta") or {}
