"""Rows compared as text: what differs is told, and what cannot be compared is refused."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import boto3
import duckdb
import fake_aws
import pytest
from fake_athena import FakeAthena
from fake_aws import FakeAws

from lakehouse.errors import AwsError, TableReadError
from lakehouse.marts.athena import AthenaReader
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
        (datetime(999, 1, 2), "0999-01-02 00:00:00.000000"),
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


UNLOADS = "s3://results/athena/unload"


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws(databases={"retail"})


@pytest.fixture
def athena_reader(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[AthenaReader]:
    """Of a lake with one table, each of whose types has a row with a value and one without."""
    with fake_aws.running(aws) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        athena = FakeAthena(aws)
        athena.lake.execute(
            "create schema awsdatacatalog.retail; create table awsdatacatalog.retail.venda as "
            "select 1 as id, cast(2.5 as decimal(12,2)) as valor, true as paga, 'a' as nota, "
            "date '2024-01-02' as dia, timestamp '2024-01-02 03:04:05.000006' as hora "
            "union all select 2, null, null, '', null, null"
        )
        types = ("int", "decimal(12,2)", "boolean", "string", "date", "timestamp")
        names = ("id", "valor", "paga", "nota", "dia", "hora")
        columns = [{"Name": name, "Type": kind} for name, kind in zip(names, types, strict=True)]
        aws.tables["retail", "venda"] = {"Name": "venda", "StorageDescriptor": {"Columns": columns}}
        glue, s3 = boto3.client("glue"), boto3.client("s3")
        yield AthenaReader(athena, glue, s3, "lakehouse_dev", UNLOADS)


def test_a_table_on_athena_is_read_as_text_whatever_its_types(
    athena_reader: AthenaReader, aws: FakeAws
):
    found = athena_reader.rows("retail", "venda", ("id", "valor", "paga", "nota", "dia", "hora"))
    assert found.rows == Counter(
        [
            ("1", "2.50", "true", "a", "2024-01-02", "2024-01-02 03:04:05.000006"),
            ("2", None, None, "", None, None),
        ]
    )
    # A folder of its own each time, and nothing is left in it.
    assert list(athena_reader.texts("retail", "venda", ["nota"])) == [("a",), ("",)]
    first, second = (sql.partition(" to ")[2] for sql in athena_reader.athena.asked)
    assert first != second and UNLOADS in first
    assert aws.objects == {}


def test_columns_come_in_the_order_they_are_asked_for(athena_reader: AthenaReader):
    assert list(athena_reader.texts("retail", "venda", ["nota", "id"])) == [("a", "1"), ("", "2")]


def test_a_table_without_rows_has_none(athena_reader: AthenaReader):
    athena_reader.athena.lake.execute("delete from awsdatacatalog.retail.venda")
    assert list(athena_reader.texts("retail", "venda", ["id"])) == []


def test_a_table_that_may_not_be_looked_up_is_named(athena_reader: AthenaReader, aws: FakeAws):
    aws.refuse.add("GetTable")
    with pytest.raises(AwsError, match=r"Glue table retail\.venda: .*AccessDenied"):
        list(athena_reader.texts("retail", "venda", ["id"]))


def test_a_query_that_may_not_be_run_names_its_workgroup(athena_reader: AthenaReader):
    athena_reader.athena.refuses = True
    with pytest.raises(AwsError, match=r"Athena workgroup lakehouse_dev: .*AccessDenied"):
        list(athena_reader.texts("retail", "venda", ["id"]))


def test_what_a_query_that_failed_left_is_removed(athena_reader: AthenaReader, aws: FakeAws):
    athena_reader.athena.fails = "DIVISION_BY_ZERO"
    with pytest.raises(TableReadError, match="DIVISION_BY_ZERO"):
        list(athena_reader.texts("retail", "venda", ["id"]))
    assert aws.objects == {}


def test_rows_that_could_not_be_removed_are_told(athena_reader: AthenaReader, aws: FakeAws):
    aws.refuse.add("unload/")
    with pytest.raises(AwsError, match=r"unload/\w+/: rows that were read stay there"):
        list(athena_reader.texts("retail", "venda", ["id"]))


@pytest.mark.parametrize(
    ("column", "reason"), [("gone", "has no column gone"), ("peso", "no exact text")]
)
def test_a_column_that_has_no_exact_text_is_refused(
    athena_reader: AthenaReader, aws: FakeAws, column: str, reason: str
):
    listed = aws.tables["retail", "venda"]["StorageDescriptor"]["Columns"]
    listed.append({"Name": "peso", "Type": "double"})
    with pytest.raises(TableReadError, match=reason):
        list(athena_reader.texts("retail", "venda", [column]))
