"""Athena's statements on a real Trino: what is left behind, not what is answered.

Needs the artefacts of `locallake up`.
"""

from __future__ import annotations

import io
import json
import time
import urllib.request
from pathlib import Path

import boto3
import pytest
from sockets import listening

from locallake import faults, ministack, process, trino

parquet = pytest.importorskip("pyarrow.parquet")

pytestmark = pytest.mark.engine

BUCKET = "locallake-warehouse"


class Lake:
    """A client of the running services."""

    def __init__(self, settings):
        self.settings = settings
        session = boto3.Session("test", "test", region_name=settings.region)
        self.athena, self.glue, self.s3 = (
            session.client(name, endpoint_url=settings.endpoint)
            for name in ("athena", "glue", "s3")
        )

    def start(self, query, **given):
        given.setdefault("QueryExecutionContext", {"Database": "s"})
        given.setdefault("ResultConfiguration", {"OutputLocation": f"s3://{BUCKET}/results/"})
        return self.athena.start_query_execution(QueryString=query, **given)["QueryExecutionId"]

    def ended(self, query_id):
        while True:
            shown = self.athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
            if shown["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return shown
            time.sleep(0.05)

    def refused(self, query, **given):
        """The reason of a failed query."""
        status = self.ended(self.start(query, **given))["Status"]
        assert status["State"] == "FAILED", query
        return status["StateChangeReason"]

    def do(self, *queries):
        """Run queries; returns the rows of the last one and its UpdateCount."""
        for query in queries:
            query_id = self.start(query)
            status = self.ended(query_id)["Status"]
            assert status["State"] == "SUCCEEDED", (query, status)
        answer = self.athena.get_query_results(QueryExecutionId=query_id)
        rows = [[d.get("VarCharValue") for d in r["Data"]] for r in answer["ResultSet"]["Rows"]]
        return rows, answer["UpdateCount"]

    def rows(self, query):
        """The rows of a query, without the header row."""
        return self.do(query)[0][1:]

    def table(self, name):
        return self.glue.get_table(DatabaseName="s", Name=name)["Table"]


@pytest.fixture(scope="module")
def started(services):
    return Lake(services)


@pytest.fixture
def lake(started):
    """Empty services with one schema: also shows that a reset under a running Trino is fine."""
    ministack.reset(started.settings)
    started.glue.create_database(DatabaseInput={"Name": "default"})
    started.do("create schema if not exists `s`")
    return started


def iceberg(name, body, more=""):
    return (
        f'create table "awsdatacatalog"."s"."{name}" with (table_type=\'iceberg\', '
        f"is_external=false, location='s3://{BUCKET}/wh/{name}'{more}, format='parquet') as {body}"
    )


PURCHASES = """select * from (values
    (1, timestamp '2026-01-31 23:59:59.123456', cast(10.50 as decimal(18,2))),
    (2, timestamp '2026-02-01 00:00:00.000001', cast(20.00 as decimal(18,2))),
    (3, timestamp '2026-02-02 00:00:00.000000', cast(null as decimal(18,2)))
) as t (id, at, amount)"""


def test_values_keep_every_digit(lake):
    lake.do(iceberg("p", PURCHASES, ", partitioning=ARRAY['month(at)']"))
    assert lake.rows('select id, at, amount from "s"."p" order by id') == [
        ["1", "2026-01-31 23:59:59.123456", "10.50"],
        ["2", "2026-02-01 00:00:00.000001", "20.00"],
        ["3", "2026-02-02 00:00:00.000000", None],
    ]
    assert lake.table("p")["Parameters"]["table_type"] == "ICEBERG"


def test_a_merge_updates_inserts_and_deletes_in_one_statement(lake):
    lake.do(iceberg("p", PURCHASES))
    _, written = lake.do(
        """merge into "s"."p" as target using (values
            (1, cast(11 as decimal(18,2)), false), (2, null, true),
            (4, cast(40 as decimal(18,2)), false), (5, null, true)
        ) as src (id, amount, is_removed) on (target.id = src.id)
        when matched and src.is_removed then delete
        when matched then update set amount = src.amount
        when not matched and not src.is_removed then insert (id, amount)
            values (src.id, src.amount)"""
    )
    assert written == 3
    assert lake.rows('select id, amount from "s"."p" order by id') == [
        ["1", "11.00"],
        ["3", None],
        ["4", "40.00"],
    ]


def test_a_merge_with_one_key_twice_fails_and_changes_nothing(lake):
    lake.do(iceberg("p", PURCHASES))
    reason = lake.refused(
        'merge into "s"."p" as t using (values (1), (1)) as src (id) on (t.id = src.id) '
        "when matched then update set amount = 0"
    )
    assert reason.startswith("MERGE_TARGET_ROW_MULTIPLE_MATCHES")
    assert lake.rows('select amount from "s"."p" where id = 1') == [["10.50"]]


def test_a_statement_that_fails_half_way_leaves_nothing_to_be_seen(lake):
    lake.do(iceberg("p", PURCHASES))
    before = lake.table("p")["Parameters"]["metadata_location"]
    # One of two million rows cannot be worked out.
    body = (
        "select cast(1 / (a.n * 200 + b.n - 1999999) as integer) as id "
        "from unnest(sequence(1, 10000)) as a (n), unnest(sequence(1, 200)) as b (n)"
    )
    assert lake.refused(f'insert into "s"."p" (id) {body}').startswith("DIVISION_BY_ZERO")
    assert lake.refused(iceberg("half", body)).startswith("DIVISION_BY_ZERO")

    assert lake.table("p")["Parameters"]["metadata_location"] == before
    assert lake.rows('select count(*) from "s"."p"') == [["3"]]
    assert [t["Name"] for t in lake.glue.get_tables(DatabaseName="s")["TableList"]] == ["p"]


@pytest.mark.parametrize("place", ["/wh/p/data/", "/wh/p/metadata/"])
def test_a_full_store_is_said_and_the_table_is_as_before(lake, place):
    lake.do(iceberg("p", PURCHASES))
    faults.add(lake.settings.faults, faults.Fault(faults.STORE_FULL, place), times=50)
    try:
        reason = lake.refused('insert into "s"."p" (id) values (9)')
    finally:
        lake.settings.faults.unlink()

    assert "the local S3 is full" in reason
    assert lake.rows('select count(*) from "s"."p"') == [["3"]]
    lake.do('insert into "s"."p" (id) values (9)')
    assert lake.rows('select count(*) from "s"."p"') == [["4"]]


@pytest.mark.parametrize("column", ["cast(at as timestamp)", "cast(id as smallint)"])
def test_a_column_that_athena_does_not_write_is_not_widened(lake, column):
    lake.do(iceberg("p", PURCHASES))
    body = f'select {column} as a from "s"."p"'
    assert "not supported for Iceberg" in lake.refused(iceberg("n", body))
    assert [t["Name"] for t in lake.glue.get_tables(DatabaseName="s")["TableList"]] == ["p"]
    # Iceberg itself has room for it, as an integer or with microseconds.
    lake.do('insert into "s"."p" (id) select cast(id as smallint) from "s"."p"')


def test_an_unload_leaves_the_rows_of_a_query_as_parquet(lake):
    lake.do(iceberg("p", PURCHASES))
    to = f"to 's3://{BUCKET}/unloaded/1/' with (format = 'PARQUET')"
    texts = (
        "cast(id as varchar) as id, cast(at as varchar) as at, cast(amount as varchar) as amount"
    )
    execution = lake.ended(lake.start(f'unload (select {texts} from "s"."p") {to}'))
    assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
    assert execution["StatementType"] == "DML"

    names = lake.s3.list_objects_v2(Bucket=BUCKET, Prefix="unloaded/1/")["Contents"]
    bodies = [lake.s3.get_object(Bucket=BUCKET, Key=n["Key"])["Body"].read() for n in names]
    rows = [row for body in bodies for row in parquet.read_table(io.BytesIO(body)).to_pylist()]
    assert sorted(tuple(row.values()) for row in rows) == [
        ("1", "2026-01-31 23:59:59.123456", "10.50"),
        ("2", "2026-02-01 00:00:00.000001", "20.00"),
        ("3", "2026-02-02 00:00:00.000000", None),
    ]
    assert [d["Name"] for d in lake.glue.get_databases()["DatabaseList"]] == ["default", "s"]
    manifest = execution["Statistics"]["DataManifestLocation"].removeprefix(f"s3://{BUCKET}/")
    listed = lake.s3.get_object(Bucket=BUCKET, Key=manifest)["Body"].read().decode().split()
    assert listed == [f"s3://{BUCKET}/{n['Key']}" for n in names]
    assert "HIVE_PATH_ALREADY_EXISTS" in lake.refused(f"unload (select 1 as a) {to}")


def test_a_statement_opens_a_hundred_partitions_and_no_more(lake):
    days = "select n, cast(n as varchar) as day from unnest(sequence(1, {})) as t (n)"
    partitioned = ", partitioning=ARRAY['day']"
    lake.do(iceberg("hundred", days.format(100), partitioned))
    reason = lake.refused(iceberg("more", days.format(101), partitioned))
    assert "100" in reason, reason
    assert "partitions" in reason, reason


def test_a_view_has_its_columns_and_survives_its_description(lake):
    lake.do(
        iceberg("p", PURCHASES),
        'create or replace view "awsdatacatalog"."s"."v" as select id, at, amount from "s"."p"',
    )
    view = lake.table("v")
    assert [(c["Name"], c["Type"]) for c in view["StorageDescriptor"]["Columns"]] == [
        ("id", "int"),
        ("at", "timestamp"),
        ("amount", "decimal(18,2)"),
    ]
    sent_back = ("Name", "TableType", "StorageDescriptor", "Parameters")
    described = {name: view[name] for name in sent_back} | {
        "ViewOriginalText": view["ViewOriginalText"],
        "ViewExpandedText": view.get("ViewExpandedText", ""),
        "Description": "what a row is for",
    }
    lake.glue.update_table(DatabaseName="s", TableInput=described)
    assert lake.rows('select count(*) from "s"."v"') == [["3"]]
    assert lake.table("v")["Description"] == "what a row is for"


def test_the_documentation_of_a_table_survives_a_write(lake):
    lake.do(iceberg("p", PURCHASES))
    table = lake.table("p")
    columns = table["StorageDescriptor"]["Columns"]
    columns[0]["Comment"] = "the key"
    documented = {
        name: table[name] for name in ("Name", "TableType", "StorageDescriptor", "Parameters")
    }
    lake.glue.update_table(
        DatabaseName="s", TableInput={**documented, "Description": "purchases", "Owner": "us"}
    )
    lake.do('insert into "s"."p" (id) values (9)', 'delete from "s"."p" where id = 1')
    after = lake.table("p")
    assert (after["Description"], after["Owner"]) == ("purchases", "us")
    assert after["StorageDescriptor"]["Columns"][0]["Comment"] == "the key"
    assert lake.rows('select count(*) from "s"."p"') == [["3"]]
    versions = lake.glue.get_table_versions(DatabaseName="s", TableName="p")["TableVersions"]
    # Trino's own commits ask the catalogue not to archive.
    assert [v["Table"].get("Description") for v in versions] == ["purchases", None]


def test_a_csv_is_read_where_it_lies(lake):
    lake.s3.put_object(Bucket=BUCKET, Key="seed/x.csv", Body=b'a,b\n1,"x; ""y"""\n2,\n')
    lake.do(
        "create external table `s`.`seed` (`a` string, `b` string) "
        "row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde' "
        f"location 's3://{BUCKET}/seed' tblproperties ('skip.header.line.count'='1')"
    )
    rows = lake.rows("select cast(a as bigint), nullif(b, '') from seed order by 1")
    assert rows == [["1", 'x; "y"'], ["2", None]]
    lake.do("drop table `s`.`seed`")
    assert lake.s3.head_object(Bucket=BUCKET, Key="seed/x.csv")["ContentLength"] > 0


def test_partitions_of_a_hive_table_are_found_and_filtered(lake):
    lake.do(
        "create table h with (format='parquet', partitioned_by=ARRAY['day'], "
        f"external_location='s3://{BUCKET}/h') as "
        "select n, '2026-01-0' || cast(n as varchar) as day from unnest(sequence(1, 3)) as t (n)"
    )
    found = lake.glue.get_partitions(
        DatabaseName="s", TableName="h", Expression="day = '2026-01-02'"
    )["Partitions"]
    assert [p["Values"] for p in found] == [["2026-01-02"]]
    assert lake.rows("select n from h where day >= '2026-01-02' order by n") == [["2"], ["3"]]
    removed = [{"Values": ["2026-01-01"]}]
    lake.glue.batch_delete_partition(DatabaseName="s", TableName="h", PartitionsToDelete=removed)
    assert lake.rows("select count(*) from h") == [["2"]]
    lake.do("msck repair table h")
    assert lake.rows("select count(*) from h") == [["3"]]


def test_a_table_is_renamed_widened_compacted_and_dropped(lake):
    lake.do(
        iceberg("p", PURCHASES, ", vacuum_max_snapshot_age_seconds=1"),
        "alter table `s`.`p` rename to `s`.`q`",
        "alter table `s`.`q` add columns (note string, n int)",
        'insert into "s"."q" (id, note) values (4, \'new\')',
        "optimize `s`.`q` rewrite data using bin_pack",
    )
    time.sleep(1.1)
    lake.do("vacuum `s`.`q`")
    assert lake.rows('select id, note from "s"."q" where id > 2 order by id') == [
        ["3", None],
        ["4", "new"],
    ]
    assert lake.rows('select count(*) from "s"."q$snapshots"') == [["1"]]
    lake.do("drop table `s`.`q`")
    assert lake.glue.get_tables(DatabaseName="s")["TableList"] == []


def test_a_workgroups_limit_ends_a_query_that_reads_more(lake):
    # The smallest limit that Athena takes is 10 MB.
    body = (
        "select random() as x from unnest(sequence(1, 10000)) as a (n), "
        "unnest(sequence(1, 200)) as b (n)"
    )
    lake.do(iceberg("big", body))
    lake.athena.create_work_group(
        Name="small",
        Configuration={
            "ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/enforced/"},
            "BytesScannedCutoffPerQuery": 10_000_000,
        },
    )
    reason = lake.refused("select sum(x) from big", WorkGroup="small")
    assert reason.startswith("EXCEEDED_SCAN_LIMIT")


def test_a_stopped_query_ends_in_trino(lake):
    query_id = lake.start(
        "select count(*) from unnest(sequence(1, 10000)) as a (n), "
        "unnest(sequence(1, 10000)) as b (n), unnest(sequence(1, 10000)) as c (n) "
        "where a.n * b.n + c.n = 7 /* to be stopped */"
    )
    deadline = time.monotonic() + 30
    while "RUNNING" not in _states(lake, "to be stopped"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    lake.athena.stop_query_execution(QueryExecutionId=query_id)
    assert lake.ended(query_id)["Status"]["State"] == "CANCELLED"
    while _states(lake, "to be stopped") != ["FAILED"]:
        assert time.monotonic() < deadline, _states(lake, "to be stopped")
        time.sleep(0.1)


def _states(lake, mark):
    request = urllib.request.Request(
        f"http://127.0.0.1:{lake.settings.trino_port}/v1/query", headers={"X-Trino-User": "test"}
    )
    with urllib.request.urlopen(request) as answer:
        return [q["state"] for q in json.load(answer) if mark in q["query"]]


def test_every_socket_listens_on_loopback(lake):
    if not Path("/proc/net/tcp").exists():
        pytest.skip("needs /proc")
    servers = [process.find(m.pid_file(lake.settings)) for m in (ministack, trino)]
    found = [place for server in servers for place in listening(server.pid)]
    assert found
    assert {address for address, _ in found} == {"127.0.0.1"}
