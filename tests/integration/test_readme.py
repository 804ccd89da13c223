"""The README does what it says: every command in it runs, in its order, and prints what it shows.

In a copy of the repository's files, in one shell, as a person would. What takes an engine, or is
this very run, is left to the targets named below.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import postgres_server
import pytest
from lake import PROJECT
from pages import blocks_of, clone, run_in_one_shell, shown_in
from postgres_server import PostgresServer

README, PORTUGUESE = (
    (PROJECT / name).read_text(encoding="utf-8") for name in ("README.md", "README.pt-BR.md")
)
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
    return clone(tmp_path_factory.mktemp("clone") / "lakehouse")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server.running() as running:
        running.create_database("lakehouse")
        yield running


@pytest.fixture(scope="module")
def printed(copy: Path, server: PostgresServer) -> dict[str, str]:
    """What each command printed, all of them run in one shell that stops at the first failure."""
    commands = [s.command for s in shown_in(README) if not is_run_elsewhere(s.command)]
    assert any(SERVER_URL in command for command in commands)
    login = f"{postgres_server.USER}:{quote(server.password, safe='')}"
    here = f"postgresql://{login}@localhost:{server.port}/lakehouse"
    said = run_in_one_shell([c.replace(SERVER_URL, here) for c in commands], folder=copy)
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
