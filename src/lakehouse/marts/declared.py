"""Which columns a mart has and who may see them, read from the YAML beside the models."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lakehouse.errors import DeclarationError

# What everybody who reads a mart may see; any other class, or none, is kept back.
OPEN_CLASSES = ("public", "internal")


@dataclass(frozen=True)
class DeclaredMart:
    """A mart as its YAML declares it.

    Attributes:
        columns: name -> class, such as `personal`; None where it has none.
    """

    domain: str
    name: str
    columns: Mapping[str, str | None]

    @property
    def open_columns(self) -> tuple[str, ...]:
        return tuple(name for name, kind in self.columns.items() if kind in OPEN_CLASSES)


def declared_marts(project_dir: Path) -> tuple[DeclaredMart, ...]:
    """Read all marts of a project, without dbt: classes are no templates.

    Raises: DeclarationError if there are none, or a file is no YAML.
    """
    found = []
    for path in sorted(project_dir.glob("models/*/marts/*.yml")):
        try:
            models = (yaml.safe_load(path.read_text("utf-8")) or {}).get("models") or []
            found += [_mart(path.parts[-3], model) for model in models]
        except (OSError, ValueError, AttributeError, KeyError, yaml.YAMLError) as err:
            raise DeclarationError(f"{path} does not declare a mart: {err}") from err
    if not found:
        raise DeclarationError(
            f"{project_dir / 'models'} declares no mart: call this in the project's folder, or "
            "name it by --project-dir"
        )
    return tuple(found)


def _mart(domain: str, model: Mapping[str, Any]) -> DeclaredMart:
    columns = {
        column["name"]: ((column.get("config") or {}).get("meta") or {}).get("class")
        for column in model.get("columns") or ()
    }
    return DeclaredMart(domain, model["name"], columns)
