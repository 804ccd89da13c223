"""A buildspec, read: what is done here, and a refusal that names what is not.

CodeBuild's reference of the buildspec, version 0.2, is the source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from locallake.errors import LocallakeError

# In the order in which they run.
PHASES = ("install", "pre_build", "build", "post_build")
# What a phase's failure does not keep from running.
AFTER_FAILURE = {"build": ("post_build",)}
SHELLS = {"/bin/sh": "sh", "sh": "sh", "bash": "bash"}
_TOP = {"version", "env", "phases"}
_OF_ENV = {"shell", "variables"}
_OF_PHASE = {"runtime-versions", "commands", "finally"}


class BuildspecError(LocallakeError):
    """The text is no buildspec of version 0.2, or says what is not done here."""


@dataclass(frozen=True)
class Phase:
    """Commands in their order; `finally_commands` run whether the others failed or not."""

    name: str
    commands: tuple[str, ...] = ()
    finally_commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Buildspec:
    """What a build does.

    Attributes:
        runtimes: versions of languages that the install phase asks for, by name.
        variables: weaker than those of the project.
    """

    phases: tuple[Phase, ...]
    shell: str = "sh"
    runtimes: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


def read_buildspec(text: str) -> Buildspec:
    """Read a buildspec.

    Raises: BuildspecError that names the key.
    """
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as err:
        raise BuildspecError(f"the buildspec is no YAML: {err}") from err
    if not isinstance(found, dict) or str(found.get("version")) != "0.2":
        raise BuildspecError("the buildspec must say `version: 0.2`")
    _only(found, _TOP, "the buildspec")
    environment, phases = found.get("env") or {}, found.get("phases") or {}
    _only(environment, _OF_ENV, "env")
    _only(phases, set(PHASES), "phases")
    shell = environment.get("shell", "/bin/sh")
    if shell not in SHELLS:
        raise BuildspecError(f"env.shell is {shell}; here there is {', '.join(SHELLS)}")
    if not phases:
        raise BuildspecError("the buildspec has no phases")
    return Buildspec(
        phases=tuple(_phase(name, phases[name] or {}) for name in PHASES if name in phases),
        shell=SHELLS[shell],
        runtimes=_texts((phases.get("install") or {}).get("runtime-versions") or {}),
        variables=_texts(environment.get("variables") or {}),
    )


def _phase(name: str, found: Mapping[str, Any]) -> Phase:
    _only(found, _OF_PHASE if name == "install" else _OF_PHASE - {"runtime-versions"}, name)
    return Phase(name, _commands(found, "commands", name), _commands(found, "finally", name))


def _commands(found: Mapping[str, Any], key: str, phase: str) -> tuple[str, ...]:
    commands = found.get(key) or []
    if not isinstance(commands, list) or not all(isinstance(each, str) for each in commands):
        raise BuildspecError(f"{phase}.{key} must be a list of texts")
    return tuple(commands)


def _texts(found: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in found.items()}


def _only(found: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(found.keys() - known):
        raise BuildspecError(f"{where} says {', '.join(unknown)}, which is not done here")
