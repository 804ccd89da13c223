"""What the project's YAML declares of its tables, read without dbt."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lakehouse.errors import ComparisonError

# Their values may be told; anything else, and what declares no class, is masked.
SHOWN_CLASSES = ("public", "internal")


@dataclass(frozen=True)
class DeclaredTable:
    """A model or seed, as its YAML declares it.

    Attributes:
        domain: the folder of models or seeds that it lies in; layer: the folder below.
        key: columns that tell its rows apart (meta.grain); empty if none is declared.
        classes: column -> class of its values (meta.class), as far as declared.
    """

    name: str
    domain: str
    layer: str
    key: tuple[str, ...] = ()
    classes: Mapping[str, str] | None = None

    @property
    def is_mart(self) -> bool:
        return self.layer == "marts"

    def is_shown(self, column: str) -> bool:
        """Whether the values of a column may be told."""
        return (self.classes or {}).get(column) in SHOWN_CLASSES


def declared_tables(project_dir: Path) -> dict[str, DeclaredTable]:
    """Return name -> table of all models and seeds that a project declares.

    Raises: ComparisonError if a YAML file cannot be read, or there is none.
    """
    found = {table.name: table for table in _tables(project_dir)}
    if not found:
        raise ComparisonError(
            f"{project_dir}: no models are declared there; call it in the project's folder, or "
            "name that by --project-dir"
        )
    return found


def _tables(project_dir: Path) -> Iterator[DeclaredTable]:
    for folder in ("models", "seeds"):
        for path in sorted((project_dir / folder).rglob("*.yml")):
            try:
                said = yaml.safe_load(path.read_text("utf-8"))
            except (OSError, ValueError, yaml.YAMLError) as err:
                raise ComparisonError(f"{path} cannot be read: {err}") from err
            domain, layer = [*path.relative_to(project_dir / folder).parts, "", ""][:2]
            for declared in (said or {}).get(folder, ()):
                yield DeclaredTable(
                    name=declared["name"],
                    domain=domain,
                    layer=layer,
                    key=tuple(_meta(declared).get("grain", ())),
                    classes={
                        column["name"]: _meta(column)["class"]
                        for column in declared.get("columns", ())
                        if "class" in _meta(column)
                    },
                )


def _meta(declared: Mapping[str, Any]) -> Mapping[str, Any]:
    return (declared.get("config") or {}).get("meta") or {}
