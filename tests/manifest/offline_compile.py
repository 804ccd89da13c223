"""Compile the project for one target without an engine: no keys, no network, no database file.

A program of its own, because it replaces methods of the adapter for the whole process:
`offline_compile.py <target> <project> <out>` writes `<out>/<form>.json`, name -> SQL, per form.

What is replaced, and why. Compiling needs an engine in two places only: `is_incremental()` looks
the model's own relation up, and macros ask which loads have landed or are new (`run_query`). There
is no catalogue and no raw zone here, so the adapter is told what it would have found:
  get_relation   a table for every name (incremental forms), or nothing (the rebuilt form; on Glue
                 always, as dbt-glue answers where the catalogue refused to);
  get_table_type the same of Glue, where no answer is lost;
  execute        the statement is noted, and answered with the form's loads;
  create_schema  nothing happens.
Everything else is the released adapter and the project as it is. Not rendered are the SQL that a
materialisation puts around a model (create table as, the merges) and the hooks of models: they
exist only while an engine runs them. The hooks of runs are rendered with results that we make up.
"""

import hashlib
import importlib
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

sys.path.insert(0, str(Path(__file__).parents[1]))
import forks

ADAPTERS = {
    "duckdb": ("dbt.adapters.duckdb.impl", "DuckDBAdapter"),
    "athena": ("dbt.adapters.athena.impl", "AthenaAdapter"),
    "glue": ("dbt.adapters.glue.impl", "GlueAdapter"),
}
# dbt's own generic tests are SQL that dbt tests itself, and value tests run on every engine.
LEFT_OUT = (
    *(f"test_name:{name}" for name in ("unique", "accepted_values", "relationships")),
    "path:tests/macros",
)
# Only incremental models ask `is_incremental()`; all else would compile to the same text again.
INCREMENTAL = ("--select", "config.materialized:incremental", "--exclude", "resource_type:test")
# Without the tables they read, whose notes then say which loads there are.
MARTS = ("--select", "config.materialized:incremental,access:public")


# As the macro `most_literals` says: beyond so many loads none is written down.
MOST_LITERALS = {"duckdb": 2000, "athena": 2000, "glue": 50}


@dataclass(frozen=True)
class Form:
    """What the adapter is told: whether tables exist, and how many loads have landed since.

    Attributes:
        loads: of each entity that is asked for.
        literals: in their place, as many loads of all entities together as are written down, or
            so many of each entity and one more.
    """

    name: str
    tables_exist: bool
    loads: int
    selection: tuple[str, ...]
    literals: Literal["", "most", "too many"] = ""


@dataclass(frozen=True)
class Load:
    """A load as look-ups tell of it, each part as long as a real one."""

    key: int
    load_id: str
    day: str


FORMS = (
    Form("rebuilt", tables_exist=False, loads=1, selection=("--exclude", *LEFT_OUT)),
    Form("increment", tables_exist=True, loads=1, selection=INCREMENTAL),
    Form("nothing_landed", tables_exist=True, loads=0, selection=INCREMENTAL),
    Form(
        "marts_alone",
        tables_exist=True,
        loads=1,
        selection=(*MARTS, "--exclude", "resource_type:test"),
    ),
    Form("most_literals", tables_exist=True, loads=0, selection=INCREMENTAL, literals="most"),
    Form("too_many", tables_exist=True, loads=0, selection=INCREMENTAL, literals="too many"),
)


def load_of(entity: str, number: int) -> Load:
    """The load of an entity with a number: always the same, and no two alike."""
    day = date(2024, 1, 2) + timedelta(days=number)
    digest = hashlib.md5(f"{entity} {day}".encode(), usedforsecurity=False).hexdigest()
    load_id = f"{day:%Y%m%d}T090000000000Z-{digest[:12]}"
    return Load(int(digest[:15], 16), load_id, day.isoformat())


def landed(entities: Sequence[str], form: Form, target: str) -> list[tuple[str, Load]]:
    """The loads that a look-up for some entities is told of."""
    most = MOST_LITERALS[target]
    count = {"": form.loads, "most": most // len(entities), "too many": most + 1}[form.literals]
    return [(entity, load_of(entity, number)) for entity in entities for number in range(count)]


def answer_to(sql: str, form: Form, target: str) -> list[list[Any]]:
    """The rows that a look-up finds where the loads of the form have landed."""
    # DuckDB counts the files of the raw zone before it reads them.
    if "select 1 from glob(" in sql:
        return [[1]]
    # Which models' notes of reflected loads must change: all that are asked for.
    if "select distinct model_name" in sql:
        names = dict.fromkeys(re.findall(r"'(\w+)' as model_name", sql))
        return [[name, is_missing] for name in names for is_missing in (1, 0)]
    # Which days the load table of a domain must read, per entity; nothing it holds is missing.
    if "full outer join" in sql and "coalesce(landed.entity, held.entity)" in sql:
        entities = re.findall(r"select '(\w+)' as entity", sql)
        # A list of days for each entity, none of which knows of the others.
        asked = [pair for entity in entities for pair in landed([entity], form, target)]
        return [[entity, load.day, None] for entity, load in asked]
    if "select new_load.load_key, new_load.entity, new_load.load_id" in sql:
        listed = re.findall(r"landed\.entity in \(('\w+'(?:, '\w+')*)\)", sql)
        entities = list(dict.fromkeys(re.findall(r"\w+", " ".join(listed))))
        found = landed(entities, form, target)
        return [[load.key, entity, load.load_id, load.day] for entity, load in found]
    if sql.lstrip().lower().startswith(("select", "with")):
        raise SystemExit(f"No answer is known to the look-up:\n{sql}")
    return []


def replace_engine(adapter: type, form: Form, statements: list[str]) -> None:
    """Make the adapter answer as the form says, noting every statement in `statements`."""
    from dbt.adapters.contracts.connection import AdapterResponse
    from dbt_common.clients.agate_helper import table_from_rows

    def get_relation(self: Any, database: str, schema: str, identifier: str, *_: Any) -> Any:
        if not form.tables_exist or self.type() == "glue":
            return None
        return self.Relation.create(
            database=database, schema=schema, identifier=identifier, type="table"
        )

    def execute(self: Any, sql: str, *_: Any, **__: Any) -> tuple[Any, Any]:
        statements.append(sql)
        rows = answer_to(sql, form, self.type())
        names = [f"answer_{number}" for number in range(len(rows[0]) if rows else 1)]
        return AdapterResponse(_message="OK"), table_from_rows(rows, names)

    adapter.get_relation = get_relation
    adapter.get_table_type = lambda *_: "iceberg_table" if form.tables_exist else None
    adapter.execute = execute
    adapter.create_schema = lambda self, relation: None


def made_up_results(nodes: Sequence[Any]) -> str:
    """Arguments of `record_reflected_loads`: every incremental model has succeeded."""
    results = [
        {
            "status": "success",
            "node": {
                "name": node.name,
                "schema": node.schema,
                "resource_type": node.resource_type,
                "config": {"materialized": node.config.materialized, "meta": node.config.meta},
            },
        }
        for node in nodes
    ]
    return json.dumps({"results": results})


def invoke(arguments: Sequence[str], manifest: Any = None) -> Any:
    """Run one dbt command; ends the program with dbt's own message if it fails."""
    from dbt.cli.main import dbtRunner

    outcome = dbtRunner(manifest=manifest).invoke(list(arguments))
    if not outcome.success:
        raise SystemExit(f"dbt {arguments[0]} failed: {outcome.exception or 'see above'}")
    return outcome.result


def compile_form(
    form: Form, adapter: type, manifest: Any, common: Sequence[str], out: Path
) -> None:
    """Compile what the form selects, and write it down."""
    statements: list[str] = []
    replace_engine(adapter, form, statements)
    words = ["compile", "--no-populate-cache", *common, *form.selection]
    result = invoke(words, manifest)
    sql = {
        run.node.name: run.node.compiled_code
        for run in result.results
        if getattr(run.node, "compiled_code", None)
    }
    if not form.tables_exist:
        invoke(["run-operation", "create_reflected_load_tables", *common], manifest)
        nodes = [run.node for run in result.results]
        arguments = ["--args", made_up_results(nodes)]
        invoke(["run-operation", "record_reflected_loads", *arguments, *common], manifest)
    looked_up = enumerate(sorted(set(statements)), start=1)
    sql |= {f"statement {number} sent while compiling": text for number, text in looked_up}
    (out / f"{form.name}.json").write_text(json.dumps(sql), encoding="utf-8")


def main(target: str, project: Path, out: Path) -> None:
    module, name = ADAPTERS[target]
    adapter = getattr(importlib.import_module(module), name)
    common = [
        *("--project-dir", str(project), "--profiles-dir", str(project), "--target", target),
        *("--target-path", str(out / "target"), "--log-path", str(out / "logs"), "--quiet"),
        *("--log-level-file", "none"),
    ]
    manifest = invoke(["parse", *common])
    common.append("--no-write-json")
    forks.prepare(manifest)
    # dbt leaves in a manifest what it compiled: each form starts from the project as it was parsed.
    for form in FORMS:
        forks.check()
        words = (form, adapter, manifest, common, out)
        child = get_context("fork").Process(target=compile_form, args=words)
        child.start()
        child.join()
        if child.exitcode:
            raise SystemExit(child.exitcode)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
