"""What is published and where, read from the exposures of the dbt manifest.

An exposure with `config.meta.publish` names a target and a schema there; its `depends_on` are the
tables. Columns, types, keys and personal columns are those of the marts: nothing is written twice.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from lakehouse.errors import PublishError
from lakehouse.yaml_file import read_yaml

TARGETS = ("postgres", "redshift")
GUARDED_CLASSES = ("personal", "sensitive")
# Serves the merge alone: false in every row of a mart.
_MERGE_COLUMN = "is_removed"
_IDENTIFIER = re.compile("[a-z_][a-z0-9_]{0,62}")
_DECIMAL = re.compile(r"decimal\((?P<precision>\d+), ?(?P<scale>\d+)\)")
_TYPES = {
    "string": "text",
    "bigint": "bigint",
    "integer": "integer",
    "int": "integer",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "timestamp_ntz": "timestamp",
    "timestamp(6)": "timestamp",
}
_SETTINGS = {"target", "schema", "readers", "tables"}
_TABLE_SETTINGS = {"name", "columns", "indexes", "is_replicated", "max_removed_share"}
_MAX_REMOVED_SHARE = 0.2


@dataclass(frozen=True)
class PublishedColumn:
    """One column.

    Attributes:
        source: its name in the mart.
        type: text, bigint, integer, boolean, date, timestamp or decimal(p,s).
    """

    name: str
    source: str
    type: str


@dataclass(frozen=True)
class PublishedTable:
    """One mart and its copy.

    Attributes:
        lake_schema, lake_table: where the engine keeps the mart.
        key: published columns that identify a row, never null.
        indexes: published columns, each list one index; Redshift has none.
        is_replicated: on Redshift a copy on every node.
        max_removed_share: of the keys that the copy holds, how many may be missing from the mart.
    """

    model: str
    lake_schema: str
    lake_table: str
    name: str
    columns: tuple[PublishedColumn, ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...] = ()
    is_replicated: bool = False
    max_removed_share: float = _MAX_REMOVED_SHARE


@dataclass(frozen=True)
class DeclaredExposure:
    """An exposure that is published, and to which kind of database."""

    exposure: str
    domain: str
    target: str


@dataclass(frozen=True)
class Publication(DeclaredExposure):
    """What one exposure publishes; all of it appears at once.

    Attributes:
        readers: roles of the target that may read the tables.
    """

    schema: str
    tables: tuple[PublishedTable, ...]
    readers: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublishedRows:
    """What became of one table.

    Attributes:
        place: `<schema>.<table>` in the target.
    """

    place: str
    row_count: int
    written_count: int
    removed_count: int


def declared_exposures(project_dir: Path) -> list[DeclaredExposure]:
    """Return what the exposures of a project publish, as far as their files say it without dbt.

    Raises: PublishError for a file that is no YAML.
    """
    found = []
    for path in sorted(project_dir.glob("models/*/_*__exposures.yml")):
        try:
            exposures = read_yaml(path)["exposures"]
            for exposure in exposures:
                if declared := exposure.get("config", {}).get("meta", {}).get("publish"):
                    found.append(
                        DeclaredExposure(exposure["name"], path.parent.name, declared["target"])
                    )
        except (OSError, yaml.YAMLError, AttributeError, LookupError, TypeError) as err:
            raise PublishError(f"{path}: not usable ({err!r}); correct the file") from err
    return sorted(found, key=lambda one: one.exposure)


def publications(manifest: Mapping[str, Any]) -> list[Publication]:
    """Return what the exposures publish, sorted by name.

    Args:
        manifest: dbt's, of the engine's target: schemas are those of that engine.
    Raises: PublishError, naming exposure and next step, for a declaration that cannot be published.
    """
    found = [
        _publication(exposure, manifest)
        for exposure in manifest["exposures"].values()
        if "publish" in _meta(exposure)
    ]
    places: dict[tuple[str, str, str], str] = {}
    for publication in found:
        for table in publication.tables:
            place = (publication.target, publication.schema, table.name)
            if other := places.get(place):
                raise PublishError(
                    f"exposures {other} and {publication.exposure} both publish "
                    f"{'.'.join(place)}; give one of them another name"
                )
            places[place] = publication.exposure
    return sorted(found, key=lambda publication: publication.exposure)


def _publication(exposure: Mapping[str, Any], manifest: Mapping[str, Any]) -> Publication:
    name, settings = exposure["name"], _meta(exposure)["publish"]
    _check_words(name, settings, _SETTINGS)
    if settings.get("target") not in TARGETS:
        raise PublishError(f"exposure {name}: publish.target is none of {', '.join(TARGETS)}")
    departures = dict(settings.get("tables", {}))
    published_personal = set(_meta(exposure).get("personal_columns", ()))
    tables = tuple(
        _table(name, manifest["nodes"][node], departures, published_personal)
        for node in exposure["depends_on"]["nodes"]
    )
    if left := sorted(set(departures) - {table.model for table in tables}):
        raise PublishError(
            f"exposure {name}: publish.tables names {', '.join(left)}, which it does not depend on"
        )
    publication = Publication(
        exposure=name,
        domain=PurePosixPath(exposure["original_file_path"].replace("\\", "/")).parts[1],
        target=settings["target"],
        schema=settings["schema"],
        tables=tables,
        readers=tuple(settings.get("readers", ())),
    )
    _check_identifiers(publication)
    return publication


def _table(
    exposure: str,
    node: Mapping[str, Any],
    departures: Mapping[str, Mapping[str, Any]],
    published_personal: set[str],
) -> PublishedTable:
    model, own = node["name"], departures.get(node["name"], {})
    _check_words(f"{exposure}, {model}", own, _TABLE_SETTINGS)
    held = {
        name: _type(exposure, model, name, column)
        for name, column in node["columns"].items()
        if name != _MERGE_COLUMN
        and (
            column.get("meta", {}).get("class", _meta(column).get("class")) not in GUARDED_CLASSES
            or f"{model}.{name}" in published_personal
        )
    }
    chosen: Mapping[str, str] = own.get("columns") or {name: name for name in held}
    if missing := sorted(set(chosen.values()) - set(held)):
        raise PublishError(
            f"exposure {exposure}: {model} has no column to publish {', '.join(missing)}; personal "
            f"ones go out only if config.meta.personal_columns lists them"
        )
    published = {source: name for name, source in chosen.items()}
    grain: Sequence[str] = _meta(node).get("grain", ())
    if not grain or not set(grain) <= set(published):
        raise PublishError(
            f"exposure {exposure}: the key of {model} ({', '.join(grain) or 'no grain'}) is not "
            f"published, so its rows could not be told apart; publish these columns"
        )
    return PublishedTable(
        model=model,
        lake_schema=node["schema"],
        lake_table=node["alias"],
        name=own.get("name", model.partition("__")[2]),
        columns=tuple(
            PublishedColumn(name, source, held[source]) for name, source in chosen.items()
        ),
        key=tuple(published[column] for column in grain),
        indexes=tuple(tuple(columns) for columns in own.get("indexes", ())),
        is_replicated=bool(own.get("is_replicated", False)),
        max_removed_share=_share(exposure, model, own.get("max_removed_share", _MAX_REMOVED_SHARE)),
    )


def _type(exposure: str, model: str, name: str, column: Mapping[str, Any]) -> str:
    declared = (column.get("data_type") or "").lower()
    if match := _DECIMAL.fullmatch(declared):
        return f"decimal({match['precision']},{match['scale']})"
    if declared not in _TYPES:
        raise PublishError(
            f"exposure {exposure}: {model}.{name} is '{declared}', which is not published; cast it "
            f"in the mart, or leave it out"
        )
    return _TYPES[declared]


def _share(exposure: str, model: str, declared: Any) -> float:
    is_number = isinstance(declared, int | float) and not isinstance(declared, bool)
    if not is_number or not 0 <= declared <= 1:
        raise PublishError(
            f"exposure {exposure}: max_removed_share of {model} is {declared!r}; give a number "
            f"from 0 to 1"
        )
    return float(declared)


def _check_words(place: str, settings: Mapping[str, Any], known: Iterable[str]) -> None:
    if unknown := sorted(set(settings) - set(known)):
        raise PublishError(
            f"exposure {place}: publish knows no {', '.join(unknown)}; it knows "
            f"{', '.join(sorted(known))}"
        )


def _check_identifiers(publication: Publication) -> None:
    """Names become SQL, so they are plain ones."""
    names = [publication.schema, *publication.readers]
    for table in publication.tables:
        columns = [column.name for column in table.columns]
        names += [table.name, table.lake_schema, table.lake_table, *columns]
        if unknown := sorted({name for index in table.indexes for name in index} - set(columns)):
            raise PublishError(
                f"exposure {publication.exposure}: an index of {table.model} names "
                f"{', '.join(unknown)}, which is not published"
            )
    if wrong := sorted({name for name in names if not _IDENTIFIER.fullmatch(name)}):
        raise PublishError(
            f"exposure {publication.exposure}: {', '.join(map(repr, wrong))} cannot be a name in "
            f"SQL; use lower-case letters, digits and _"
        )


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return node.get("config", {}).get("meta") or node.get("meta") or {}
