"""What fails must fail the run, and what can be repeated is repeated."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import local_aws
import parity
import pytest
from conftest import Aws, Built, Rows

MODEL = "fct_commerce__gmv_daily"
# It reads raw rows. Glue drops it before it makes it anew; on Athena the view that it reads fails
# first.
REBUILT, RAW = "int_credit__load", "proposal"
MERGED = "int_commerce__purchase"


@dataclass(frozen=True)
class Failed:
    """By target: what the run printed, the tables that were left, the rows of REBUILT before it."""

    said: dict[str, str]
    tables: dict[str, set[str]]
    rows_before: dict[str, Rows]


def run(built: Built, target: str, *arguments: str) -> str:
    return parity.run_dbt(built.case, target, *arguments, run_date="2026-01-01")


@pytest.mark.parametrize("target", local_aws.TARGETS)
def test_a_rebuild_that_fails_fails_the_run_and_the_next_one_mends_it(
    aws: Aws, built: Built, failed: Failed, target: str
):
    assert re.search(rf"_raw\W+{RAW}\b", failed.said[target])
    assert (REBUILT in failed.tables[target]) == (target == "athena")

    run(built, target, "run", "--select", REBUILT)

    assert failed.rows_before[target].rows
    assert built.rows(aws, target, f"model.lakehouse.{REBUILT}") == failed.rows_before[target]


@pytest.fixture(scope="module")
def failed(aws: Aws, built: Built) -> Failed:
    """A rebuild on both engines while the catalogue lacks a raw table, which is there again."""
    model = f"model.lakehouse.{REBUILT}"
    before = {target: built.rows(aws, target, model) for target in local_aws.TARGETS}

    def fails(target: str) -> str:
        with pytest.raises(subprocess.CalledProcessError) as stopped:
            run(built, target, "run", "--select", f"+{REBUILT}", "--full-refresh")
        return stopped.value.output

    raw = local_aws.settings("athena", lake=built.case.lake)["LAKEHOUSE_RAW_DATABASE"]
    aws.glue.delete_table(DatabaseName=raw, Name=RAW)
    try:
        said = parity.beside_each_other(local_aws.TARGETS, fails)
    finally:
        local_aws.register(built.case.raw, lake=built.case.lake)
    tables = {}
    for target in local_aws.TARGETS:
        schema = built.nodes[target][model]["schema"]
        listed = aws.glue.get_tables(DatabaseName=schema)["TableList"]
        tables[target] = {table["Name"] for table in listed}
    return Failed(said, tables, before)


def test_a_commit_that_lost_a_race_is_repeated(aws, built):
    aws.fault("ICEBERG_COMMIT_ERROR", text="merge into")
    run(built, "athena", "run", "--select", MERGED)
    assert not aws.pending_faults()


def test_throttled_calls_are_repeated(aws, built):
    aws.fault("TooManyRequestsException", times=2)
    run(built, "athena", "run", "--select", MODEL)
    assert not aws.pending_faults()


@pytest.mark.parametrize("target", local_aws.TARGETS)
def test_dbt_by_itself_may_not_write(aws: Aws, built: Built, target: str, tmp_path: Path):
    before = built.rows(aws, target, f"model.lakehouse.{MERGED}")
    places = ["--target-path", str(tmp_path), "--log-path", str(tmp_path)]
    done = parity.run_command(built.case, target, ["run", "--select", MERGED, *places])
    assert done.returncode != 0
    assert "this run does not hold the lease" in done.stdout
    assert built.rows(aws, target, f"model.lakehouse.{MERGED}") == before
