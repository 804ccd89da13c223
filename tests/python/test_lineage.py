"""Columns are followed through compiled SQL, and what a change reaches is named."""

from typing import Any

import pytest

from lakehouse.reviewing.impact import Manifest, changes, contract_breaks, touched
from lakehouse.reviewing.lineage import LineageError, lineage_of

SALES, DAYS, REPORT = ("shop", "sales"), ("shop", "days"), ("shop", "rpt_total")
SCHEMA = {
    SALES: {"id": "BIGINT", "day": "DATE", "amount": "DECIMAL(18,2)", "state": "VARCHAR"},
    DAYS: {"day": "DATE", "name": "VARCHAR"},
    REPORT: {"name": "VARCHAR", "total": "DECIMAL(18,2)", "id_count": "BIGINT"},
}
SQL = """
with sale as (select * from "lakehouse"."shop"."sales"),
valid as (select id, day, amount from sale where state = 'paid'),
named as (
    select valid.id, valid.amount, days.name
    from valid left join "lakehouse"."shop"."days" as days on valid.day = days.day
)
select name, sum(amount) as total, count(id) as id_count from named group by name
"""


def test_a_column_is_made_of_columns_of_tables():
    found = lineage_of(SQL, schema=SCHEMA)
    assert found.columns == {
        "name": {(DAYS, "name")},
        "total": {(SALES, "amount")},
        "id_count": {(SALES, "id")},
    }
    assert found.rows == {(SALES, "state"), (SALES, "day"), (DAYS, "day"), (DAYS, "name")}
    assert found.tables == {SALES, DAYS}


@pytest.mark.parametrize(
    ("sql", "columns", "rows"),
    [
        (
            'select id from "lakehouse"."shop"."sales" '
            'union all select amount from "lakehouse"."shop"."sales" where day is null',
            {"id": {(SALES, "id"), (SALES, "amount")}},
            {(SALES, "day")},
        ),
        (
            "select id, row_number() over (partition by state order by day) as n "
            'from "lakehouse"."shop"."sales" qualify n = 1',
            {"id": {(SALES, "id")}, "n": {(SALES, "state"), (SALES, "day")}},
            {(SALES, "state"), (SALES, "day")},
        ),
        (
            'select id from "lakehouse"."shop"."sales" '
            'where exists (select 1 from "lakehouse"."shop"."days" as d where d.day = sales.day)',
            {"id": {(SALES, "id")}},
            {(SALES, "day"), (DAYS, "day")},
        ),
        (
            'select (select max(name) from "lakehouse"."shop"."days" where day is null) as last '
            'from "lakehouse"."shop"."sales"',
            {"last": {(DAYS, "name"), (DAYS, "day")}},
            set(),
        ),
    ],
    ids=["union", "window", "exists", "scalar"],
)
def test_other_shapes_of_a_query_are_followed(sql, columns, rows):
    found = lineage_of(sql, schema=SCHEMA)
    assert {name: set(each) for name, each in found.columns.items()} == columns
    assert found.rows == rows


def test_a_column_whose_rule_is_the_same_has_the_same_digest_whatever_names_are_inside():
    before = lineage_of(SQL, schema=SCHEMA)
    renamed = lineage_of(SQL.replace("valid", "usable").replace("\n", "\n\n"), schema=SCHEMA)
    assert (renamed.columns_digest, renamed.rows_digest) == (
        before.columns_digest,
        before.rows_digest,
    )


@pytest.mark.parametrize(
    ("old", "new", "columns", "are_rows"),
    [
        ("sum(amount)", "sum(amount * 2)", {"total"}, False),
        ("id, day, amount from", "id, day, -amount as amount from", {"total"}, False),
        ("state = 'paid'", "state = 'open'", set(), True),
        ("left join", "inner join", set(), True),
        ("group by name", "group by name having count(*) > 1", set(), True),
        ("count(id)", "count(distinct id)", {"id_count"}, False),
        ("valid.day = days.day", "valid.day < days.day", set(), True),
    ],
)
def test_a_change_has_another_digest_where_it_is_and_nowhere_else(old, new, columns, are_rows):
    before, after = (lineage_of(sql, schema=SCHEMA) for sql in (SQL, SQL.replace(old, new)))
    assert SQL.count(old) == 1
    digests = after.columns_digest.items()
    assert {name for name, each in digests if each != before.columns_digest[name]} == columns
    assert (after.rows_digest != before.rows_digest) == are_rows


@pytest.mark.parametrize("sql", ["select from where", "drop table x", ""])
def test_what_is_no_select_is_refused(sql):
    with pytest.raises(LineageError):
        lineage_of(sql, schema=SCHEMA)


def node(name: str, code: str, parents: list[str], **columns: str) -> dict[str, Any]:
    return {
        "name": name,
        "schema": "shop",
        "resource_type": "model",
        "original_file_path": f"models/{name}.sql",
        "compiled_code": code,
        "checksum": code,
        "unrendered_config": {},
        "contract": {"enforced": bool(columns)},
        "columns": {name: {"data_type": kind} for name, kind in columns.items()},
        "depends_on": {"nodes": [f"model.p.{parent}" for parent in parents], "macros": []},
    }


def manifest(*nodes: dict[str, Any], exposed: str = "rpt_total") -> Manifest:
    ids = {f"model.p.{each['name']}": each for each in nodes}
    children = {
        key: [other for other, each in ids.items() if key in each["depends_on"]["nodes"]]
        for key in ids
    }
    exposure = {"name": "board", "depends_on": {"nodes": [f"model.p.{exposed}"]}}
    return Manifest(
        {"nodes": ids, "macros": {}, "exposures": {"e": exposure}, "child_map": children}
    )


SALES_SQL = "select 1 as id, current_date as day, 2.0 as amount, 'x' as state"
KINDS = {"id": "bigint", "day": "date", "amount": "decimal(18,2)", "state": "string"}


def shop(sales: str = SALES_SQL, kinds: dict[str, str] = KINDS) -> Manifest:
    return manifest(
        node("sales", sales, [], **kinds),
        node("days", "select current_date as day, 'x' as name", []),
        node("rpt_total", SQL, ["sales", "days"]),
    )


def test_columns_below_a_change_are_touched_and_others_are_not():
    head = shop(SALES_SQL.replace("2.0", "3.0"))
    found = touched(shop(), head, before=SCHEMA, after=SCHEMA)
    assert [(each.name, each.columns, each.are_rows) for each in found] == [
        ("sales", ("amount",), False),
        ("rpt_total", ("total",), False),
    ]
    assert [(each.name, each.what) for each in changes(shop(), head)] == [("sales", "SQL")]


def test_a_change_of_rows_reaches_the_rows_of_what_reads_them():
    found = touched(
        shop(), shop(SALES_SQL + " where current_date is null"), before=SCHEMA, after=SCHEMA
    )
    assert [(each.name, each.columns, each.are_rows) for each in found] == [
        ("sales", (), True),
        ("rpt_total", (), True),
    ]


def test_a_change_of_layout_touches_nothing():
    head = shop(SALES_SQL.replace(", ", ",\n    "))
    assert touched(shop(), head, before=SCHEMA, after=SCHEMA) == []
    assert len(changes(shop(), head)) == 1


def test_sql_that_cannot_be_followed_touches_all_columns_and_it_is_said():
    [first, *_] = touched(shop(), shop("select from where"), before=SCHEMA, after=SCHEMA)
    assert first.columns == tuple(SCHEMA[SALES]) and first.are_rows
    assert "could not be followed" in first.doubt


@pytest.mark.parametrize(
    ("kinds", "what", "readers"),
    [
        ({"amount": "double"}, "column amount was decimal(18,2), is double", ("rpt_total",)),
        ({"amount": None}, "column amount is gone", ("rpt_total",)),
        ({"new": "date"}, None, ()),
    ],
)
def test_a_promise_that_is_not_kept_is_named_with_its_readers(kinds, what, readers):
    kept = {name: kind for name, kind in {**KINDS, **kinds}.items() if kind}
    base = manifest(*shop().nodes.values(), exposed="sales")
    found = contract_breaks(base, shop(kinds=kept), schema=SCHEMA)
    assert [(each.what, each.readers) for each in found] == ([(what, readers)] if what else [])
    assert all(each.exposures == ("board",) for each in found)


def test_a_column_that_nobody_reads_breaks_for_no_model():
    base = manifest(
        node("sales", SALES_SQL, [], **KINDS, note="string"), *list(shop().nodes.values())[1:]
    )
    [found] = contract_breaks(base, shop(), schema=SCHEMA)
    assert (found.what, found.readers) == ("column note is gone", ())


def test_a_table_that_is_gone_breaks_for_all_that_read_it():
    head = manifest(*list(shop().nodes.values())[1:])
    [found] = contract_breaks(shop(), head, schema=SCHEMA)
    assert (found.table, found.what, found.readers) == (
        "sales",
        "the table is gone",
        ("rpt_total",),
    )
