"""Hive tables in Spark's own catalogue: which, and by which statements."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from locallake.glue.mirror import (
    AnalysisException,
    Mirror,
    MirroredTable,
    bring_up_to_date,
    changes,
    check_default_database,
    data_source,
    literal,
    mirrored,
    named_in,
    quoted,
    read_catalogue,
)

PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


def entry(name="t", *, library=PARQUET, location="s3://b/t", keys=("day",), **fields):
    return {
        "Name": name,
        "StorageDescriptor": {
            "Columns": [{"Name": "a", "Type": "string"}],
            "Location": location,
            "SerdeInfo": {"SerializationLibrary": library},
        },
        "PartitionKeys": [{"Name": key, "Type": "string"} for key in keys],
        **fields,
    }


def table(name="t", *, columns=(("a", "string"),), partitions=None):
    return MirroredTable(
        database="db",
        name=name,
        source="parquet",
        location="s3://b/t",
        columns=columns,
        partition_keys=(("day", "string"),),
        partitions=partitions or {},
    )


def mirror(*tables):
    return Mirror(frozenset({"db"}), {one.identifier: one for one in tables})


class NotFound(Exception):
    pass


class FakeGlue:
    """Databases of tables, each with its partitions, in pages of one."""

    exceptions = SimpleNamespace(EntityNotFoundException=NotFound)

    def __init__(self, databases):
        self.databases = databases
        self.asked = []

    def get_database(self, Name):
        if Name not in self.databases:
            raise NotFound(f"Database {Name} not found.")

    def get_paginator(self, call):
        return _Pages(self, call)


class _Pages:
    def __init__(self, glue, call):
        self.glue, self.call = glue, call

    def paginate(self, DatabaseName=None, TableName=None):
        self.glue.asked.append((self.call, DatabaseName))
        tables = self.glue.databases.get(DatabaseName, {})
        if tables == "gone":
            raise NotFound(DatabaseName)
        if self.call == "get_databases":
            return [{"DatabaseList": [{"Name": name}]} for name in self.glue.databases]
        if self.call == "get_tables":
            return [{"TableList": [described]} for described, _ in tables.values()]
        return [{"Partitions": [partition]} for partition in tables[TableName][1]]


@pytest.mark.parametrize(
    ("described", "source"),
    [
        (entry(), "parquet"),
        (entry(library="org.apache.hadoop.hive.ql.io.orc.OrcSerde"), "orc"),
        (entry(library="org.openx.data.jsonserde.JsonSerDe"), "json"),
        (entry(library="org.apache.hadoop.hive.serde2.OpenCSVSerde"), None),
        (entry(Parameters={"table_type": "iceberg"}), None),
        (entry(TableType="VIRTUAL_VIEW"), None),
        ({"Name": "bare"}, None),
    ],
)
def test_only_files_that_spark_reads_alone_are_mirrored(described, source):
    assert data_source(described) == source
    assert (mirrored("db", described) is None) == (source is None)


def test_a_table_without_a_location_is_left_out():
    assert mirrored("db", entry(location="")) is None


def test_a_database_that_goes_meanwhile_does_not_stop_its_neighbours():
    glue = FakeGlue({"a": "gone", "db": {"u": (entry("u", keys=()), [])}})
    found = read_catalogue(glue, {"a", "db"})
    assert [one.name for one in found.tables.values()] == ["u"]


def test_a_database_that_no_statement_names_is_not_asked():
    """As on AWS, where a session needs permissions for what it reads, and for nothing else."""
    glue = FakeGlue({"default": {}, "of_others": {}, "db": {"u": (entry("u", keys=()), [])}})
    found = read_catalogue(glue, named_in("select * from db.u"))
    assert [one.name for one in found.tables.values()] == ["u"]
    assert glue.asked == [("get_databases", None), ("get_tables", "db")]


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("select 1 from lake_dev.t", True),
        ("SELECT 1 FROM LAKE_DEV.T", True),
        ("select 1 from `lake_dev` . `t`", True),
        ("use lake_dev", False),
        ("SqlWrapper2.execute('''show tables in lake_dev''')", True),
        ("select 1 from lake_dev_2.t", False),
        ("select 1 from my_lake_dev.t", False),
    ],
)
def test_a_database_is_named_as_a_whole_word(code, named):
    assert ("lake_dev" in named_in(code)) == named


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("insert into a.t values (default)", False),
        ("select 1 from default.t", True),
        ("select 1 from `default`.`t`", True),
        ("show tables in default", True),
    ],
)
def test_default_is_a_word_of_sql_too(code, named):
    assert ("default" in named_in(code)) == named


def test_a_session_wants_the_database_default():
    check_default_database(FakeGlue({"default": {}}))
    with pytest.raises(AnalysisException, match="Unable to verify existence of default database"):
        check_default_database(FakeGlue({"db": {}}))


def test_the_whole_catalogue_is_read_with_all_pages():
    partition = {"Values": ["2026-01-01"], "StorageDescriptor": {"Location": "s3://b/other"}}
    bare = {"Values": ["2026-01-02"]}
    found = read_catalogue(
        FakeGlue(
            {
                "db": {
                    "t": (entry(), [partition, bare]),
                    "u": (entry("u", keys=()), []),
                    "i": (entry("i", Parameters={"table_type": "ICEBERG"}), []),
                },
                "empty": {},
            }
        ),
        {"db", "empty"},
    )
    assert found.databases == {"db", "empty"}
    assert set(found.tables) == {"spark_catalog.`db`.`t`", "spark_catalog.`db`.`u`"}
    assert found.tables["spark_catalog.`db`.`t`"].partitions == {
        ("2026-01-01",): "s3://b/other",
        ("2026-01-02",): "s3://b/t/day=2026-01-02",
    }


def test_a_new_table_is_created_over_its_files_and_then_gets_its_partitions():
    after = mirror(table(partitions={("2026-01-01",): "s3://b/t/day=2026-01-01"}))
    assert changes(Mirror(), after) == [
        "create database if not exists spark_catalog.`db`",
        "drop table if exists spark_catalog.`db`.`t`",
        "create table spark_catalog.`db`.`t` (`a` string, `day` string) using parquet"
        " partitioned by (`day`) location 's3://b/t'",
        "alter table spark_catalog.`db`.`t` add if not exists"
        " partition (`day`='2026-01-01') location 's3://b/t/day=2026-01-01'",
    ]


def test_what_did_not_change_costs_nothing():
    state = mirror(table(partitions={("1",): "s3://b/1"}))
    assert changes(state, state) == []


def test_partitions_come_and_go_alone():
    before = mirror(table(partitions={("1",): "s3://b/1", ("2",): "s3://b/2"}))
    after = mirror(table(partitions={("2",): "s3://b/2", ("3",): "s3://b/3"}))
    assert changes(before, after) == [
        "alter table spark_catalog.`db`.`t` drop if exists partition (`day`='1')",
        "alter table spark_catalog.`db`.`t` add if not exists"
        " partition (`day`='3') location 's3://b/3'",
    ]


def test_a_partition_that_moved_is_dropped_before_it_is_added():
    before = mirror(table(partitions={("1",): "s3://b/old"}))
    after = mirror(table(partitions={("1",): "s3://b/new"}))
    drop, add = changes(before, after)
    assert " drop if exists " in drop
    assert add.endswith("location 's3://b/new'")


def test_many_partitions_are_added_by_few_statements():
    after = mirror(table(partitions={(str(day),): f"s3://b/{day}" for day in range(450)}))
    adds = [statement for statement in changes(mirror(table()), after) if " add " in statement]
    assert [statement.count("partition (") for statement in adds] == [200, 200, 50]


def test_another_definition_makes_the_table_anew_with_all_its_partitions():
    partitions = {("1",): "s3://b/1"}
    before = mirror(table(partitions=partitions))
    after = mirror(table(columns=(("a", "string"), ("b", "string")), partitions=partitions))
    drop, create, add = changes(before, after)
    assert drop.startswith("drop table")
    assert "`b` string" in create
    assert " add " in add


def test_a_table_that_is_gone_is_dropped():
    assert changes(mirror(table()), Mirror(frozenset({"db"}))) == [
        "drop table if exists spark_catalog.`db`.`t`"
    ]


def test_a_table_that_spark_refuses_is_reported_left_out_and_tried_again():
    glue = FakeGlue({"db": {"bad": (entry("bad"), []), "good": (entry("good"), [])}})
    ran, reported = [], []

    def run(statement):
        ran.append(statement)
        if statement.startswith("create table") and "`bad`" in statement:
            raise ValueError("cannot parse type x\nat line 1")

    state = bring_up_to_date(Mirror(), glue, {"db"}, run, reported.append)
    assert list(state.tables) == ["spark_catalog.`db`.`good`"]
    assert len(reported) == 1
    assert reported[0].endswith("cannot parse type x")
    ran.clear()
    bring_up_to_date(state, glue, {"db"}, run, reported.append)
    assert [statement for statement in ran if "`good`" in statement] == []
    assert len([statement for statement in ran if "`bad`" in statement]) == 2


def test_names_and_texts_cannot_leave_their_quotes():
    assert quoted("a`b") == "`a``b`"
    assert literal("it's \\ here") == "'it\\'s \\\\ here'"
