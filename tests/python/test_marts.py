"""Rows compared as text: what differs is told, and what cannot be compared is refused."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from lakehouse.errors import TableReadError
from lakehouse.marts.comparison import difference
from lakehouse.marts.duckdb import duckdb_rows, text_of
from lakehouse.marts.rows import Rows


def rows(*found: tuple[str | None, ...]) -> Rows:
    return Rows(("key", "amount"), Counter(found))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", ""),
        (True, "true"),
        (12, "12"),
        (Decimal("1.50"), "1.50"),
        (Decimal("0E-12"), "0.000000000000"),
        (date(999, 1, 2), "0999-01-02"),
        (datetime(2024, 1, 2, 3, 4, 5, 6), "2024-01-02 03:04:05.000006"),
    ],
)
def test_values_are_spelled_as_athena_does(value, text):
    assert text_of(value) == text


def test_a_double_is_refused():
    with pytest.raises(TableReadError, match="float"):
        text_of(1.5)


def test_tables_are_read_with_their_columns():
    connection = duckdb.connect()
    connection.execute("create table t as select 1 as a, cast(2 as decimal(18, 2)) as b")
    assert duckdb_rows(connection, "main", "t") == Rows(("a", "b"), Counter([("1", "2.00")]))


def test_the_order_of_rows_is_no_difference():
    assert difference("t", rows(("1", "a"), ("2", "b")), rows(("2", "b"), ("1", "a"))) is None


@pytest.mark.parametrize(
    ("actual", "told"),
    [
        (rows(("1", "1.50")), "missing"),
        (rows(("1", "1.50"), ("2", None), ("2", None)), "too many"),
        (rows(("1", "1.5"), ("2", None)), "amount='1.5'"),
        (rows(("1", "1.50"), ("2", "")), "amount=''"),
    ],
)
def test_each_difference_is_told(actual, told):
    found = difference("t", rows(("1", "1.50"), ("2", None)), actual)
    assert found is not None
    assert told in "\n".join(found.sentences())
