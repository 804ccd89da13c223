"""Check changed SQL and YAML with dbt, without data: scripts/check_dbt.py <changed paths>.

One process parses the project once, holds its conventions, lets DuckDB read the SQL of what changed
and of all that depends on it, and runs unit tests and value tests (see check_selection.py). dbt's
unit tests ask the database for the columns of what they replace: here it is new each time, and
every table in it is made empty from the compiled SQL of its model, which takes milliseconds where
a build takes a minute.
"""

import gc
import importlib
import json
import os
import sys
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from check_selection import DbtMacro, DbtNode, DbtPlan, DbtProject, dbt_plan
from dbt.adapters.duckdb import connections
from dbt.cli.main import dbtRunner, dbtRunnerResult

from lakehouse.building.alias import ALIAS
from lakehouse.database import quoted

PROJECT = Path(__file__).resolve().parent.parent
WORK = PROJECT / "target" / "checks"
MOST_ROWS_SHOWN = 5
KINDS = ("model", "seed", "source", "test")


class Dbt:
    """dbt's commands in this process, on a project parsed once and a database of its own."""

    def __init__(self) -> None:
        self.manifest: Any = None

    def run(self, *words: str) -> dbtRunnerResult:
        places = ["--target-path", str(WORK / "check"), "--log-path", str(WORK / "check" / "logs")]
        quiet = ["--log-level", "none", "--no-use-colors"]
        return dbtRunner(manifest=self.manifest).invoke([*words, *places, *quiet])

    def parse(self) -> str | None:
        """Read the project; returns dbt's sentence if it cannot be read."""
        outcome = self.run("parse")
        self.manifest = outcome.result
        # Else the collector of garbage walks through the whole project over and over.
        gc.collect()
        gc.freeze()
        return None if outcome.success else str(outcome.exception or "dbt parse failed")


def project_of(manifest: Any) -> DbtProject:
    """What the choice needs of dbt's manifest."""
    unit_tested = {test.depends_on.nodes[0] for test in manifest.unit_tests.values()}
    found = {**manifest.nodes, **manifest.sources}
    return DbtProject(
        nodes={
            id: DbtNode(
                name=node.name,
                kind=str(node.resource_type),
                path=node.original_file_path,
                yaml_path=(getattr(node, "patch_path", None) or "").split("://")[-1],
                reads=frozenset(getattr(node, "depends_on_nodes", ())),
                macros=frozenset(getattr(node, "depends_on_macros", ())),
                is_unit_tested=id in unit_tested,
            )
            for id, node in found.items()
            # Generic tests need rows.
            if node.resource_type in KINDS and not hasattr(node, "test_metadata")
        },
        macros={
            id: DbtMacro(macro.original_file_path, frozenset(macro.depends_on.macros))
            for id, macro in manifest.macros.items()
            if macro.package_name == "lakehouse"
        },
    )


def broken_conventions() -> list[str]:
    """What tests/manifest would say of the project for DuckDB; the other targets are left to it."""
    sys.path.insert(0, str(PROJECT / "tests" / "manifest"))
    checks = importlib.import_module("checks")
    files = importlib.import_module("project_files").project_files(PROJECT)
    written = json.loads((WORK / "check" / "manifest.json").read_text("utf-8"))
    return [sentence for check in checks.CHECKS for sentence in check({**written, "files": files})]


def results_of(outcome: dbtRunnerResult) -> Sequence[Any]:
    return getattr(outcome.result, "results", ())


def close_connections() -> None:
    """dbt keeps the database open after a command, and DuckDB lets one connection have a file."""
    manager: Any = connections.DuckDBConnectionManager
    manager.close_all_connections()


def failures_of(outcome: dbtRunnerResult) -> list[str]:
    """A paragraph per node that failed."""
    failed = [
        f"{result.node.name} ({result.node.original_file_path})\n{result.message}"
        for result in results_of(outcome)
        if result.status in ("error", "fail")
    ]
    if not outcome.success and not failed:
        failed = [str(outcome.exception or "dbt failed and does not say why")]
    return failed


def connected(database: Path) -> duckdb.DuckDBPyConnection:
    """The database as dbt's connections know it."""
    close_connections()
    connection = duckdb.connect()
    connection.execute(f"attach {quoted(database)} as {ALIAS}")
    connection.execute(f"use {ALIAS}")
    connection.execute("set timezone = 'UTC'")
    return connection


def bound(
    ids: Iterable[str], compiled: Mapping[str, str], manifest: Any, database: Path
) -> list[str]:
    """Make every model an empty table, and let DuckDB read the SQL of tests.

    Returns: what cannot be read, or has other columns than its contract says.
    """
    failed = []
    with connected(database) as connection:
        for id in ids:
            node, query = manifest.nodes[id], f"select * from (\n{compiled.get(id)}\n) limit 0"
            table = f'"{node.schema}"."{node.alias}"'
            try:
                if node.resource_type == "model":
                    connection.execute(f'create schema if not exists "{node.schema}"')
                    connection.execute(f"create table {table} as {query}")
                    query = f"from {table}"
                columns = [column[0] for column in connection.execute(query).description or ()]
            except duckdb.Error as error:
                failed.append(f"{node.name} ({node.original_file_path})\n{error}")
                continue
            failed += broken_contract(node, columns)
    return failed


def broken_contract(node: Any, columns: Sequence[str]) -> list[str]:
    """The columns that only the SQL or only the YAML of a model with a contract has."""
    if not getattr(getattr(node, "contract", None), "enforced", False):
        return []
    differing = sorted({*columns} ^ {*node.columns})
    if not differing:
        return []
    return [
        f"{node.name} ({node.original_file_path})\n"
        f"SQL and contract do not have the same columns: {', '.join(differing)}"
    ]


def rows_of_failed(outcome: dbtRunnerResult, database: Path) -> list[str]:
    """The first rows that a failed value test found: what was given, expected and answered."""
    shown = []
    for result in results_of(outcome):
        if result.status == "fail" and result.node.resource_type == "test":
            with connected(database) as connection:
                found = connection.sql(result.node.compiled_code).limit(MOST_ROWS_SHOWN)
                shown.append(f"{result.node.name} finds\n{found}")
    return shown


def tested(plan: DbtPlan, dbt: Dbt, database: Path) -> list[str]:
    """Compile, bind, test; stops where what follows would only repeat it."""
    named = [dbt.manifest.nodes[id].name for id in plan.bound]
    failed = []
    if plan.seeds:
        failed += failures_of(dbt.run("seed", "--select", *plan.seeds))
    if named:
        # As rebuilt from nothing: there are no loads whose increment could be asked for.
        outcome = dbt.run(*("compile", "--full-refresh", "--no-populate-cache", "--select", *named))
        failed += failures_of(outcome)
        compiled = {
            result.node.unique_id: result.node.compiled_code for result in results_of(outcome)
        }
        if not failed:
            failed += bound(plan.bound, compiled, dbt.manifest, database)
            say(f"DuckDB reads the SQL of {len(named)} models and tests", failed)
    selected = [f"{name},test_type:unit" for name in plan.unit_tested] + [*plan.value_tests]
    if selected and not failed:
        outcome = dbt.run("test", "--select", *selected)
        failed += failures_of(outcome) + rows_of_failed(outcome, database)
        # The hook at the start of a run has a result too, and a node that is none of ours.
        count = sum(result.node.resource_type != "operation" for result in results_of(outcome))
        say(f"unit and value tests, {count} of them", failed)
    return failed


def say(what: str, failed: Collection[str]) -> None:
    if not failed:
        print(f"{what}: ok")


def listed(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "none"


def main(changed: Sequence[str]) -> int:
    for name in [name for name in os.environ if name.startswith(("LAKEHOUSE_", "DBT_"))]:
        del os.environ[name]
    os.environ["LAKEHOUSE_TARGET"] = "duckdb"
    os.chdir(PROJECT)
    WORK.mkdir(parents=True, exist_ok=True)
    dbt = Dbt()
    broken = dbt.parse()
    if broken:
        print(broken)
        return 1
    plan = dbt_plan(set(changed), project_of(dbt.manifest))
    print(f"unit tests of: {listed(plan.unit_tested)}")
    print(f"value tests: {listed(plan.value_tests)}")
    failed = broken_conventions()
    say("conventions of the project", failed)
    with tempfile.TemporaryDirectory(dir=WORK) as folder:
        database = Path(folder) / "check.duckdb"
        os.environ["LAKEHOUSE_DUCKDB"] = str(database)
        failed += tested(plan, dbt, database)
        close_connections()
    for path in plan.unused_macros:
        print(f"not checked: {path}, which no model and no test calls by name")
    for paragraph in failed:
        print(f"\n{paragraph.rstrip()}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
