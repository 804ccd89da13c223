"""What counts as a run that lost an error, and what does not."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber

from lakehouse.building.dbt_run import (
    BuiltNode,
    DbtOutcome,
    StoredTable,
    forget_failed_sessions,
    lost_errors,
    schemas_of,
    schemas_of_lake,
    set_flags,
    target_of,
)

LAKE = {"LAKEHOUSE_SCHEMA_PREFIX": "lake_dev", "LAKEHOUSE_DATABASE_MARKET": "default"}
SEED = BuiltNode("lake_commerce", "ref_commerce__status", "seed")
MERGED = BuiltNode("lake_commerce", "fct_commerce__purchase", "incremental")
VIEW = BuiltNode("lake_commerce", "stg_commerce__purchase", "view")


def outcome(*built: BuiltNode, logged: tuple[str, ...] = ()) -> DbtOutcome:
    return DbtOutcome(is_success=True, built=built, logged_errors=logged)


def table(node: BuiltNode, metadata: str | None = "s3://lake/1.json") -> StoredTable:
    return StoredTable(node.schema, node.name, metadata)


def lost(run: DbtOutcome, *, before: set[StoredTable], after: set[StoredTable]) -> str:
    return "\n".join(lost_errors(run, before=before, after=after))


def test_a_seed_that_was_not_loaded_is_missed():
    assert "no such table" in lost(outcome(SEED), before=set(), after=set())


def test_a_table_that_is_not_iceberg_is_missed():
    assert "no such table" in lost(outcome(SEED), before=set(), after={table(SEED, None)})


def test_a_seed_that_kept_its_old_rows_is_missed():
    assert "before the run" in lost(outcome(SEED), before={table(SEED)}, after={table(SEED)})


def test_a_replaced_seed_is_well():
    after = {table(SEED, "s3://lake/2.json")}
    assert not lost(outcome(SEED), before={table(SEED)}, after=after)


def test_a_merge_without_changes_is_well():
    assert not lost(outcome(MERGED), before={table(MERGED)}, after={table(MERGED)})


def test_a_view_is_not_looked_for():
    assert not lost(outcome(VIEW), before=set(), after=set())


def test_a_logged_error_is_told():
    run = outcome(logged=("An error occurred (ThrottlingException)",))
    assert "ThrottlingException" in lost(run, before=set(), after=set())


@pytest.mark.parametrize(
    "text", ["create_schema exception", "calling the BatchGrantPermissions operation", ""]
)
def test_refused_grants_are_no_error(text):
    assert not lost(outcome(logged=(text,)), before=set(), after=set())


NOT_FOUND = (
    "Glue returned `error` for statement None for code SqlWrapper2.execute('''describe {}''', "
    "use_arrow=False), AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `x`"
)
NOT_ICEBERG = StoredTable("lake_raw", "categoria", None)


@pytest.mark.parametrize("name", ["lake_raw.categoria", "categoria"])
def test_what_is_not_iceberg_and_cannot_be_described_is_no_error(name):
    assert not lost(outcome(logged=(NOT_FOUND.format(name),)), before=set(), after={NOT_ICEBERG})


@pytest.mark.parametrize(
    "text",
    [
        NOT_FOUND.format("lake_commerce.fct_commerce__purchase"),
        NOT_FOUND.format("lake_raw.another"),
        NOT_FOUND.format("lake_raw.categoria").replace("describe", "select * from"),
        NOT_FOUND.format("lake_raw.categoria").replace("TABLE_OR_VIEW_NOT_FOUND", "OTHER"),
    ],
)
def test_another_table_that_is_not_found_is_an_error(text):
    assert "went on" in lost(
        outcome(logged=(text,)), before=set(), after={NOT_ICEBERG, table(MERGED)}
    )


def test_schemas_of_described_tables_are_looked_at():
    run = outcome(SEED, logged=(NOT_FOUND.format("lake_raw.categoria"), "something else"))
    assert schemas_of(run) == {"lake_commerce", "lake_raw"}


@pytest.mark.parametrize(
    ("arguments", "environment", "target"),
    [
        ([], {}, "duckdb"),
        ([], {"LAKEHOUSE_TARGET": "glue"}, "glue"),
        ([], {"DBT_TARGET": "athena", "LAKEHOUSE_TARGET": "glue"}, "athena"),
        (["run", "--target", "athena"], {"LAKEHOUSE_TARGET": "glue"}, "athena"),
        (["run", "--target=athena"], {}, "athena"),
        (["run", "-t", "glue"], {}, "glue"),
    ],
)
def test_the_target_is_the_one_that_dbt_takes(arguments, environment, target):
    assert target_of(arguments, environment) == target


@pytest.mark.parametrize(
    ("target", "given", "flag"),
    [("glue", {}, "1"), ("glue", {"DBT_FAIL_FAST": "0"}, "0"), ("athena", {}, None)],
)
def test_glue_stops_at_the_first_error(target, given, flag):
    set_flags(target, given)
    assert given.get("DBT_FAIL_FAST") == flag


@pytest.fixture
def glue() -> Iterator[Stubber]:
    client = boto3.client("glue", "us-east-1", aws_access_key_id="-", aws_secret_access_key="-")
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def test_failed_sessions_of_the_lake_are_deleted_on_all_pages(glue):
    glue.add_response("list_sessions", sessions(other="FAILED", token="2"), {})
    second = sessions(**{"lake_dev-1": "READY", "lake_dev-2": "FAILED", "lake_dev_b-3": "FAILED"})
    glue.add_response("list_sessions", second, {"NextToken": "2"})
    glue.add_response("delete_session", {"Id": "lake_dev-2"}, {"Id": "lake_dev-2"})

    assert forget_failed_sessions(LAKE, glue=glue.client) == ["lake_dev-2"]


def test_a_session_that_another_run_deleted_is_no_error(glue):
    glue.add_response("list_sessions", sessions(**{"lake_dev-1": "FAILED"}), {})
    glue.add_client_error("delete_session", "EntityNotFoundException")

    assert forget_failed_sessions(LAKE, glue=glue.client) == ["lake_dev-1"]


@pytest.mark.parametrize("status", ["READY", "PROVISIONING", "STOPPED", "TIMEOUT"])
def test_other_sessions_are_left(glue, status):
    glue.add_response("list_sessions", sessions(**{"lake_dev-1": status}), {})

    assert forget_failed_sessions(LAKE, glue=glue.client) == []


def test_schemas_of_a_lake_are_those_of_its_prefix_and_those_of_single_domains(glue):
    names = ("lake_dev_commerce", "lake_development_commerce", "default", "other")
    pages = {"DatabaseList": [{"Name": name} for name in names]}
    glue.add_response("get_databases", pages, {})

    assert schemas_of_lake(LAKE, glue=glue.client) == {"lake_dev_commerce", "default"}


def sessions(*, token: str | None = None, **statuses: str) -> dict[str, object]:
    """A page of ListSessions: status by id."""
    found = [{"Id": name, "Status": status} for name, status in statuses.items()]
    return {"Sessions": found, **({"NextToken": token} if token else {})}
