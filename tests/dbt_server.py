"""Runs dbt for the tests: dbt is imported and the project parsed once, every command is a fork.

A process that runs dbt spends two seconds of processor time on imports and five on the project
before the first statement. Here each command still has a process, an environment, a working
directory and streams of its own; it starts from the imported dbt and the parsed project of this
one. That is right because nothing that a command is given reaches the parser
(tests/integration/test_parsing.py); on Athena and Glue the names of the lake do, so each lake has a
server of its own.

`dbt_server.py <project> <folder>` reads a JSON request per line of standard input and answers each
with a line `{"returncode": n}`, after the command has ended. What dbt parses, for the target of the
environment, lies in <folder>. A request that names a model in `dies_after` is killed as soon as dbt
has said that it is built.
"""

import fcntl
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import forks
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import cli, dbtRunner

from lakehouse.cli import app

# These read or write the project's files themselves.
PARSES_ITSELF = ("parse", "clean", "deps", "docs")


def parsed_project(project: Path, folder: Path) -> Any:
    """The project's manifest; of several servers one parses and the others read that."""
    folder.mkdir(parents=True, exist_ok=True)
    target = os.environ["LAKEHOUSE_TARGET"]
    words = ["--project-dir", str(project), "--profiles-dir", str(project), "--target", target]
    words += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        outcome = dbtRunner().invoke(["--quiet", "parse", *words])
    if outcome.exception is not None:
        raise SystemExit(f"the project cannot be parsed: {outcome.exception}")
    return outcome.result


def killer(model: str) -> Callable[[Any], None]:
    """A callback of dbt: once the model is built, the process ends as if its machine were lost."""

    def note(event: Any) -> None:
        if event.info.name == "LogModelResult" and event.data.node_info.node_name == model:
            os.kill(os.getpid(), signal.SIGKILL)

    return note


def run(words: Sequence[str], manifest: Any, callbacks: Sequence[Callable[[Any], None]]) -> int:
    """Run one command as the program dbt does, or as `lakehouse`; returns its exit code."""
    command = words[2:] if words[:2] == ["lakehouse", "dbt"] else words
    given = None if command[0] in PARSES_ITSELF else manifest
    try:
        if words[0] == "lakehouse":
            app(list(words[1:]), obj=given)
            return 0
        cli.main(list(words), prog_name="dbt", obj={"manifest": given, "callbacks": [*callbacks]})
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except click.exceptions.Exit as end:
        return end.exit_code
    return 0


def in_child(request: dict[str, Any], manifest: Any) -> int:
    """Become what the request asks for, and run it."""
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["directory"])
    for number, name in ((0, os.devnull), (1, request["stdout"]), (2, request["stderr"])):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(name, flags, 0o644), number)
    model = request["dies_after"]
    try:
        return run(request["words"], manifest, [killer(model)] if model else [])
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        # As at the end of a program: the file is closed, and nothing stays behind in its log.
        DuckDBConnectionManager.close_all_connections()


def serve(manifest: Any) -> None:
    """Fork for every request, one after another, until the input ends."""
    forks.prepare(manifest)
    for line in sys.stdin:
        request = json.loads(line)
        forks.check()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            code = in_child(request, manifest)
            sys.stdout.flush()
            sys.stderr.flush()
            # Not sys.exit: nothing of the parent's may be tidied away by a child.
            os._exit(code)
        _, status = os.waitpid(child, 0)
        answer = {"returncode": os.waitstatus_to_exitcode(status)}
        print(json.dumps(answer), file=ANSWERS, flush=True)


if __name__ == "__main__":
    # The answers have the pipe for themselves: what dbt prints while parsing goes to the errors.
    ANSWERS = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    serve(parsed_project(Path(sys.argv[1]), Path(sys.argv[2])))
    # DuckDB's bindings complain of what dbt has imported when they are tidied away.
    os._exit(0)
