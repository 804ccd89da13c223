"""`lakehouse build`: dbt build with its output in the log alone, and a short report of our own."""

import logging
import os
import sys
import time
from collections.abc import Callable, MutableMapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from botocore.exceptions import BotoCoreError, ClientError

from lakehouse.building.checked_run import CheckedOutcome, run_and_look
from lakehouse.building.dbt_run import DbtOutcome
from lakehouse.building.findings import read_results
from lakehouse.building.model_runs import note_model_runs
from lakehouse.building.progress import BuildEvents, plain, shown
from lakehouse.building.report import Build, report, stopped
from lakehouse.building.setting import Setting

STOPPED = 130


def build(
    arguments: Sequence[str],
    *,
    environment: MutableMapping[str, str] = os.environ,
    say: Callable[[str], None] = print,
    manifest: Any = None,
) -> int:
    """Build what is new; say how far it is and, in the end, what came of it.

    Args:
        arguments: options of `dbt build`, and `--force`.
        say: gets each line of the report.
        manifest: the project as dbt has parsed it; None to have it read.
    Returns: 0 only if all that was asked for is there and no rule fails; 130 after Ctrl-C.
    """
    started, start = time.monotonic(), Path.cwd()
    started_at = datetime.now(UTC)
    events = BuildEvents()
    # Where its log cannot be written dbt goes on, and would print a traceback for each event.
    logging.raiseExceptions = False
    try:
        with shown(events, is_terminal=_is_terminal(environment), started=started):
            outcome = _outcome(arguments, events=events, environment=environment, manifest=manifest)
    except KeyboardInterrupt as err:
        outcome = _ended_by(err)
    elapsed_seconds = time.monotonic() - started
    setting = Setting(
        arguments=tuple(arguments),
        environment=environment,
        start=start,
        project=events.project or start,
        programs=Path(sys.executable).parent,
    )
    if isinstance(outcome.dbt.exception, KeyboardInterrupt):
        say(stopped(events.progress(), elapsed_seconds=elapsed_seconds, setting=setting))
        return STOPPED
    if outcome.headline:
        say(outcome.headline)
    if outcome.news and outcome.news.is_nothing:
        return 0
    doubts = [*outcome.doubts, *_noted(outcome, setting=setting, started_at=started_at)]
    results = read_results(outcome.dbt.results, project=setting.project)
    done = Build(
        setting=setting,
        results=results,
        error=_error(outcome, events=events, has_failures=bool(results.of("fail", "error"))),
        lost=outcome.lost,
        warnings=(*events.warnings, *(doubts if outcome.is_success else ())),
        gates=tuple(events.gates),
        schemas=tuple(sorted({node.schema for node in outcome.dbt.built})),
        log=str(events.log) if events.log else None,
        elapsed_seconds=elapsed_seconds,
    )
    for line in report(done):
        say(line)
    return 0 if outcome.is_success else 1


def _outcome(
    arguments: Sequence[str],
    *,
    events: BuildEvents,
    environment: MutableMapping[str, str],
    manifest: Any,
) -> CheckedOutcome:
    # The level of the file follows that of the console where it is not given.
    file_level = environment.get("DBT_LOG_LEVEL_FILE", "debug")
    quiet = ["--log-level", "none", "--log-level-file", file_level]
    try:
        return run_and_look(
            ["build", *quiet, *arguments],
            environment=environment,
            callbacks=[events.note],
            manifest=manifest,
        )
    except (BotoCoreError, ClientError) as err:
        return _ended_by(err)


def _noted(outcome: CheckedOutcome, *, setting: Setting, started_at: datetime) -> list[str]:
    """Keep what the models took; returns a sentence if it cannot be kept, which fails no build."""
    if setting.target != "duckdb":
        return []
    database = setting.start / setting.database
    try:
        note_model_runs(outcome.dbt.results, database=database, started_at=started_at)
    except duckdb.Error as err:
        return [f"what the models took could not be noted: {plain(str(err))}"]
    return []


def _error(outcome: CheckedOutcome, *, events: BuildEvents, has_failures: bool) -> str | None:
    """What ended the run, if no result and no sentence about a table says it."""
    if outcome.dbt.exception is not None:
        return events.error or plain(str(outcome.dbt.exception)) or repr(outcome.dbt.exception)
    if not outcome.is_success and not has_failures and not outcome.lost:
        return "dbt calls the run failed, and no result says why; see the log."
    return None


def _ended_by(error: BaseException) -> CheckedOutcome:
    return CheckedOutcome(DbtOutcome(is_success=False, built=(), logged_errors=(), exception=error))


def _is_terminal(environment: MutableMapping[str, str]) -> bool:
    return sys.stdout.isatty() and environment.get("TERM", "dumb") != "dumb"
