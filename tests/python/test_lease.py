"""The lease as a command meets it: free, held, lost, and what a run without it may do."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fake_aws import FakeAws
from lake import Lake

from lakehouse.building.lease import Pace, held, lease_object
from lakehouse.errors import AwsError, LeaseHeldError, LeaseLostError

KEY = "lake/_lease/prod.json"
QUICK = Pace(renew_every=0.05, retry_every=0.05, give_up_after=0.3, end_within=20)
STATUS = [sys.executable, "-m", "lakehouse", "lease", "status"]
# Holds on for ever, and takes no notice of being told to end.
DEAF = """
import os, time
from lakehouse.building.lease import Pace, held
pace = Pace(renew_every=0.05, end_within=0.5)
with held(os.environ, run="deaf", pace=pace):
    print("held", flush=True)
    while True:
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            print("told", flush=True)
"""

# Swallows one interrupt, as dbt does, and gives its outcome back.
TOLD = """
import os, signal, sys, time
from lakehouse.building.lease import held
# What is ignored is inherited, from a `nohup make test` too.
signal.signal(signal.SIGHUP, signal.SIG_IGN if "nohup" in sys.argv else signal.SIG_DFL)
with held(os.environ, run="told"):
    try:
        print("held", flush=True)
        sys.stdin.readline()
    except KeyboardInterrupt:
        print("interrupted", flush=True)
print("went on", flush=True)
"""


@pytest.fixture
def aws(fake_aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    monkeypatch.setenv("LAKEHOUSE_CURATED", "s3://lake/wh")
    monkeypatch.setenv("LAKEHOUSE_SCHEMA_PREFIX", "prod")
    yield fake_aws


def said(aws: FakeAws) -> dict:
    return json.loads(aws.objects[KEY])


def taken_over(aws: FakeAws) -> None:
    """The object is as another run would have written it."""
    other = json.dumps({**said(aws), "run": "other"}).encode()
    with aws.lock:
        aws.objects[KEY], aws.etags[KEY] = other, '"other"'


def let_pass(aws: FakeAws, seconds: float) -> None:
    aws.arrived[KEY] = datetime.now(UTC) - timedelta(seconds=seconds)


def status() -> subprocess.CompletedProcess[str]:
    return subprocess.run(STATUS, env=dict(os.environ), capture_output=True, text=True)


def test_it_is_held_while_the_body_runs_and_free_afterwards(aws: FakeAws) -> None:
    with held(os.environ, run="first"):
        assert (said(aws)["run"], said(aws)["ttl"]) == ("first", 120)
        assert not said(aws)["is_released"]
        refused = pytest.raises(LeaseHeldError, match=r"the tables of prod .* run first")
        with refused, held(os.environ, run="second"):
            pytest.fail("two at once")
        assert said(aws)["run"] == "first"
    assert said(aws)["is_released"]
    with held(os.environ, run="second"):
        assert said(aws)["run"] == "second"


def test_a_body_that_fails_gives_it_back(aws: FakeAws) -> None:
    with pytest.raises(ZeroDivisionError), held(os.environ, run="first"):
        _ = 1 / 0
    assert said(aws)["is_released"]


@pytest.mark.parametrize(("age", "is_free"), [(175, False), (185, True)])
def test_one_that_is_not_renewed_is_taken_over_after_its_time(
    aws: FakeAws, age: float, is_free: bool
) -> None:
    with held(os.environ, run="first"):
        let_pass(aws, age)
        found = lease_object(os.environ).read()
        assert found is not None and found.is_free(Pace()) == is_free


def test_it_is_renewed(aws: FakeAws) -> None:
    with held(os.environ, run="first", pace=QUICK):
        while said(aws)["renewed"] < 3:
            time.sleep(0.01)
    assert said(aws)["is_released"]


def test_a_run_whose_lease_was_taken_over_is_interrupted(aws: FakeAws) -> None:
    lost = pytest.raises(LeaseLostError, match="another run has taken it over")
    with lost, held(os.environ, run="first", pace=QUICK):
        taken_over(aws)
        time.sleep(60)
        pytest.fail("it was not interrupted")
    assert said(aws)["run"] == "other"


def test_a_run_that_cannot_renew_is_interrupted(aws: FakeAws) -> None:
    lost = pytest.raises(LeaseLostError, match="could not be renewed")
    with lost, held(os.environ, run="first", pace=QUICK):
        aws.refuse.add("_lease")
        time.sleep(60)
        pytest.fail("it was not interrupted")


def test_a_run_that_does_not_end_is_ended(aws: FakeAws) -> None:
    deaf = subprocess.Popen(
        [sys.executable, "-c", DEAF], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert deaf.stdout and deaf.stdout.readline() == "held\n"
    taken_over(aws)
    rest, errors = deaf.communicate(timeout=60)
    assert (deaf.returncode, rest) == (1, "told\n")
    assert "the lease is lost: another run has taken it over" in errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_told_to_end_gives_it_back(aws: FakeAws, number: signal.Signals) -> None:
    run = holding()
    run.send_signal(number)
    rest, errors = run.communicate(timeout=60)
    assert (run.returncode, rest) == (128 + number, "interrupted\n")
    assert errors == f"{number.name}: the run ends\n"
    assert said(aws)["is_released"]


def test_a_terminal_that_closes_ends_no_run_behind_nohup(aws: FakeAws) -> None:
    run = holding("nohup")
    run.send_signal(signal.SIGHUP)
    assert run.communicate("\n", timeout=60) == ("went on\n", "")
    assert run.returncode == 0


def holding(*words: str) -> subprocess.Popen[str]:
    """A process that holds the lease until it reads a line."""
    pipes = {name: subprocess.PIPE for name in ("stdin", "stdout", "stderr")}
    run = subprocess.Popen([sys.executable, "-c", TOLD, *words], text=True, **pipes)
    assert run.stdout and run.stdout.readline() == "held\n"
    return run


def test_who_may_not_write_it_is_told_so(aws: FakeAws) -> None:
    aws.refuse.add("_lease")
    refused = pytest.raises(AwsError, match="the lease needs s3:GetObject and s3:PutObject")
    with refused, held(os.environ, run="first"):
        pytest.fail("without a lease")


def test_status_tells_held_from_free(aws: FakeAws) -> None:
    free = status()
    assert (free.returncode, free.stdout) == (
        0,
        "nobody writes: s3://lake/_lease/prod.json is free\n",
    )
    with held(os.environ, run="first"):
        taken = status()
    assert taken.returncode == 75
    assert "run first" in taken.stdout


@pytest.mark.parametrize("command", ["build", "run", "seed", "run-operation compact_tables"])
def test_a_command_that_writes_waits_for_nobody_and_says_who_holds_it(
    aws: FakeAws, command: str, tmp_path: Path
) -> None:
    """It ends before dbt is asked for anything, with a status that no failure has."""
    with held(os.environ, run="first"):
        done = subprocess.run(
            [*STATUS[:3], "dbt", *command.split(), "--target", "athena", "--log-path", tmp_path],
            env=dict(os.environ),
            capture_output=True,
            text=True,
        )
    assert done.returncode == 75
    assert "run first" in done.stderr
    assert done.stdout == ""


def test_dbt_by_itself_may_not_write_where_nothing_is_locked(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    passed, said = lake.try_macro("athena__check_lease", {}, variables={})
    assert not passed
    assert "Run the same as `lakehouse dbt …`" in said
    assert lake.try_macro("check_lease", {}, variables={})[0]
