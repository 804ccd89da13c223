"""What a plan rests on: the state that a build leaves, sizes of tables and files, prices."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_aws import FakeAws

from lakehouse.building.athena_statements import Counted, SentStatements
from lakehouse.building.parsed import begin_as_parsed
from lakehouse.building.sizes import (
    Measured,
    Ratio,
    Ratios,
    Size,
    SizedLake,
    iceberg_sizes,
    measured_runs,
    ratios_of,
    raw_bytes,
    run_ratios,
)
from lakehouse.building.state import (
    StatePlace,
    keep_state,
    read_manifest,
    read_runs,
    state_place,
)
from lakehouse.errors import AwsError, UsageError
from lakehouse.planning.plan import Plan, PlannedModel, _planned, as_text, least_athena_usd
from lakehouse.reviewing.impact import Manifest

ATHENA = {"LAKEHOUSE_CURATED": "s3://curated/wh", "LAKEHOUSE_SCHEMA_PREFIX": "dev"}


def result(name: str, materialized: str, *, kind: str = "model") -> Any:
    node = SimpleNamespace(
        unique_id=f"{kind}.p.{name}",
        resource_type=kind,
        config=SimpleNamespace(materialized=materialized),
    )
    return SimpleNamespace(node=node, execution_time=1.234)


def kept(place: StatePlace, folder: Path, *results: Any, **given: Any) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text('{"nodes": {"a": 1}}')
    keep_state(
        place,
        manifest=manifest,
        results=results,
        is_full_refresh=given.pop("is_full_refresh", False),
        **given,
    )


@pytest.mark.parametrize("location", ["folder", "s3://lake/_lease/dev.state"])
def test_state_that_is_kept_is_read_again(fake_aws: FakeAws, tmp_path: Path, location: str):
    place = StatePlace(location if "//" in location else str(tmp_path / location))
    assert read_manifest(place) is None and read_runs(place) == {}
    kept(place, tmp_path, result("a", "table"), result("t", "x", kind="test"))
    assert read_manifest(place) == {"nodes": {"a": 1}}
    assert read_runs(place) == {"model.p.a": {"full": {"seconds": 1.23}}}


def test_a_first_build_is_whole_and_the_next_an_increment_until_a_full_refresh(tmp_path: Path):
    place = StatePlace(str(tmp_path / "state"))
    asked = []

    def measure(key: str, mode: str) -> dict[str, int]:
        asked.append((key, mode))
        return {"scanned_bytes": len(asked)}

    for is_full_refresh in (False, False, True):
        built = result("a", "incremental")
        kept(place, tmp_path, built, is_full_refresh=is_full_refresh, measure=measure)
    assert [mode for _, mode in asked] == ["full", "increment", "full"]
    assert read_runs(place)["model.p.a"] == {
        "full": {"seconds": 1.23, "scanned_bytes": 3},
        "increment": {"seconds": 1.23, "scanned_bytes": 2},
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
    assert iceberg_sizes({"dev_shop", "dev_none"}) == {
        ("dev_shop", "sales"): Size(rows=26, bytes=500),
        ("dev_shop", "empty"): Size(rows=0, bytes=0),
    }


def test_raw_files_are_counted_where_they_lie(fake_aws: FakeAws, tmp_path: Path):
    fake_aws.objects["lake/raw/shop/sale/ingest_date=2024-01-01/a.parquet"] = b"12345"
    fake_aws.objects["lake/raw/shop/sale_item/ingest_date=2024-01-01/a.parquet"] = b"1"
    there = {"LAKEHOUSE_RAW": "s3://lake/raw"}
    assert raw_bytes(shop(), there, tmp_path) == {"source.p.shop.sale": 5}
    (tmp_path / "data/raw/shop/sale").mkdir(parents=True)
    (tmp_path / "data/raw/shop/sale/a.parquet").write_bytes(b"123")
    assert raw_bytes(shop(), {}, tmp_path) == {"source.p.shop.sale": 3}


def shop() -> Manifest:
    def node(name: str, materialized: str, *parents: str) -> dict[str, Any]:
        meta = {"budget_bytes": 1_000} if name == "fct" else {}
        kind = "seed" if materialized == "seed" else "model"
        return {
            "name": name,
            "schema": "shop",
            "resource_type": kind,
            "config": {"materialized": materialized, "meta": meta},
            "depends_on": {"nodes": list(parents)},
        }

    nodes = {
        "seed.p.list": node("list", "seed"),
        "model.p.stg": node("stg", "view", "source.p.shop.sale"),
        "model.p.int": node("int", "incremental", "model.p.stg", "seed.p.list"),
        "model.p.fct": node("fct", "table", "model.p.int", "model.p.stg"),
        "model.p.load": node("load", "incremental", "source.p.shop.sale"),
    }
    return Manifest({"nodes": nodes, "macros": {}, "exposures": {}, "child_map": {}})


LIST = {("shop", "list"): Size(rows=1, bytes=0)}


def planned(
    name: str,
    sizes: dict,
    runs: dict,
    ratios: dict[tuple[str, str], Ratios] | None = None,
    **environment: str,
) -> PlannedModel:
    lake = SizedLake(shop(), {**LIST, **sizes}, {"source.p.shop.sale": 50_000_000}, ratios or {})
    return _planned(lake, f"model.p.{name}", "why", runs, "athena", environment, ())


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
    # An increment is merged into its own table, and reads no raw files but new ones.
    increment = planned("int", sizes, {})
    assert (increment.mode, increment.read_bytes) == ("increment", 1_000_000)
    assert planned("int", {}, {}).mode == "full"
    # A table of loads looks for new ones in all of raw.
    loads = {("shop", "load"): Size(rows=1, bytes=7)}
    assert planned("load", loads, {}).read_bytes == 50_000_007


def test_what_is_not_built_yet_is_not_known_and_the_least_is_paid():
    found = planned("fct", {}, {})
    assert found.read_bytes is None and not found.is_over_budget
    assert found.usd == pytest.approx(10e6 / 1e12 * 5)


def once(**ratio: float) -> Ratios:
    """Measured at one size, so the same at every size."""
    return Ratios(measured=(Measured(((1000, Ratio(**ratio)),)),))


def test_what_is_not_built_yet_is_estimated_where_its_like_was_measured():
    ratios = {
        ("model.p.int", "full"): once(read=2.0, stored=0.5),
        ("model.p.fct", "full"): once(read=0.1),
    }
    found = planned("int", {}, {}, ratios)
    assert (found.read_bytes, found.read_from) == (100_000_000, "as measured once")
    # Half of 50 MB are not there yet, 50 MB of raw files are.
    assert planned("fct", {}, {}, ratios).read_bytes == 7_500_000


def test_a_last_run_is_believed_by_the_size_of_what_it_found():
    runs = {
        "full": {"scanned_bytes": 900, "input_bytes": 450, "seconds": 3.0, "statements": 4},
        "increment": {"scanned_bytes": 8, "input_bytes": 16},
    }
    ratios = ratios_of(shop(), {"model.p.fct": runs, "model.p.int": runs}, {})
    sizes = {("shop", "int"): Size(1, 1_000_000)}
    found = planned("fct", sizes, runs, ratios)
    assert (found.read_bytes, found.read_from) == (102_000_000, "as its last run")
    assert found.seconds == 3.0
    assert planned("int", sizes, runs, ratios).read_bytes == 500_000
    # At least 10 MB for each of the statements that it sent.
    small = planned("int", {("shop", "int"): Size(1, 0)}, runs, ratios)
    assert small.usd == pytest.approx(2 * 10e6 / 1e12 * 5)


def test_a_ratio_is_of_its_own_runs_else_measured_else_of_record_tables():
    head = shop()
    for name in ("int", "load"):
        head.nodes[f"model.p.{name}"]["config"]["meta"]["entity"] = name
    measured = {
        ("model.p.load", "full"): Measured(((7, Ratio(read=5.0, stored=0.5)),)),
        ("model.p.fct", "full"): Measured(((7, Ratio(read=2.0, stored=0.1)),)),
    }
    runs = {"model.p.fct": {"full": {"scanned_bytes": 30, "input_bytes": 10}}}
    found = ratios_of(head, runs, measured)
    # What its own run does not say, the measurement does.
    assert found["model.p.fct", "full"].at(10) == Ratio(read=3.0, stored=0.1)
    assert found["model.p.int", "full"].at(10) == Ratio(read=5.0, stored=0.5)
    assert found["model.p.int", "increment"].at(10) == found["model.p.stg", "full"].at(10)
    assert found["model.p.stg", "full"].at(10) == Ratio()


# From a hundred to a million bytes the ratio falls from 8 to 2, and grows from 0.1 to 0.4.
FALLING = Measured(((100, Ratio(8.0, 0.1)), (1_000_000, Ratio(2.0, 0.4))))


@pytest.mark.parametrize(
    ("size", "read", "stored"),
    [
        (0, 8.0, 0.1),
        (99, 8.0, 0.1),
        (100, 8.0, 0.1),
        # Ten thousand lie in the middle of the powers of ten, four and 0.2 in that of the ratios.
        (10_000, 4.0, 0.2),
        # A quarter of the way: a quarter of two halvings, and of two doublings.
        (1_000, 8 / 2**0.5, 0.1 * 2**0.5),
        (1_000_000, 2.0, 0.4),
        (50_000_000, 2.0, 0.4),
    ],
)
def test_a_ratio_between_two_sizes_lies_on_a_line_in_logarithms(
    size: int, read: float, stored: float
):
    found = FALLING.at(size)
    assert (found.read, found.stored) == (pytest.approx(read), pytest.approx(stored))


def test_of_three_sizes_the_two_beside_it_say_the_ratio():
    bent = Measured(((1, Ratio(1.0)), (100, Ratio(100.0)), (10_000, Ratio(1.0))))
    assert bent.at(10) == Ratio(read=pytest.approx(10.0))
    assert bent.at(100) == Ratio(read=pytest.approx(100.0))
    assert bent.at(1_000) == Ratio(read=pytest.approx(10.0))


def test_a_size_at_which_nothing_was_read_is_no_point_of_a_line():
    # Nothing has no logarithm: too much is told rather than nothing.
    assert Measured(((10, Ratio(0.0)), (1000, Ratio(0.5)))).at(10) == Ratio(read=0.5)
    assert Measured(((10, Ratio(0.0)), (1000, Ratio(0.0)))).at(100) == Ratio(read=0.0)
    assert Measured(((10, Ratio()), (1000, Ratio(0.5)))).at(10) == Ratio(read=0.5)
    assert Measured(()).at(10) == Ratio()


def test_its_own_run_wins_at_every_size():
    measured = {("model.p.fct", "full"): FALLING}
    own = {"scanned_bytes": 30, "input_bytes": 10, "stored_bytes": 20}
    found = ratios_of(shop(), {"model.p.fct": {"full": own}}, measured)["model.p.fct", "full"]
    assert found.at(1) == found.at(10_000) == found.at(10**9) == Ratio(read=3.0, stored=2.0)


def test_a_last_run_of_nothing_leaves_what_was_measured():
    runs = {"full": {"scanned_bytes": 900, "input_bytes": 0}}
    measured = {("model.p.fct", "full"): FALLING}
    ratios = ratios_of(shop(), {"model.p.fct": runs}, measured)
    found = planned("fct", {("shop", "int"): Size(1, 1)}, runs, ratios)
    assert (found.read_bytes, found.read_from) == (100_000_002, "as measured once")


def test_a_record_table_that_was_not_measured_takes_the_median_at_its_size():
    head = shop()
    for name in ("int", "load", "fct", "stg"):
        head.nodes[f"model.p.{name}"]["config"]["meta"]["entity"] = name
    measured = {
        ("model.p.load", "full"): FALLING,
        ("model.p.fct", "full"): Measured(((1, Ratio(3.0, 0.3)),)),
        ("model.p.stg", "full"): Measured(((1, Ratio(7.0, 0.05)),)),
    }
    usual = ratios_of(head, {}, measured)["model.p.int", "full"]
    # Of 8, 3 and 7; of 4, 3 and 7; of 2, 3 and 7.
    assert [usual.at(size).read for size in (1, 10**9)] == [7.0, 3.0]
    assert usual.at(10_000).read == pytest.approx(4.0)
    # Of 0.1, 0.3 and 0.05, of 0.2, of 0.4.
    assert [usual.at(size).stored for size in (1, 10**9)] == [0.1, 0.3]
    assert usual.at(10_000).stored == pytest.approx(0.2)


def test_a_table_that_is_not_there_is_estimated_by_the_ratio_at_what_it_would_find():
    # Its 50 MB of raw files lie in the middle: half of them are stored, and of these 25 MB and
    # the raw files, 75 MB, three times as much is read.
    measured = {
        ("model.p.int", "full"): Measured(
            ((5_000_000, Ratio(1.0, 0.25)), (500_000_000, Ratio(1.0, 1.0)))
        ),
        ("model.p.fct", "full"): Measured(
            ((7_500_000, Ratio(9.0)), (750_000_000, Ratio(1.0))),
        ),
    }
    ratios = ratios_of(shop(), {}, measured)
    assert planned("fct", {}, {}, ratios).read_bytes == 225_000_000


def test_what_is_kept_of_a_run_is_what_it_read_found_and_left(fake_aws: FakeAws, tmp_path: Path):
    fake_aws.databases |= {"shop"}
    for name, size in (("int", 400), ("fct", 30), ("list", 1)):
        snapshot = {"snapshot-id": 1, "summary": {"total-files-size": str(size)}}
        metadata = {"current-snapshot-id": 1, "snapshots": [snapshot]}
        fake_aws.objects[f"lake/{name}.json"] = json.dumps(metadata).encode()
        fake_aws.tables["shop", name] = {
            "Name": name,
            "Parameters": {"metadata_location": f"s3://lake/{name}.json"},
        }
    fake_aws.objects["lake/raw/shop/sale/a.parquet"] = b"12345"
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(shop().content))
    measure = measured_runs(
        {"model.p.fct": Counted(2, 70)}, manifest, {"LAKEHOUSE_RAW": "s3://lake/raw"}, tmp_path
    )
    assert measure("model.p.fct", "full") == {
        "statements": 2,
        "scanned_bytes": 70,
        "input_bytes": 405,
        "stored_bytes": 30,
    }
    # It was not built: what it read is not known.
    assert measure("model.p.int", "increment") == {
        "statements": None,
        "scanned_bytes": None,
        "input_bytes": 401,
        "stored_bytes": 400,
    }


def test_what_a_run_read_of_nothing_says_nothing():
    runs = {"full": {"scanned_bytes": 900, "input_bytes": 0}, "increment": {"seconds": 1.0}}
    none = Ratio(None, None)
    assert run_ratios({"a": runs}) == {("a", "full"): none, ("a", "increment"): none}


@pytest.mark.parametrize(
    ("mode", "why", "is_said"),
    [
        ("increment", "changed: macro gmv_amount", True),
        ("increment", "everything is built", False),
        ("full", "changed: SQL", False),
    ],
)
def test_a_changed_increment_is_told_to_keep_its_rows(mode: str, why: str, is_said: bool):
    model = PlannedModel("fct", why=why, mode=mode)
    text = "\n".join(as_text(Plan("duckdb", "New.", (model,), (), (), None, None)))
    assert ("  lakehouse build --full-refresh --select fct+" in text) == is_said


def test_of_models_without_a_reason_of_their_own_those_that_read_most_are_told():
    models = tuple(
        PlannedModel(f"m{n}", why="everything is built", mode="full", read_bytes=n * 1000)
        for n in range(1, 8)
    )
    lines = list(as_text(Plan("athena", "New.", models, (), (), None, None)))
    assert [line.split()[0] for line in lines if "reads" in line] == ["m7", "m6", "m5", "m4", "m3"]
    assert "and 2 more, for no reason of their own (--json lists them)" in lines


def test_a_price_is_given_in_dollars():
    assert planned("fct", {}, {}, LAKEHOUSE_ATHENA_USD_PER_TB="9").usd == pytest.approx(9e-5)
    with pytest.raises(UsageError, match="LAKEHOUSE_ATHENA_USD_PER_TB is 'cheap'"):
        planned("fct", {}, {}, LAKEHOUSE_ATHENA_USD_PER_TB="cheap")
    # Of a table and a seed one statement, of an increment two.
    assert least_athena_usd(shop(), {}) == pytest.approx(6 * 10e6 / 1e12 * 5)


def event(text: str, node: str, *, name: str = "AdapterEventDebug") -> Any:
    return SimpleNamespace(
        info=SimpleNamespace(name=name, msg=text),
        data=SimpleNamespace(node_info=SimpleNamespace(unique_id=node)),
    )


class FakeAthena:
    """What a statement read is the number in its id."""

    def get_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:
        scanned = {"DataScannedInBytes": int(QueryExecutionId.strip("q"))}
        return {"QueryExecution": {"Statistics": scanned}}


def test_bytes_of_all_statements_of_a_node_are_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lakehouse.aws.AwsClients.athena", lambda _: FakeAthena())
    sent = SentStatements()
    for number in (3, 4):
        sent(event(f"Athena adapter: Athena query q{number} started", "model.p.a"))
    sent(event("Athena adapter: Athena query q0 started", "seed.p.b"))
    for text, node, name in (
        ("Athena query q50 has state RUNNING", "model.p.a", "AdapterEventDebug"),
        ("Athena query q60 started", "", "AdapterEventDebug"),
        ("Athena query q70 started", "test.p.a", "AdapterEventDebug"),
        ("Athena query q80 started", "model.p.a", "SQLQuery"),
    ):
        sent(event(text, node, name=name))
    assert sent.counted() == {"model.p.a": Counted(2, 7), "seed.p.b": Counted(0, 0)}


def test_the_first_plan_begins_with_what_a_build_parsed(tmp_path: Path) -> None:
    work, name = tmp_path / "target" / "plan", "partial_parse.msgpack"
    begin_as_parsed(work, parsed_in=work.parent)
    assert not work.exists()
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / name).write_bytes(b"built")
    begin_as_parsed(work, parsed_in=work.parent)
    assert (work / name).read_bytes() == b"built"
    (work / name).write_bytes(b"planned")
    begin_as_parsed(work, parsed_in=work.parent)
    assert (work / name).read_bytes() == b"planned"
