"""What fails must fail the run, and what can be repeated is repeated."""

import subprocess
from pathlib import Path

import local_aws
import parity
import pytest
from conftest import Aws, Built

MODEL = "fct_commerce__gmv_daily"
# It reads raw rows. Glue drops it before it makes it anew; on Athena the view that it reads fails
# first.
REBUILT = "int_credit__load"
MERGED = "int_commerce__purchase"


def run(built: Built, target: str, *arguments: str) -> str:
    return parity.run_dbt(built.case, target, *arguments, run_date="2026-01-01")


@pytest.mark.parametrize("target", local_aws.TARGETS)
def test_a_rebuild_that_fails_fails_the_run_and_the_next_one_mends_it(
    aws: Aws, built: Built, target: str, monkeypatch: pytest.MonkeyPatch
):
    before = built.rows(aws, target, f"model.lakehouse.{REBUILT}")
    whole_settings = local_aws.settings
    with monkeypatch.context() as patch:
        patch.setattr(
            local_aws,
            "settings",
            lambda name, lake: {
                **whole_settings(name, lake=lake),
                "LAKEHOUSE_RAW_DATABASE": "nothing_here",
            },
        )
        with pytest.raises(subprocess.CalledProcessError) as failed:
            run(built, target, "run", "--select", f"+{REBUILT}", "--full-refresh")
    assert "nothing_here" in failed.value.output
    schema = built.nodes[target][f"model.lakehouse.{REBUILT}"]["schema"]
    tables = aws.glue.get_tables(DatabaseName=schema)["TableList"]
    assert (REBUILT in {table["Name"] for table in tables}) == (target == "athena")

    run(built, target, "run", "--select", REBUILT)

    assert before.rows
    assert built.rows(aws, target, f"model.lakehouse.{REBUILT}") == before


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
