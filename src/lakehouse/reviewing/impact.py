"""What a change of the project touches: columns below it, exposures, contracts that break."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lakehouse.errors import ComparisonError
from lakehouse.reviewing.lineage import Column, Lineage, LineageError, Schema, Table, lineage_of

_TABLES = ("model", "seed")


@dataclass(frozen=True)
class Manifest:
    """A manifest as dbt writes it."""

    content: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read a manifest.json. Raises: ComparisonError if there is none, or it is none."""
        try:
            content = json.loads(path.read_text("utf-8"))
            return cls({key: content[key] for key in ("nodes", "macros", "exposures", "child_map")})
        except (OSError, ValueError, KeyError, TypeError) as err:
            raise ComparisonError(f"{path} is no manifest of dbt: {err!r}") from err

    @cached_property
    def nodes(self) -> dict[str, dict[str, Any]]:
        """Unique id -> model or seed."""
        nodes = self.content["nodes"].items()
        return {key: node for key, node in nodes if node["resource_type"] in _TABLES}

    @cached_property
    def ids(self) -> dict[Table, str]:
        return {(node["schema"], node["name"]): key for key, node in self.nodes.items()}

    @property
    def exposures(self) -> list[dict[str, Any]]:
        return list(self.content["exposures"].values())

    def children(self, node: str) -> list[str]:
        """Models that read a node."""
        return [child for child in self.content["child_map"].get(node, ()) if child in self.nodes]

    def exposed(self, node: str) -> list[str]:
        """Names of the exposures that read a node."""
        return [
            exposure["name"]
            for exposure in self.exposures
            if node in exposure["depends_on"]["nodes"]
        ]


@dataclass(frozen=True)
class Change:
    """A model or seed that is not as it was.

    Attributes:
        what: `new`, `gone`, or what of it differs: its SQL, a macro, its configuration.
    """

    name: str
    path: str
    what: str


@dataclass(frozen=True)
class Touched:
    """A table that a change reaches.

    Attributes:
        columns: those whose values may be others; are_rows: which rows there are may change.
        doubt: why the columns are not known, in words.
    """

    node: str
    name: str
    columns: tuple[str, ...] = ()
    are_rows: bool = False
    doubt: str = ""


@dataclass(frozen=True)
class ContractBreak:
    """A promise of a table that the change does not keep.

    Attributes:
        what: in words; readers: models and exposures that read what goes.
    """

    table: str
    what: str
    readers: tuple[str, ...]
    exposures: tuple[str, ...]


def changes(base: Manifest, head: Manifest) -> list[Change]:
    """Return what differs between two manifests, models and seeds alone."""
    found = []
    for key, node in head.nodes.items():
        was = base.nodes.get(key)
        what = "new" if was is None else ", ".join(_differences(base, head, was, node))
        if what:
            found.append(Change(node["name"], node["original_file_path"], what))
    for key, node in base.nodes.items():
        if key not in head.nodes:
            found.append(Change(node["name"], node["original_file_path"], "gone"))
    return sorted(found, key=lambda change: change.path)


def contract_breaks(
    base: Manifest, head: Manifest, *, schema: Schema | None = None
) -> list[ContractBreak]:
    """Return what tables under contract promised before and do not any more.

    Args:
        schema: columns of the tables before; without it every reader of a table is named, not only
            those of the column.
    """
    found = []
    for key, was in base.nodes.items():
        if not was.get("contract", {}).get("enforced"):
            continue
        now = head.nodes.get(key)
        promised = _promised(was)
        kept = _promised(now) if now else {}
        broken = {}
        if now is None:
            broken = {"": "the table is gone"}
        elif not now.get("contract", {}).get("enforced"):
            broken = {"": "its contract is no longer enforced"}
        for name, kind in promised.items() if now else ():
            if name not in kept:
                broken[name] = f"column {name} is gone"
            elif kept[name] != kind:
                broken[name] = f"column {name} was {kind}, is {kept[name]}"
        for name, what in broken.items():
            readers = [
                child
                for child in base.children(key)
                if child in head.nodes and _reads(base, child, key, name, schema)
            ]
            found.append(
                ContractBreak(
                    table=was["name"],
                    what=what,
                    readers=tuple(base.nodes[child]["name"] for child in readers),
                    exposures=tuple(base.exposed(key)),
                )
            )
    return found


def touched(base: Manifest, head: Manifest, *, before: Schema, after: Schema) -> list[Touched]:
    """Return the tables that the change reaches, in the order in which they are built.

    Args:
        base, head: with the compiled SQL of what is changed and of what reads it.
        before, after: columns of the tables of both builds.
    """
    columns: set[Column] = set()
    rows: set[Table] = set()
    found = []
    for key in _in_order(head):
        node, was = head.nodes[key], base.nodes.get(key)
        table = (node["schema"], node["name"])
        names = list(after.get(table, {}))
        if node["resource_type"] == "seed":
            is_same = was is not None and was["checksum"] == node["checksum"]
            each = Touched(key, node["name"], () if is_same else tuple(names), not is_same)
        elif not node.get("compiled_code"):
            # It was not built, so neither it nor what it reads is other than before.
            continue
        else:
            each = _touched_model(key, node, was, columns, rows, before=before, after=after)
        if each.columns or each.are_rows:
            found.append(each)
            columns |= {(table, name) for name in each.columns}
            rows |= {table} if each.are_rows else set()
    return found


def _touched_model(
    key: str,
    node: Mapping[str, Any],
    was: Mapping[str, Any] | None,
    columns: set[Column],
    rows: set[Table],
    *,
    before: Schema,
    after: Schema,
) -> Touched:
    names = tuple(after.get((node["schema"], node["name"]), ()))
    try:
        now = lineage_of(node["compiled_code"], schema=after)
        then = _lineage(was, before) if was else None
    except LineageError as err:
        return Touched(key, node["name"], names, True, f"its SQL could not be followed: {err}")
    if then is None:
        return Touched(key, node["name"], names, True)
    own = {name for name, d in now.columns_digest.items() if then.columns_digest.get(name) != d}
    own |= {name for name in now.columns if now.columns[name] & columns}
    own |= set(then.columns) - set(now.columns)
    are_rows = now.rows_digest != then.rows_digest or bool(now.rows & columns or now.tables & rows)
    return Touched(key, node["name"], tuple(sorted(own)), are_rows)


def _lineage(node: Mapping[str, Any], schema: Schema) -> Lineage | None:
    code = node.get("compiled_code")
    return lineage_of(code, schema=schema) if code else None


def _differences(
    base: Manifest, head: Manifest, was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[str]:
    if was["checksum"] != now["checksum"]:
        yield "rows" if now["resource_type"] == "seed" else "SQL"
    for macro in sorted(_macros(head, now)):
        code = head.content["macros"][macro]["macro_sql"]
        if code != base.content["macros"].get(macro, {}).get("macro_sql"):
            yield f"macro {macro.split('.')[-1]}"
    if was["unrendered_config"] != now["unrendered_config"]:
        yield "configuration"
    if _promised(was) != _promised(now):
        yield "columns of its contract"


def _macros(manifest: Manifest, node: Mapping[str, Any]) -> set[str]:
    """Macros of the project that a node calls, and those that these call."""
    known = manifest.content["macros"]
    found: set[str] = set()
    left = list(node["depends_on"].get("macros", ()))
    while left:
        name = left.pop()
        if name in found or name not in known:
            continue
        found.add(name)
        left += known[name]["depends_on"]["macros"]
    return found


def _promised(node: Mapping[str, Any]) -> dict[str, str]:
    return {name: column.get("data_type") or "" for name, column in node["columns"].items()}


def _reads(base: Manifest, child: str, parent: str, column: str, schema: Schema | None) -> bool:
    node = base.nodes[child]
    if not column or schema is None:
        return True
    place = (base.nodes[parent]["schema"], base.nodes[parent]["name"])
    try:
        lineage = _lineage(node, schema)
    except LineageError:
        lineage = None
    if lineage is None:
        return True
    return (place, column) in lineage.rows.union(*lineage.columns.values())


def _in_order(manifest: Manifest) -> list[str]:
    """Nodes, each after all that it reads."""
    done: dict[str, None] = {}

    def visit(key: str) -> None:
        if key in done:
            return
        for parent in manifest.nodes[key]["depends_on"].get("nodes", ()):
            if parent in manifest.nodes:
                visit(parent)
        done[key] = None

    for key in manifest.nodes:
        visit(key)
    return list(done)
