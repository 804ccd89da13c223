"""Statements stay far from the number of stages that Athena gives a query.

Trino works a CTE out again at every place that names it, as Spark does; a query of more than 150
stages fails (`QUERY_HAS_TOO_MANY_STAGES`). A stage more or less ends at every scan, join, grouping
and window that distributes rows anew, so the scans that are left after all CTEs are written out are
counted: a model with many is near the limit, and slow to plan long before it.
"""

import pytest
from sqlglot import exp, parse_one

# The widest statement, of 186 scans, had 148 stages; those of 800 and more had up to 1,400.
MOST_SCANS = 80


def scans(sql: str) -> int:
    """Tables that a statement reads when every CTE is written out where it is named."""
    return _scans_below(parse_one(sql, dialect="athena"), {})


def _scans_below(node: exp.Expression, known: dict[str, int]) -> int:
    """Args: known: scans of the CTEs that `node` can see, by name."""
    seen = dict(known)
    parts = [part for part in node.args.values() if part is not None]
    with_ = node.args.get("with_") or node.args.get("with")
    if with_ is not None:
        for cte in with_.expressions:
            seen[cte.alias] = _scans_below(cte.this, seen)
    if isinstance(node, exp.Table):
        return 1 if node.args.get("db") else seen.get(node.name, 1)
    total = 0
    for part in parts:
        if part is with_:
            continue
        for child in part if isinstance(part, list) else [part]:
            if isinstance(child, exp.Expression):
                total += _scans_below(child, seen)
    return total


def test_no_statement_on_athena_reads_too_many_tables(compiled):
    counted = {
        f"{name} ({form})": scans(sql)
        for form, nodes in compiled["athena"].items()
        for name, sql in nodes.items()
        if sql.lstrip().lower().startswith(("--", "with", "select"))
    }
    wide = {name: count for name, count in counted.items() if count > MOST_SCANS}

    assert len(counted) > 50
    assert not wide


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("select 1 as a", 0),
        ('select * from "a"."b"."c"', 1),
        ("with x as (select * from s.t) select * from x", 1),
        ("with x as (select * from s.t) select * from x union all select * from x", 2),
        (
            "with x as (select * from s.t), y as (select * from x join x as z on x.a = z.a) "
            "select * from y where a in (select a from y) and exists (select 1 from s.u)",
            5,
        ),
        ("with x as (with y as (select * from s.t) select * from y, y as z) select * from x", 2),
    ],
)
def test_scans_are_counted_where_a_cte_is_named(sql, count):
    assert scans(sql) == count
