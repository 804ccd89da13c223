"""The raw tables in the Glue catalogue: made from the sources YAML, repaired, never bent."""

import shutil

import pytest
import yaml
from typer.testing import CliRunner

from lakehouse.cli import app

ENTITIES = ["order_transaction_cost_hist", "product_item", "purchase", "purchase_extra_info"]


@pytest.fixture
def project(tmp_path, project_dir):
    """The sources YAML of commerce alone, in a place where it may be changed."""
    path = "models/commerce/staging/_commerce__sources.yml"
    target = tmp_path / "project" / path
    target.parent.mkdir(parents=True)
    shutil.copy(project_dir / path, target)
    return tmp_path / "project"


@pytest.fixture
def register(project):
    def run_command(*arguments):
        return CliRunner().invoke(app, ["register", *arguments, "--project-dir", str(project)])

    return run_command


@pytest.fixture
def change_columns(project):
    """Change the declared columns of the raw table purchase."""

    def change(edit):
        path = project / "models/commerce/staging/_commerce__sources.yml"
        content = yaml.safe_load(path.read_text())
        [table] = [t for t in content["sources"][0]["tables"] if t["name"] == "purchase"]
        edit(table["columns"])
        # They would go on naming a column that is gone.
        del table["config"]["meta"]["landing"]["shapes"]
        path.write_text(yaml.safe_dump(content))

    return change


def new_column(columns):
    columns.insert(3, {"name": "coupon", "data_type": "string", "description": "Coupon."})


def test_every_declared_table_is_made_with_its_columns_and_partition_key(fake_aws, register):
    result = register()
    assert result.exit_code == 0, result.output
    assert sorted(name for _, name in fake_aws.tables) == ENTITIES
    table = fake_aws.tables["lake_raw", "purchase"]
    types = {c["Name"]: c["Type"] for c in table["StorageDescriptor"]["Columns"]}
    assert types["purchase_id"] == "string"
    assert types["source_row"] == "bigint"
    assert "ingest_date" not in types
    assert table["PartitionKeys"] == [{"Name": "ingest_date", "Type": "string"}]
    assert table["StorageDescriptor"]["Location"] == "s3://lake/zone/raw/commerce/purchase/"
    assert "Parquet" in table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"]


def test_the_sample_is_copied_once_and_every_day_is_registered(fake_aws, register, project_dir):
    sample = project_dir / "data" / "raw"
    result = register("commerce", "--copy-from", str(sample))
    assert result.exit_code == 0, result.output
    files = {str(path.relative_to(sample)) for path in sample.glob("commerce/*/*/*.parquet")}
    assert {key.removeprefix("lake/zone/raw/") for key in fake_aws.objects} == files
    days = {(path.split("/")[1], path.split("=")[1][:10]) for path in files}
    assert {(entity, day) for _, entity, day in fake_aws.partitions} == days
    before = dict(fake_aws.objects)
    again = register("commerce", "--copy-from", str(sample))
    assert (again.exit_code, "copied" in again.stdout) == (0, False)
    assert fake_aws.objects == before


def test_a_day_that_somebody_else_wrote_is_registered(fake_aws, register, project_dir):
    register("commerce", "--copy-from", str(project_dir / "data" / "raw"))
    known = set(fake_aws.partitions)
    foreign = "lake/zone/raw/commerce/purchase/ingest_date=2024-09-01/x.parquet"
    fake_aws.objects[foreign] = b"x"
    assert register("commerce").exit_code == 0
    assert set(fake_aws.partitions) - known == {("lake_raw", "purchase", "2024-09-01")}


def test_a_declared_column_is_added_and_what_else_the_table_says_is_kept(
    fake_aws, register, change_columns
):
    register()
    fake_aws.tables["lake_raw", "purchase"]["Parameters"]["owner"] = "terraform"
    change_columns(new_column)
    result = register()
    assert result.exit_code == 0, result.output
    table = fake_aws.tables["lake_raw", "purchase"]
    assert "coupon" in [column["Name"] for column in table["StorageDescriptor"]["Columns"]]
    assert table["Parameters"]["owner"] == "terraform"


def test_a_table_that_is_as_declared_is_not_written_again(fake_aws, register):
    register()
    fake_aws.refuse = {"CreateTable", "UpdateTable", "CreateDatabase"}
    assert register().exit_code == 0


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (lambda columns: columns.pop(2), "buyer_id string"),
        (lambda columns: columns[2].update(data_type="bigint"), "buyer_id string"),
    ],
    ids=["column no longer declared", "declared with another type"],
)
def test_a_table_that_differs_from_the_declaration_is_refused(
    fake_aws, register, change_columns, edit, named
):
    register()
    before = dict(fake_aws.tables)
    change_columns(edit)
    result = register()
    assert result.exit_code == 1
    assert f"lake_raw.purchase has columns that the contract does not have: {named}" in (
        result.stderr
    )
    assert fake_aws.tables == before


def test_a_table_at_another_place_is_refused(fake_aws, register):
    register()
    descriptor = fake_aws.tables["lake_raw", "purchase"]["StorageDescriptor"]
    descriptor["Location"] = "s3://other/purchase/"
    result = register()
    assert result.exit_code == 1
    assert "location s3://other/purchase, the contract says s3://lake/zone/raw" in result.stderr


def test_what_aws_refuses_names_the_thing(fake_aws, register):
    fake_aws.refuse = {"CreateTable"}
    result = register()
    assert result.exit_code == 1
    assert result.stderr.startswith("error: Glue table lake_raw.")
    assert "AccessDenied" in result.stderr


def test_a_directory_has_no_catalogue(register, monkeypatch, tmp_path):
    monkeypatch.setenv("LAKEHOUSE_RAW", str(tmp_path))
    result = register()
    assert result.exit_code == 2
    assert "LAKEHOUSE_RAW is not on S3" in result.stderr
