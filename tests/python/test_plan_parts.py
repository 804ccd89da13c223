"""What a plan rests on: the state that a build leaves, sizes of tables and files, prices."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_aws import FakeAws

from lakehouse.building.state import (
    StatePlace,
    keep_state,
    read_manifest,
    read_runs,
    state_place,
)
from lakehouse.errors import AwsError, UsageError
from lakehouse.planning.plan import (
    PlannedModel,
    Size,
    _file_sizes,
    _iceberg_sizes,
    _planned,
    least_athena_usd,
)
from lakehouse.reviewing.impact import Manifest

ATHENA = {"LAKEHOUSE_CURATED": "s3://curated/wh", "LAKEHOUSE_SCHEMA_PREFIX": "dev"}


def result(name: str, materialized: str, *, scanned: int, kind: str = "model") -> Any:
    node = SimpleNamespace(
        unique_id=f"{kind}.p.{name}",
        resource_type=kind,
        config=SimpleNamespace(materialized=materialized),
    )
    answer = {"data_scanned_in_bytes": scanned}
    return SimpleNamespace(node=node, execution_time=1.234, adapter_response=answer)


def kept(place: StatePlace, folder: Path, *results: Any, is_full_refresh: bool = False) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text('{"nodes": {"a": 1}}')
    keep_state(place, manifest=manifest, results=results, is_full_refresh=is_full_refresh)


@pytest.mark.parametrize("location", ["folder", "s3://lake/_lease/dev.state"])
def test_state_that_is_kept_is_read_again(fake_aws: FakeAws, tmp_path: Path, location: str):
    place = StatePlace(location if "//" in location else str(tmp_path / location))
    assert read_manifest(place) is None and read_runs(place) == {}
    kept(place, tmp_path, result("a", "table", scanned=7), result("t", "x", scanned=1, kind="test"))
    assert read_manifest(place) == {"nodes": {"a": 1}}
    assert read_runs(place) == {"model.p.a": {"full": {"seconds": 1.23, "scanned_bytes": 7}}}


def test_a_first_build_is_whole_and_the_next_an_increment_until_a_full_refresh(tmp_path: Path):
    place = StatePlace(str(tmp_path / "state"))
    kept(place, tmp_path, result("a", "incremental", scanned=7))
    kept(place, tmp_path, result("a", "incremental", scanned=1))
    kept(place, tmp_path, result("a", "incremental", scanned=9), is_full_refresh=True)
    # What a merge reads says nothing of what filled its input.
    assert read_runs(place)["model.p.a"] == {
        "full": {"seconds": 1.23, "scanned_bytes": 9},
        "increment": {"seconds": 1.23, "scanned_bytes": None},
    }


def test_state_that_was_cut_short_is_none(tmp_path: Path):
    place = StatePlace(str(tmp_path))
    (tmp_path / "manifest.json.gz").write_bytes(b"\x1f\x8b\x08")
    (tmp_path / "runs.json").write_text("{")
    assert read_manifest(place) is None and read_runs(place) == {}


def test_state_lies_beside_the_lake(tmp_path: Path):
    given = {"LAKEHOUSE_DUCKDB": "mine/lake.duckdb"}
    here = state_place(given, target="duckdb", project=tmp_path)
    assert here.location == f"{tmp_path}/mine/lake.duckdb.state"
    there = {**ATHENA, "AWS_DEFAULT_REGION": "us-east-1"}
    place = state_place(there, target="athena", project=tmp_path)
    assert place.location == "s3://curated/_lease/dev.state"


def test_a_bucket_that_may_not_be_written_is_named(fake_aws: FakeAws, tmp_path: Path):
    fake_aws.refuse.add("dev.state")
    with pytest.raises(AwsError, match=r"s3://lake/_lease/dev\.state: .*AccessDenied"):
        kept(StatePlace("s3://lake/_lease/dev.state"), tmp_path)


def test_sizes_of_tables_are_those_of_the_newest_snapshot(fake_aws: FakeAws):
    fake_aws.databases |= {"dev_shop"}
    for name, current, snapshots in (
        ("sales", 2, [(1, 10, 100, 0), (2, 30, 500, 4)]),
        ("empty", -1, []),
    ):
        metadata = {
            "current-snapshot-id": current,
            "snapshots": [
                {
                    "snapshot-id": number,
                    "summary": {
                        "total-records": str(rows),
                        "total-files-size": str(size),
                        "total-position-deletes": str(deleted),
                    },
                }
                for number, rows, size, deleted in snapshots
            ],
        }
        fake_aws.objects[f"lake/{name}.json"] = json.dumps(metadata).encode()
        fake_aws.tables["dev_shop", name] = {
            "Name": name,
            "Parameters": {"metadata_location": f"s3://lake/{name}.json"},
        }
    fake_aws.tables["dev_shop", "a_view"] = {"Name": "a_view"}
    assert _iceberg_sizes({"dev_shop", "dev_none"}) == {
        ("dev_shop", "sales"): Size(rows=26, bytes=500),
        ("dev_shop", "empty"): Size(rows=0, bytes=0),
    }


def test_raw_files_are_counted_where_they_lie(fake_aws: FakeAws, tmp_path: Path):
    fake_aws.objects["lake/raw/shop/sale/ingest_date=2024-01-01/a.parquet"] = b"12345"
    fake_aws.objects["lake/raw/shop/sale_item/ingest_date=2024-01-01/a.parquet"] = b"1"
    assert sum(_file_sizes("s3://lake/raw", "shop/sale/")) == 5
    (tmp_path / "shop/sale").mkdir(parents=True)
    (tmp_path / "shop/sale/a.parquet").write_bytes(b"123")
    assert sum(_file_sizes(str(tmp_path), "shop/sale/")) == 3


def shop() -> Manifest:
    def node(name: str, materialized: str, *parents: str) -> dict[str, Any]:
        meta = {"budget_bytes": 1_000} if name == "fct" else {}
        return {
            "name": name,
            "schema": "shop",
            "resource_type": "model",
            "config": {"materialized": materialized, "meta": meta},
            "depends_on": {"nodes": list(parents)},
        }

    nodes = {
        "model.p.stg": node("stg", "view", "source.p.shop.sale"),
        "model.p.int": node("int", "incremental", "model.p.stg"),
        "model.p.fct": node("fct", "table", "model.p.int", "model.p.stg"),
    }
    return Manifest({"nodes": nodes, "macros": {}, "exposures": {}, "child_map": {}})


def planned(name: str, sizes: dict, runs: dict, **environment: str) -> PlannedModel:
    raw = {"source.p.shop.sale": 50_000_000}
    return _planned(shop(), f"model.p.{name}", "why", sizes, raw, runs, "athena", environment, ())


def test_what_is_read_goes_through_views_to_raw_files_and_tables():
    sizes = {("shop", "int"): Size(rows=5, bytes=1_000_000)}
    assert planned("stg", sizes, {}).mode == "view"
    found = planned("fct", sizes, {})
    assert (found.mode, found.read_bytes, found.read_from) == (
        "full",
        51_000_000,
        "all that it reads",
    )
    assert found.usd == pytest.approx(51e6 / 1e12 * 5)
    assert found.is_over_budget
    # An increment is merged into its own table.
    increment = planned("int", sizes, {})
    assert (increment.mode, increment.read_bytes) == ("increment", 51_000_000)
    assert planned("int", {}, {}).mode == "full"


def test_what_is_not_built_yet_is_not_known_and_the_least_is_paid():
    found = planned("fct", {}, {})
    assert found.read_bytes is None and not found.is_over_budget
    assert found.usd == pytest.approx(10e6 / 1e12 * 5)


def test_the_last_run_is_believed_before_sizes():
    runs = {"full": {"scanned_bytes": 900, "seconds": 3.0}}
    found = planned("fct", {("shop", "int"): Size(1, 1_000_000)}, runs)
    assert (found.read_bytes, found.read_from, found.seconds) == (900, "as its last run", 3.0)
    assert not found.is_over_budget


def test_a_price_is_given_in_dollars():
    assert planned("fct", {}, {}, LAKEHOUSE_ATHENA_USD_PER_TB="9").usd == pytest.approx(9e-5)
    with pytest.raises(UsageError, match="LAKEHOUSE_ATHENA_USD_PER_TB is 'cheap'"):
        planned("fct", {}, {}, LAKEHOUSE_ATHENA_USD_PER_TB="cheap")
    # Of a table one statement, of an increment two.
    assert least_athena_usd(shop(), {}) == pytest.approx(3 * 10e6 / 1e12 * 5)
