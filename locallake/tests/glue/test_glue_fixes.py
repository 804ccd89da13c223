"""The catalogue's gaps: each as the emulator has it, and mended.

The first half of each pair fails when a newer emulator has closed the gap: then its fix can go.
"""

from __future__ import annotations

import json

import pytest

from locallake.glue import fixes

# The emulator reads its account and region when it is imported.
glue = pytest.importorskip("ministack.services.glue", reason="needs locks/test.txt")
responses = pytest.importorskip("ministack.core.responses")

STOCK = glue._handle_request_sync
TRINO = {"user-agent": "aws-sdk-java/2.31.50 ua/2.1 api/Glue"}


class Client:
    """Calls one handler as the emulator would."""

    def __init__(self, handler):
        self.handler = handler

    def raw(self, action, headers=None, **request):
        headers = {"x-amz-target": f"AWSGlue.{action}", **(headers or {})}
        status, _, body = self.handler("POST", "/", headers, json.dumps(request).encode(), {})
        return status, json.loads(body or b"{}")

    def __call__(self, action, headers=None, **request):
        status, answer = self.raw(action, headers, **request)
        assert status == 200, answer
        return answer

    def error(self, action, **request):
        status, answer = self.raw(action, **request)
        assert status == 400, answer
        return answer["__type"]

    def table(self, name="t", headers=None):
        return self("GetTable", headers, DatabaseName="d", Name=name)["Table"]

    def versions(self):
        listed = self("GetTableVersions", DatabaseName="d", TableName="t")["TableVersions"]
        return [(v["VersionId"], v["Table"]["Parameters"].get("n")) for v in listed]


@pytest.fixture
def stock():
    """The emulator as it is, with a database."""
    glue.reset()
    client = Client(STOCK)
    client("CreateDatabase", DatabaseInput={"Name": "d"})
    yield client
    glue.reset()


@pytest.fixture
def fixed(stock):
    catalogue = fixes.FixedCatalogue(
        glue,
        versions=responses.AccountRegionScopedDict(),
        answer=responses.json_response,
        refuse=responses.error_response_json,
    )
    return Client(catalogue.handle)


def table_input(name="t", *, columns=(("a", None),), keys=(), **given):
    listed = [{"Name": n, "Type": "string", **({"Comment": c} if c else {})} for n, c in columns]
    return {
        "Name": name,
        "StorageDescriptor": {"Columns": listed, "Location": f"s3://b/{name}"},
        "PartitionKeys": [{"Name": n, "Type": t} for n, t in keys],
        "Parameters": {},
        **given,
    }


def partitioned(client, *values, keys=(("day", "string"),)):
    client("CreateTable", DatabaseName="d", TableInput=table_input(keys=keys))
    client(
        "BatchCreatePartition",
        DatabaseName="d",
        TableName="t",
        PartitionInputList=[{"Values": list(v)} for v in values],
    )


def shown(client, **filters):
    found = client("GetPartitions", DatabaseName="d", TableName="t", **filters)["Partitions"]
    return [p["Values"] for p in found]


# ---- Filters of partitions


def test_the_emulator_ignores_the_filter_of_partitions(stock):
    partitioned(stock, ["2026-01-01"], ["2026-01-02"])
    assert len(shown(stock, Expression="day = '2026-01-01'")) == 2


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("day = '2026-01-02'", ["2026-01-02"]),
        ("day > '2026-01-01' and day <= '2026-01-03'", ["2026-01-02", "2026-01-03"]),
        ("day in ('2026-01-01', '2026-01-03') or (day like '%-02')", None),
        ("day between '2026-01-02' and '2026-01-09'", ["2026-01-02", "2026-01-03"]),
        ("day <> '2026-01-01' AND NOT day = '2026-01-03'", ["2026-01-02"]),
        ("", None),
    ],
)
def test_partitions_are_filtered(fixed, expression, days):
    everything = ["2026-01-01", "2026-01-02", "2026-01-03"]
    partitioned(fixed, *([day] for day in everything))
    found = [values[0] for values in shown(fixed, Expression=expression)]
    assert found == (everything if days is None else days)


def test_partition_values_are_compared_as_their_type(fixed):
    partitioned(fixed, ["9", "x"], ["10", "x"], ["10", "y"], keys=(("n", "int"), ("s", "string")))
    assert shown(fixed, Expression="n > 9 and s = 'x'") == [["10", "x"]]


@pytest.mark.parametrize("expression", ["nope = 1", "day = ", "day = (select 1"])
def test_a_filter_that_cannot_be_evaluated_is_refused(fixed, expression):
    """Answering everything would delete everything."""
    partitioned(fixed, ["2026-01-01"])
    refused = fixed.error("GetPartitions", DatabaseName="d", TableName="t", Expression=expression)
    assert refused == "InvalidInputException"


def test_the_emulator_answers_every_partition_in_every_segment(stock):
    partitioned(stock, ["1"])
    assert shown(stock, Segment={"SegmentNumber": 1, "TotalSegments": 2}) == [["1"]]


def test_a_partition_is_answered_in_one_segment_only(fixed):
    partitioned(fixed, ["1"], ["2"])
    segments = ({"SegmentNumber": n, "TotalSegments": 3} for n in range(3))
    assert [found for s in segments for found in shown(fixed, Segment=s)] == [["1"], ["2"]]


# ---- Calls that are absent


@pytest.mark.parametrize(
    "action",
    [
        "GetTableVersions",
        "DeleteTableVersion",
        "BatchDeleteTableVersion",
        "BatchDeletePartition",
        "UpdatePartition",
    ],
)
def test_the_emulator_lacks_a_call(stock, action):
    assert stock.error(action, DatabaseName="d", TableName="t") == "InvalidAction"


def test_partitions_are_deleted_in_one_call(fixed):
    partitioned(fixed, ["1"], ["2"], ["3"])
    answer = fixed(
        "BatchDeletePartition",
        DatabaseName="d",
        TableName="t",
        PartitionsToDelete=[{"Values": ["2"]}, {"Values": ["9"]}],
    )
    assert [e["PartitionValues"] for e in answer["Errors"]] == [["9"]]
    assert shown(fixed) == [["1"], ["3"]]


def test_a_partition_is_updated(fixed):
    partitioned(fixed, ["1"])
    fixed(
        "UpdatePartition",
        DatabaseName="d",
        TableName="t",
        PartitionValueList=["1"],
        PartitionInput={"Values": ["1"], "Parameters": {"k": "v"}},
    )
    (partition,) = fixed("GetPartitions", DatabaseName="d", TableName="t")["Partitions"]
    assert partition["Parameters"] == {"k": "v"}
    missing = {"PartitionValueList": ["9"], "PartitionInput": {"Values": ["9"]}}
    refused = fixed.error("UpdatePartition", DatabaseName="d", TableName="t", **missing)
    assert refused == "EntityNotFoundException"


def test_every_update_keeps_the_version_before(fixed):
    fixed("CreateTable", DatabaseName="d", TableInput=table_input(Parameters={"n": "1"}))
    for n in ("2", "3"):
        fixed("UpdateTable", DatabaseName="d", TableInput=table_input(Parameters={"n": n}))
    assert fixed.versions() == [("3", "3"), ("2", "2"), ("1", "1")]
    fixed("DeleteTableVersion", DatabaseName="d", TableName="t", VersionId="2")
    assert fixed.versions() == [("3", "3"), ("1", "1")]
    again = {"DatabaseName": "d", "TableName": "t", "VersionId": "2"}
    assert fixed.error("DeleteTableVersion", **again) == "EntityNotFoundException"


def test_a_table_made_again_has_no_old_versions(fixed):
    fixed("CreateTable", DatabaseName="d", TableInput=table_input(Parameters={"n": "1"}))
    fixed("UpdateTable", DatabaseName="d", TableInput=table_input(Parameters={"n": "2"}))
    fixed("DeleteTable", DatabaseName="d", Name="t")
    fixed("CreateTable", DatabaseName="d", TableInput=table_input(Parameters={"n": "9"}))
    assert fixed.versions() == [("1", "9")]


def test_a_refused_update_leaves_no_version(fixed):
    fixed("CreateTable", DatabaseName="d", TableInput=table_input())
    stale = {"DatabaseName": "d", "TableInput": table_input(), "VersionId": "7"}
    assert fixed.error("UpdateTable", **stale) == "ConcurrentModificationException"
    assert len(fixed.versions()) == 1


# ---- Empty texts


def test_the_emulator_stores_empty_texts(stock):
    stock("CreateTable", DatabaseName="d", TableInput=table_input())
    assert (stock.table()["Description"], stock.table()["Owner"]) == ("", "")


def test_a_text_that_was_not_given_is_not_there(fixed):
    fixed("CreateTable", DatabaseName="d", TableInput=table_input())
    assert not {"Description", "Owner"} & fixed.table().keys()
    fixed("UpdateTable", DatabaseName="d", TableInput=table_input(Description="", Owner="o"))
    assert "Description" not in fixed.table()
    assert fixed.table()["Owner"] == "o"


# ---- Views


def view(client, **given):
    parameters = {"presto_view": "true", "comment": "Presto View"}
    client(
        "CreateTable",
        DatabaseName="d",
        TableInput=table_input("v", TableType="VIRTUAL_VIEW", Parameters=parameters, **given),
    )


def test_a_described_view_stays_a_view_for_trino_and_described_for_all_others(fixed):
    view(fixed)
    described = table_input("v", TableType="VIRTUAL_VIEW", Description="what it is for")
    fixed("UpdateTable", DatabaseName="d", TableInput=described)
    assert fixed.table("v")["Description"] == "what it is for"
    seen = fixed.table("v", TRINO)
    assert "Description" not in seen
    assert seen["Parameters"]["comment"] == "Presto View"
    (listed,) = fixed("GetTables", TRINO, DatabaseName="d")["TableList"]
    assert "Description" not in listed


def test_a_described_table_is_shown_to_trino_as_it_is(fixed):
    fixed("CreateTable", DatabaseName="d", TableInput=table_input(Description="x"))
    assert fixed.table("t", TRINO)["Description"] == "x"


# ---- Documentation through Trino's commits


def commit(n, **given):
    place = f"s3://b/t/metadata/{n}.json"
    parameters = {
        "table_type": "ICEBERG",
        "metadata_location": place,
        "trino_table_metadata_info_valid_for": place,
    }
    return table_input(Parameters=parameters, **given)


DOCUMENTED = {
    "Description": "what a row is",
    "Owner": "somebody",
    "columns": (("a", "the key"), ("b", "the value")),
}


def test_trinos_commit_keeps_the_documentation(fixed):
    documented = table_input(**DOCUMENTED, Parameters={"table_type": "ICEBERG", "unique_id": "1"})
    fixed("CreateTable", DatabaseName="d", TableInput=documented)
    new_columns = (("a", None), ("b", "renewed"), ("c", None))
    fixed("UpdateTable", DatabaseName="d", TableInput=commit(1, columns=new_columns))
    table = fixed.table()
    comments = {c["Name"]: c.get("Comment") for c in table["StorageDescriptor"]["Columns"]}
    assert comments == {"a": "the key", "b": "renewed", "c": None}
    assert (table["Description"], table["Owner"]) == ("what a row is", "somebody")
    assert table["Parameters"]["unique_id"] == "1"
    assert table["Parameters"]["metadata_location"] == "s3://b/t/metadata/1.json"


def test_anybody_elses_update_may_take_the_documentation_away(fixed):
    fixed("CreateTable", DatabaseName="d", TableInput=table_input(**DOCUMENTED))
    fixed("UpdateTable", DatabaseName="d", TableInput=table_input(Description=""))
    assert "Comment" not in fixed.table()["StorageDescriptor"]["Columns"][0]
    assert "Description" not in fixed.table()


# ---- Reset


def test_a_reset_forgets_the_versions(stock):
    catalogue = fixes.FixedCatalogue(
        glue,
        versions=responses.AccountRegionScopedDict(),
        answer=responses.json_response,
        refuse=responses.error_response_json,
    )
    client = Client(catalogue.handle)
    client("CreateTable", DatabaseName="d", TableInput=table_input())
    client("UpdateTable", DatabaseName="d", TableInput=table_input())
    catalogue.forget()
    assert len(client.versions()) == 1
