"""A statement is cut where its common table expressions begin and end, and nowhere else."""

import pytest
from pieces import pieces


@pytest.mark.parametrize(
    ("sql", "texts"),
    [
        ("select a -- of t\nfrom t", ["select a from t"]),
        ("select 'it''s; --', 12, a1, \"A b\" from t", ["select '', 1, a1, \"A b\" from t"]),
        (
            "/* two */ with a as (\n  select (1) as x -- )\n),\n"
            "b as (select ')' as y)\nselect * from a, b",
            [
                "select (1) as x",
                "select '' as y",
                "with a as (select 1), b as (select 1) select * from a, b",
            ],
        ),
        (
            "with a as (with b as (select 2) select * from b) select * from a",
            [
                "select 1",
                "with b as (select 1) select * from b",
                "with a as (select 1) select * from a",
            ],
        ),
        # What is not plainly `with … as (query)` is read whole.
        ("with a as (values (2)) select * from a", ["with a as (values (1)) select * from a"]),
        ("with a as (select (2) select 3", ["with a as (select (1) select 1"]),
        ("with a (x) as (select 2) select 3", ["with a (x) as (select 1) select 1"]),
        ("with a as (select 2), select 3", ["with a as (select 1), select 1"]),
        ("with a as (select 1;) select 3", ["with a as (select 1;) select 1"]),
        ("with", ["with"]),
        ("", [""]),
    ],
)
def test_a_statement_is_cut_at_its_expressions(sql, texts):
    assert list(pieces("athena", sql)) == texts


def test_a_backslash_is_of_sparks_texts_only():
    assert list(pieces("sparksql", r"select 'it\'s' as a")) == ["select '' as a"]
    assert list(pieces("athena", r"select '\' as a")) == ["select '' as a"]
    names = r"""with a as (select "x\" -- ", 2 as b) select 3"""
    assert list(pieces("sparksql", names)) == [
        r"""select "x\" -- ", 1 as b""",
        "with a as (select 1) select 1",
    ]


def test_a_hint_is_no_comment():
    hinted = "with a as (select /*+ broadcast( */ 1) select 3"
    assert list(pieces("sparksql", hinted)) == ["with a as (select /*+ broadcast( */ 1) select 1"]
