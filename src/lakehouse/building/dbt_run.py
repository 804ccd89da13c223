"""dbt, and afterwards a look at what it built: a run that lost an error on the way fails.

dbt-glue catches exceptions in many places, writes them to the log and goes on: a seed that was not
loaded counts as loaded. So what a run calls a success is compared with the log and the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_glue.type_defs import SessionTypeDef

STORED = ("table", "incremental", "seed")
# The run writes these anew, so that their metadata is another afterwards.
REPLACED = ("table", "seed")
# What the adapter logs as an error and is none: Lake Formation is not used for grants.
HARMLESS = ("BatchGrantPermissions", "create_schema exception")
# Raw tables, which are Hive tables, and Athena's views are not found by the Iceberg catalogue of a
# session: documentation goes without their types; their columns are described in the YAML.
_DESCRIBED = re.compile(
    r"'''describe (?:(?P<schema>\w+)\.)?(?P<name>\w+)'''.*TABLE_OR_VIEW_NOT_FOUND"
)


@dataclass(frozen=True, order=True)
class StoredTable:
    """A table or view of the Glue catalogue.

    Attributes:
        metadata: where the newest Iceberg metadata lies; None if it is not an Iceberg table.
    """

    schema: str
    name: str
    metadata: str | None


@dataclass(frozen=True)
class BuiltNode:
    """A node that dbt reports as built."""

    schema: str
    name: str
    materialized: str


@dataclass(frozen=True)
class DbtOutcome:
    """What dbt itself says of a run, and the errors an adapter wrote to the log meanwhile.

    Attributes:
        results: dbt's own, one per node, in the order in which they ended.
        exception: what ended the run before it had results.
    """

    is_success: bool
    built: tuple[BuiltNode, ...]
    logged_errors: tuple[str, ...]
    results: tuple[Any, ...] = ()
    exception: BaseException | None = None


def option_of(arguments: Sequence[str], name: str, *others: str) -> str | None:
    """Return what an option of dbt is given, `--name value` or `--name=value`; None if it is not.

    Args:
        others: shorter names of the option.
    """
    for number, argument in enumerate(arguments):
        if argument in (name, *others) and number + 1 < len(arguments):
            return arguments[number + 1]
        if argument.startswith(f"{name}="):
            return argument.removeprefix(f"{name}=")
    return None


def target_of(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return the target that dbt will take: of the arguments, else of the environment."""
    given = option_of(arguments, "--target", "-t")
    if given is not None:
        return given
    return environment.get("DBT_TARGET") or environment.get("LAKEHOUSE_TARGET") or "duckdb"


def set_flags(target: str, environment: MutableMapping[str, str]) -> None:
    """On Glue have dbt stop at the first error, unless the environment says otherwise.

    dbt-glue remembers that its session failed and then starts another for every statement; a new
    process (`dbt retry`) starts one.
    """
    if target == "glue":
        environment.setdefault("DBT_FAIL_FAST", "1")


def forget_failed_sessions(environment: Mapping[str, str], *, glue: GlueClient) -> list[str]:
    """Delete the lake's Glue sessions that failed; returns their ids.

    dbt-glue replaces a session that it finds failed, goes on taking it for failed, and so starts
    another before every statement of the run. One that it does not find it starts once.
    """
    failed = [
        session["Id"]
        for session in _sessions(glue)
        if session["Id"].startswith(f"{_prefix(environment)}-") and session["Status"] == "FAILED"
    ]
    for name in failed:
        # Another run may have deleted it meanwhile.
        with suppress(glue.exceptions.EntityNotFoundException):
            glue.delete_session(Id=name)
    return failed


def run_dbt(
    arguments: Sequence[str],
    *,
    callbacks: Iterable[Callable[[Any], None]] = (),
    manifest: Any = None,
) -> DbtOutcome:
    """Run dbt in this process; its output goes where its arguments say.

    Args:
        callbacks: each gets every event of dbt, from the threads of the run.
        manifest: the project as dbt has parsed it; None to have it read.
    """
    from dbt.cli.main import dbtRunner

    logged: list[str] = []

    def note(event: Any) -> None:
        if event.info.name == "AdapterEventError":
            logged.append(event.info.msg.strip())

    outcome = dbtRunner(manifest, [note, *callbacks]).invoke(list(arguments))
    results = tuple(getattr(outcome.result, "results", None) or ())
    return DbtOutcome(
        is_success=outcome.success,
        built=tuple(_built_nodes(results)),
        logged_errors=tuple(logged),
        results=results,
        exception=outcome.exception,
    )


def stored_tables(schemas: Iterable[str], *, glue: GlueClient) -> set[StoredTable]:
    """Return the tables of the schemas; a schema that does not exist has none."""
    found = set()
    wanted = set(schemas)
    pages = glue.get_paginator("get_databases").paginate()
    for schema in wanted & {base["Name"] for page in pages for base in page["DatabaseList"]}:
        for page in glue.get_paginator("get_tables").paginate(DatabaseName=schema):
            found |= {
                StoredTable(
                    schema, table["Name"], table.get("Parameters", {}).get("metadata_location")
                )
                for table in page["TableList"]
            }
    return found


def lost_errors(
    outcome: DbtOutcome, *, before: set[StoredTable], after: set[StoredTable]
) -> list[str]:
    """Return a sentence per error that dbt's own report does not show.

    Args:
        before, after: the tables in the schemas of the run, around the run.
    """
    lost = [
        f"the adapter logged an error and went on: {text}"
        for text in outcome.logged_errors
        if text
        and not any(known in text for known in HARMLESS)
        and not _is_not_iceberg(text, after)
    ]
    was = {(table.schema, table.name): table.metadata for table in before}
    now = {(table.schema, table.name): table.metadata for table in after}
    for node in outcome.built:
        if node.materialized not in STORED:
            continue
        place, name = (node.schema, node.name), f"{node.schema}.{node.name}"
        if now.get(place) is None:
            lost.append(f"{name} was reported as built, and the catalogue has no such table")
        elif node.materialized in REPLACED and now[place] == was.get(place):
            lost.append(f"{name} was reported as built, and the table is the one before the run")
    return lost


def schemas_of_lake(environment: Mapping[str, str], *, glue: GlueClient) -> set[str]:
    """Return the schemas that a run may write: of the prefix, and those given to single domains."""
    pages = glue.get_paginator("get_databases").paginate()
    names = {base["Name"] for page in pages for base in page["DatabaseList"]}
    given = {value for name, value in environment.items() if name.startswith("LAKEHOUSE_DATABASE_")}
    return {name for name in names if name.startswith(f"{_prefix(environment)}_")} | given


def schemas_of(outcome: DbtOutcome) -> set[str]:
    """Return the schemas in which the run built something, or could not describe a table."""
    described = map(_DESCRIBED.search, outcome.logged_errors)
    return {node.schema for node in outcome.built} | {
        found["schema"] for found in described if found and found["schema"]
    }


def _prefix(environment: Mapping[str, str]) -> str:
    return environment.get("LAKEHOUSE_SCHEMA_PREFIX", "lakehouse_dev")


def _sessions(glue: GlueClient) -> Iterator[SessionTypeDef]:
    page = glue.list_sessions()
    yield from page["Sessions"]
    while token := page.get("NextToken"):
        page = glue.list_sessions(NextToken=token)
        yield from page["Sessions"]


def _is_not_iceberg(logged_error: str, tables: set[StoredTable]) -> bool:
    found = _DESCRIBED.search(logged_error)
    return found is not None and any(
        table.name == found["name"] and table.metadata is None for table in tables
    )


def _built_nodes(results: Iterable[Any]) -> Iterable[BuiltNode]:
    for result in results:
        node = getattr(result, "node", None)
        if str(getattr(result, "status", "")) != "success" or node is None:
            continue
        if str(node.resource_type) in ("model", "seed"):
            yield BuiltNode(node.schema, node.alias, node.config.materialized)
