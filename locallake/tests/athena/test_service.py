"""Athena's calls through the emulator's module, with an engine that answers what a test says."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest

from locallake import faults, ministack
from locallake.athena import plans, plugin
from locallake.athena.catalogue import Catalogue
from locallake.athena.results import result_file, result_page
from locallake.athena.service import AthenaService, athena_error
from locallake.athena.trino_client import QueryError, QueryResult
from locallake.athena.values import parse_type
from locallake.errors import ConfigurationError, HookError
from locallake.settings import Settings

athena = pytest.importorskip("ministack.services.athena", reason="needs locks/test.txt")
glue = pytest.importorskip("ministack.services.glue")
s3 = pytest.importorskip("ministack.services.s3")
responses = pytest.importorskip("ministack.core.responses")

HOOKED = (
    "_detect_statement_type",
    "_execute_query",
    "_get_query_results",
    "_parse_ddl",
    "_start_query_execution",
    "_stop_query_execution",
)


def answer(rows=(("1",),), columns=("a",), types=("integer",), **given):
    return QueryResult(columns, tuple(parse_type(t) for t in types), tuple(rows), **given)


class FakeEngine:
    """Remembers what it was asked."""

    def __init__(self, reply=None):
        self.reply = answer() if reply is None else reply
        self.asked = []
        self.cancelled = []
        self.waits_for: threading.Event | None = None

    def run(self, statement, *, schema, session, on_start):
        on_start(lambda: "engine-1")
        self.asked.append((statement, schema, dict(session)))
        if self.waits_for is not None:
            assert self.waits_for.wait(10)
        reply = self.reply(statement) if callable(self.reply) else self.reply
        if isinstance(reply, Exception):
            raise reply
        return reply

    def cancel(self, query_id):
        self.cancelled.append(query_id)
        if self.waits_for is not None:
            self.waits_for.set()


class Lake:
    """An emulator's Athena with the plug-in's hooks."""

    def __init__(self, engine, faults_file):
        self.engine = engine
        self.faults_file = faults_file
        self.service = AthenaService(
            athena,
            s3,
            catalogue=Catalogue(glue),
            engine=engine,
            parse_ddl=athena._parse_ddl,
            start=athena._start_query_execution,
            refuse=responses.error_response_json,
            answer=responses.json_response,
            faults_file=faults_file,
        )
        plugin.hook(athena, self.service)

    async def call(self, action, **request):
        headers = {"x-amz-target": f"AmazonAthena.{action}"}
        given = await athena.handle_request("POST", "/", headers, json.dumps(request).encode(), {})
        return given[0], json.loads(given[2])

    async def start(self, query, **request):
        request.setdefault("WorkGroup", "lake")
        request.setdefault("QueryExecutionContext", {"Database": "s"})
        return await self.call("StartQueryExecution", QueryString=query, **request)

    async def running(self, query):
        """Start a query; returns what names it, once the engine was asked."""
        asked = len(self.engine.asked)
        _, started = await self.start(query)
        while len(self.engine.asked) == asked:
            await asyncio.sleep(0.01)
        return started

    async def ended(self, query_id):
        while True:
            _, shown = await self.call("GetQueryExecution", QueryExecutionId=query_id)
            if shown["QueryExecution"]["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return shown["QueryExecution"]
            await asyncio.sleep(0.01)

    async def _run(self, query):
        status, started = await self.start(query)
        assert status == 200, started
        execution = await self.ended(started["QueryExecutionId"])
        results = await self.call("GetQueryResults", QueryExecutionId=execution["QueryExecutionId"])
        return execution, results

    def run(self, query):
        """Returns: the execution, and the answer of GetQueryResults with its HTTP status."""
        return asyncio.run(self._run(query))


@pytest.fixture
def lake(monkeypatch, tmp_path):
    for name in HOOKED:
        monkeypatch.setattr(athena, name, getattr(athena, name))
    for module in (athena, glue, s3):
        module.reset()
    s3._create_bucket("results", b"", {})
    athena._workgroups["lake"] = {
        "Name": "lake",
        "State": "ENABLED",
        "Configuration": {"ResultConfiguration": {"OutputLocation": "s3://results/q/"}},
    }
    for name in ("default", "s"):
        glue._create_database({"DatabaseInput": {"Name": name}})
    yield Lake(FakeEngine(), tmp_path / "faults.json")
    for module in (athena, glue, s3):
        module.reset()


def table(lake, name="t", **given):
    columns = given.pop("columns", [{"Name": "a", "Type": "string"}])
    glue._create_table(
        {
            "DatabaseName": "s",
            "TableInput": {
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "StorageDescriptor": {"Columns": columns, "Location": f"s3://results/{name}"},
                **given,
            },
        }
    )


def columns_of(name):
    stored = glue._tables[f"s/{name}"]["StorageDescriptor"]["Columns"]
    return [(c["Name"], c["Type"]) for c in stored]


# ---- A query's way


def test_a_query_gives_its_rows_below_a_header(lake):
    lake.engine.reply = answer(
        rows=(("1", None), ("2", "x")), columns=("a", "b"), types=("integer", "decimal(10,2)")
    )
    execution, (status, results) = lake.run("select a, b from t")
    assert status == 200
    assert execution["Status"]["State"] == "SUCCEEDED"
    assert execution["StatementType"] == "DML"
    rows = [[d.get("VarCharValue") for d in r["Data"]] for r in results["ResultSet"]["Rows"]]
    assert rows == [["a", "b"], ["1", None], ["2", "x"]]
    info = results["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [(c["Name"], c["Type"], c["Precision"], c["Scale"]) for c in info] == [
        ("a", "integer", 10, 0),
        ("b", "decimal", 10, 2),
    ]
    assert lake.engine.asked == [("select a, b from t", "s", {})]


def test_a_write_says_how_many_rows_and_how_many_bytes(lake):
    lake.engine.reply = QueryResult(update_count=7, scanned_bytes=99)
    execution, (_, results) = lake.run("insert into t select 1")
    assert results["UpdateCount"] == 7
    assert results["ResultSet"]["Rows"] == []
    assert execution["Statistics"]["DataScannedInBytes"] == 99


def test_the_result_file_lies_where_the_execution_says(lake):
    lake.engine.reply = answer(rows=(('say "x"',), (None,)), types=("varchar",))
    execution, _ = lake.run("select a from t")
    place = execution["ResultConfiguration"]["OutputLocation"]
    assert place == f"s3://results/q/{execution['QueryExecutionId']}.csv"
    stored = s3._get_object("results", place.removeprefix("s3://results/"), {})
    assert stored[2] == b'"a"\n"say ""x"""\n\n'


def test_a_missing_bucket_stops_the_start(lake):
    s3.reset()
    status, refusal = asyncio.run(lake.start("select 1"))
    assert status == 400
    assert "output bucket results" in refusal["message"]
    assert lake.engine.asked == []


@pytest.mark.parametrize(
    ("query", "reply", "state"),
    [
        ("select 1", answer(), "FAILED"),
        # Committed: FAILED would have a client write it again.
        ("insert into t select 1", QueryResult(update_count=1), "SUCCEEDED"),
    ],
)
def test_results_without_room_fail_what_only_reads(lake, monkeypatch, query, reply, state):
    lake.engine.reply = reply
    monkeypatch.setattr(s3, "_put_object", lambda *_: (507, {}, b"no room"))
    status = lake.run(query)[0]["Status"]
    assert status["State"] == state
    assert ("no room" in status["StateChangeReason"]) == (state == "FAILED")


def test_a_refused_query_says_why(lake):
    lake.engine.reply = QueryError("COLUMN_NOT_FOUND", "line 1:8: Column 'b'", "USER_ERROR")
    execution, (status, results) = lake.run("select b from t")
    assert execution["Status"]["State"] == "FAILED"
    assert execution["Status"]["StateChangeReason"] == "COLUMN_NOT_FOUND: line 1:8: Column 'b'"
    assert execution["Status"]["AthenaError"]["ErrorCategory"] == 2
    assert execution["Status"]["AthenaError"]["Retryable"] is False
    assert status == 400
    assert "FAILED" in results["message"]


def test_a_defect_of_ours_ends_the_query(lake):
    lake.engine.reply = KeyError("x")
    execution, _ = lake.run("select 1")
    assert execution["Status"]["State"] == "FAILED"


@pytest.mark.parametrize(
    ("error", "category", "number", "retryable"),
    [
        (QueryError("ICEBERG_COMMIT_ERROR", "x", "EXTERNAL"), 2, 233, True),
        (QueryError("TYPE_MISMATCH", "x", "USER_ERROR"), 2, 1, False),
        (QueryError("EXCEEDED_LOCAL_MEMORY_LIMIT", "x", "INSUFFICIENT_RESOURCES"), 1, 1, False),
        (plans.StatementError("x"), 2, 1, False),
    ],
)
def test_a_commit_conflict_is_what_clients_repeat(error, category, number, retryable):
    given = athena_error(error)
    assert (given["ErrorCategory"], given["ErrorType"], given["Retryable"]) == (
        category,
        number,
        retryable,
    )


# ---- What is refused before it is queued


@pytest.mark.parametrize(
    ("query", "request_", "reason"),
    [
        ("selec 1", {}, "mismatched input"),
        ("select 1; select 2", {}, "Only one"),
        ("select ?", {"ExecutionParameters": ["1"]}, "ExecutionParameters"),
        ("select 1", {"WorkGroup": "nobodys"}, "WorkGroup is not found"),
        ("select 1", {"WorkGroup": "primary"}, "No output location"),
    ],
)
def test_a_request_is_refused(lake, query, request_, reason):
    status, refusal = asyncio.run(lake.start(query, **request_))
    assert status == 400
    assert refusal["__type"] == "InvalidRequestException"
    assert reason in refusal["message"]
    assert lake.engine.asked == []


def test_the_scan_limit_of_the_workgroup_reaches_the_engine(lake):
    athena._workgroups["lake"]["Configuration"]["BytesScannedCutoffPerQuery"] = 10_000_000
    lake.run("select 1")
    assert lake.engine.asked[0][2] == {"query_max_scan_physical_bytes": "10000000B"}


def test_a_short_query_that_read_too_much_fails_too(lake):
    athena._workgroups["lake"]["Configuration"]["BytesScannedCutoffPerQuery"] = 10_000_000
    lake.engine.reply = answer(scanned_bytes=10_000_001)
    status = lake.run("select 1")[0]["Status"]
    assert status["StateChangeReason"].startswith("EXCEEDED_SCAN_LIMIT")
    lake.engine.reply = QueryResult(update_count=1, scanned_bytes=10_000_001)
    assert lake.run("insert into t select 1")[0]["Status"]["State"] == "SUCCEEDED"


# ---- Faults on demand


def test_a_commit_conflict_on_demand_fails_one_statement_only(lake):
    conflict = faults.Fault(faults.COMMIT_CONFLICT, "MERGE INTO t")
    faults.add(lake.faults_file, conflict, times=1)
    merge = "merge into t using s on true when matched then delete"
    assert lake.run("select 1")[0]["Status"]["State"] == "SUCCEEDED"
    failed = lake.run(merge)[0]["Status"]
    assert failed["StateChangeReason"].startswith("ICEBERG_COMMIT_ERROR")
    assert failed["AthenaError"]["ErrorType"] == 233
    assert lake.run(merge)[0]["Status"]["State"] == "SUCCEEDED"


def test_an_optimize_that_is_not_done_says_so_on_demand(lake):
    table(lake, Parameters={"table_type": "ICEBERG"})
    faults.add(lake.faults_file, faults.Fault(faults.MORE_RUNS, "optimize"), times=1)
    optimize = "optimize s.t rewrite data using bin_pack"
    reason = lake.run(optimize)[0]["Status"]["StateChangeReason"]
    assert "ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED" in reason
    assert lake.run(optimize)[0]["Status"]["State"] == "SUCCEEDED"


def test_throttling_on_demand_refuses_a_start(lake):
    faults.add(lake.faults_file, faults.Fault(faults.THROTTLED), times=2)
    given = [asyncio.run(lake.start("select 1")) for _ in range(3)]
    assert [status for status, _ in given] == [400, 400, 200]
    assert given[0][1]["__type"] == "TooManyRequestsException"


# ---- Cancel


def test_a_stopped_query_ends_in_the_engine_too(lake):
    lake.engine.waits_for = threading.Event()

    async def scenario():
        started = await lake.running("insert into t select 1")
        await lake.call("StopQueryExecution", **started)
        # The engine's own answer comes later and must not turn the state again.
        await asyncio.sleep(0.2)
        return await lake.ended(started["QueryExecutionId"])

    execution = asyncio.run(scenario())
    assert lake.engine.cancelled == ["engine-1"]
    assert execution["Status"]["State"] == "CANCELLED"


def test_all_queries_that_run_are_stopped(lake):
    """As many as there are threads for queries: none is left over that could cancel."""
    lake.engine.waits_for = threading.Event()
    lake.engine.cancel = lake.engine.cancelled.append

    async def scenario():
        started = [await lake.running("insert into t select 1") for _ in range(8)]
        for query in started:
            await lake.call("StopQueryExecution", **query)
        await asyncio.sleep(0.5)
        cancelled = len(lake.engine.cancelled)
        lake.engine.waits_for.set()
        return cancelled, [(await lake.ended(q["QueryExecutionId"]))["Status"] for q in started]

    cancelled, statuses = asyncio.run(scenario())
    assert cancelled == 8
    assert {status["State"] for status in statuses} == {"CANCELLED"}


def test_a_query_that_has_no_id_yet_is_cancelled_once_it_has(lake):
    lake.engine.waits_for = threading.Event()
    known: list[str] = []
    run = lake.engine.run
    lake.engine.run = lambda statement, *, on_start, **given: run(
        statement,
        on_start=lambda _: on_start(lambda: known[0] if known else None),
        **given,
    )

    async def scenario():
        started = await lake.running("insert into t select 1")
        await lake.call("StopQueryExecution", **started)
        await asyncio.sleep(0.1)
        before = list(lake.engine.cancelled)
        known.append("engine-2")
        await asyncio.sleep(0.2)
        return before

    assert asyncio.run(scenario()) == []
    assert lake.engine.cancelled == ["engine-2"]


def test_a_cancel_that_failed_is_repeated(lake):
    lake.engine.waits_for = threading.Event()
    cancel, failures = lake.engine.cancel, [OSError("no answer"), ValueError("half an answer")]

    def fails_twice(query_id):
        if failures:
            raise failures.pop()
        cancel(query_id)

    lake.engine.cancel = fails_twice

    async def scenario():
        started = await lake.running("insert into t select 1")
        await lake.call("StopQueryExecution", **started)
        await asyncio.sleep(0.4)

    asyncio.run(scenario())
    assert lake.engine.cancelled == ["engine-1"]


def test_a_stop_while_results_are_written_stands(lake, monkeypatch):
    put = s3._put_object

    def stopped_meanwhile(*given):
        (query_id,) = lake.service._running
        lake.service.stop_query_execution({"QueryExecutionId": query_id})
        return put(*given)

    monkeypatch.setattr(s3, "_put_object", stopped_meanwhile)
    assert lake.run("select 1")[0]["Status"]["State"] == "CANCELLED"


def test_a_reset_ends_what_runs(lake):
    lake.engine.waits_for = threading.Event()

    async def scenario():
        await lake.running("select 1")
        lake.service.forget()
        await asyncio.sleep(0.2)

    asyncio.run(scenario())
    assert lake.engine.cancelled == ["engine-1"]


# ---- Statements that go to the catalogue


def test_a_workgroup_that_decides_the_place_refuses_another(lake):
    query = "create table h with (external_location='s3://results/h') as select 1 as a"
    refused = lake.run(query)[0]["Status"]
    assert "enforces a centralized output location" in refused["StateChangeReason"]
    lake.run("create table h as select 1 as a")
    assert "s3://results/q/tables/" in lake.engine.asked[0][0]


def test_a_new_view_gets_its_columns(lake):
    def reply(statement):
        if statement.startswith("create or replace view"):
            table(
                lake, "v", TableType="VIRTUAL_VIEW", columns=[{"Name": "dummy", "Type": "string"}]
            )
            return QueryResult()
        return answer(rows=(), columns=("a", "t"), types=("varchar(3)", "timestamp(6)"))

    lake.engine.reply = reply
    execution, _ = lake.run('create or replace view "s"."v" as select a, t from x')
    assert execution["Status"]["State"] == "SUCCEEDED"
    asked = 'select * from (select * from awsdatacatalog."s"."v"\n) where false'
    assert lake.engine.asked[1][0] == asked
    assert columns_of("v") == [("a", "string"), ("t", "timestamp")]


def test_a_context_that_does_not_exist_stops_ddl(lake):
    table(lake)
    asked = {"QueryExecutionContext": {"Database": "gone"}}

    async def outcome(query):
        _, started = await lake.start(query, **asked)
        return (await lake.ended(started["QueryExecutionId"]))["Status"]

    refused = asyncio.run(outcome("alter table `s`.`t` add columns (b int)"))
    assert refused["StateChangeReason"] == (
        "FAILED: SemanticException [Error 10072]: Database does not exist: gone"
    )
    assert columns_of("t") == [("a", "string")]
    assert asyncio.run(outcome("select 1"))["State"] == "SUCCEEDED"


def test_ddl_fails_without_the_database_default(lake):
    table(lake)
    glue._delete_database({"Name": "default"})
    refused = lake.run("alter table `s`.`t` add columns (b int)")[0]["Status"]
    assert "Unable to verify existence of default database" in refused["StateChangeReason"]
    assert columns_of("t") == [("a", "string")]


def test_a_column_that_athena_does_not_write_stops_an_iceberg_table(lake):
    lake.engine.reply = answer(rows=(), columns=("at",), types=("timestamp(3)",))
    head = (
        "create table n with (table_type='iceberg', is_external=false, location='s3://results/n')"
    )
    refused = lake.run(f"{head} as select at from x -- no break")[0]["Status"]
    assert "Timestamp precision (3) not supported" in refused["StateChangeReason"]
    # Nothing but the question for its columns reached the engine.
    assert [asked for asked, _, _ in lake.engine.asked] == [
        "select * from (select at from x -- no break\n) where false"
    ]


UNLOAD = "unload (select 1 as a) to 's3://results/u/1/' with (format = 'PARQUET')"


def test_an_unload_leaves_files_and_a_manifest_and_no_table(lake):
    def reply(statement):
        assert [name for name in glue._databases if name.startswith("locallake_unload_")]
        s3._put_object("results", "u/1/part", b"x", {})
        return QueryResult(update_count=1)

    lake.engine.reply = reply
    execution, (_, results) = lake.run(UNLOAD)
    assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
    assert list(glue._databases) == ["default", "s"]
    assert not [name for name in glue._tables if "unload" in name]
    manifest = execution["Statistics"]["DataManifestLocation"]
    assert manifest == f"s3://results/q/{execution['QueryExecutionId']}-manifest.csv"
    assert s3._get_object_data("results", manifest.removeprefix("s3://results/")) == (
        b"s3://results/u/1/part\n"
    )
    assert results["ResultSet"]["Rows"] == []


@pytest.mark.parametrize("key", ["u/1/left", "u/1/", "u/1"])
def test_an_unload_refuses_a_location_that_is_not_empty(lake, key):
    s3._put_object("results", key, b"x", {})
    refused = lake.run(UNLOAD)[0]["Status"]
    assert refused["StateChangeReason"].startswith(
        "HIVE_PATH_ALREADY_EXISTS: Target directory already exists"
    )
    assert lake.engine.asked == []
    s3._put_object("results", "u/10/other", b"x", {})
    s3._delete_object("results", key)
    assert lake.run(UNLOAD)[0]["Status"]["State"] == "SUCCEEDED"


def test_an_unload_that_fails_leaves_no_table(lake):
    lake.engine.reply = QueryError("DIVISION_BY_ZERO", "Division by zero", "USER_ERROR")
    assert lake.run(UNLOAD)[0]["Status"]["State"] == "FAILED"
    assert list(glue._databases) == ["default", "s"]


def test_an_external_table_goes_into_the_catalogue(lake):
    execution, _ = lake.run(
        "create external table `s`.`seed` (`a` string, `b` string) "
        "row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde' "
        "location 's3://results/seed' tblproperties ('skip.header.line.count'='1')"
    )
    assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
    assert columns_of("seed") == [("a", "string"), ("b", "string")]
    assert lake.engine.asked == []


def test_dropping_a_hive_table_leaves_its_files(lake):
    table(lake)
    s3._put_object("results", "t/file", b"x", {})
    execution, _ = lake.run("drop table `s`.`t`")
    assert execution["Status"]["State"] == "SUCCEEDED"
    assert "s/t" not in glue._tables
    assert s3._get_object("results", "t/file", {})[0] == 200


def test_dropping_what_is_not_there(lake):
    assert lake.run("drop table if exists `s`.`no`")[0]["Status"]["State"] == "SUCCEEDED"
    assert lake.run("drop table `s`.`no`")[0]["Status"]["State"] == "FAILED"
    assert lake.run("drop schema if exists `no`")[0]["Status"]["State"] == "SUCCEEDED"
    assert lake.run("drop schema `no`")[0]["Status"]["State"] == "FAILED"


def test_a_schema_with_tables_goes_only_by_cascade(lake):
    table(lake)
    refused = lake.run("drop schema `s`")[0]
    assert "not empty" in refused["Status"]["StateChangeReason"]
    assert lake.run("drop schema `s` cascade")[0]["Status"]["State"] == "SUCCEEDED"
    assert "s" not in glue._databases


def test_columns_and_properties_of_a_hive_table_are_changed_in_the_catalogue(lake):
    table(lake, Parameters={"EXTERNAL": "TRUE"})
    lake.run("alter table `s`.`t` add columns (b int)")
    assert columns_of("t") == [("a", "string"), ("b", "int")]
    lake.run("alter table `s`.`t` replace columns (c bigint)")
    assert columns_of("t") == [("c", "bigint")]
    lake.run("alter table `s`.`t` set tblproperties ('classification' = 'parquet')")
    expected = {"EXTERNAL": "TRUE", "classification": "parquet"}
    assert glue._tables["s/t"]["Parameters"] == expected


def test_vacuum_obeys_the_tables_own_age(lake):
    table(lake, Parameters={"table_type": "ICEBERG"})
    lake.engine.reply = answer(rows=(("60",),), types=("varchar",))
    lake.run("vacuum `s`.`t`")
    properties, *executed = (statement for statement, _, _ in lake.engine.asked)
    assert 'awsdatacatalog_iceberg."s"."t$properties"' in properties
    assert [statement.rpartition(" execute ")[2] for statement in executed] == [
        "expire_snapshots(retention_threshold => '60s')",
        "remove_orphan_files(retention_threshold => '60s')",
    ]


def test_vacuum_obeys_an_age_that_was_set_later(lake):
    table(lake, Parameters={"table_type": "ICEBERG"})
    lake.run("alter table `s`.`t` set tblproperties ('vacuum_max_snapshot_age_seconds' = '604800')")
    lake.run("vacuum `s`.`t`")
    assert [statement[0].endswith("'604800s')") for statement in lake.engine.asked] == [True, True]


def test_vacuum_keeps_five_days_when_the_table_says_nothing(lake):
    table(lake, Parameters={"table_type": "ICEBERG"})
    lake.engine.reply = answer(rows=(), types=("varchar",))
    lake.run("vacuum `s`.`t`")
    assert lake.engine.asked[1][0].endswith("'432000s')")


# ---- Pages and files


@pytest.mark.parametrize("size", [1, 2, 6, 7])
def test_pages_hold_every_row_once(size):
    given = answer(rows=tuple((str(n),) for n in range(5)))
    shown, start = [], 0
    while len(shown) < 20:
        page = result_page(given, is_dml=True, start=start, size=size)
        rows = page["ResultSet"]["Rows"]
        assert len(rows) <= size
        shown += [r["Data"][0]["VarCharValue"] for r in rows]
        if "NextToken" not in page:
            break
        start = int(page["NextToken"])
    assert shown == ["a", "0", "1", "2", "3", "4"]


def test_only_queries_have_a_header_row():
    given = answer(rows=(("x",),))
    rows = result_page(given, is_dml=False, start=0, size=10)["ResultSet"]["Rows"]
    assert rows == [{"Data": [{"VarCharValue": "x"}]}]
    assert result_file(given, is_dml=False) == b"x\n"


# ---- Start


def test_a_missing_name_stops_the_start(monkeypatch):
    monkeypatch.delattr(athena, "_run_ddl")
    with pytest.raises(HookError, match="_run_ddl"):
        plugin.install(Settings(home=None, state=None, trino_port=1))


def test_settings_without_trino_stop_the_start():
    with pytest.raises(ConfigurationError, match="no Trino"):
        plugin.install(Settings(home=None, state=None))


def test_another_emulator_stops_the_start(monkeypatch):
    monkeypatch.setattr(ministack.metadata, "version", lambda name: "1.5.34")
    with pytest.raises(HookError, match=r"1\.5\.34"):
        ministack.check_version()
