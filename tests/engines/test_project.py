"""The project on Athena (Trino) and Glue (Spark): all of it is built, tested, and as on DuckDB."""

import json
from typing import Any

import local_aws
import parity
import pytest
from conftest import Aws, Built, Rows, artefact, results_of
from sent import sent_statements

from lakehouse.marts.duckdb import DuckDbReader
from lakehouse.marts.fingerprint import fingerprint
from lakehouse.publishing.mart_rows import mart_rows
from lakehouse.publishing.publication import publications

TARGETS = local_aws.TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_models_value_tests_and_data_tests_are_as_on_duckdb(built, target):
    statuses, on_duckdb = built.results[target], built.results["duckdb"]

    # A warning is for rows that the histories have on purpose: as many as on DuckDB.
    assert {status for status, _ in statuses.values()} <= {"success", "pass", "no-op", "warn"}
    tests = {name for name in on_duckdb if name.startswith("test.")}
    assert {name: statuses.get(name) for name in tests} == {name: on_duckdb[name] for name in tests}
    # Glue has no views: those models are part of what reads them.
    missing = {name for name in on_duckdb if name not in statuses}
    assert {name.split(".")[0] for name in missing} <= {"model"}
    assert any(name.startswith("test.lakehouse.assert_row_as_json_values") for name in statuses)


@pytest.mark.long
@pytest.mark.parametrize("target", TARGETS)
def test_every_unit_test_passes(built, target):
    unit_tests = ("test", "--select", "test_type:unit")
    parity.run_dbt(built.case, target, *unit_tests, run_date=built.case.steps[1].run_date)

    manifest = artefact(built.case, target, "manifest")
    # The hooks of the run are among its results.
    statuses = {
        name: status
        for name, (status, _) in results_of(built.case, target).items()
        if not name.startswith("operation.")
    }
    assert statuses == dict.fromkeys(manifest["unit_tests"], "pass")


def test_every_mart_is_as_on_duckdb_after_each_step(built):
    assert built.compared == len(built.marts) * len(TARGETS) * len(built.differences)
    assert built.differences == [[], []]


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_stays_of_rows_that_were_kept_for_a_statement(built: Built, target: str):
    kept = [
        made
        for node in built.nodes[target].values()
        if node["resource_type"] == "model" and node["config"]["meta"].get("entity")
        for made in sent_statements(node["name"], node["compiled_code"])
        if made != node["name"]
    ]

    assert {name.split("__")[-1] for name in kept} == {"incoming", "received"}
    assert [name for name in built.names if any(one in name for one in kept)] == []


@pytest.mark.parametrize("target", TARGETS)
def test_a_run_with_nothing_new_leaves_every_row(run_again, target):
    before, after = run_again[target]
    assert all(table.rows for table in before)
    assert after == before


@pytest.fixture(scope="module")
def run_again(built: Built, aws: Aws) -> dict[str, tuple[list[Rows], list[Rows]]]:
    """Tables with a partition per value, which dbt-athena writes one by one: before and after."""
    models = ("feat_credit__proposal", "fct_market__carteira_diaria")

    def stored(target: str) -> list[Rows]:
        return [built.rows(aws, target, f"model.lakehouse.{name}") for name in models]

    def run(target: str) -> tuple[list[Rows], list[Rows]]:
        before, run_date = stored(target), built.case.steps[1].run_date
        parity.run_dbt(built.case, target, "run", "--select", *models, run_date=run_date)
        return before, stored(target)

    return parity.beside_each_other(TARGETS, run)


@pytest.mark.parametrize(
    ("column", "type"),
    [("meaning_en", "string"), ("reason_order", "string"), ("what_to_do_pt", None)],
    ids=["another order", "another type", "a column less"],
)
@pytest.mark.parametrize("target", TARGETS)
def test_a_seed_with_other_columns_is_made_anew(
    built: Built, aws: Aws, target: str, column: str, type: str | None
):
    seed = "seed.lakehouse.dim_quality__reason"
    node = built.nodes[target][seed]
    place = node["schema"], node["name"]
    before, types = built.rows(aws, target, seed), aws.reader.types(*place)
    table = "`{}`.`{}`".format(*place)
    aws.ask(f"alter table {table} drop column {column}")
    if type:
        aws.ask(f"alter table {table} add columns ({column} {type})")

    run_date = built.case.steps[1].run_date
    parity.run_dbt(built.case, target, "seed", "--select", node["name"], run_date=run_date)

    assert before.rows
    assert aws.reader.types(*place) == types
    assert built.rows(aws, target, seed) == before


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_published_is_read_as_from_duckdb(built: Built, aws: Aws, target: str):
    declared = {
        engine: publications(artefact(built.case, engine, "manifest"))
        for engine in ("duckdb", target)
    }
    here = DuckDbReader(built.case.folder / "lakehouse.duckdb")
    there = aws.reader
    for expected, actual in zip(declared["duckdb"], declared[target], strict=True):
        for table, same in zip(expected.tables, actual.tables, strict=True):
            found = fingerprint(mart_rows(table, here))
            assert found.row_count > 0
            assert fingerprint(mart_rows(same, there)) == found, same.model


def lakehouse(built: Built, *words: str) -> str:
    """Run `lakehouse` on Athena's lake; returns what it printed."""
    done = parity.run_command(built.case, "athena", ["lakehouse", *words])
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_builds_of_three_engines_are_compared_by_the_command(built: Built):
    few = ("--table", "fct_commerce__purchase", "--table", "rpt_commerce__gmv_current")
    prefix = {target: f"athena:{built.case.lake}_{target}" for target in TARGETS}
    for pair in (
        (str(built.case.folder / "lakehouse.duckdb"), prefix["athena"]),
        (prefix["athena"], prefix["glue"]),
    ):
        assert lakehouse(built, "diff", *pair, *few).endswith("All 2 tables are equal.\n")


def test_the_next_build_is_planned_with_what_it_reads(built: Built):
    given = ("--vars", json.dumps({"run_date": built.case.steps[1].run_date}))
    places = ("--target-path", str(built.case.folder / "planned"))
    planned = json.loads(lakehouse(built, "plan", "--json", *given, *places))["models"]
    models = {each["name"]: each for each in planned}
    purchase = models["int_commerce__purchase"]
    assert purchase["mode"] == "increment" and purchase["rows"] > 0 and purchase["usd"] > 0
    assert purchase["read_bytes"] > 0 and purchase["stored_bytes"] > 0
    assert models["rpt_commerce__gmv_current"]["mode"] == "full"


@pytest.mark.parametrize("target", TARGETS)
def test_the_documentation_knows_every_table(built, catalogs, target):
    stored = {
        name
        for name, node in built.nodes[target].items()
        if node["resource_type"] in ("model", "seed")
        and node["config"]["materialized"] != "ephemeral"
    }
    described = catalogs[target]["nodes"]
    assert not catalogs[target]["errors"]
    assert stored <= set(described)
    assert all(described[name]["columns"] for name in stored)


@pytest.fixture(scope="module")
def catalogs(built: Built) -> dict[str, dict[str, Any]]:
    """What `dbt docs generate` finds in the catalogue, by target."""

    def generate(target: str) -> dict[str, Any]:
        run_date = built.case.steps[1].run_date
        parity.run_dbt(built.case, target, "docs", "generate", run_date=run_date)
        return artefact(built.case, target, "catalog")

    return parity.beside_each_other(TARGETS, generate)


@pytest.mark.parametrize("target", TARGETS)
def test_the_run_date_changes_nothing_that_is_parsed(built: Built, target: str):
    """So that one parse, which is told of no day, serves runs of all (tests/dbt_server.py)."""
    without = parity.parsed_nodes(built.case, target)
    parity.run_dbt(built.case, target, "parse", run_date="2024-02-29")
    given = artefact(built.case, target, "manifest")["nodes"]
    assert _as_parsed(given) == _as_parsed(without)


def _as_parsed(nodes: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        id: {name: told for name, told in node.items() if name != "created_at"}
        for id, node in nodes.items()
    }
