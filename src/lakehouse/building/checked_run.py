"""A run of dbt and what goes around it: before it what is new, after it a look at the tables."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from lakehouse.aws import services_described_once
from lakehouse.building.athena_statements import SentStatements
from lakehouse.building.checked_settings import project_of
from lakehouse.building.dbt_run import (
    DbtOutcome,
    forget_failed_sessions,
    lost_errors,
    option_of,
    run_dbt,
    schemas_of,
    schemas_of_lake,
    set_flags,
    stored_tables,
    target_of,
)
from lakehouse.building.lease import held
from lakehouse.building.news import FORCE, News, WholeRun, command_of, told_news, whole_run
from lakehouse.building.progress import plain
from lakehouse.building.setting import CARRIED, carried
from lakehouse.building.sizes import measured_runs
from lakehouse.building.state import keep_state, state_place
from lakehouse.errors import LakehouseError

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

# Names the run for the macros: `begin_run` notes it, and `check_lease` takes it for the holder's.
RUN_ID = "LAKEHOUSE_RUN_ID"
# Commands of dbt that write tables of models, or call a macro that may.
WRITING = ("build", "run", "seed", "snapshot", "clone", "retry", "run-operation")
# Where dbt writes, and how much.
_OUTPUT = ("--log-path", "--log-level", "--log-level-file")

Callback = Callable[[Any], None]
_NOT_ASKED = DbtOutcome(is_success=True, built=(), logged_errors=())


@dataclass(frozen=True)
class CheckedOutcome:
    """What came of a run.

    Attributes:
        lost: errors that dbt's own report does not show, a sentence each.
        news: what was new before it; None where that was not asked, or could not be.
        doubts: what could not be looked up or noted, and costs the next run time, a sentence each.
    """

    dbt: DbtOutcome
    lost: tuple[str, ...] = ()
    news: News | None = None
    doubts: tuple[str, ...] = ()

    @property
    def is_success(self) -> bool:
        return self.dbt.is_success and not self.lost

    @property
    def headline(self) -> str | None:
        """What is new, where that is worth a line."""
        return self.news.sentence if self.news and self.news.passed_at else None


def run_and_look(
    arguments: Sequence[str],
    *,
    environment: MutableMapping[str, str] = os.environ,
    callbacks: Iterable[Callback] = (),
    manifest: Any = None,
    say: Callable[[str], None] = lambda _: None,
) -> CheckedOutcome:
    """Run dbt for what is new, and look at what it built.

    A build of the whole project builds what the lake does not reflect, which may be nothing; any
    other command is run as it is.

    Args:
        arguments: as for dbt, and `--force`, with which everything is built. On DuckDB nothing is
            looked at afterwards: its adapter raises what goes wrong.
        callbacks: as for run_dbt; manifest: too.
        say: gets a sentence of what is new before dbt builds it.
    Raises: LeaseHeldError if another run writes the tables, on Athena and Glue; LeaseLostError if
        this one had to end for it; AwsError if the lease cannot be asked for.
    """
    is_forced = FORCE in arguments
    arguments = [each for each in arguments if each != FORCE]
    target = target_of(arguments, environment)
    run_id = uuid4().hex
    # DuckDB locks its file; an object store locks nothing.
    has_lease = target != "duckdb" and command_of(arguments) in WRITING
    with (
        held(environment, run=run_id) if has_lease else nullcontext(),
        services_described_once() if target != "duckdb" else nullcontext(),
    ):
        environment[RUN_ID] = run_id
        try:
            return _run(
                arguments,
                list(callbacks),
                manifest,
                environment=environment,
                target=target,
                is_forced=is_forced,
                say=say,
            )
        finally:
            del environment[RUN_ID]


def _run(
    arguments: Sequence[str],
    callbacks: Sequence[Callback],
    manifest: Any,
    *,
    environment: MutableMapping[str, str],
    target: str,
    is_forced: bool,
    say: Callable[[str], None],
) -> CheckedOutcome:
    whole = whole_run(
        arguments,
        project=project_of(arguments, environment),
        target=target,
        environment=environment,
    )
    glue = _glue_client() if target in ("athena", "glue") else None
    if glue and target == "glue":
        forget_failed_sessions(environment, glue=glue)
    set_flags(target, environment)
    if whole is None:
        return _looked_at(arguments, callbacks, manifest, environment=environment, glue=glue)
    manifest = manifest or _parsed(arguments, callbacks)
    asks = not (is_forced or whole.is_full_refresh) and manifest is not None
    asked = _asked(whole, arguments, callbacks, manifest) if asks else CheckedOutcome(_NOT_ASKED)
    if asked.news and asked.headline:
        say(asked.headline)
    if asked.dbt.exception is not None or (asked.news and asked.news.is_nothing):
        return asked
    restriction = asked.news.restriction if asked.news else []
    sent = SentStatements()
    done = _looked_at(
        [*arguments, *restriction],
        [*callbacks, sent],
        manifest,
        environment=environment,
        glue=glue,
    )
    doubts = list(asked.doubts)
    if done.is_success and manifest is not None:
        said = {"run_id": environment[RUN_ID], "code": whole.code, "settings": whole.settings}
        noted = operation("note_passed_run", said, arguments, callbacks, manifest)
        if not noted.is_success:
            doubts.append("it could not be noted that this run passed: the next builds everything")
        doubts += _kept_state(
            done.dbt, sent, arguments, whole, target=target, environment=environment
        )
    return CheckedOutcome(done.dbt, done.lost, asked.news, tuple(doubts))


def checked_run(
    arguments: Sequence[str],
    *,
    environment: MutableMapping[str, str] = os.environ,
    manifest: Any = None,
) -> int:
    """Run dbt with its own output; return 0 only if all it was asked for is there."""
    outcome = run_and_look(
        arguments,
        environment=environment,
        manifest=manifest,
        say=lambda sentence: print(sentence, flush=True),
    )
    if outcome.dbt.exception is not None:
        print(f"error: {outcome.dbt.exception}")
    for sentence in outcome.lost:
        print(f"error: {sentence}")
    if outcome.is_success:
        for sentence in outcome.doubts:
            print(f"warning: {sentence}")
    return 0 if outcome.is_success else 1


def _looked_at(
    arguments: Sequence[str],
    callbacks: Sequence[Callback],
    manifest: Any,
    *,
    environment: MutableMapping[str, str],
    glue: GlueClient | None,
) -> CheckedOutcome:
    before = stored_tables(schemas_of_lake(environment, glue=glue), glue=glue) if glue else set()
    with _settled():
        outcome = run_dbt(arguments, callbacks=callbacks, manifest=manifest)
    if glue is None:
        return CheckedOutcome(outcome)
    try:
        after = stored_tables(schemas_of(outcome), glue=glue)
    except (BotoCoreError, ClientError) as err:
        # What dbt said of the run stands, and must be told.
        return CheckedOutcome(outcome, lost=(f"what was built could not be looked up: {err}",))
    return CheckedOutcome(outcome, lost=tuple(lost_errors(outcome, before=before, after=after)))


@contextmanager
def _settled() -> Iterator[None]:
    """Spare the collector of garbage what is there already.

    It would walk through the whole parsed project over and over, a tenth of the time of a build.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _parsed(arguments: Sequence[str], callbacks: Sequence[Callback]) -> Any:
    """The project, read once for all that follows; None if it cannot be: the run will tell."""
    from dbt.cli.main import dbtRunner

    words = ["parse", "--quiet", *carried(arguments, (*CARRIED, *_OUTPUT))]
    outcome = dbtRunner(callbacks=list(callbacks)).invoke(words)
    # dbt hands an interrupt over as an outcome; as a project that cannot be read it would be built.
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    return outcome.result


def _asked(
    whole: WholeRun, arguments: Sequence[str], callbacks: Sequence[Callback], manifest: Any
) -> CheckedOutcome:
    told: list[News] = []

    def note(event: Any) -> None:
        if event.info.name == "JinjaLogInfo" and (news := told_news(plain(event.info.msg))):
            told.append(news)

    said = {"code": whole.code, "settings": whole.settings}
    outcome = operation("tell_news", said, arguments, [note, *callbacks], manifest)
    if isinstance(outcome.exception, KeyboardInterrupt):
        return CheckedOutcome(outcome)
    if not (outcome.is_success and told):
        doubt = "it could not be looked up what is new, so everything is built; see the log"
        return CheckedOutcome(_NOT_ASKED, doubts=(doubt,))
    return CheckedOutcome(outcome, news=told[0])


def operation(
    macro: str,
    said: dict[str, str],
    arguments: Sequence[str],
    callbacks: Sequence[Callback],
    manifest: Any = None,
) -> DbtOutcome:
    """Call a macro; nothing is written that `dbt retry` would take for the run."""
    words = ["run-operation", macro, "--args", json.dumps(said), "--quiet", "--no-write-json"]
    return run_dbt(
        [*words, *carried(arguments, (*CARRIED, *_OUTPUT))], callbacks=callbacks, manifest=manifest
    )


def asked_news(
    arguments: Sequence[str], *, environment: MutableMapping[str, str]
) -> CheckedOutcome:
    """Ask what a run of the whole project would find that the tables do not reflect; runs nothing.

    Args:
        arguments: of that run, `build` first.
    """
    project, target = project_of(arguments, environment), target_of(arguments, environment)
    whole = whole_run(arguments, project=project, target=target, environment=environment)
    manifest = _parsed(arguments, ())
    if manifest is None:
        return CheckedOutcome(_NOT_ASKED, doubts=("the project cannot be parsed: run dbt parse",))
    if whole is None:
        doubt = "what is new in a part of the project: without --select and such it is looked up"
        return CheckedOutcome(_NOT_ASKED, doubts=(doubt,))
    return _asked(whole, arguments, (), manifest)


def _kept_state(
    outcome: DbtOutcome,
    sent: SentStatements,
    arguments: Sequence[str],
    whole: WholeRun,
    *,
    target: str,
    environment: MutableMapping[str, str],
) -> list[str]:
    """Keep what this run was built from, for `lakehouse plan`; returns why it could not be."""
    project = project_of(arguments, environment)
    written = option_of(arguments, "--target-path") or environment.get("DBT_TARGET_PATH")
    manifest = project / (written or "target") / "manifest.json"
    if not manifest.is_file():
        return []
    place = state_place(environment, target=target, project=project)
    try:
        measure = (
            measured_runs(sent.counted(), manifest, environment, project)
            if target == "athena"
            else lambda _key, _mode: {}
        )
        keep_state(
            place,
            manifest=manifest,
            results=outcome.results,
            is_full_refresh=whole.is_full_refresh,
            measure=measure,
        )
    except (OSError, LakehouseError) as err:
        return [f"what was built could not be kept for lakehouse plan: {err}"]
    return []


def _glue_client() -> GlueClient:
    import boto3

    return boto3.client("glue")
