"""Glue sessions on a real Spark: Iceberg written, a Hive table read, a killed session replaced.

Needs the artefacts of `locallake up`. Asserts on rows, because
SUCCEEDED says little.
"""

from __future__ import annotations

import io
import json
import os
import signal
import time
from pathlib import Path

import pytest
from sockets import listening

from locallake import faults, ministack

boto3 = pytest.importorskip("boto3")
pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

pytestmark = pytest.mark.engine

# As dbt-glue sends it from a profile.
ARGUMENTS = {
    "--enable-glue-datacatalog": "true",
    "--datalake-formats": "iceberg",
    "--conf": " --conf ".join(
        (
            "spark.sql.extensions="
            "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
            "spark.sql.catalog.glue_catalog=org.apache.iceberg.spark.SparkCatalog",
            "spark.sql.catalog.glue_catalog.warehouse=s3://locallake-warehouse/wh",
            "spark.sql.catalog.glue_catalog.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog",
            "spark.sql.catalog.glue_catalog.io-impl=org.apache.iceberg.aws.s3.S3FileIO",
            "spark.sql.defaultCatalog=glue_catalog",
        )
    ),
}


@pytest.fixture(scope="module")
def aws(services):
    ministack.reset(services)
    return services


@pytest.fixture(scope="module")
def client(aws):
    def make(service):
        return boto3.client(
            service,
            endpoint_url=aws.endpoint,
            region_name=aws.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    return make


@pytest.fixture(scope="module")
def glue(client):
    return client("glue")


class Session:
    """A session that was started and waited for."""

    def __init__(self, glue, session_id, arguments=ARGUMENTS):
        self.glue, self.id = glue, session_id
        glue.create_session(
            Id=session_id,
            Role="arn:aws:iam::123456789012:role/r",
            Command={"Name": "glueetl", "PythonVersion": "3"},
            DefaultArguments=arguments,
        )

    @property
    def described(self):
        while True:
            session = self.glue.get_session(Id=self.id)["Session"]
            if session["Status"] != "PROVISIONING":
                return session

    def start(self, code):
        return self.glue.run_statement(SessionId=self.id, Code=code)["Id"]

    def ended(self, statement):
        while True:
            answer = self.glue.get_statement(SessionId=self.id, Id=statement)["Statement"]
            if answer["State"] in {"AVAILABLE", "ERROR", "CANCELLED"}:
                return answer

    def output(self, code):
        return self.ended(self.start(code))["Output"]

    def rows(self, sql):
        """Rows as lists of texts."""
        code = (
            "import json\n"
            f"print(json.dumps([[str(v) for v in r] for r in spark.sql({sql!r}).collect()]))"
        )
        output = self.output(code)
        assert output["Status"] == "ok", output
        return json.loads(output["Data"]["TextPlain"])


@pytest.fixture(scope="module")
def session(glue):
    started = Session(glue, "smoke")
    assert started.described["Status"] == "READY", started.described
    # As on AWS a session that finds no such database runs nothing.
    refused = started.output("print(1)")
    assert refused["Status"] == "error"
    assert "Unable to verify existence of default database" in refused["ErrorValue"]
    for name in ("default", "db"):
        glue.create_database(DatabaseInput={"Name": name})
    return started


def test_create_and_merge_write_iceberg_into_the_shared_catalogue_and_s3(session, glue, client):
    session.rows(
        "create table db.t using iceberg as select 1 as id, cast(1.50 as decimal(18, 2)) as amount,"
        " cast('2026-01-01 00:00:00.123456' as timestamp_ntz) as at"
    )
    session.rows(
        "merge into db.t using ("
        " select 1 as id, cast(2.50 as decimal(18, 2)) as amount,"
        " cast('2026-01-02 00:00:00' as timestamp_ntz) as at"
        " union all select 2, 3, cast('2026-01-03 00:00:00' as timestamp_ntz)"
        ") as s on t.id = s.id when matched then update set * when not matched then insert *"
    )
    assert session.rows("select * from db.t order by id") == [
        ["1", "2.50", "2026-01-02 00:00:00"],
        ["2", "3.00", "2026-01-03 00:00:00"],
    ]
    parameters = glue.get_table(DatabaseName="db", Name="t")["Table"]["Parameters"]
    assert parameters["table_type"] == "ICEBERG"
    bucket, _, key = parameters["metadata_location"].removeprefix("s3://").partition("/")
    metadata = json.load(client("s3").get_object(Bucket=bucket, Key=key)["Body"])
    assert (bucket, metadata["format-version"]) == ("locallake-warehouse", 2)
    assert len(metadata["snapshots"]) == 2


def test_a_merge_with_two_source_rows_for_one_key_fails_and_changes_nothing(session):
    session.rows("create table db.dup using iceberg as select 1 as id, 'old' as word")
    output = session.output(
        "spark.sql(\"merge into db.dup t using (select 1 as id, 'a' as word union all"
        " select 1, 'b') s on t.id = s.id when matched then update set *\")"
    )
    assert output["Status"] == "error"
    assert session.rows("select * from db.dup") == [["1", "old"]]


def test_a_raw_table_shows_the_partitions_that_are_registered_and_only_those(session, glue, client):
    def put(day, **columns):
        content = io.BytesIO()
        parquet.write_table(pyarrow.table(columns), content)
        client("s3").put_object(
            Bucket="locallake-warehouse", Key=f"raw/day={day}/f.parquet", Body=content.getvalue()
        )

    put("2026-01-01", a=["1", "2"])
    put("2026-01-02", a=["3"], b=["new column"])
    library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    glue.create_table(
        DatabaseName="db",
        TableInput={
            "Name": "raw",
            "TableType": "EXTERNAL_TABLE",
            "PartitionKeys": [{"Name": "day", "Type": "string"}],
            "StorageDescriptor": {
                "Columns": [{"Name": name, "Type": "string"} for name in "ab"],
                "Location": "s3://locallake-warehouse/raw",
                "SerdeInfo": {"SerializationLibrary": library},
            },
        },
    )

    def register(day):
        place = f"s3://locallake-warehouse/raw/day={day}"
        glue.create_partition(
            DatabaseName="db",
            TableName="raw",
            PartitionInput={"Values": [day], "StorageDescriptor": {"Location": place}},
        )

    select = "select a, b, day from spark_catalog.db.raw order by a"
    assert session.rows(select) == []
    register("2026-01-01")
    assert session.rows(select) == [["1", "None", "2026-01-01"], ["2", "None", "2026-01-01"]]
    register("2026-01-02")
    assert session.rows(select)[-1] == ["3", "new column", "2026-01-02"]
    glue.delete_partition(DatabaseName="db", TableName="raw", PartitionValues=["2026-01-01"])
    assert session.rows(select) == [["3", "new column", "2026-01-02"]]


def test_a_running_statement_is_cancelled_and_the_session_lives_on(session, glue):
    statement = session.start("import time\ntime.sleep(60)")
    glue.cancel_statement(SessionId=session.id, Id=statement)
    assert session.ended(statement)["State"] == "CANCELLED"
    assert session.rows("select 1") == [["1"]]


def test_sessions_listen_on_loopback_only(session):
    assert session.rows("select 1") == [["1"]]
    found = {address for pid in _processes_of(session) for address, _ in listening(pid)}
    assert found, "no socket was found"
    assert found <= {"127.0.0.1", "::1"}


def test_a_session_that_cannot_start_says_why(glue):
    arguments = ARGUMENTS | {"--conf": "spark.sql.extensions=no.such.Extension --conf x"}
    with pytest.raises(glue.exceptions.InvalidInputException, match="`x`"):
        Session(glue, "refused", arguments)


@pytest.mark.parametrize("place", ["/wh/db.db/t/data/", "/wh/db.db/t/metadata/"])
def test_a_full_store_is_said_and_the_table_is_as_before(session, aws, place):
    before = session.rows("select * from db.t order by id")
    faults.add(aws.faults, faults.Fault(faults.STORE_FULL, place), times=50)
    try:
        output = session.output('spark.sql("update db.t set amount = 0")')
    finally:
        aws.faults.unlink()

    assert output["Status"] == "error"
    assert "the local S3 is full" in output["ErrorValue"]
    assert session.rows("select * from db.t order by id") == before


def test_a_session_killed_while_it_writes_leaves_the_table_as_it_was_and_is_replaced(
    session, glue, client
):
    before = session.rows("select * from db.t order by id")
    files = _files_of_t(client)
    # The last of four tasks takes a minute; the others have written their files by then.
    statement = session.start(
        'spark.range(0, 4, 1, 4).selectExpr("cast(id + 10 as int) as id",'
        ' "cast(1 as decimal(18, 2)) as amount", "if(spark_partition_id() < 3, null,'
        " cast(java_method('java.lang.Thread', 'sleep', 60000L) as timestamp_ntz)) as at\""
        ').writeTo("db.t").append()'
    )
    deadline = time.monotonic() + 50
    while _files_of_t(client) == files:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    for pid in _processes_of(session):
        os.kill(pid, signal.SIGKILL)
    answer = session.ended(statement)
    assert answer["State"] == "ERROR"
    assert "signal 9" in answer["Output"]["ErrorValue"]
    assert session.described["Status"] == "FAILED"
    with pytest.raises(glue.exceptions.IllegalSessionStateException):
        session.start("1")

    glue.delete_session(Id=session.id)
    replaced = Session(glue, session.id)
    assert replaced.described["Status"] == "READY"
    assert replaced.rows("select * from db.t order by id") == before


def _files_of_t(client):
    page = client("s3").list_objects_v2(Bucket="locallake-warehouse", Prefix="wh/db.db/t/data/")
    return {found["Key"] for found in page["Contents"]}


def _processes_of(session):
    """The worker of a session and all it started, by the folder they work in."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            folder = os.readlink(entry / "cwd")
        except OSError:
            continue
        if Path(folder).parent.name == "sessions" and Path(folder).name.startswith(
            f"{session.id}-"
        ):
            found.append(int(entry.name))
    assert found, "the session's process was not found"
    return found
