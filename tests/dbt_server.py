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
has said that it is built. One for a copy of the project goes to a fork that has parsed the copy: of
its files those that differ.
"""

import fcntl
import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

import click
import forks
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import cli, dbtRunner

from lakehouse.building.parsed import begin_as_parsed
from lakehouse.cli import app

# These read or write the project's files themselves.
PARSES_ITSELF = ("parse", "clean", "deps")


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
    # A build on an engine makes clients of AWS all the time: gigabytes of garbage in minutes.
    if os.environ.get("LAKEHOUSE_TARGET") in ("athena", "glue"):
        gc.enable()
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


class Copy:
    """A fork of this process that serves a copy of its project.

    Args:
        parsed_in: the folder of the project itself.
    """

    def __init__(self, project: Path, parsed_in: Path, others: Iterable["Copy"]) -> None:
        requests, self._requests = os.pipe()
        self._answers, answers = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                # Else another copy would not see that its requests have ended.
                for one in (self, *others):
                    one.close()
                os.chdir(project)
                folder = project / "target" / "parsed"
                begin_as_parsed(folder / "target", parsed_in=parsed_in / "target")
                with os.fdopen(requests) as asked, os.fdopen(answers, "w") as told:
                    serve(project, folder, asked, told)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        os.close(requests)
        os.close(answers)
        self._said = os.fdopen(self._answers, closefd=False)

    def ask(self, line: str) -> str:
        """Hand a request on; returns the answer. Raises SystemExit if the copy has ended."""
        os.write(self._requests, line.encode())
        if answer := self._said.readline():
            return answer
        _, status = os.waitpid(self._pid, 0)
        raise SystemExit(f"the process of a copy ended: {os.waitstatus_to_exitcode(status)}")

    def close(self) -> None:
        os.close(self._requests)
        os.close(self._answers)


def answer_to(request: dict[str, Any], manifest: Any) -> str:
    """Fork, become the command, and wait for it."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = in_child(request, manifest)
        sys.stdout.flush()
        sys.stderr.flush()
        # Not sys.exit: nothing of the parent's may be tidied away by a child.
        os._exit(code)
    _, status = os.waitpid(child, 0)
    return json.dumps({"returncode": os.waitstatus_to_exitcode(status)}) + "\n"


def serve(project: Path, folder: Path, requests: TextIO, answers: TextIO) -> None:
    """Parse the project, then fork for every request, one after another, until they end."""
    manifest = parsed_project(project, folder)
    forks.prepare(manifest)
    copies: dict[Path, Copy] = {}
    for line in requests:
        request = json.loads(line)
        forks.check()
        asked = Path(request["project"])
        if asked == project:
            answers.write(answer_to(request, manifest))
        else:
            if asked not in copies:
                copies[asked] = Copy(asked, folder, copies.values())
            answers.write(copies[asked].ask(line))
        answers.flush()


if __name__ == "__main__":
    # The answers have the pipe for themselves: what dbt prints while parsing goes to the errors.
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    serve(Path(sys.argv[1]), Path(sys.argv[2]), sys.stdin, told)
    # DuckDB's bindings complain of what dbt has imported when they are tidied away.
    os._exit(0)
