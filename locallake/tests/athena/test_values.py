"""Values and types as Athena prints them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locallake.athena import values
from locallake.athena.values import Type, java_double, parse_type, text_of


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("bigint", Type("bigint")),
        ("decimal(18,2)", Type("decimal", numbers=(18, 2))),
        ("varchar(7)", Type("varchar", numbers=(7,))),
        ("timestamp(6)", Type("timestamp", numbers=(6,))),
        ("timestamp(3) with time zone", Type("timestamp with time zone", numbers=(3,))),
        ("array(array(date))", Type("array", types=(Type("array", types=(Type("date"),)),))),
        (
            'row("a b" integer, c varchar(3), d row("x""y" double))',
            Type(
                "row",
                types=(
                    Type("integer"),
                    Type("varchar", numbers=(3,)),
                    Type("row", types=(Type("double"),), fields=('x"y',)),
                ),
                fields=("a b", "c", "d"),
            ),
        ),
        (
            "row(timestamp(3) with time zone, double)",
            Type(
                "row",
                types=(Type("timestamp with time zone", numbers=(3,)), Type("double")),
                fields=(None, None),
            ),
        ),
        (
            "map(varchar, decimal(3,1))",
            Type("map", types=(Type("varchar"), Type("decimal", numbers=(3, 1)))),
        ),
    ],
)
def test_a_type_is_taken_apart(text, parsed):
    assert parse_type(text) == parsed


@pytest.mark.parametrize(
    ("trino", "athena", "precision", "scale", "hive"),
    [
        ("integer", "integer", 10, 0, "int"),
        ("bigint", "bigint", 19, 0, "bigint"),
        ("real", "float", 17, 0, "float"),
        ("double", "double", 17, 0, "double"),
        ("boolean", "boolean", 0, 0, "boolean"),
        ("decimal(18,2)", "decimal", 18, 2, "decimal(18,2)"),
        ("varchar", "varchar", 2147483647, 0, "string"),
        ("varchar(5)", "varchar", 5, 0, "string"),
        ("varbinary", "varbinary", 0, 0, "binary"),
        ("date", "date", 0, 0, "date"),
        ("timestamp(6)", "timestamp", 0, 0, "timestamp"),
        ("timestamp(3) with time zone", "timestamp with time zone", 0, 0, "timestamp"),
        ('array(row("a" integer))', "array", 0, 0, "array<struct<a:int>>"),
        ("map(varchar, real)", "map", 0, 0, "map<string,float>"),
    ],
)
def test_the_names_of_a_type(trino, athena, precision, scale, hive):
    given_type = parse_type(trino)
    assert values.athena_type(given_type) == athena
    assert values.precision_and_scale(given_type) == (precision, scale)
    assert values.hive_type(given_type) == hive


@pytest.mark.parametrize(
    ("value", "type_text", "text"),
    [
        (None, "varchar", None),
        ("", "varchar", ""),
        (True, "boolean", "true"),
        (7, "bigint", "7"),
        ("1.50", "decimal(10,2)", "1.50"),
        ("2026-01-02 03:04:05.120000", "timestamp(6)", "2026-01-02 03:04:05.120000"),
        (1e20, "double", "1.0E20"),
        ("NaN", "double", "NaN"),
        ("-Infinity", "double", "-Infinity"),
        ("q83v", "varbinary", "ab cd ef"),
        ([1, None, 3], "array(integer)", "[1, null, 3]"),
        ({"a": 1.5, "b": None}, "map(varchar, double)", "{a=1.5, b=null}"),
        ([1, ["x"]], 'row("a" integer, "b" array(varchar))', "{a=1, b=[x]}"),
        ([1], "row(integer)", "{field0=1}"),
    ],
)
def test_a_value_in_text(value, type_text, text):
    assert text_of(value, parse_type(type_text)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        (0.001, "0.001"),
        (0.00012, "1.2E-4"),
        (9999999.0, "9999999.0"),
        (12345678.0, "1.2345678E7"),
        (1e22, "1.0E22"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (5e-324, "5.0E-324"),
    ],
)
def test_a_double_as_java_prints_it(number, text):
    # 4.9E-324 is Java's older answer for the smallest double; Trino 476 runs on a newer one.
    assert java_double(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_of_a_double_gives_the_same_double_back(number):
    assert float(java_double(number)) == number
