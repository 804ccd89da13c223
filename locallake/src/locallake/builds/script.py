"""The shell script of a build: every command in one shell, as version 0.2 of the buildspec says."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from locallake.builds.buildspec import AFTER_FAILURE, Buildspec, Phase

RUNNING = "[Container] Running command "


@dataclass(frozen=True)
class Mark:
    """A line that the script writes for us: `<token> begin|end <phase> <status>`."""

    event: str
    phase: str
    status: int


def read_mark(line: str, token: str) -> Mark | None:
    """The mark in a line of output; None if it is a line of a command."""
    words = line.split()
    if len(words) != 4 or words[0] != token:
        return None
    return Mark(words[1], words[2], int(words[3]))


def write_script(spec: Buildspec, *, folder: Path, token: str) -> Path:
    """Write the script and a file per command; returns the script.

    A command is sourced, so that what it sets holds for those after it. One that leaves the shell
    ends the build: then its phase has no end mark.

    Args:
        token: begins each mark; nothing else that is printed does.
    """
    lines = ["locallake_failed="]
    for phase in spec.phases:
        allowed = [name for name, after in AFTER_FAILURE.items() if phase.name in after]
        names = " || ".join(f'[ "$locallake_failed" = {name} ]' for name in ["''", *allowed])
        lines += [f"if {names}; then", *_phase_lines(phase, folder, token), "fi"]
    lines.append('[ -z "$locallake_failed" ]')
    script = folder / "script"
    script.write_text("\n".join(lines) + "\n")
    return script


def _phase_lines(phase: Phase, folder: Path, token: str) -> Iterator[str]:
    yield f"printf '%s\\n' '{token} begin {phase.name} 0'"
    yield "locallake_status=0"
    for number, command in enumerate(phase.commands):
        yield 'if [ "$locallake_status" = 0 ]; then'
        yield from _run(f"{phase.name}-{number}", command, folder)
        yield "fi"
    for number, command in enumerate(phase.finally_commands):
        yield "locallake_before=$locallake_status"
        yield from _run(f"{phase.name}-finally-{number}", command, folder)
        yield '[ "$locallake_before" = 0 ] || locallake_status=$locallake_before'
    yield f'[ "$locallake_status" = 0 ] || locallake_failed={phase.name}'
    yield f"printf '%s\\n' \"{token} end {phase.name} $locallake_status\""


def _run(name: str, command: str, folder: Path) -> Iterator[str]:
    file = folder / name
    file.write_text(command + "\n")
    # Quoted once for the file, shown as a person wrote it.
    yield f"printf '%s\\n' {shlex.quote(RUNNING + command)}"
    yield f". {shlex.quote(str(file))}"
    yield "locallake_status=$?"
