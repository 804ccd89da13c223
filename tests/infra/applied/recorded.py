"""Calls that were recorded while a role was at work, written so that two recordings agree."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

FILE = Path(__file__).with_name("recorded_calls.json")
PREFIX = "lakehouse-dev-"

# Ids that differ from run to run. Braces: the simulation answers in XML without escaping.
_VOLATILE = (
    (r"[0-9a-f]{8}([-_])[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}", "{id}"),
    (r"[0-9a-f]{32}", "{id}"),
    (r"\d{8}T\d{6}\d*Z?-[0-9a-f]{12}", "{load}"),
    (r"(?<=:secret:)(.*)-[0-9A-Za-z]{6}$", r"\1-{id}"),
    (r"(?<=/data/).*", "{file}"),
    (r"(?<=/metadata/).*", "{file}"),
    (r"(?<=/unload/{id}/).*", "{file}"),
)


def stable(resource: str) -> str:
    """A resource without what no second run repeats."""
    for pattern, word in _VOLATILE:
        resource = re.sub(pattern, word, resource)
    return resource


def by_role(calls: Iterable[dict]) -> dict[str, dict[str, list[str]]]:
    """The calls of roles as role → action → resources, each once and in order."""
    found: dict[str, dict[str, set[str]]] = {}
    for call in calls:
        if call["identity"].startswith(PREFIX):
            actions = found.setdefault(call["identity"].removeprefix(PREFIX), {})
            actions.setdefault(call["action"], set()).add(stable(call["resource"]))
    return {
        role: {action: sorted(resources) for action, resources in sorted(actions.items())}
        for role, actions in sorted(found.items())
    }


def read() -> dict[str, dict[str, list[str]]]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def write(recording: dict[str, dict[str, list[str]]]) -> None:
    FILE.write_text(json.dumps(recording, indent=1) + "\n", encoding="utf-8")
