"""`locallake up | status | down | reset | env | fault | fire`."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from locallake import control, faults, loopback, ministack, process, runtime, s3_limit, spark, trino
from locallake.errors import ConfigurationError, LocallakeError
from locallake.scheduler import plugin as scheduler
from locallake.settings import Settings, from_json

# Clients prefer each to the keys of `variables`, and would reach a real account.
PREFERRED_TO_KEYS = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")
_SERVERS = (("ministack", ministack), ("trino", trino))


@dataclass(frozen=True)
class Wanted:
    """What `up` was asked for; None, or port 0, means: choose."""

    gateway_port: int = 0
    trino_port: int | None = None
    region: str = "us-east-1"
    warehouse_bucket: str = "locallake-warehouse"
    with_athena: bool = True
    with_glue: bool = True
    store_limit_bytes: int | None = None
    engine_memory_mb: int = Settings.engine_memory_mb
    enforce: bool = False
    build_path: str | None = None
    wait_scale: float = 1.0
    forwards: tuple[tuple[str, str], ...] = ()
    rds_host: str | None = None


def run(arguments: Sequence[str] | None = None) -> int:
    """Do what a command line says; returns the exit status.

    Raises: LocallakeError
    """
    parsed = _parser().parse_args(arguments)
    command: Callable[[Path, argparse.Namespace], int] = parsed.run
    return command(Path(parsed.state).absolute(), parsed)


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        return run(arguments)
    except LocallakeError as err:
        print(f"locallake: {err}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("locallake: interrupted; `locallake down` ends what was started", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="locallake", description="AWS on this machine.")
    parser.add_argument(
        "--state",
        default=os.environ.get("LOCALLAKE_STATE", ".locallake"),
        help="folder of this run's pids and logs (default: .locallake, or LOCALLAKE_STATE)",
    )
    commands = parser.add_subparsers(required=True, metavar="up|status|down|reset|env|fault|fire")
    up = commands.add_parser("up", help="start the services and wait until they answer")
    up.add_argument("--port", type=_port, default=4566, help="default 4566; 0: a free one")
    up.add_argument("--trino-port", type=_port, help="default: a free one")
    up.add_argument("--region", default=os.environ.get("AWS_REGION", Wanted.region))
    up.add_argument("--bucket", default=Wanted.warehouse_bucket, help="made at the start")
    up.add_argument(
        "--store-limit",
        type=int,
        metavar="MB",
        help="of S3, in memory (default: half of what there is)",
    )
    up.add_argument(
        "--engine-memory",
        type=int,
        metavar="MB",
        default=Wanted.engine_memory_mb,
        help="heap of Trino and of each Spark session (default: %(default)s)",
    )
    up.add_argument("--no-athena", action="store_true", help="without Trino")
    up.add_argument("--no-glue", action="store_true", help="without Glue sessions")
    up.add_argument("--enforce", action="store_true", help="identity policies decide on every call")
    up.add_argument(
        "--build-path",
        metavar="PATH",
        help="where builds find programs, in place of an image (default: PATH)",
    )
    up.add_argument(
        "--wait-scale",
        type=_factor,
        default=Wanted.wait_scale,
        metavar="FACTOR",
        help="of waits and pauses of workflows and schedules (default: %(default)s)",
    )
    up.add_argument(
        "--forward",
        type=_forward,
        action="append",
        metavar="SERVICE=URL",
        help="a server of yours that answers a service's calls, such as redshift-data",
    )
    up.add_argument(
        "--rds-host", metavar="HOST", help="who answers for clusters of RDS, at the port of each"
    )
    up.set_defaults(run=_up)
    for name, run, text in (
        ("status", _status, "say what runs; exit status 1 when something does not"),
        ("down", _down, "end the services; everything in them is lost"),
        ("reset", _reset, "forget everything in all services, without a restart"),
        ("env", _env, 'print the variables: eval "$(locallake env)"'),
    ):
        commands.add_parser(name, help=text).set_defaults(run=run)
    fault = commands.add_parser(
        "fault", help="have the next statements, or writes to S3, that fit fail"
    )
    fault.add_argument("error", choices=faults.KINDS)
    fault.add_argument(
        "--text",
        default="",
        help="of the statement, such as `merge into`, or of the object's place",
    )
    fault.add_argument("--times", type=int, default=1)
    fault.set_defaults(run=_fault)
    fire = commands.add_parser("fire", help="do what EventBridge Scheduler does at a time")
    fire.add_argument("schedule", metavar="GROUP/NAME")
    fire.add_argument(
        "--at", type=_moment, required=True, metavar="TIME", help="such as 2026-11-29T06:00:00Z"
    )
    fire.set_defaults(run=_fire)
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**16:
        raise argparse.ArgumentTypeError(f"{text} is no port: they end at 65535")
    return number


def _forward(text: str) -> tuple[str, str]:
    service, _, address = text.partition("=")
    if not address.startswith("http"):
        raise argparse.ArgumentTypeError(f"{text} is not SERVICE=http://…")
    return service, address


def _factor(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text} does not lie between 0 and 1")
    return number


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as err:
        raise argparse.ArgumentTypeError(f"{text} is no time in ISO 8601") from err
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no offset: add Z for UTC")
    return moment


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _up(state: Path, parsed: argparse.Namespace) -> int:
    wanted = Wanted(
        gateway_port=parsed.port,
        trino_port=parsed.trino_port,
        region=parsed.region,
        warehouse_bucket=parsed.bucket,
        with_athena=not parsed.no_athena,
        with_glue=not parsed.no_glue,
        store_limit_bytes=parsed.store_limit * 2**20 if parsed.store_limit else None,
        engine_memory_mb=parsed.engine_memory,
        enforce=parsed.enforce,
        build_path=parsed.build_path,
        wait_scale=parsed.wait_scale,
        forwards=tuple(parsed.forward or ()),
        rds_host=parsed.rds_host,
    )
    if any(process.find(server.pid_file(_at(state))) for _, server in _SERVERS):
        raise ConfigurationError(
            f"something of {state} runs already: look with `locallake status`, end it with "
            "`locallake down`"
        )
    up(state, wanted)
    return 0


def up(state: Path, wanted: Wanted) -> Settings:
    """Start what is wanted and wait for it; on failure nothing is left running."""
    if wanted.gateway_port:
        loopback.require_free(wanted.gateway_port, ministack.PORT_OPTION)
    if wanted.with_athena and wanted.trino_port:
        loopback.require_free(wanted.trino_port, trino.PORT_OPTION)
    home = runtime.home_folder()
    emulator = runtime.environment(home, "emulator", _say)
    given = Settings(
        home=home,
        state=state,
        gateway_port=wanted.gateway_port or loopback.free_port(),
        trino_port=(wanted.trino_port or loopback.free_port()) if wanted.with_athena else None,
        region=wanted.region,
        warehouse_bucket=wanted.warehouse_bucket,
        store_limit_bytes=wanted.store_limit_bytes or s3_limit.default_limit_bytes(),
        engine_memory_mb=wanted.engine_memory_mb,
        enforce=wanted.enforce,
        build_path=wanted.build_path or os.environ.get("PATH", os.defpath),
        wait_scale=wanted.wait_scale,
        forwards=wanted.forwards,
        rds_host=wanted.rds_host,
    )
    if wanted.with_glue:
        given = _with_spark(given, python=emulator)
    plugins = [ministack.ATHENA_PLUGIN] if wanted.with_athena else []
    plugins += [ministack.GLUE_PLUGIN] if wanted.with_glue else [ministack.FIXES_PLUGIN]
    plugins += [ministack.STUBS_PLUGIN]
    # After the stubs, which keep fields of build projects.
    plugins += [ministack.BUILDS_PLUGIN, ministack.WORKFLOWS_PLUGIN, ministack.EVENTS_PLUGIN]
    plugins += [ministack.SCHEDULER_PLUGIN, ministack.FORWARD_PLUGIN]
    plugins += [ministack.PERMISSIONS_PLUGIN] if wanted.enforce else []
    plugins += [ministack.S3_LIMIT_PLUGIN]
    state.mkdir(parents=True, exist_ok=True)
    # Of a run that was killed: sessions and scratch files that nobody will ask for again.
    for leftover in (given.sessions, given.builds, state / "tmp", given.logs):
        shutil.rmtree(leftover, ignore_errors=True)
    given.faults.unlink(missing_ok=True)
    _settings_file(state).write_text(given.to_json())
    began = time.monotonic()
    try:
        ministack.start(given, python=emulator, plugins=plugins)
        if wanted.with_athena:
            server = trino.server_folder(home, emulator, _say)
            java = runtime.java_home(trino.JAVA_MAJORS, python=emulator)
            trino.start(given, server=server, java_home=java)
        ministack.wait(given)
        _say(f"AWS services on {given.endpoint} ({time.monotonic() - began:.0f} s)")
        if wanted.with_athena:
            trino.wait(given)
            _say(f"Athena runs on Trino {trino.VERSION} ({time.monotonic() - began:.0f} s)")
        if wanted.with_glue:
            _say("Glue sessions start when a client asks for one")
    except BaseException:
        for _, server_module in reversed(_SERVERS):
            process.stop(server_module.pid_file(given))
        raise
    _say('point clients at it: eval "$(locallake env)"')
    return given


@contextmanager
def running(state: Path, wanted: Wanted = Wanted()) -> Iterator[Settings]:
    """Start what is wanted for a block of code, on ports that are free, and end it afterwards.

    Raises: LocallakeError if it does not start.
    """
    try:
        yield up(state, wanted)
    finally:
        down(state)


def down(state: Path) -> list[str]:
    """End the services of a folder; returns the names of those that ran."""
    return [
        name for name, server in reversed(_SERVERS) if process.stop(server.pid_file(_at(state)))
    ]


def _with_spark(given: Settings, *, python: Path) -> Settings:
    prepared = spark.prepare(given.home, python, _say)
    return replace(
        given,
        spark_python=prepared.python,
        spark_java_home=prepared.java_home,
        spark_jars=prepared.jars,
    )


def _status(state: Path, parsed: argparse.Namespace) -> int:
    given = _given(state)
    answers = True
    for name, server in _SERVERS:
        if server is trino and given.trino_port is None:
            print(f"{name:10} left out")
            continue
        running = process.find(server.pid_file(given))
        well = running is not None and server.ready(given)
        answers = answers and well
        port = given.trino_port if server is trino else given.gateway_port
        if running is None:
            print(f"{name:10} not running")
        else:
            word = "ready" if well else "does not answer"
            print(f"{name:10} {word}, 127.0.0.1:{port}, process {running.pid}")
    print(f"{'logs':10} {given.logs}")
    return 0 if answers else 1


def _down(state: Path, parsed: argparse.Namespace) -> int:
    ended = down(state)
    _say(f"ended: {', '.join(ended)}" if ended else "nothing was running")
    return 0


def _reset(state: Path, parsed: argparse.Namespace) -> int:
    ministack.reset(_running(state))
    _say("all services are empty")
    return 0


def _fault(state: Path, parsed: argparse.Namespace) -> int:
    wanted = faults.Fault(parsed.error, parsed.text)
    faults.add(_running(state).faults, wanted, times=parsed.times)
    return 0


def _fire(state: Path, parsed: argparse.Namespace) -> int:
    group, _, name = parsed.schedule.partition("/")
    asked = {"Group": group, "Name": name, "At": parsed.at.isoformat()}
    done = control.call(_running(state).endpoint, scheduler.OPERATION, asked)
    if done["Delivered"]:
        print(f"{parsed.schedule}: its target was called, attempt {done['Attempts']}")
        return 0
    print(f"{parsed.schedule}: {done['Error']}; dead letter: {done['DeadLetter']}")
    return 1


def _env(state: Path, parsed: argparse.Namespace) -> int:
    for name, value in variables(_running(state)).items():
        print(f"export {name}={shlex.quote(value)}")
    print(f"unset {' '.join(variables_to_unset())}")
    return 0


def variables_to_unset(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The variables to unset: clients prefer each to those of `variables`."""
    of_services = sorted(name for name in environ if name.startswith("AWS_ENDPOINT_URL_"))
    return [*PREFERRED_TO_KEYS, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", *of_services]


def variables(given: Settings, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What points any AWS client at this machine.

    Args:
        environ: where a proxy may be named; what it says of other hosts stays.
    """
    return {
        "AWS_ENDPOINT_URL": given.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": given.region,
        "AWS_DEFAULT_REGION": given.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        **loopback.no_proxy(environ),
    }


def _settings_file(state: Path) -> Path:
    return state / "settings.json"


def _at(state: Path) -> Settings:
    """Settings that only know where the state lies: enough to find pid files."""
    return Settings(home=runtime.home_folder(), state=state)


def _given(state: Path) -> Settings:
    try:
        return from_json(_settings_file(state).read_text())
    except OSError as err:
        raise ConfigurationError(
            f"nothing was started from {state}: run `locallake up`, or name the folder with --state"
        ) from err


def _running(state: Path) -> Settings:
    given = _given(state)
    if process.find(ministack.pid_file(given)) is None:
        raise ConfigurationError("the services do not run: start them with `locallake up`")
    return given


if __name__ == "__main__":
    raise SystemExit(main())
