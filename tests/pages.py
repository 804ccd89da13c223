"""Pages that are done as they stand: their commands run, in a copy of what a clone holds."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lake import PROJECT
from tracked_files import tracked_files

COMMAND = re.compile(r"(make|source|eval|export|dbt|lakehouse|printf|apt-get) ")


@dataclass(frozen=True)
class Shown:
    """A command of a page and the lines that it is said to print, if any."""

    command: str
    output: tuple[str, ...]


def blocks_of(page: str) -> list[list[str]]:
    """The indented blocks of a page, their lines without the indentation."""
    outside_fences = re.sub(r"^```.*?^```$", "", page, flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"(?:^(?: {4}.*)?\n)+", outside_fences, flags=re.MULTILINE)
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


def clone(folder: Path) -> Path:
    """What a clone holds, with the environment of this one: making it anew proves nothing here."""
    for name in tracked_files(PROJECT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        # With the times that make goes by.
        shutil.copy2(PROJECT / name, folder / name)
    (folder / ".venv").symlink_to(PROJECT / ".venv")
    return folder


def run_in_one_shell(commands: Sequence[str], *, folder: Path) -> list[str]:
    """Run commands as a person would, in a shell that stops at the first failure.

    Returns: what each printed, errors with it.
    """
    script = "set -e\n" + "".join(f"echo '@@ {n}'\n{c}\n" for n, c in enumerate(commands))
    of_this_test = ("LAKEHOUSE_", "DBT_", "PYTEST_", "MAKE", "VIRTUAL_ENV")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(of_this_test)}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = re.split(r"^@@ \d+\n", done.stdout, flags=re.MULTILINE)[1:]
    assert done.returncode == 0, f"{commands[len(said) - 1]}\n{said[-1][-4000:]}"
    return said
