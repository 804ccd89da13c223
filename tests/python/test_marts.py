"""Rows compared as text: what differs is told, and what cannot be compared is refused."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import boto3
import duckdb
import fake_aws
import pytest
from fake_athena import FakeAthena
from fake_aws import FakeAws

from lakehouse.database import identifier
from lakehouse.errors import AwsError, TableReadError
from lakehouse.marts.athena import AthenaReader
from lakehouse.marts.comparison import MASK, TableDifference, compare
from lakehouse.marts.duckdb import DuckDbReader, as_texts

TABLE = "key int, other varchar, amount decimal(18, 2)"
ROWS = "(1, 'a', 1.50), (2, 'b', null), (3, null, 3.00)"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("cast(null as varchar)", None),
        ("''", ""),
        ("true", "true"),
        ("12", "12"),
        ("cast(1.5 as decimal(18, 2))", "1.50"),
        ("cast(0 as decimal(38, 12))", "0.000000000000"),
        ("date '0999-01-02'", "0999-01-02"),
        ("timestamp '2024-01-02 03:04:05.000006'", "2024-01-02 03:04:05.000006"),
        ("timestamp '0999-01-02 00:00:00'", "0999-01-02 00:00:00.000000"),
    ],
)
def test_values_are_spelled_as_athena_does(value, text, tmp_path):
    path, column = tmp_path / "lake.duckdb", 'of a "t'
    with duckdb.connect(str(path)) as lake:
        lake.execute(f"create table t as select {value} as {identifier(column)}")
    assert list(DuckDbReader(path).texts("main", "t", [column])) == [(text,)]


def test_a_double_is_refused():
    connection = duckdb.connect()
    connection.execute("create table t as select 1.5e0 as peso")
    with pytest.raises(TableReadError, match="column peso is a DOUBLE"):
        as_texts(connection, "t")


def test_a_column_that_is_not_there_is_named(tmp_path):
    with duckdb.connect(str(tmp_path / "lake.duckdb")) as lake:
        lake.execute("create table t as select 1 as a")
    with pytest.raises(TableReadError, match=r"main\.t has no column b"):
        list(DuckDbReader(tmp_path / "lake.duckdb").texts("main", "t", ["a", "b"]))


@pytest.fixture
def differ() -> Callable[..., TableDifference]:
    """Compare the rows above with others."""
    connection = duckdb.connect()
    connection.execute(f"create table b ({TABLE}); insert into b values {ROWS}")

    def compared(
        rows: str, *, key: tuple[str, ...] = ("key",), table: str = TABLE, **options
    ) -> TableDifference:
        connection.execute(f"create or replace table a ({table}); insert into a values {rows}")
        return compare(connection, "t", "b", "a", key=key, **options)

    return compared


def test_the_order_of_rows_is_no_difference(differ):
    found = differ("(3, null, 3.00), (2, 'b', null), (1, 'a', 1.50)")
    assert found.is_equal and list(found.sentences()) == []
    assert (found.rows_before, found.rows_after) == (3, 3)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("(1, 'a', 1.50), (3, null, 3.00)", ["1 key only before", "    key=2"]),
        (f"{ROWS}, (null, 'n', 9)", ["1 key only after", "    key=null"]),
        (
            "(1, 'a', 1.50), (2, 'b', 0.00), (3, null, 3.00)",
            ["1 row changed", "  amount changed in 1 row", "    key=2: null -> 0.00"],
        ),
        (
            "(1, '', 1.50), (2, 'b', null), (3, 'null', 3.01)",
            ["2 rows changed", "  other changed in 2 rows", "key=1: a -> ", "key=3: null -> null"],
        ),
    ],
)
def test_each_difference_is_told(differ, rows, told):
    text = "\n".join(differ(rows).sentences())
    assert [line for line in told if line not in text] == []


def test_rows_are_matched_by_all_columns_of_the_key(differ):
    rows = "(1, 'b', 1.50), (2, 'b', null), (3, null, 4.00)"
    found = differ(rows, key=("key", "other"))
    assert [dict(each.key) for each in found.gone] == [{"key": "1", "other": "a"}]
    assert [dict(each.key) for each in found.new] == [{"key": "1", "other": "b"}]
    # A null in the key matches a null.
    assert [(each.name, each.count) for each in found.changed] == [("amount", 1)]
    assert found.changed[0].examples[0].key == {"key": "3", "other": None}


@pytest.mark.parametrize(
    ("key", "remark"),
    [
        ((), "no key is declared"),
        (("gone",), "key column gone"),
        (("other",), r"the key \(other\) does not hold: 1 of its values"),
    ],
)
def test_without_a_usable_key_rows_are_compared_whole(differ, key, remark):
    found = differ("(1, 'b', 1.50), (2, 'b', null), (2, 'b', null)", key=key)
    text = "\n".join(found.sentences())
    assert "2 rows only before" in text and "2 rows only after" in text
    assert differ("(3, null, 3.00), (2, 'b', null), (1, 'a', 1.50)", key=key).is_equal
    assert found.key == () and re.search(remark, text)


def test_a_row_that_is_there_twice_is_a_difference(differ):
    found = differ(f"{ROWS}, (2, 'b', null)")
    assert (found.gone_count, found.new_count) == (0, 1)
    assert "the key (key) does not hold" in found.remark


def test_columns_that_came_went_or_have_another_type_are_told(differ):
    found = differ("(1, 'a', 5), (2, 'b', 5), (3, null, 5)", table="key bigint, other text, n int")
    assert dict(found.columns_gone or {}) == {"amount": "DECIMAL(18,2)"}
    assert dict(found.columns_new or {}) == {"n": "INTEGER"}
    assert dict(found.columns_retyped or {}) == {"key": ("INTEGER", "BIGINT")}
    assert (found.gone_count, found.new_count, found.changed_count) == (0, 0, 0)
    assert not found.is_equal


def test_another_scale_is_another_type_and_no_other_value(differ):
    rows = "(1, 'a', 1.5), (2, 'b', null), (3, null, 3.001)"
    found = differ(rows, table="key int, other varchar, amount decimal(18, 4)")
    assert dict(found.columns_retyped or {}) == {"amount": ("DECIMAL(18,2)", "DECIMAL(18,4)")}
    assert found.changed_count == 1
    assert found.changed[0].examples[0].key == {"key": "3"}


def test_values_of_columns_that_may_not_be_shown_are_counted_and_masked(differ):
    def is_shown(name: str) -> bool:
        return name == "amount"

    rows = "(1, 'canary', 1.50), (2, 'b', 7.00), (4, 'canary', 1.00)"
    for key in (("key",), ()):
        found = differ(rows, key=key, is_shown=is_shown)
        assert "canary" not in repr(found) and "'4'" not in repr(found)
        assert MASK in "\n".join(found.sentences())
    found = differ(rows, is_shown=is_shown)
    assert {each.name: each.count for each in found.changed} == {"other": 1, "amount": 1}
    assert [each.after for column in found.changed for each in column.examples] == [MASK, "7.00"]


def test_as_many_examples_as_asked_for_and_the_first_by_key(differ):
    found = differ("(1, 'z', 1.50), (2, 'z', null), (3, 'z', 3.00)", examples=2)
    assert [dict(each.key) for each in found.changed[0].examples] == [{"key": "1"}, {"key": "2"}]
    assert found.changed[0].count == 3


def test_columns_may_be_called_as_those_of_the_comparison():
    connection = duckdb.connect()
    connection.execute(
        "create table b as select i as a, i as b, i as k0, i as v0 from range(3) t(i)"
    )
    connection.execute("create table a as select a, b, k0, v0 + (a = 1)::int as v0 from b")
    found = compare(connection, "t", "b", "a", key=["a", "b"])
    assert [(each.name, each.count) for each in found.changed] == [("v0", 1)]
    assert found.changed[0].examples[0].key == {"a": "1", "b": "1"}


def test_values_that_changed_places_are_changed():
    connection = duckdb.connect()
    connection.execute("create table b as select i as k, i as v, 1 as w from range(4) t(i)")
    connection.execute("create table a as select k, (v + 1) % 4 as v, w from b")
    found = compare(connection, "t", "b", "a", key=["k"])
    assert [(each.name, each.count) for each in found.changed] == [("v", 4)]


def test_names_with_quotes_are_names():
    connection = duckdb.connect()
    for table, value in (("b", 1), ("a", 2)):
        names = (identifier('k"1'), identifier("it's"))
        connection.execute(f"create table {table} as select 1 as {names[0]}, {value} as {names[1]}")
    found = compare(connection, "t", "b", "a", key=['k"1'])
    assert list(found.sentences())[-1] == '    k"1=1: 1 -> 2'


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
    found = athena_reader.texts("retail", "venda", ("id", "valor", "paga", "nota", "dia", "hora"))
    assert Counter(found) == Counter(
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


def test_a_table_on_athena_is_copied_as_text(athena_reader: AthenaReader):
    connection = duckdb.connect()
    place = athena_reader.copy(connection, 'of a "lake', "retail", "venda")
    here = as_texts(connection, "(select 1 as id, cast(2.5 as decimal(12,2)) as valor)")
    found = compare(connection, "venda", here, place, key=["id"])
    assert (found.rows_after, found.new_count, found.changed_count) == (2, 1, 0)


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
