"""What a source promises, read from the dbt sources YAML: the only place that declares it."""

import codecs
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import yaml

from lakehouse.errors import ContractError, UsageError
from lakehouse.landing.operation import Operation, read_operation
from lakehouse.landing.sender import DEFAULT_SENDER, Sender, read_senders
from lakehouse.landing.source import Source, read_source
from lakehouse.landing.text_answer import TextAnswerRules, text_answer_rules
from lakehouse.yaml_file import read_yaml

# Columns that landing writes where the contract declares them as provenance.
FULL_EXTRACT_COLUMN = "is_full_extract"
SENDER_COLUMN = "sender"
RESCUED_COLUMN = "rescued_data"
CONTENT_HASH_COLUMN = "content_hash"
PARTITION_COLUMN = "ingest_date"
KINDS = (None, "date", "event_time")
# Where dbt_project.yml does not say it.
CLOCK_SKEW_HOURS = 24
FULL_EXTRACT_RULES = (True, False, "by_call")


@dataclass(frozen=True)
class Shape:
    """One set of columns that files of an entity may have.

    Attributes:
        name: as the contract calls it; empty where an entity has one shape.
        required: columns that every such file has.
        optional: declared columns that it may have besides; no others.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def missing(self, names: Collection[str]) -> list[str]:
        """Return the required columns that are not among the names of a file."""
        return [column for column in self.required if column not in names]

    def foreign(self, names: Iterable[str]) -> list[str]:
        """Return the names that belong to other shapes; `names` are declared columns."""
        return [name for name in names if name not in self.required + self.optional]


@dataclass(frozen=True)
class LandingRules:
    """How the files of one entity are read; see `config.meta.landing` in the sources YAML.

    Attributes:
        shapes: the sets of columns of which a file has one.
        json_omits_nulls: whether the source writes no key for a null.
        operation: how the feed says what was done to a row; None: it does not, and a file with
            such a column is refused.
        full_extract: whether a delivery holds every record of the source, so that absence means
            deletion; "by_call" where it may or may not, and the landing call says which.
        name_pattern: regular expression for the names of files that say in their name what they
            do not hold, with one named group per such column.
        text_answer: how a file of the format "txt" is read; None where that is none.
        senders: by name, where senders write their files differently; empty = all write alike.
    """

    formats: tuple[str, ...]
    encoding: str = "utf-8"
    fallback_encoding: str | None = None
    delimiter: str = ","
    shapes: tuple[Shape, ...] = ()
    json_omits_nulls: bool = False
    operation: Operation | None = None
    null_as_empty: tuple[str, ...] = ()
    full_extract: bool | Literal["by_call"] = False
    name_pattern: str = ""
    text_answer: TextAnswerRules | None = None
    senders: Mapping[str, Sender] = field(default_factory=dict)


@dataclass(frozen=True)
class EntityContract:
    """One raw table: its delivered columns in order and the rules for its files.

    Attributes:
        stored_types: name and declared type of every column of the files, in order; the
            partition column is none of them.
        source: where it is fetched from; None if it is only ever delivered.
        siblings: shapes of the other entities of the domain, by name.
        dates: columns that hold a day (`kind: date`), so that a typed midnight is landed as one.
        event_time: the column that says when a row came to be (`kind: event_time`), if any.
    """

    name: str
    columns: tuple[str, ...]
    rules: LandingRules
    has_full_extract_column: bool = False
    stored_types: tuple[tuple[str, str], ...] = ()
    has_content_hash_column: bool = False
    source: Source | None = None
    siblings: Mapping[str, tuple[Shape, ...]] = field(default_factory=dict)
    dates: frozenset[str] = frozenset()
    event_time: str | None = None


@dataclass(frozen=True)
class DomainContract:
    """All raw tables of one domain.

    Attributes:
        clock_skew_hours: how far after the day of its receipt an event may lie.
    """

    domain: str
    entities: Mapping[str, EntityContract] = field(default_factory=dict)
    clock_skew_hours: int = CLOCK_SKEW_HOURS

    def entity(self, name: str) -> EntityContract:
        """Return the contract of one entity.

        Raises: UsageError, which lists the known entities, if the domain has no such entity.
        """
        if name not in self.entities:
            known = ", ".join(sorted(self.entities))
            raise UsageError(f"unknown entity '{name}' in domain '{self.domain}'; known: {known}")
        return self.entities[name]


def read_contract(domain: str, *, project_dir: Path) -> DomainContract:
    """Read the contract of one domain.

    Args:
        project_dir: the directory that holds `models/`.
    Raises: UsageError if the domain has no sources file; ContractError if the file cannot be used.
    Source: models/<domain>/staging/_<domain>__sources.yml.
    """
    path = _sources_path(domain, project_dir)
    if not path.is_file():
        known = ", ".join(known_domains(project_dir)) or "none, see --project-dir"
        raise UsageError(f"unknown domain '{domain}'; known: {known}")
    try:
        sources = read_yaml(path)["sources"]
        tables = [t for source in sources if source["name"] == domain for t in source["tables"]]
        entities = {table["name"]: _entity_contract(table) for table in tables}
    except (yaml.YAMLError, re.error, LookupError, TypeError, ValueError) as err:
        raise ContractError(f"{path}: not a usable contract ({err!r}); correct the file") from err
    shapes = {name: entity.rules.shapes for name, entity in entities.items()}
    return DomainContract(
        domain=domain,
        entities={
            name: replace(entity, siblings={k: v for k, v in shapes.items() if k != name})
            for name, entity in entities.items()
        },
        clock_skew_hours=_clock_skew_hours(project_dir),
    )


def _clock_skew_hours(project_dir: Path) -> int:
    """Read the variable `clock_skew_hours` of the project.

    Raises: ContractError if it is no whole number of hours.
    """
    path = project_dir / "dbt_project.yml"
    if not path.is_file():
        return CLOCK_SKEW_HOURS
    declared = read_yaml(path) or {}
    hours = declared.get("vars", {}).get("clock_skew_hours", CLOCK_SKEW_HOURS)
    if type(hours) is not int or hours < 0:
        raise ContractError(
            f"{path}: clock_skew_hours is {hours!r}; make it a whole number of hours from 0 on"
        )
    return hours


def known_domains(project_dir: Path) -> list[str]:
    """Return the domains that declare raw tables, in alphabetical order."""
    paths = project_dir.glob("models/*/staging/_*__sources.yml")
    return sorted(path.parent.parent.name for path in paths)


def contract_for_sender(
    entity: EntityContract, name: str | None
) -> tuple[EntityContract, str | None]:
    """Return the contract as one sender keeps it, and the sender's name (None where none differ).

    Raises: UsageError, which lists the known senders, for a sender the contract does not declare.
    """
    senders = entity.rules.senders
    if not senders:
        if name is not None:
            raise UsageError(f"{entity.name} has one kind of sender; leave out --sender")
        return entity, None
    chosen = name or DEFAULT_SENDER
    if chosen not in senders:
        raise UsageError(
            f"unknown sender '{chosen}' of {entity.name}; known: {', '.join(sorted(senders))}; "
            f"declare it under landing.senders in the sources YAML"
        )
    form = senders[chosen]
    rules = replace(entity.rules, encoding=form.encoding, delimiter=form.delimiter)
    return replace(entity, rules=rules), chosen


def _sources_path(domain: str, project_dir: Path) -> Path:
    return project_dir / "models" / domain / "staging" / f"_{domain}__sources.yml"


def _entity_contract(table: Mapping[str, Any]) -> EntityContract:
    is_provenance = {
        column["name"]: bool(_meta(column).get("provenance", False)) for column in table["columns"]
    }
    columns = tuple(name for name, provenance in is_provenance.items() if not provenance)
    declared: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in _meta(table)["landing"].items()
    }
    if "text_answer" in declared:
        declared["text_answer"] = text_answer_rules(declared["text_answer"])
    declared["operation"] = operation = read_operation(declared.get("operation"))
    declared["shapes"] = _shapes(declared, columns)
    if operation is not None:
        # Of a file that has the column an empty value is no insert.
        declared["null_as_empty"] = (*declared.get("null_as_empty", ()), operation.column)
    declared["senders"] = read_senders(declared.get("senders", {}))
    rules = LandingRules(**declared)
    if ("txt" in rules.formats) != (rules.text_answer is not None):
        raise ValueError(f"{table['name']}: the format txt and text_answer go together")
    for encoding in filter(None, (rules.encoding, rules.fallback_encoding)):
        codecs.lookup(encoding)
    # A misspelt name here would silently switch a rule off.
    named = {*rules.null_as_empty, *(operation.columns if operation else ())}
    for shape in rules.shapes:
        named |= {*shape.required, *shape.optional}
    named |= set(re.compile(rules.name_pattern).groupindex)
    named |= {rules.text_answer.body} if rules.text_answer else set()
    if undeclared := sorted(named - set(columns)):
        raise ValueError(f"landing rules of {table['name']} name undeclared columns: {undeclared}")
    kinds = {column["name"]: _meta(column).get("kind") for column in table["columns"]}
    if unknown := sorted(name for name, kind in kinds.items() if kind not in KINDS):
        raise ValueError(
            f"kinds of a column are date and event_time; {unknown} of {table['name']} differ"
        )
    times = [name for name, kind in kinds.items() if kind == "event_time"]
    if len(times) > 1:
        raise ValueError(f"{table['name']} has one event_time at most, not {times}")
    if operation is not None and rules.full_extract:
        raise ValueError(f"{table['name']} is delivered whole, so it has no operation")
    has_full_extract_column = is_provenance.get(FULL_EXTRACT_COLUMN, False)
    if rules.full_extract not in FULL_EXTRACT_RULES:
        raise ValueError(f"full_extract of {table['name']} is none of {FULL_EXTRACT_RULES}")
    if rules.full_extract and not has_full_extract_column:
        raise ValueError(f"{table['name']} may be a full extract and lacks {FULL_EXTRACT_COLUMN}")
    if bool(rules.senders) != is_provenance.get(SENDER_COLUMN, False):
        raise ValueError(f"{table['name']}: senders and the column {SENDER_COLUMN} go together")
    return EntityContract(
        name=table["name"],
        columns=columns,
        rules=rules,
        has_full_extract_column=has_full_extract_column,
        stored_types=tuple(
            (column["name"], column["data_type"])
            for column in table["columns"]
            if column["name"] != PARTITION_COLUMN
        ),
        has_content_hash_column=is_provenance.get(CONTENT_HASH_COLUMN, False),
        source=read_source(_meta(table).get("extract")),
        dates=frozenset(name for name, kind in kinds.items() if kind == "date"),
        event_time=times[0] if times else None,
    )


def _shapes(declared: dict[str, Any], columns: tuple[str, ...]) -> tuple[Shape, ...]:
    """Read `shapes`, or the one that `required` makes with all other columns optional.

    Raises: ValueError if both are declared.
    """
    operation = declared["operation"]
    further = () if operation is None else operation.columns
    required = declared.pop("required", None)
    shapes = declared.pop("shapes", None)
    if shapes is None:
        needed = tuple(required or ())
        return (Shape("", needed, tuple(name for name in columns if name not in needed)),)
    if required is not None:
        raise ValueError("landing declares shapes or required, not both")
    return tuple(
        Shape(name, tuple(shape["required"]), (*shape.get("optional", ()), *further))
        for name, shape in shapes.items()
    )


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = node.get("config", {}).get("meta", {})
    return meta
