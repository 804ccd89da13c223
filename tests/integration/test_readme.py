"""The README does what it says: every command in it runs, in its order, and prints what it shows.

In a copy of the repository's files, in one shell, as a person would. What takes an engine, or is
this very run, is left to the targets named below.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import postgres_server
import pytest
from lake import PROJECT
from postgres_server import PostgresServer
from tracked_files import tracked_files

README, PORTUGUESE = (
    (PROJECT / name).read_text(encoding="utf-8") for name in ("README.md", "README.pt-BR.md")
)
COMMAND = re.compile(r"(make|source|eval|export|dbt|lakehouse) ")
# A server that another machine has, and what stands for it here.
SERVER_URL = "postgresql://owner:secret@localhost:5432/lakehouse"
# Too long for a test, or this very run: the target of the Makefile that runs the same programs.
RUN_ELSEWHERE = {
    "make test": "test",
    "make check": "check",
    "make aws-up": "test-engines",
    "make build-athena": "test-long",
    "make build-glue": "test-long",
    "make parity": "test-long",
    "make aws-down": "test-engines",
}
# Another machine is faster, or has other things to do and takes minutes.
SECONDS = re.compile(r"\b(?:\d+ min )?\d+ s\b")


@dataclass(frozen=True)
class Shown:
    """A command of the README and the lines that it is said to print, if any."""

    command: str
    output: tuple[str, ...]


def blocks_of(page: str) -> list[list[str]]:
    """The indented blocks of a page, their lines without the indentation."""
    found = re.findall(r"(?:^(?: {4}.*)?\n)+", page, flags=re.MULTILINE)
    blocks = [[line[4:].rstrip() for line in block.strip("\n").split("\n")] for block in found]
    return [block for block in blocks if any(block)]


def shown_in(page: str) -> list[Shown]:
    """The commands in their order; lines that are none are what the command before them prints."""
    shown: list[Shown] = []
    for line in (line for block in blocks_of(page) for line in block if line):
        if COMMAND.match(line):
            shown.append(Shown(re.sub(r" +#.*", "", line), ()))
        else:
            shown[-1] = replace(shown[-1], output=(*shown[-1].output, line))
    return shown


def headings_of(page: str) -> list[int]:
    return [len(marks) for marks in re.findall(r"^(#+) ", page, flags=re.MULTILINE)]


def links_of(page: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", page)


def test_both_languages_say_the_same():
    assert headings_of(PORTUGUESE) == headings_of(README)
    assert blocks_of(PORTUGUESE) == blocks_of(README)
    assert links_of(PORTUGUESE) == links_of(README)
    rows = [re.findall(r"^\|.*?\|", page, flags=re.MULTILINE) for page in (README, PORTUGUESE)]
    assert len(rows[0]) == len(rows[1])


def test_it_is_read_once():
    assert len(README.splitlines()) <= 150
    paragraphs = re.split(r"\n\s*\n", re.sub(r"^ {4}.*$", "", README, flags=re.MULTILINE))
    long = [text for text in paragraphs if len(text) > 600 and not text.lstrip().startswith("|")]
    assert long == []


def is_run_elsewhere(command: str) -> bool:
    return " ".join(command.split()[:2]) in RUN_ELSEWHERE


def test_what_is_run_elsewhere_is_a_target_too():
    commands = {" ".join(shown.command.split()[:2]) for shown in shown_in(README)}
    targets = re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE)
    assert set(RUN_ELSEWHERE) <= commands
    assert {command.removeprefix("make ") for command in RUN_ELSEWHERE} <= set(targets)
    assert set(RUN_ELSEWHERE.values()) <= set(targets)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a clone holds, with the environment of this one: making it anew proves nothing here."""
    folder = tmp_path_factory.mktemp("clone") / "lakehouse"
    for name in tracked_files(PROJECT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        # With the times that make goes by.
        shutil.copy2(PROJECT / name, folder / name)
    (folder / ".venv").symlink_to(PROJECT / ".venv")
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server.running() as running:
        running.create_database("lakehouse")
        yield running


@pytest.fixture(scope="module")
def printed(copy: Path, server: PostgresServer) -> dict[str, str]:
    """What each command printed, all of them run in one shell that stops at the first failure."""
    commands = [s.command for s in shown_in(README) if not is_run_elsewhere(s.command)]
    script = "set -e\n" + "".join(f"echo '@@ {n}'\n{c}\n" for n, c in enumerate(commands))
    assert SERVER_URL in script
    login = f"{postgres_server.USER}:{quote(server.password, safe='')}"
    script = script.replace(SERVER_URL, f"postgresql://{login}@localhost:{server.port}/lakehouse")
    of_this_test = ("LAKEHOUSE_", "DBT_", "PYTEST_", "MAKE", "VIRTUAL_ENV")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(of_this_test)}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=copy,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = re.split(r"^@@ \d+\n", done.stdout, flags=re.MULTILINE)[1:]
    assert done.returncode == 0, f"{commands[len(said) - 1]}\n{said[-1][-4000:]}"
    return dict(zip(commands, said, strict=True))


def test_every_command_prints_what_is_shown(printed: dict[str, str]):
    shown = [s for s in shown_in(README) if s.output]
    assert len(shown) >= 3
    for one in shown:
        lines = {SECONDS.sub("N s", line.rstrip()) for line in printed[one.command].splitlines()}
        missing = [line for line in one.output if SECONDS.sub("N s", line) not in lines]
        assert missing == [], f"{one.command} printed:\n{printed[one.command]}"


def test_what_is_published_is_in_the_server(
    copy: Path, server: PostgresServer, printed: dict[str, str]
):
    [said] = [out for command, out in printed.items() if command.startswith("lakehouse publish")]
    place, count = re.search(r"(public\.performance_academica) has ([1-9]\d*) rows", said).groups()
    with server.connect("lakehouse") as opened:
        assert opened.execute(f"select count(*) from {place}").fetchone() == (int(count),)


def test_a_good_build_is_short_and_the_sample_stays_as_it_is(copy: Path, printed: dict[str, str]):
    # Where there is no terminal a line every few seconds says how far the build is.
    lines = [x for x in printed["make build"].splitlines() if not re.match(r" *\d+ s  ", x)]
    assert len(lines) < 25
    raw = [path.relative_to(copy / "data") for path in (copy / "data").rglob("*.parquet")]
    assert sorted(raw) == sorted(
        path.relative_to(PROJECT / "data") for path in (PROJECT / "data").rglob("*.parquet")
    )
    assert list((copy / "mine" / "features").glob("anomesdia=*/default.parquet"))
