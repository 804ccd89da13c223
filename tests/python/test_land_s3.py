"""Landing on S3 with Glue."""

import io

import pyarrow.parquet as pq
import pytest
from fake_aws import FakeAws
from lake import PROJECT
from typer.testing import CliRunner

from lakehouse.cli import app
from lakehouse.landing.contract import read_contract

HEADER = (
    "transaction_datetime,purchase_id,buyer_id,prod_item_id,order_date,release_date,producer_id"
)
ROW = f"{HEADER}\n2024-01-05 10:00:00,1,2,3,2024-01-05,,4\n"
SECOND = "2024-01-06 00:00:00,2,2,3,2024-01-05,,4\n"
EXTRA = "transaction_datetime,purchase_id,subsidiary\n2024-01-05 10:00:00,1,nacional\n"
CONTRACT = read_contract("commerce", project_dir=PROJECT)
DESCRIPTORS = {
    name: {
        "Columns": [
            {"Name": column, "Type": type_}
            for column, type_ in CONTRACT.entities[name].stored_types
        ],
        "Location": f"s3://lake/zone/raw/commerce/{name}/",
        "SerdeInfo": {"SerializationLibrary": "parquet"},
    }
    for name in ("purchase", "purchase_extra_info")
}


@pytest.fixture
def aws(fake_aws) -> FakeAws:
    fake_aws.databases.add("lake_raw")
    for name, descriptor in DESCRIPTORS.items():
        fake_aws.tables["lake_raw", name] = {"Name": name, "StorageDescriptor": descriptor}
    return fake_aws


@pytest.fixture
def run(project_dir):
    def run_command(*arguments):
        arguments = ["land", "commerce", *arguments, "--project-dir", str(project_dir)]
        return CliRunner().invoke(app, arguments)

    return run_command


def days(aws):
    return sorted((entity, day) for _, entity, day in aws.partitions)


def test_objects_and_partitions_are_there_after_landing(aws, run, write):
    text = f"{ROW}{SECOND}"
    result = run(
        f"purchase={write('p.csv', text)}",
        f"purchase_extra_info={write('e.csv', EXTRA)}",
        "--recorded-from",
        "transaction_datetime",
    )
    assert result.exit_code == 0, result.output
    folders = [key.rpartition("/")[0] for key in sorted(aws.landed)]
    assert folders == [
        "lake/zone/raw/commerce/purchase/ingest_date=2024-01-05",
        "lake/zone/raw/commerce/purchase/ingest_date=2024-01-06",
        "lake/zone/raw/commerce/purchase_extra_info/ingest_date=2024-01-05",
    ]
    second = pq.read_table(io.BytesIO(aws.landed[sorted(aws.landed)[1]]))
    assert second["purchase_id"].to_pylist() == ["2"]
    assert days(aws) == [
        ("purchase", "2024-01-05"),
        ("purchase", "2024-01-06"),
        ("purchase_extra_info", "2024-01-05"),
    ]
    assert aws.partitions[("lake_raw", "purchase", "2024-01-06")] == {
        **DESCRIPTORS["purchase"],
        "Location": "s3://lake/zone/raw/commerce/purchase/ingest_date=2024-01-06/",
    }


def test_a_table_that_lacks_a_column_of_the_files_is_changed_before_anything_lands(
    aws, run, write, project_dir
):
    """Engines would read the files without it, and nobody would know."""
    columns = DESCRIPTORS["purchase"]["Columns"]
    older = {**DESCRIPTORS["purchase"], "Columns": [c for c in columns if c["Name"] != "buyer_id"]}
    aws.tables["lake_raw", "purchase"]["StorageDescriptor"] = older
    delivery = f"purchase={write('p.csv', ROW)}"
    refused = run(delivery)
    assert refused.exit_code == 1
    assert "Glue table lake_raw.purchase lacks buyer_id, which the files have" in refused.stderr
    assert aws.landed == {} and aws.partitions == {}
    # Landed before the change: such a day keeps its partition as it was registered.
    aws.partitions["lake_raw", "purchase", "2024-01-05"] = older
    aws.tables["lake_raw", "purchase"]["StorageDescriptor"] = DESCRIPTORS["purchase"]
    assert run(delivery).exit_code == 0
    assert len(aws.landed) == 1
    assert aws.partitions["lake_raw", "purchase", "2024-01-05"] == older


def test_repeats_history_and_known_partitions_are_seen_on_s3_too(aws, run, write):
    claim = ("--recorded-from", "transaction_datetime")
    path = write("p.csv", f"{ROW}{SECOND}")
    run(f"purchase={path}", *claim)
    before = dict(aws.landed)
    again = run(f"purchase={path}", *claim)
    assert (again.exit_code, "the same delivery" in again.stdout) == (0, True)
    older = run(f"purchase_extra_info={write('e.csv', EXTRA)}", *claim)
    assert older.exit_code == 1
    assert "2024-01-06 00:00:00.000000" in older.stderr
    assert aws.landed == before
    same_day = write("q.csv", f"{HEADER}\n{SECOND}")
    assert run(f"purchase={same_day}", *claim).exit_code == 0
    assert len(aws.landed) == 3


def test_history_is_read_without_fetching_the_other_columns(aws, run, write):
    noise = "".join(f"2024-01-05,{n},{n * 7919 % 1000003},3,,,4\n" for n in range(20_000))
    run(f"purchase={write('p.csv', HEADER + chr(10) + noise)}")
    [content] = aws.landed.values()
    aws.ranges.clear()
    run(f"purchase={write('q.csv', ROW)}")
    spans = [span.removeprefix("bytes=").split("-") for span in aws.ranges]
    read_bytes = sum(int(last) - int(first) + 1 for first, last in spans)
    assert 0 < read_bytes < len(content) / 2


def test_a_delivery_that_another_process_is_landing_is_finished_under_its_id(aws, run, write):
    """S3 takes one claim; who finds it there writes the same object once more."""
    path = write("p.csv", ROW)
    assert run(f"purchase={path}").exit_code == 0
    [(name, first)] = aws.landed.items()
    # As if the first process had not yet written: the other finds the claim alone.
    del aws.objects[name]
    other = run(f"purchase={path}")
    assert (other.exit_code, "the same delivery" in other.stdout) == (0, True)
    assert list(aws.landed) == [name]
    assert pq.read_table(io.BytesIO(aws.landed[name])).equals(pq.read_table(io.BytesIO(first)))


def test_a_partition_that_was_not_registered_is_registered_by_landing_again(aws, run, write):
    path = write("p.csv", ROW)
    aws.refuse = {"CreatePartition"}
    failed = run(f"purchase={path}", "--ingest-date", "2024-01-05")
    assert failed.exit_code == 1
    assert "land again to register" in failed.stderr
    assert (len(aws.landed), days(aws)) == (1, [])
    aws.refuse = set()
    assert run(f"purchase={path}", "--ingest-date", "2024-01-05").exit_code == 0
    assert (len(aws.landed), days(aws)) == (1, [("purchase", "2024-01-05")])


def test_a_table_that_is_missing_from_the_catalogue_stops_before_anything_is_written(
    aws, run, write
):
    del aws.tables["lake_raw", "purchase_extra_info"]
    result = run(f"purchase={write('p.csv', ROW)}", f"purchase_extra_info={write('e.csv', EXTRA)}")
    assert result.exit_code == 1
    assert "Glue table lake_raw.purchase_extra_info" in result.stderr
    assert aws.landed == {}


def test_an_object_that_cannot_be_written_says_what_is_left_and_how_to_go_on(aws, run, write):
    aws.refuse = {"purchase_extra_info/"}
    files = (f"purchase={write('p.csv', ROW)}", f"purchase_extra_info={write('e.csv', EXTRA)}")
    result = run(*files)
    assert result.exit_code == 1
    assert "AccessDenied" in result.stderr
    assert "earlier files of this call are landed" in result.stderr
    aws.refuse = set()
    assert run(*files).exit_code == 0
    assert len(aws.landed) == 2
    assert [entity for entity, _ in days(aws)] == ["purchase", "purchase_extra_info"]


def test_a_missing_region_is_an_error_of_one_line(aws, run, write, monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    result = run(f"purchase={write('p.csv', ROW)}")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: s3://lake/zone/raw/: no AWS client")


def test_the_tables_are_those_of_the_domains_own_database_unless_another_is_named(
    aws, run, write, monkeypatch
):
    monkeypatch.delenv("LAKEHOUSE_RAW_DATABASE")
    monkeypatch.setenv("LAKEHOUSE_SCHEMA_PREFIX", "lake_prod")
    result = run(f"purchase={write('p.csv', ROW)}")
    assert result.exit_code == 1
    assert "Glue table lake_prod_commerce.purchase" in result.stderr


def test_a_domain_may_have_a_database_of_another_name(aws, run, write, monkeypatch):
    monkeypatch.delenv("LAKEHOUSE_RAW_DATABASE")
    monkeypatch.setenv("LAKEHOUSE_DATABASE_COMMERCE", "default")
    result = run(f"purchase={write('p.csv', ROW)}")
    assert result.exit_code == 1
    assert "Glue table default.purchase" in result.stderr
