"""What a run of the whole project would find that the tables do not reflect: often nothing.

The lake keeps a note of the run that it reflects (table `reflected_run`), with digests of what that
run was built from. The macro `tell_news` compares it with raw, the day and what is given now.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lakehouse.building.recorded import digest_of
from lakehouse.yaml_file import read_yaml

FORCE = "--force"
# Where dbt_project.yml does not name them.
_FOLDERS = {
    "model-paths": ["models"],
    "seed-paths": ["seeds"],
    "macro-paths": ["macros"],
    "test-paths": ["tests"],
    "snapshot-paths": ["snapshots"],
    "packages-install-path": "dbt_packages",
}
_FILES = ("dbt_project.yml", "profiles.yml", "packages.yml", "dependencies.yml")
# With one of them a run is of a part of the project, or of a part of its rows.
_NARROWING = (
    *("select", "models", "selector", "resource_types", "empty", "sample", "defer"),
    *("favor_state", "event_time_start", "event_time_end"),
)
# A run without them is whole all the same: they say nothing about rows.
_LEFT_OUT = {"exclude": {"path:tests/macros"}, "exclude_resource_types": {"unit_test"}}
# What models read of the environment, besides the places of the tables themselves.
_PLACES = re.compile(r"LAKEHOUSE_(?:RAW|RAW_DATABASE|SCHEMA_PREFIX|DATABASE_\w+)")
_LINE = re.compile(r"news: (\{.*\})")
_CHANGED = {
    "code": "the project's files have changed",
    "settings": "it has other variables or places",
    "tables": "a table is missing",
}


@dataclass(frozen=True)
class WholeRun:
    """A run of the whole project, and what it is known by.

    Attributes:
        code: digest of the project's files and of the versions that read them.
        settings: digest of target, variables but the run date, places and what is left out.
        is_full_refresh: it builds everything, whatever is new.
    """

    code: str
    settings: str
    is_full_refresh: bool


@dataclass(frozen=True)
class News:
    """What the tables do not reflect.

    Attributes:
        passed_at: when the run began that they reflect, UTC; None if the newest run has not passed.
        changed: of `code`, `settings` and `tables`, for which everything is built.
        domains: those with new loads, or with loads that raw no longer has.
    """

    passed_at: str | None
    changed: tuple[str, ...]
    is_new_day: bool
    domains: tuple[str, ...]

    @property
    def is_of_everything(self) -> bool:
        return self.passed_at is None or bool(self.changed)

    @property
    def is_nothing(self) -> bool:
        return not (self.is_of_everything or self.is_new_day or self.domains)

    @property
    def restriction(self) -> list[str]:
        """Options of dbt that build what the news are about, and all that reads it.

        Unit tests say of the same code what they said when it passed.
        """
        if self.is_of_everything:
            return []
        parts = [f"path:models/{domain}+" for domain in self.domains]
        parts += ["tag:run_date+"] if self.is_new_day else []
        return [
            *("--select", *parts),
            *("--indirect-selection", "eager"),
            *("--exclude-resource-type", "unit_test"),
        ]

    @property
    def sentence(self) -> str:
        """What is new, and so what is built."""
        if self.passed_at is None:
            return "Everything is built: the newest run was of a part, or did not pass."
        since = f"the run of {self.passed_at} UTC"
        if self.changed:
            reasons = " and ".join(_CHANGED[each] for each in self.changed)
            return f"Everything is built: since {since} {reasons}."
        if self.is_nothing:
            return (
                f"Nothing to do: no load has come since {since}, which passed, and day, project, "
                f"variables, seeds and decisions are the same. To build all the same: {FORCE}"
            )
        new = [f"loads of {', '.join(self.domains)}"] if self.domains else []
        new += ["the day"] if self.is_new_day else []
        return f"New since {since}: {' and '.join(new)}. Only what follows from it is built."


def whole_run(
    arguments: Sequence[str], *, project: Path, target: str, environment: Mapping[str, str]
) -> WholeRun | None:
    """Return what a run of the whole project is known by; None if dbt is asked for anything else.

    Args:
        arguments: of dbt, the command first. Read by dbt's own parser, which knows the variables
            of the environment, too.
        project: the folder of the dbt project.
    """
    given = _parameters_of_build(arguments)
    if given is None or any(given.get(name) for name in _NARROWING):
        return None
    left_out = {name: _words(given.get(name)) for name in _LEFT_OUT}
    if any(words - _LEFT_OUT[name] for name, words in left_out.items()):
        return None
    if not (project / "dbt_project.yml").is_file():
        return None
    variables = {k: v for k, v in (given.get("vars") or {}).items() if k != "run_date"}
    settings = {
        "target": target,
        "variables": variables,
        "left out": sorted(set().union(*left_out.values())),
        "places": {k: v for k, v in environment.items() if _PLACES.fullmatch(k)},
    }
    said = json.dumps(settings, sort_keys=True, default=str)
    return WholeRun(
        code=code_digest(project, target=target),
        settings=hashlib.sha256(said.encode()).hexdigest(),
        is_full_refresh=bool(given.get("full_refresh")),
    )


def code_digest(project: Path, *, target: str) -> str:
    """Return a digest of all files that dbt reads of a project, and of what reads them."""
    declared = read_yaml(project / "dbt_project.yml") or {}
    files = {project / name for name in _FILES if (project / name).is_file()}
    for name, usual in _FOLDERS.items():
        named = declared.get(name, usual)
        for folder in [named] if isinstance(named, str) else named:
            files |= {path for path in (project / folder).rglob("*") if path.is_file()}
    adapters = [f"dbt-{target}=={version(f'dbt-{target}')}"] if target != "duckdb" else []
    return digest_of(files, root=project, settings=adapters)


def told_news(line: str) -> News | None:
    """Return the news that a line of the log tells; None if it is another line."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return None
    said = json.loads(found[1])
    return News(
        passed_at=said["passed_at"],
        changed=tuple(said["changed"]),
        is_new_day=bool(said["is_new_day"]),
        domains=tuple(said["domains"]),
    )


def command_of(arguments: Sequence[str]) -> str | None:
    """Return the command of dbt that the arguments call; None if dbt will refuse them."""
    found = _words_of_command(arguments)
    return found[1][0] if found and found[1] else None


def _parameters_of_build(arguments: Sequence[str]) -> dict[str, Any] | None:
    from click.exceptions import ClickException, Exit
    from dbt.cli.main import cli

    found = _words_of_command(arguments)
    if found is None or found[1][:1] != ["build"]:
        return None
    whole, words = found
    try:
        return cli.commands["build"].make_context("build", words[1:], parent=whole).params
    except (ClickException, Exit):
        return None


def _words_of_command(arguments: Sequence[str]) -> tuple[Any, list[str]] | None:
    """The context of dbt, whose options may come first, and the words from the command on."""
    from click.exceptions import ClickException, Exit
    from dbt.cli.main import cli
    from dbt_common.events.event_manager_client import cleanup_event_logger

    if {"-h", "--help", "-V", "-v", "--version"} & set(arguments):
        return None
    # What is wrong with the arguments dbt says itself, when it is run.
    cleanup_event_logger()
    try:
        whole = cli.make_context("dbt", list(arguments))
    except (ClickException, Exit):
        return None
    return whole, [*whole._protected_args, *whole.args]


def _words(value: Any) -> set[str]:
    """The words of an option that may be given several times, each time with several."""
    if not value:
        return set()
    if isinstance(value, str):
        return set(value.split())
    return set().union(*(_words(each) for each in value))
