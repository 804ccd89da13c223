"""A buildspec is read, or refused by the name of what is not done."""

from __future__ import annotations

import pytest

pytest.importorskip("yaml", reason="needs locks/test.txt")

from locallake.builds.buildspec import BuildspecError, Phase, read_buildspec

TEXT = """
version: 0.2
env:
  variables: {A: 1}
phases:
  install:
    runtime-versions: {python: "3.12"}
    commands: [one]
  build:
    commands:
      - two
    finally: [three]
"""


def test_phases_are_in_the_order_in_which_they_run():
    spec = read_buildspec(TEXT)
    assert spec.phases == (Phase("install", ("one",)), Phase("build", ("two",), ("three",)))
    assert (spec.shell, spec.runtimes, spec.variables) == ("sh", {"python": "3.12"}, {"A": "1"})


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("version: 0.2", "version: 0.1", "version"),
        ("env:", "batch:\nenv:", "batch"),
        ("  variables", "  secrets-manager: {}\n  variables", "secrets-manager"),
        ("  install", "  deploy: {}\n  install", "deploy"),
        ("    finally", "    on-failure: CONTINUE\n    finally", "on-failure"),
        ("[one]", "one", "install.commands"),
        ("env:\n", "env:\n  shell: powershell.exe\n", "powershell.exe"),
    ],
)
def test_what_is_not_done_is_refused_by_its_name(before, after, told):
    assert before in TEXT
    with pytest.raises(BuildspecError, match=told):
        read_buildspec(TEXT.replace(before, after))


@pytest.mark.parametrize("text", ["", "version: 0.2", "{", "- a"])
def test_what_is_no_buildspec_is_refused(text):
    with pytest.raises(BuildspecError):
        read_buildspec(text)
