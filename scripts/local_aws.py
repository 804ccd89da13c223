"""The project on an AWS of one machine (`locallake up`): what dbt needs there, and dbt itself.

    make aws-up          # starts the services and prepares them; PORT=4599 for another port
    make build-athena    # dbt athena build
    make build-glue      # dbt glue build

On AWS Terraform makes what `prepare` makes here. Both targets share one catalogue and read the same
raw tables, each writes schemas and a folder of its own.
"""

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_s3 import S3Client

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT / "locallake" / "src"))

from locallake.errors import LocallakeError, PortTakenError  # noqa: E402

from locallake import cli as locallake  # noqa: E402

BUCKETS = ("lakehouse-dev-raw", "lakehouse-dev-curated", "lakehouse-dev-results")
WORKGROUP = "lakehouse_dev"
TARGETS = ("athena", "glue")
LAKEHOUSE = (sys.executable, "-m", "lakehouse")
# Sets the variables for the services of `make aws-up`, in a shell at the repository's root.
TO_THIS_MACHINE = (
    'export LOCALLAKE_STATE="$PWD/target/locallake"; '
    'eval "$(PYTHONPATH=locallake/src .venv/bin/python -m locallake.cli env)"'
)


class NotLocalError(Exception):
    """AWS clients would reach a real account."""


def require_local(environment: Mapping[str, str]) -> None:
    """Raises: NotLocalError unless AWS clients are pointed at this machine, each of them."""
    ignored = environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "")
    if ignored.lower() == "true":
        raise NotLocalError(
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true: clients would reach a real account; "
            f"run {TO_THIS_MACHINE}"
        )
    of_services = {n: e for n, e in environment.items() if n.startswith("AWS_ENDPOINT_URL_")}
    of_all = {"AWS_ENDPOINT_URL": environment.get("AWS_ENDPOINT_URL", "")}
    for name, endpoint in (of_all | of_services).items():
        if urlsplit(endpoint).hostname not in ("127.0.0.1", "localhost"):
            raise NotLocalError(
                f"{name} is '{endpoint}', not this machine; run `make aws-up`, then "
                f"{TO_THIS_MACHINE}"
            )


def settings(target: str, *, lake: str = "lakehouse_local") -> dict[str, str]:
    """The variables of profiles.yml and the sources YAML for one target.

    Args:
        lake: name of a pair of lakes, one per target, over raw tables of their own; a test takes
            another one and meets nobody.
    """
    folder = lake.replace("_", "-")
    return {
        "LAKEHOUSE_TARGET": target,
        "LAKEHOUSE_RAW": f"s3://{BUCKETS[0]}/{folder}",
        "LAKEHOUSE_RAW_DATABASE": f"{lake}_raw",
        "LAKEHOUSE_SCHEMA_PREFIX": f"{lake}_{target}",
        "LAKEHOUSE_CURATED": f"s3://{BUCKETS[1]}/{folder}-{target}",
        "LAKEHOUSE_ATHENA_RESULTS": f"s3://{BUCKETS[2]}/athena",
        "LAKEHOUSE_ATHENA_WORKGROUP": WORKGROUP,
    }


def up(port: int | None) -> int:
    """Start the services, as `locallake up`; returns the exit status.

    Args:
        port: where AWS answers; None: where it usually does.
    """
    words = ["up"] if port is None else ["up", "--port", str(port)]
    try:
        return locallake.run(words)
    except PortTakenError as err:
        print(f"error: {err.reason}: run `make aws-up PORT={err.free_port}`", file=sys.stderr)
    except LocallakeError as err:
        print(f"error: {err}", file=sys.stderr)
    return 1


def prepare(*, s3: "S3Client", athena: "AthenaClient") -> None:
    """Make the buckets and the workgroup; what is there stays."""
    for bucket in BUCKETS:
        s3.create_bucket(Bucket=bucket)
    known = {group["Name"] for group in athena.list_work_groups()["WorkGroups"]}
    if WORKGROUP not in known:
        athena.create_work_group(
            Name=WORKGROUP,
            Configuration={
                "EnforceWorkGroupConfiguration": True,
                "ResultConfiguration": {"OutputLocation": f"s3://{BUCKETS[2]}/athena/"},
            },
        )


@contextmanager
def services(state: Path, **wanted: Any) -> Iterator[None]:
    """Start services of their own and point this process and its children at them; then end them.

    Args:
        wanted: members of `locallake.Wanted` that are not as usual.
    Raises: LocallakeError if they do not start.
    """
    before = dict(os.environ)
    with locallake.running(state, locallake.Wanted(**wanted)) as given:
        for name in locallake.variables_to_unset():
            os.environ.pop(name, None)
        os.environ.update(locallake.variables(given))
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def make_databases(glue: "GlueClient", *, lake: str = "lakehouse_local") -> None:
    """Make the databases in which nothing lies and without which no statement runs.

    Hive's client of Athena and of a Glue session looks `default` up first; the schema of the
    profile is the context of every statement on Athena, and what a session uses on Glue.
    """
    prefixes = [settings(target, lake=lake)["LAKEHOUSE_SCHEMA_PREFIX"] for target in TARGETS]
    for name in ("default", *prefixes):
        try:
            glue.create_database(DatabaseInput={"Name": name})
        except glue.exceptions.AlreadyExistsException:
            continue


def register(raw: Path, *, lake: str = "lakehouse_local", project: Path = PROJECT) -> None:
    """Make the databases of a lake, copy raw files that are not there yet, register their days.

    Args:
        project: whose sources YAML names the columns.
    """
    make_databases(boto3.client("glue"), lake=lake)
    subprocess.run(
        [*LAKEHOUSE, "register", "--copy-from", str(raw)],
        cwd=project,
        env={**os.environ, **settings("athena", lake=lake)},
        check=True,
    )


def dbt(target: str, arguments: Sequence[str], *, lake: str = "lakehouse_local") -> int:
    """Run dbt on the target, in folders of its own; returns the exit status."""
    work = PROJECT / "target" / "local" / target
    places = ["--target-path", str(work), "--log-path", str(work / "logs")]
    return subprocess.run(
        [*LAKEHOUSE, "dbt", *arguments, *places],
        cwd=PROJECT,
        env={**os.environ, **settings(target, lake=lake)},
        check=False,
    ).returncode


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    starting = commands.add_parser("up", help="start the services")
    starting.add_argument("--port", type=int, help="where AWS answers")
    preparing = commands.add_parser("prepare", help="buckets, workgroup, databases, raw tables")
    preparing.add_argument("--raw", type=Path, default=PROJECT / "data" / "raw")
    naming = commands.add_parser("env", help="print the variables of a target, for a shell")
    naming.add_argument("target", choices=TARGETS)
    running = commands.add_parser("dbt", help="run dbt on a target")
    running.add_argument("target", choices=TARGETS)
    running.add_argument("arguments", nargs=argparse.REMAINDER)
    parsed = parser.parse_args(arguments)
    if parsed.command == "up":
        return up(parsed.port)
    try:
        require_local(os.environ)
    except NotLocalError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    if parsed.command == "env":
        for name, value in settings(parsed.target).items():
            print(f"export {name}={shlex.quote(value)}")
        return 0
    if parsed.command == "prepare":
        prepare(s3=boto3.client("s3"), athena=boto3.client("athena"))
        register(parsed.raw)
        return 0
    return dbt(parsed.target, parsed.arguments)


if __name__ == "__main__":
    raise SystemExit(main())
