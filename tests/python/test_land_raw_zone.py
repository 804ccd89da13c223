"""What landing leaves in the raw zone: layout, provenance, repeats and history.

Source: docs/architecture.md#raw-zone.
"""

import csv
import hashlib
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from unittest.mock import Mock

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.errors import (
    DeliveryError,
    FutureClaimError,
    HistoryRewriteError,
    RawStoreError,
    UsageError,
)
from lakehouse.landing import raw_store
from lakehouse.landing.raw_store import WITHDRAWN

NOON = datetime(2024, 5, 6, 12, 0, 0, 123456, tzinfo=UTC)
NEXT_DAY = NOON + timedelta(days=1)
ONE = "purchase_id,transaction_datetime\n1,2024-01-05 10:00:00\n"
OTHER = "purchase_id,transaction_datetime\n2,2024-01-05 10:00:00\n"


def hash_of(*contents):
    digests = [hashlib.sha256(content.encode()).digest() for content in contents]
    whole = digests[0] if len(digests) == 1 else hashlib.sha256(b"".join(digests)).digest()
    return whole.hex()[:12]


def test_a_load_is_one_parquet_file_with_contract_and_provenance_columns(
    write, land, raw, left_behind, contract
):
    [load] = land(("purchase", write("p.csv", ONE)))
    load_id = f"20240506T120000123456Z-{hash_of(ONE)}"
    assert load.load_id == load_id
    assert left_behind() == [
        "commerce",
        "commerce/purchase",
        "commerce/purchase/ingest_date=2024-05-06",
        f"commerce/purchase/ingest_date=2024-05-06/{load_id}.parquet",
    ]
    file = pq.ParquetFile(raw / load.files[0].key)
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    columns = contract.entities["purchase"].columns
    assert columns[0] == "purchase_id"
    assert file.schema_arrow == pa.schema(
        [(name, pa.string()) for name in [*columns, "recorded_at", "load_id", "source_file"]]
        + [("source_row", pa.int64()), ("rescued_data", pa.string())]
    )
    [row] = file.read().to_pylist()
    assert {name: value for name, value in row.items() if value is not None} == {
        "purchase_id": "1",
        "transaction_datetime": "2024-01-05 10:00:00",
        "recorded_at": "2024-05-06 12:00:00.123456",
        "load_id": load_id,
        "source_file": "p.csv",
        "source_row": 1,
    }


def test_is_full_extract_is_written_only_where_the_contract_lists_it(
    write, land, raw_rows, with_rules
):
    contract = with_rules("purchase", full_extract=True, has_full_extract_column=True)
    land(("purchase", write("p.csv", ONE)), contract=contract)
    assert raw_rows("purchase")[0]["is_full_extract"] is True
    land(("purchase_extra_info", write("e.csv", ONE)))
    assert "is_full_extract" not in raw_rows("purchase_extra_info")[0]


def test_the_call_says_whether_a_delivery_is_whole_where_the_contract_leaves_that_open(
    write, land, raw_rows, with_rules
):
    contract = with_rules("purchase", full_extract="by_call", has_full_extract_column=True)
    land(("purchase", write("a.csv", ONE)), contract=contract)
    land(("purchase", write("b.csv", ONE)), contract=contract, full_extract=["purchase"])
    assert [row["is_full_extract"] for row in raw_rows("purchase")] == [False, True]


def test_the_same_rows_delivered_as_all_there_is_are_landed_again(
    write, land, raw_rows, with_rules
):
    contract = with_rules("purchase", full_extract="by_call", has_full_extract_column=True)
    file = write("a.csv", ONE)
    land(("purchase", file), contract=contract)
    outcomes = [
        land(("purchase", file), contract=contract, full_extract=["purchase"])[0].outcome
        for _ in range(2)
    ]
    assert outcomes == ["landed", "repeated"]
    assert [row["is_full_extract"] for row in raw_rows("purchase")] == [False, True]


@pytest.mark.parametrize(
    ("rule", "said"),
    [(True, "'purchase' is always delivered whole"), (False, "'purchase' is never delivered")],
)
def test_what_the_contract_says_of_whole_deliveries_is_not_said_again(
    write, land, with_rules, rule, said
):
    contract = with_rules("purchase", full_extract=rule, has_full_extract_column=True)
    with pytest.raises(UsageError, match=said):
        land(("purchase", write("a.csv", ONE)), contract=contract, full_extract=["purchase"])


def test_a_whole_delivery_has_one_time_of_receipt(write, land, with_rules):
    contract = with_rules("purchase", full_extract=True, has_full_extract_column=True)
    with pytest.raises(UsageError, match="use --ingest-date instead of --recorded-from"):
        land(
            ("purchase", write("a.csv", ONE)),
            contract=contract,
            recorded_from="transaction_datetime",
        )


def test_the_landing_time_is_utc_whatever_the_clock_shows(write, land, raw_rows):
    evening = datetime(2024, 5, 6, 22, 0, tzinfo=timezone(timedelta(hours=-3)))
    land(("purchase", write("p.csv", ONE)), received_at=evening)
    assert raw_rows("purchase")[0]["recorded_at"] == "2024-05-07 01:00:00.000000"
    assert raw_rows("purchase")[0]["ingest_date"] == "2024-05-07"
    with pytest.raises(ValueError, match="time zone"):
        land(("purchase", write("p.csv", OTHER)), received_at=datetime(2024, 5, 6))


def test_the_committed_sample_lands_by_its_own_times(land, raw_rows, sample_dir):
    entities = ("purchase", "product_item", "purchase_extra_info")
    files = [(entity, sample_dir / f"{entity}.csv") for entity in entities]
    loads = land(*files, recorded_from="transaction_datetime")
    assert [load.row_count for load in loads] == [5, 4, 4]
    rows = raw_rows("purchase")
    assert [(r["ingest_date"], r["recorded_at"], r["source_row"]) for r in rows] == [
        ("2023-01-20", "2023-01-20 22:00:00.000000", 1),
        ("2023-01-26", "2023-01-26 00:01:00.000000", 2),
        ("2023-02-05", "2023-02-05 10:00:00.000000", 3),
        ("2023-02-26", "2023-02-26 03:00:00.000000", 4),
        ("2023-07-15", "2023-07-15 09:00:00.000000", 5),
    ]
    assert raw_rows("product_item")[0]["purchase_value"] == "50,00"
    assert [load.outcome for load in land(*files, recorded_from="transaction_datetime")] == [
        "repeated"
    ] * 3
    assert len(raw_rows("purchase")) == 5


def test_the_raw_sample_of_the_repository_is_what_its_source_delivers(project_dir, sample_dir):
    for source in sorted(sample_dir.glob("*.csv")):
        with source.open(newline="", encoding="utf-8") as handle:
            delivered = list(csv.DictReader(handle))
        raw = project_dir / "data" / "raw" / "commerce" / source.stem
        landed = [
            row
            for path in sorted(raw.glob("*/*.parquet"))
            for row in pq.ParquetFile(path).read().to_pylist()
        ]
        landed.sort(key=lambda row: row["source_row"])
        assert [{name: row[name] for name in delivered[0]} for row in landed] == delivered
        assert {row["source_file"] for row in landed} == {source.name}


def test_ingest_date_claims_the_start_of_a_day(write, land, raw_rows):
    [load] = land(("purchase", write("p.csv", ONE)), ingest_date=date(2024, 2, 29))
    row = raw_rows("purchase")[0]
    assert (row["recorded_at"], row["ingest_date"]) == ("2024-02-29 00:00:00.000000", "2024-02-29")
    assert load.load_id.startswith("20240506T120000123456Z-")


def test_recorded_from_splits_by_day_and_takes_a_column_outside_the_contract(write, land, raw_rows):
    text = (
        "purchase_id,sent_at\n1,2024-01-02T03:04:05.6\n2,2024-01-01\n"
        "3,2024-01-02 00:00:00\n4,2024-01-01 23:59:59.999999\n"
    )
    [load] = land(("purchase", write("p.csv", text)), recorded_from="sent_at")
    assert [file.ingest_date for file in load.files] == ["2024-01-01", "2024-01-02"]
    rows = raw_rows("purchase")
    assert [(row["source_row"], row["recorded_at"], row["ingest_date"]) for row in rows] == [
        (2, "2024-01-01 00:00:00.000000", "2024-01-01"),
        (4, "2024-01-01 23:59:59.999999", "2024-01-01"),
        (1, "2024-01-02 03:04:05.600000", "2024-01-02"),
        (3, "2024-01-02 00:00:00.000000", "2024-01-02"),
    ]
    assert "sent_at" not in rows[0]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2024-02-30",
        "2024-01-01 24:00:00",
        "2024-01-01 10:00:00 Z",
        "2024-01-01 10:00:00+15:00",
        "2024-01-01 10:00:00+01:60",
        "0001-01-01 00:00:00+01:00",
        "2024-01-01 10:00",
        "2024-01-01 10:00:00.1234567",
        " 2024-01-01",
        "2024-1-1",
        "01/02/2024",
        "0000-01-01",
        "٢٠٢٤-01-01",
    ],
)
def test_a_row_without_a_strict_iso_time_stops_recorded_from(write, land, left_behind, value):
    text = f'purchase_id,order_date,transaction_datetime\n1,"a\nb",2024-01-01\n2,,{value}\n'
    with pytest.raises(DeliveryError) as refusal:
        land(("purchase", write("p.csv", text)), recorded_from="transaction_datetime")
    assert f"p.csv, line 4: transaction_datetime is {value!r}" in str(refusal.value)
    assert left_behind() == []


@pytest.mark.parametrize(
    "time", ["2024-01-03 00:00:00", " 2024-01-02T21:00:00-03:00", "2024-05-06 12:00:00Z"]
)
def test_a_day_before_the_events_that_it_holds_is_refused(write, land, left_behind, time):
    """Of the shop's clock a day more is believed."""
    text = f"purchase_id,transaction_datetime\n1,2024-01-01 10:00:00\n2,{time}\n"
    with pytest.raises(DeliveryError) as refused:
        land(("purchase", write("p.csv", text)), ingest_date=date(2024, 1, 1))
    for part in ("p.csv, line 3: ", "(2024-01-01)", "--recorded-from transaction_datetime"):
        assert part in str(refused.value)
    assert left_behind() == []


@pytest.mark.parametrize(
    "time",
    [
        *("2024-01-02 23:59:59.999999", "2024-01-03T10:00:00+14:00", "", "soon"),
        # Wrong whatever day is claimed: staging says so.
        "2099-01-01 00:00:00",
    ],
)
def test_a_day_of_the_events_that_it_holds_is_taken(write, land, time):
    text = f"purchase_id,transaction_datetime\n1,{time}\n"
    [load] = land(("purchase", write("p.csv", text)), ingest_date=date(2024, 1, 1))
    assert load.row_count == 1


def test_a_day_is_claimed_for_a_file_that_says_no_times(write, land):
    [load] = land(("purchase", write("p.csv", "purchase_id\n1\n")), ingest_date=date(2024, 1, 1))
    assert load.row_count == 1


@pytest.mark.parametrize(
    ("time", "received"),
    [
        ("2024-01-05T23:00:00.000Z", "2024-01-05 23:00:00.000000"),
        ("2024-01-05T22:30:00.123456000-03:00", "2024-01-06 01:30:00.123456"),
        ("2024-01-05 05:00:00+0530", "2024-01-04 23:30:00.000000"),
        ("2024-01-05 05:00:00+14", "2024-01-04 15:00:00.000000"),
    ],
)
def test_recorded_from_takes_times_as_other_tools_write_them(write, land, raw_rows, time, received):
    text = f"purchase_id,transaction_datetime\n1,{time}\n"
    land(("purchase", write("p.csv", text)), recorded_from="transaction_datetime")
    [row] = raw_rows("purchase")
    assert row["recorded_at"] == received


def test_recorded_from_needs_its_column_and_its_values(write, land, left_behind):
    with pytest.raises(DeliveryError, match=r"p\.csv: has no column 'sent_at'.*purchase_id"):
        land(("purchase", write("p.csv", ONE)), recorded_from="sent_at")
    with pytest.raises(DeliveryError, match=r"p\.csv: has no column ''.*purchase_id"):
        land(("purchase", write("p.csv", ONE)), recorded_from="")
    null = write("p.json", '[{"purchase_id": 1, "transaction_datetime": null}]')
    with pytest.raises(DeliveryError, match=r"p\.json, line 1: transaction_datetime is None"):
        land(("purchase", null), recorded_from="transaction_datetime")
    assert left_behind() == []


def test_several_files_of_one_entity_are_one_load_and_one_file_per_day(write, land, raw_rows):
    files = [("purchase", write("a.csv", ONE)), ("purchase", write("b.csv", OTHER))]
    [load] = land(*files)
    assert load.load_id.endswith(f"-{hash_of(ONE, OTHER)}")
    assert len(load.files) == 1
    assert [
        (r["source_file"], r["source_row"], r["purchase_id"]) for r in raw_rows("purchase")
    ] == [
        ("a.csv", 1, "1"),
        ("b.csv", 1, "2"),
    ]
    assert land(*files)[0].outcome == "repeated"
    assert land(files[0])[0].outcome == "landed"


def test_rows_moved_from_one_file_to_the_next_are_another_delivery(write, land):
    first, second, third = '{"purchase_id": 1}\n', '{"purchase_id": 2}\n', '{"purchase_id": 3}\n'

    def pair(one, two):
        return [("purchase", write("a.json", one)), ("purchase", write("b.json", two))]

    land(*pair(first + second, third))
    assert land(*pair(first, second + third))[0].outcome == "landed"


def test_two_files_of_one_name_are_refused(write, land, left_behind):
    files = [("purchase", write("x/p.csv", ONE)), ("purchase", write("y/p.csv", OTHER))]
    with pytest.raises(DeliveryError, match=r"purchase: p\.csv is named twice"):
        land(*files)
    assert left_behind() == []


def test_the_same_delivery_on_the_same_day_changes_nothing(write, land, left_behind):
    path = write("p.csv", ONE)
    [first] = land(("purchase", path))
    before = left_behind()
    [again] = land(("purchase", path), received_at=NOON + timedelta(hours=1))
    assert (again.outcome, again.load_id, again.files) == ("repeated", first.load_id, first.files)
    assert left_behind() == before


def test_content_that_comes_back_after_another_delivery_of_the_day_is_landed(write, land, raw_rows):
    outcomes = [
        land(("purchase", write("p.csv", content)), received_at=NOON + timedelta(hours=hour))[
            0
        ].outcome
        for hour, content in enumerate([ONE, OTHER, ONE, ONE, OTHER])
    ]
    assert outcomes == ["landed", "landed", "landed", "repeated", "landed"]
    assert len(raw_rows("purchase")) == 4


def test_a_claimed_delivery_is_the_same_whatever_was_landed_since(write, land):
    claim = {"ingest_date": date(2024, 1, 5), "rewrite_history": True}
    outcomes = [
        land(("purchase", write("p.csv", content)), **claim)[0].outcome
        for content in [ONE, OTHER, ONE, OTHER]
    ]
    assert outcomes == ["landed", "landed", "repeated", "repeated"]


@pytest.mark.parametrize(
    ("name", "content", "received_at"),
    [
        ("p.csv", ONE, NEXT_DAY),
        ("q.csv", ONE, NOON + timedelta(hours=1)),
        ("p.csv", OTHER, NOON + timedelta(hours=1)),
    ],
)
def test_another_day_name_or_content_is_landed_again(
    write, land, raw_rows, name, content, received_at
):
    land(("purchase", write("p.csv", ONE)))
    [load] = land(("purchase", write(name, content)), received_at=received_at)
    assert load.outcome == "landed"
    assert len(raw_rows("purchase")) == 2


def test_the_same_content_under_other_days_is_another_delivery(write, land):
    text = f"{ONE}2,2024-01-06\n"
    path = write("p.csv", text)
    land(("purchase", path), recorded_from="transaction_datetime")
    again = {"ingest_date": date(2024, 1, 5), "rewrite_history": True}
    assert land(("purchase", path), **again)[0].outcome == "landed"
    assert land(("purchase", path), **again)[0].outcome == "repeated"


def test_each_entity_of_a_call_is_judged_by_itself(write, land, raw_rows):
    path = write("p.csv", ONE)
    land(("purchase", path))
    loads = land(("purchase", path), ("purchase_extra_info", path))
    assert [(load.entity, load.outcome) for load in loads] == [
        ("purchase", "repeated"),
        ("purchase_extra_info", "landed"),
    ]
    assert len(raw_rows("purchase")) == len(raw_rows("purchase_extra_info")) == 1


def test_a_microsecond_that_a_load_has_taken_is_not_taken_again(write, land, raw_rows):
    land(("purchase", write("p.csv", ONE)))
    [load] = land(("purchase_extra_info", write("e.csv", OTHER)))
    assert load.load_id == f"20240506T120000123457Z-{hash_of(OTHER)}"
    assert raw_rows("purchase_extra_info")[0]["recorded_at"] == "2024-05-06 12:00:00.123457"


def test_a_claim_before_what_the_domain_knows_is_refused_and_can_be_forced(
    write, land, raw_rows, left_behind
):
    land(("purchase", write("p.csv", ONE)), recorded_from="transaction_datetime")
    before = left_behind()
    late = write("late.csv", "purchase_id,transaction_datetime\n9,2024-01-05 09:59:59.999999\n")
    with pytest.raises(HistoryRewriteError) as refusal:
        land(("purchase_extra_info", late), recorded_from="transaction_datetime")
    for said in (
        "late.csv, line 2",
        "2024-01-05 09:59:59.999999",
        "2024-01-05 10:00:00.000000",
        "--rewrite-history",
    ):
        assert said in str(refusal.value)
    assert left_behind() == before
    [load] = land(
        ("purchase_extra_info", late), recorded_from="transaction_datetime", rewrite_history=True
    )
    assert "rewrites history known up to 2024-01-05 10:00:00.000000" in load.warnings[0]
    assert raw_rows("purchase_extra_info")[0]["ingest_date"] == "2024-01-05"


def test_a_claim_equal_to_the_newest_time_is_not_a_rewrite(write, land, raw_rows):
    land(("purchase", write("p.csv", ONE)), recorded_from="transaction_datetime")
    land(("purchase", write("q.csv", OTHER)), recorded_from="transaction_datetime")
    assert len(raw_rows("purchase")) == 2


def test_a_repeated_historical_delivery_is_no_rewrite(write, land):
    path = write("p.csv", ONE)
    land(("purchase", path), recorded_from="transaction_datetime")
    land(("purchase", write("q.csv", OTHER)))
    assert land(("purchase", path), recorded_from="transaction_datetime")[0].outcome == "repeated"


def test_entities_of_one_call_are_not_compared_with_each_other(write, land, raw_rows):
    newer = write("e.csv", "purchase_id,transaction_datetime\n1,2024-03-01\n")
    land(
        ("purchase_extra_info", newer),
        ("purchase", write("p.csv", ONE)),
        recorded_from="transaction_datetime",
    )
    assert raw_rows("purchase")[0]["ingest_date"] == "2024-01-05"


def test_a_clock_that_runs_back_is_a_rewrite_too(write, land):
    land(("purchase", write("p.csv", ONE)))
    with pytest.raises(HistoryRewriteError):
        land(("purchase", write("q.csv", OTHER)), received_at=NOON - timedelta(minutes=2))


def test_a_load_that_another_process_stamped_meanwhile_is_known_by_now(write, land):
    """Its clock was read later than ours, and it was there first: no rewrite of history."""
    land(("purchase", write("p.csv", ONE)), received_at=NOON + timedelta(seconds=2))
    [load] = land(("purchase", write("q.csv", OTHER)))
    assert load.load_id.startswith("20240506T120002123457Z-")


def test_a_day_that_turns_while_files_are_read_is_not_landed_into(write, land, raw_rows):
    midnight = NOON.replace(hour=23, minute=59, second=59)
    later = midnight + timedelta(seconds=2)
    [load] = land(("purchase", write("p.csv", ONE)), received_at=midnight, clock=lambda: later)
    assert load.outcome == "landed"
    assert [row["ingest_date"] for row in raw_rows("purchase")] == ["2024-05-07"]
    assert load.load_id.startswith("20240507T000001")
    [claimed] = land(
        ("purchase", write("q.csv", OTHER)),
        received_at=midnight,
        ingest_date=date(2024, 5, 7),
        rewrite_history=True,
        clock=lambda: later + timedelta(days=1),
    )
    assert claimed.files[0].ingest_date == "2024-05-07"


def test_eight_processes_that_land_one_delivery_at_once_land_it_once(write, raw, project_dir):
    header = "transaction_datetime,purchase_id,subsidiary"
    path = write("e.csv", f"{header}\n2024-01-05 10:00:00,1,nacional\n")
    words = [sys.executable, "-m", "lakehouse", "land", "commerce", f"purchase_extra_info={path}"]
    words += ["--project-dir", str(project_dir)]
    started = [
        subprocess.Popen(
            words,
            env={**os.environ, "LAKEHOUSE_RAW": str(raw)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    said = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0] * 8, said
    assert len(list(raw.glob("commerce/purchase_extra_info/*/*.parquet"))) == 1
    assert sum("landed 1 rows" in out for out, _ in said) == 1
    assert sum("the same delivery is load" in out for out, _ in said) == 7


def test_a_write_that_fails_takes_its_claim_back(write, land, raw, monkeypatch):
    monkeypatch.setattr(os, "replace", Mock(side_effect=OSError(28, "No space left on device")))
    with pytest.raises(RawStoreError, match="No space left"):
        land(("purchase", write("p.csv", ONE)))
    monkeypatch.undo()
    [load] = land(("purchase", write("p.csv", ONE)))
    assert load.outcome == "landed"


def test_what_was_withdrawn_is_landed_anew(write, land, raw):
    [load] = land(("purchase", write("p.csv", ONE)))
    [file] = load.files
    withdrawn = raw / WITHDRAWN / file.key
    withdrawn.parent.mkdir(parents=True)
    (raw / file.key).rename(withdrawn)
    [again] = land(("purchase", write("p.csv", ONE)), received_at=NOON + timedelta(seconds=9))
    assert again.outcome == "landed"
    assert again.load_id != load.load_id


@pytest.mark.parametrize("rewrite_history", [False, True])
def test_a_claim_after_the_clock_is_always_refused(write, land, left_behind, rewrite_history):
    future = write("p.csv", f"{ONE}2,2024-05-06 12:00:00.123457\n")
    with pytest.raises(FutureClaimError, match=r"p\.csv, line 3: .* 2024-05-06 12:00:00\.123457"):
        land(
            ("purchase", future),
            recorded_from="transaction_datetime",
            rewrite_history=rewrite_history,
        )
    with pytest.raises(FutureClaimError):
        land(("purchase", future), ingest_date=date(2024, 5, 7), rewrite_history=rewrite_history)
    assert left_behind() == []


def test_a_file_of_someone_else_counts_for_history(write, land, raw):
    folder = raw / "commerce" / "product_item" / "ingest_date=2024-02-01"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"recorded_at": ["2024-02-01 08:00:00.000000"]}), folder / "x.parquet")
    later = folder.with_name("ingest_date=2024-03-01")
    later.mkdir()
    pq.write_table(pa.table({"recorded_at": pa.array([], pa.string())}), later / "empty.parquet")
    with pytest.raises(HistoryRewriteError, match=r"2024-02-01 08:00:00\.000000"):
        land(("purchase", write("p.csv", ONE)), recorded_from="transaction_datetime")
    pq.write_table(pa.table({"a": [1]}), later / "empty.parquet")
    with pytest.raises(RawStoreError, match=r"ingest_date=2024-03-01/empty\.parquet: not a file"):
        land(("purchase", write("p.csv", ONE)))


def test_a_refused_second_entity_leaves_nothing_of_the_first(write, land, left_behind):
    with pytest.raises(DeliveryError, match=r"e\.csv"):
        land(("purchase", write("p.csv", ONE)), ("purchase_extra_info", write("e.csv", "")))
    assert left_behind() == []


def test_a_disk_that_fills_at_the_second_file_leaves_nothing_of_the_first(
    write, land, left_behind, monkeypatch
):
    sync, calls = os.fsync, []

    def full_disk(handle):
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(RawStoreError, match=r"No space left.*land again"):
        land(
            ("purchase", write("p.csv", ONE)),
            ("purchase_extra_info", write("e.csv", ONE)),
        )
    assert left_behind() == []


def test_where_folders_cannot_be_opened_files_are_landed(write, land, raw_rows, monkeypatch):
    """As on Windows, which opens a folder for nobody."""
    opened = os.open

    def no_folder(path, *arguments, **options):
        if os.path.isdir(path):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **options)

    monkeypatch.setattr(raw_store, "_FOLDERS_CAN_BE_SYNCED", False)
    monkeypatch.setattr(raw_store.os, "open", no_folder)
    land(("purchase", write("p.csv", ONE)))
    assert len(raw_rows("purchase")) == 1


def test_a_place_that_cannot_be_made_for_the_second_entity_leaves_no_file_of_the_first(
    write, land, raw
):
    (raw / "commerce").mkdir(parents=True)
    (raw / "commerce" / "purchase_extra_info").write_text("in the way")
    with pytest.raises(RawStoreError, match="land again"):
        land(
            ("purchase", write("p.csv", ONE)),
            ("purchase_extra_info", write("e.csv", ONE)),
        )
    assert [path.name for path in raw.rglob("*") if path.is_file()] == ["purchase_extra_info"]


def test_a_file_appears_by_a_rename_or_not_at_all(write, land, raw, monkeypatch):
    def no_rename(source, target):
        assert os.stat(source).st_size > 0
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", no_rename)
    with pytest.raises(RawStoreError, match="Input/output error"):
        land(("purchase", write("p.csv", ONE)))
    assert [path for path in raw.rglob("*") if path.is_file()] == []


def test_nothing_to_land_touches_nothing(write, land, raw):
    land(("purchase", write("p.csv", "purchase_id\n")))
    assert not raw.exists()


def test_an_unknown_entity_is_answered_with_the_known_ones(write, land, left_behind):
    with pytest.raises(UsageError, match=r"unknown entity 'sale'.*product_item, purchase"):
        land(("purchase", write("p.csv", ONE)), ("sale", write("s.csv", ONE)))
    assert left_behind() == []
