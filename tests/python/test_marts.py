"""Rows compared as text: what differs is told, and what cannot be compared is refused."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal

import boto3
import duckdb
import pytest
from botocore.stub import Stubber

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


@pytest.fixture
def athena_reader() -> AthenaReader:
    session = boto3.Session("test", "test", region_name="us-east-1")
    return AthenaReader(session.client("athena"), session.client("glue"), "lakehouse_dev")


def test_a_table_that_may_not_be_looked_up_is_named(athena_reader: AthenaReader):
    with Stubber(athena_reader.glue) as catalogue:
        catalogue.add_client_error("get_table", "AccessDeniedException")
        with pytest.raises(AwsError, match=r"Glue table retail\.venda: .*AccessDenied"):
            list(athena_reader.texts("retail", "venda", ["id"]))


@pytest.mark.parametrize("refused", ["start_query_execution", "get_query_results"])
def test_a_query_that_may_not_be_run_or_read_names_its_workgroup(
    athena_reader: AthenaReader, refused: str
):
    answers = {
        "start_query_execution": {"QueryExecutionId": "q"},
        "get_query_execution": {"QueryExecution": {"Status": {"State": "SUCCEEDED"}}},
        "get_query_results": {},
    }
    with Stubber(athena_reader.athena) as queries:
        for call, answer in answers.items():
            if call == refused:
                queries.add_client_error(call, "AccessDeniedException")
                break
            queries.add_response(call, answer)
        with pytest.raises(AwsError, match=r"Athena workgroup lakehouse_dev: .*AccessDenied"):
            list(athena_reader.query("select 1"))
