"""Golden statements: what dbt-athena sends, and what Trino gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locallake.athena import create_table, plans, statements
from locallake.athena.plans import StatementError, TableName, TrinoStatements
from locallake.athena.values import parse_type

KINDS = {("s", "ice"): "iceberg", ("s", "hive"): "hive", ("s", "v"): "view"}


def metastore(*databases: str, denied: str | None = None) -> plans.Metastore:
    """Of these databases; `denied` is `action database` of the one call that is refused."""
    return plans.Metastore(
        databases.__contains__,
        lambda action, name: f"User: u may not {action}" if f"{action} {name}" == denied else None,
    )


COMPLETE = metastore("default", "s")


def plan(
    statement: str,
    found: plans.Metastore = COMPLETE,
    *,
    location_enforced: bool = False,
) -> plans.Plan:
    return statements.plan(
        statement,
        database="s",
        kind_of=lambda schema, table: KINDS.get((schema, table)),
        metastore=found,
        results_folder="s3://results/tables/1-2",
        location_enforced=location_enforced,
    )


def sent(statement: str) -> str:
    """The one statement that Trino gets."""
    planned = plan(statement)
    assert isinstance(planned, TrinoStatements)
    (only,) = planned.statements
    return only


BODY = """with "a;b" as (select 'it''s; /* no comment */' as x, -- it's ; a comment
   1 as "select" from "awsdatacatalog"."s"."ice" /* ; ' */)
select * from "a;b\""""


@pytest.mark.parametrize(
    "statement",
    [
        BODY,
        "select 1",
        "(select 1)",
        "-- a comment; with a mark\nselect ';'",
        "values (1, 'a')",
        'insert into "awsdatacatalog"."s"."ice" (a) select 1',
        'delete from "awsdatacatalog"."s"."ice" where a = 1',
        "update ice set a = 1",
        "merge into ice as target using t as src on (target.a = src.a) "
        "when matched and src.is_removed then delete when matched then update set a = src.a "
        "when not matched and not src.is_removed then insert (a) values (src.a)",
        "explain select 1",
    ],
)
def test_a_query_passes_byte_for_byte(statement):
    assert sent(statement) == statement


def test_only_a_trailing_end_mark_goes():
    assert sent("select ';' ; ") == "select ';'  "


def test_two_statements_are_refused():
    with pytest.raises(StatementError, match="Only one sql statement"):
        plan("select 1; drop table ice")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("create schema if not exists `s`", 'create schema if not exists awsdatacatalog."s"'),
        (
            "create database S2 comment 'x' location 's3://b/s2/'",
            "create schema awsdatacatalog.\"s2\" with (location = 's3://b/s2/')",
        ),
        (
            'create or replace view "awsdatacatalog"."s"."v" as\n' + BODY,
            'create or replace view awsdatacatalog."s"."v" as ' + BODY,
        ),
        ("drop view if exists `s`.`v`", 'drop view if exists awsdatacatalog."s"."v"'),
        ("drop table if exists `s`.`ice`", 'drop table if exists awsdatacatalog_iceberg."s"."ice"'),
        (
            "alter table `s`.`ice` rename to `s`.`ice2`",
            'alter table awsdatacatalog_iceberg."s"."ice" rename to '
            'awsdatacatalog_iceberg."s"."ice2"',
        ),
        (
            "alter table `s`.`ice` drop column a",
            'alter table awsdatacatalog_iceberg."s"."ice" drop column "a"',
        ),
        (
            "OPTIMIZE `s`.`ice` REWRITE DATA USING BIN_PACK WHERE d > DATE '2026-01-01'",
            'alter table awsdatacatalog_iceberg."s"."ice" execute optimize '
            "WHERE d > DATE '2026-01-01'",
        ),
        (
            "msck repair table `hive`",
            "call awsdatacatalog.system.sync_partition_metadata('s', 'hive', 'ADD')",
        ),
        ("show partitions `s`.`hive`", 'select * from awsdatacatalog."s"."hive$partitions"'),
        ("show databases", "show schemas from awsdatacatalog"),
        ("show tables in s", 'show tables from awsdatacatalog."s"'),
    ],
)
def test_a_head_is_rewritten(before, after):
    assert sent(before) == after


def test_ctas_of_an_iceberg_table():
    given = f"""
    create table "awsdatacatalog"."s"."fct"
    with (
      table_type='iceberg',
      is_external=false,location='s3://b/wh/s/fct/1',
      partitioning=ARRAY['month(purchased_at)', 'bucket(id, 4)'],
      vacuum_max_snapshot_age_seconds=86400,
      format='parquet',
      write_compression='zstd'
    )
    as
      {BODY}"""
    planned = plan(given)
    assert planned == TrinoStatements(
        (
            'create table awsdatacatalog_iceberg."s"."fct" with (format = \'PARQUET\', '
            "location = 's3://b/wh/s/fct/1', "
            "partitioning = ARRAY['month(purchased_at)', 'bucket(id, 4)'], "
            "extra_properties = map_from_entries(ARRAY[('vacuum_max_snapshot_age_seconds', "
            f"'86400')])) as {BODY}",
        ),
        {"awsdatacatalog_iceberg.compression_codec": "ZSTD"},
        iceberg_query=BODY,
    )


def test_ctas_of_a_hive_table_without_a_location_goes_below_the_results():
    given = """create table "awsdatacatalog"."s"."seed" with (
      table_type='hive', is_external=true, partitioned_by=ARRAY['d'], format='parquet'
    ) as select 1 as a, 'x' as d"""
    assert sent(given) == (
        'create table awsdatacatalog."s"."seed" with (format = \'PARQUET\', '
        "partitioned_by = ARRAY['d'], external_location = 's3://results/tables/1-2') "
        "as select 1 as a, 'x' as d"
    )


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ("table_type='delta'", "table_type 'delta'"),
        ("table_type='iceberg', is_external=true, location='s3://b/x'", "is_external"),
        ("table_type='iceberg', is_external=false", "needs a location"),
        ("format='parquet', sorted_by=ARRAY['a']", "sorted_by"),
        ("table_type='iceberg', location='s3://b/x', external_location='s3://b/x'", "external_loc"),
        ("format='parquet', format='orc'", "stands twice"),
    ],
)
def test_a_table_property_that_athena_does_not_know_is_an_error(properties, reason):
    with pytest.raises(StatementError, match=reason):
        plan(f"create table t with ({properties}) as select 1 as a")


def test_iceberg_ddl_in_hives_grammar():
    given = """create table if not exists `s`.`processed_load` (
        model_name string comment 'which; one', n int, at timestamp, amount decimal(18, 2),
        items array<struct<a:int,b:map<string,float>>>, raw binary
    )
    partitioned by (day(at), bucket(4, n), model_name)
    location 's3://b/wh/s/processed_load'
    tblproperties ('table_type' = 'ICEBERG', 'format' = 'parquet', 'write_compression' = 'zstd')"""
    planned = plan(given)
    assert planned == TrinoStatements(
        (
            'create table if not exists awsdatacatalog_iceberg."s"."processed_load" ('
            '"model_name" varchar comment \'which; one\', "n" integer, "at" timestamp(6), '
            '"amount" decimal(18,2), "items" array(row("a" integer, "b" map(varchar, real))), '
            "\"raw\" varbinary) with (format = 'PARQUET', "
            "location = 's3://b/wh/s/processed_load', "
            "partitioning = ARRAY['day(at)', 'bucket(n, 4)', 'model_name'])",
        ),
        {"awsdatacatalog_iceberg.compression_codec": "ZSTD"},
    )


def test_a_table_that_is_neither_external_nor_iceberg_is_refused():
    with pytest.raises(StatementError, match="External keyword required"):
        plan("create table t (a int) location 's3://b/t'")


def test_create_external_table_is_left_to_the_emulators_parser():
    given = """create external table `s`.`t__dbt_tmp` (a string, b string)
    row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
    location 's3://b/t' tblproperties ('skip.header.line.count'='1')"""
    assert plan(given) == plans.CreateExternalTable(given)


def test_dropping_a_hive_table_leaves_trino_out():
    """Athena leaves the files of an external table; Trino's DROP would not find it ours to say."""
    assert plan("drop table if exists `s`.`hive`") == plans.DropHiveTable(
        TableName("s", "hive"), True
    )
    assert plan("drop table `s`.`gone`") == plans.DropHiveTable(TableName("s", "gone"), False)


def test_dropping_a_schema():
    assert plan("drop schema if exists `s` cascade") == plans.DropSchema("s", True, True)
    assert plan("drop database s") == plans.DropSchema("s", False, False)


def test_added_columns_are_single_statements_on_iceberg():
    planned = plan("alter table `s`.`ice` add columns (a int, b struct<x:string> comment 'c')")
    assert isinstance(planned, TrinoStatements)
    table = 'alter table awsdatacatalog_iceberg."s"."ice" add column'
    assert planned.statements == (
        f'{table} "a" integer',
        f'{table} "b" row("x" varchar) comment \'c\'',
    )


def test_added_columns_of_a_hive_table_go_to_the_catalogue():
    planned = plan("alter table `s`.`hive` add columns (a int, b decimal(10,2))")
    columns = (plans.Column("a", "int"), plans.Column("b", "decimal(10,2)"))
    assert planned == plans.AlterHiveColumns(TableName("s", "hive"), columns, replace=False)


def test_a_renamed_and_retyped_column_is_two_statements():
    planned = plan("alter table ice change column a b bigint")
    assert isinstance(planned, TrinoStatements)
    assert [s.rpartition('"ice" ')[2] for s in planned.statements] == [
        'rename column "a" to "b"',
        'alter column "b" set data type bigint',
    ]


def test_table_properties_go_to_the_catalogue():
    planned = plan("alter table `s`.`hive` set tblproperties ('classification' = 'parquet')")
    assert planned == plans.SetProperties(TableName("s", "hive"), {"classification": "parquet"})


def test_vacuum_expires_snapshots_then_removes_files():
    assert plan("VACUUM `s`.`ice`") == plans.Vacuum(TableName("s", "ice"))
    assert statements.vacuum_statements(TableName("s", "ice"), 60) == (
        'alter table awsdatacatalog_iceberg."s"."ice" '
        "execute expire_snapshots(retention_threshold => '60s')",
        'alter table awsdatacatalog_iceberg."s"."ice" '
        "execute remove_orphan_files(retention_threshold => '60s')",
    )


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("alter table hive rename to h2", "only for Iceberg"),
        ("alter table hive drop column a", "only for Iceberg"),
        ("alter table gone rename to x", "does not exist"),
        ("optimize hive rewrite data using bin_pack", "only for Iceberg"),
        ("optimize ice rewrite data using sort", "bin_pack"),
        ("vacuum hive", "only for Iceberg"),
        ("drop table v", "is a view"),
        ("optimize other.s.t rewrite data using bin_pack", "Catalog 'other' not found"),
        ("create or replace table t as select 1 as a", "mismatched input 'or'"),
        ("show functions", "not done"),
    ],
)
def test_what_athena_refuses_is_refused(statement, reason):
    with pytest.raises(StatementError, match=reason):
        plan(statement)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("selec 1", "mismatched input 'selec'"),
        ("truncate table ice", "mismatched input 'truncate'"),
        ("call system.rollback()", "mismatched input 'call'"),
        ("set session a = 1", "mismatched input 'set'"),
        ("", "<EOF>"),
        ("with function f() returns int return 1 select f()", "inline functions"),
        ("select * from awsdatacatalog_iceberg.s.ice", "awsdatacatalog_iceberg' not found"),
        ("select 1; select 2", "Only one"),
        ("select '" + "x" * statements.LONGEST_STATEMENT_BYTES + "'", "longer than"),
    ],
)
def test_a_statement_is_refused_when_it_is_handed_in(statement, reason):
    with pytest.raises(StatementError, match=reason):
        statements.check_submission(statement)


# A table's name in each statement of Hive's grammar, written by the test as {}.
IN_HIVES_GRAMMAR = (
    "create table {} (a int) location 's3://b/t' tblproperties ('table_type' = 'ICEBERG')",
    "create table if not exists {} (a int) location 's3://b/t' "
    "tblproperties ('table_type' = 'ICEBERG')",
    "create external table {} (a int) location 's3://b/t'",
    "create external table if not exists {} (a int) location 's3://b/t'",
    "alter table {} rename to `s`.`new`",
    "alter table `s`.`ice` rename to {}",
    "alter table {} add columns (b int)",
    "alter table {} set tblproperties ('a' = 'b')",
    "drop table {}",
    "drop table if exists {}",
    "drop view if exists {}",
    "msck repair table {}",
    "show partitions {}",
    "show columns in {}",
    "describe {}",
)
IN_TRINOS_GRAMMAR = (
    "create table {} with (table_type = 'iceberg', is_external = false, location = 's3://b/t') "
    "as select 1 as a",
    "create or replace view {} as select 1 as a",
    "optimize {} rewrite data using bin_pack",
    "vacuum {}",
    "select * from {}",
    "insert into {} select 1",
    "merge into {} as t using u as s on (t.a = s.a) when matched then delete",
)


@pytest.mark.parametrize("statement", IN_HIVES_GRAMMAR)
def test_hives_grammar_knows_no_catalogue(statement):
    with pytest.raises(StatementError) as refused:
        plan(statement.format("awsdatacatalog.s.ice"))
    place = statement.index("{}") + len("awsdatacatalog.s")
    assert str(refused.value) == (
        f"FAILED: ParseException line 1:{place} missing EOF at '.' near 's'"
    )
    with pytest.raises(StatementError, match=r"missing EOF at '\.' near 's'"):
        plan(statement.format("`awsdatacatalog`.`s`.`ice`"))
    with pytest.raises(StatementError, match="cannot recognize input near '\"s\"'"):
        plan(statement.format('"s"."ice"'))


@pytest.mark.parametrize("statement", IN_TRINOS_GRAMMAR)
def test_trinos_grammar_takes_three_parts(statement):
    assert plan(statement.format("awsdatacatalog.s.ice"))


@pytest.mark.parametrize("statement", (*IN_HIVES_GRAMMAR, "show databases", "show tables in `s`"))
def test_ddl_wants_the_database_of_its_context_and_default(statement):
    given = statement.format("`s`.`ice`")
    with pytest.raises(StatementError) as refused:
        plan(given, metastore("default"))
    reason = "FAILED: SemanticException [Error 10072]: Database does not exist: s"
    assert str(refused.value) == reason
    for found in (metastore("s"), metastore("default", "s", denied="glue:GetDatabase default")):
        with pytest.raises(StatementError, match="Unable to verify existence of default database"):
            plan(given, found)


@pytest.mark.parametrize("statement", IN_TRINOS_GRAMMAR)
def test_what_trino_runs_wants_neither(statement):
    assert plan(statement.format("s.ice"), metastore())


@pytest.mark.parametrize("schema", ["s", "new"])
def test_a_schema_is_made_by_who_may_make_it_though_it_be_there(schema):
    statement = f"create schema if not exists `{schema}`"
    assert plan(statement, metastore("default", "s"))
    # dbt makes the database of its own context so.
    assert plan(statement, metastore("default"))
    with pytest.raises(StatementError, match="User: u may not glue:CreateDatabase"):
        plan(statement, metastore("default", "s", denied=f"glue:CreateDatabase {schema}"))
    for changed in (statement, "drop schema if exists `new` cascade"):
        with pytest.raises(StatementError, match="existence of default database"):
            plan(changed, metastore("s"))
    assert plan("create schema default", metastore())


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("timestamp(3)", r'precision \(3\) not supported for Iceberg. Use "timestamp\(6\)"'),
        ("timestamp(6) with time zone", r"Type not supported .*: timestamp\(6\) with time zone"),
        ("smallint", "not supported for Iceberg: smallint"),
        ("tinyint", "not supported for Iceberg: tinyint"),
        ("char(3)", r"not supported for Iceberg: char\(3\)"),
        ("array(smallint)", "not supported for Iceberg: smallint"),
        ('row("a" map(varchar, timestamp(3)))', r"precision \(3\)"),
        ("boolean", None),
        ("integer", None),
        ("decimal(18,2)", None),
        ("varchar(3)", None),
        ("timestamp(6)", None),
        ('row("a" array(date))', None),
    ],
)
def test_a_column_of_an_iceberg_table_is_not_widened(given, reason):
    check = create_table.check_iceberg_types
    if reason is None:
        check(("a",), (parse_type(given),))
        return
    with pytest.raises(StatementError, match=reason + r".*\(column b\)"):
        check(("a", "b"), (parse_type("bigint"), parse_type(given)))


def test_the_query_of_an_iceberg_table_is_told():
    head = (
        "create table s.n with (table_type = 'iceberg', is_external = false, location = 's3://b')"
    )
    assert plan(f"{head} as {BODY}").iceberg_query == BODY
    assert plan(f"{head} as select 1 as a with no data").iceberg_query == "select 1 as a"
    assert plan("create table s.n as select cast(1 as smallint) as a").iceberg_query is None


def test_unload_is_a_table_that_goes_at_once():
    planned = plan(
        f"unload ({BODY}) to 's3://results/u/1/' with (format = 'PARQUET', compression = 'SNAPPY')",
        # As on AWS it says where, whatever the workgroup says of results.
        location_enforced=True,
    )
    assert isinstance(planned, plans.Unload)
    assert planned.location == "s3://results/u/1/"
    assert planned.table == TableName("locallake_unload_1_2", "unloaded")
    assert planned.create.statements == (
        'create table awsdatacatalog."locallake_unload_1_2"."unloaded" with '
        f"(format = 'PARQUET', external_location = 's3://results/u/1/') as {BODY}",
    )
    assert planned.create.session == {"awsdatacatalog.compression_codec": "SNAPPY"}


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("unload (select 1 as a) to 's3://b/u/'", "expecting 'with'"),
        ("unload (select 1 as a) to 's3://b/u/' with (compression = 'GZIP')", "needs a format"),
        ("unload (select 1 as a) to 's3://b/u/' with (format = 'CSV')", "format 'csv'"),
        ("unload (select 1 as a) to 's3://b/u/' with (format = 'ORC', a = 1)", "a: not for UNLOAD"),
        ("unload (select 1 as a) to 'b/u/' with (format = 'ORC')", "b/u/ is no s3://"),
        ("unload select 1 as a to 's3://b/u/' with (format = 'ORC')", "expecting '\\('"),
        ("unload (select (1 as a to 's3://b/u/' with (format = 'ORC')", "<EOF>"),
    ],
)
def test_an_unload_that_athena_refuses(statement, reason):
    with pytest.raises(StatementError, match=reason):
        plan(statement)


def test_a_refusal_names_the_place():
    with pytest.raises(StatementError, match=r"line 2:3: mismatched input 'tabel'"):
        plan("create\n  tabel t as select 1")


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("/* c */ -- d\n (select 1)", "DML"),
        ("with a as (select 1) select 1", "DML"),
        ("values 1", "DML"),
        ("unload (select 1 as a) to 's3://b/u' with (format = 'ORC')", "DML"),
        ("merge into t using s on true when matched then delete", "DML"),
        ("create table t as select 1", "DDL"),
        ("msck repair table t", "DDL"),
        ("show databases", "UTILITY"),
        ("explain select 1", "UTILITY"),
        ("optimize t rewrite data using bin_pack", "UTILITY"),
    ],
)
def test_the_type_of_a_statement(statement, kind):
    assert statements.statement_type(statement) == kind


NASTY = st.text(alphabet="ab;'\"`-/*()\n ,", max_size=30)


@given(text=NASTY)
def test_text_in_quotes_is_never_read(text):
    body = "select '" + text.replace("'", "''") + "' as x"
    assert sent(body) == body
    assert sent(body + ";") == body
    head = 'create table "awsdatacatalog"."s"."t" with (format=\'parquet\') as '
    assert sent(head + body).endswith(") as " + body)


@given(text=NASTY.filter(lambda text: "*/" not in text))
def test_a_comment_is_never_read(text):
    if text.endswith("*"):
        text += " "
    body = f"select 1 /*{text}*/ as x"
    assert sent(body) == body


@given(text=NASTY.filter(bool))
def test_a_quoted_name_keeps_its_letters(text):
    given = "`" + text.replace("`", "``") + "`"
    quoted = '"' + text.replace('"', '""') + '"'
    assert sent(f"drop view {given}") == f'drop view awsdatacatalog."s".{quoted.lower()}'
