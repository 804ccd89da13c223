"""Commands of a build in one shell: what each leaves to the next, and what a failure skips."""

from __future__ import annotations

import subprocess

import pytest

pytest.importorskip("yaml", reason="needs locks/test.txt")

from locallake.builds.buildspec import Buildspec, Phase
from locallake.builds.script import Mark, read_mark, write_script


def run(folder, *phases: Phase, shell: str = "sh"):
    """What the commands printed, the marks, and the exit status."""
    folder.mkdir(exist_ok=True)
    script = write_script(Buildspec(phases), folder=folder, token="token")
    done = subprocess.run([shell, str(script)], capture_output=True, text=True, cwd=folder)
    lines = done.stdout.splitlines()
    marks = [mark for line in lines if (mark := read_mark(line, "token"))]
    printed = [x for x in lines if not read_mark(x, "token") and "Running command" not in x]
    return printed, marks, done.returncode


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_what_a_command_sets_holds_for_those_after_it(tmp_path, shell):
    install = Phase("install", ("export A='x  y'", "mkdir -p in && cd in"))
    printed, marks, status = run(
        tmp_path, install, Phase("build", ('echo "$A"', "basename $PWD\necho two")), shell=shell
    )
    # The second line of the last command is shown before it runs.
    assert (printed, status) == (["x  y", "echo two", "in", "two"], 0)
    assert marks == [
        Mark("begin", "install", 0),
        Mark("end", "install", 0),
        Mark("begin", "build", 0),
        Mark("end", "build", 0),
    ]


@pytest.mark.parametrize(
    ("failing", "runs"),
    [
        ("install", ["install"]),
        ("pre_build", ["install", "pre_build"]),
        ("build", ["install", "pre_build", "build", "post_build"]),
        ("post_build", ["install", "pre_build", "build", "post_build"]),
    ],
)
def test_a_failed_phase_skips_what_it_skips_on_aws(tmp_path, failing, runs):
    phases = [
        Phase(name, (f"echo {name}", "(exit 3)" if name == failing else "true", "echo after"))
        for name in ("install", "pre_build", "build", "post_build")
    ]
    printed, marks, status = run(tmp_path, *phases)
    assert [line for line in printed if line != "after"] == runs
    assert status == 1
    assert [m.status for m in marks if m.event == "end" and m.phase == failing] == [3]
    assert printed.count("after") == len(runs) - 1


def test_finally_runs_after_a_failure_and_does_not_heal_it(tmp_path):
    printed, marks, status = run(tmp_path, Phase("build", ("(exit 2)",), ("echo f", "echo g")))
    assert (printed, status) == (["f", "g"], 1)
    assert marks[-1] == Mark("end", "build", 2)


def test_a_command_that_leaves_the_shell_ends_its_phase_without_a_mark(tmp_path):
    _, marks, status = run(tmp_path, Phase("build", ("exit 5", "echo never")))
    assert (marks, status) == ([Mark("begin", "build", 0)], 5)


def test_a_command_is_shown_as_it_stands_and_run_once(tmp_path):
    command = "printf '%s' \"it's $((1 + 1))\" > out"
    script = write_script(Buildspec((Phase("build", (command,)),)), folder=tmp_path, token="token")
    shown = subprocess.run(["sh", str(script)], capture_output=True, text=True, cwd=tmp_path).stdout
    assert f"[Container] Running command {command}\n" in shown
    assert (tmp_path / "out").read_text() == "it's 2"
