"""The next build of the whole project: which models, why, how much they read, what that costs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lakehouse import prices
from lakehouse.building.dbt_run import option_of, target_of
from lakehouse.building.duckdb_file import READ_ONLY
from lakehouse.building.news import News
from lakehouse.building.parsed import begin_as_parsed
from lakehouse.building.sizes import (
    STORED,
    Place,
    Ratios,
    Size,
    SizedLake,
    duckdb_sizes,
    iceberg_sizes,
    measured_ratios,
    place_of,
    ratios_of,
    raw_bytes,
    stored_tables,
)
from lakehouse.building.state import (
    FULL,
    INCREMENT,
    read_manifest,
    read_runs,
    state_place,
)
from lakehouse.database import database_file
from lakehouse.errors import ComparisonError
from lakehouse.reviewing.impact import ContractBreak, Manifest, changes, contract_breaks

# What the adapter sends that reads: an increment fills a table of its own, and merges that.
_STATEMENTS = {FULL: 1, INCREMENT: 2}
# A session starts and ends: a minute is the least that is paid for.
_LEAST_SESSION_MINUTES = 1.0
# Why a model is built that is as it was.
ALL = "everything is built"
_CHANGED = "changed: "
_MOST = 5


@dataclass(frozen=True)
class PlannedModel:
    """A model or seed that the next build writes.

    Attributes:
        why: in words; mode: `full` or `increment`, of a view `view`.
        rows, stored_bytes: of its table now; None if there is none, or it is not known.
        read_bytes: what it will read, as far as known; read_from: what that is taken from.
        usd: on Athena; None elsewhere.
        budget_bytes: what it may read (meta.budget_bytes); None if that is not declared.
    """

    name: str
    why: str
    mode: str
    rows: int | None = None
    stored_bytes: int | None = None
    read_bytes: int | None = None
    read_from: str = ""
    usd: float | None = None
    seconds: float | None = None
    budget_bytes: int | None = None

    @property
    def is_shown(self) -> bool:
        """Whether a person wants to see it: it is built for a reason of its own, or too dear."""
        return self.why != ALL or self.is_over_budget

    @property
    def keeps_rows(self) -> bool:
        """Whether its code has changed, and rows stay that the old code made."""
        return self.mode == INCREMENT and self.why.startswith(_CHANGED)

    @property
    def is_over_budget(self) -> bool:
        return (
            self.budget_bytes is not None
            and self.read_bytes is not None
            and self.read_bytes > self.budget_bytes
        )


@dataclass(frozen=True)
class Plan:
    """What the next build will do.

    Attributes:
        sentence: what is new, as the build will say it.
        models: those with a reason of their own first; breaks: of contracts.
        doubts: what is not known, and why.
        usd, minutes: of the whole build, as far as known.
    """

    target: str
    sentence: str
    models: tuple[PlannedModel, ...]
    breaks: tuple[ContractBreak, ...]
    doubts: tuple[str, ...]
    usd: float | None
    minutes: float | None


def plan(
    arguments: Iterable[str] = (),
    *,
    project_dir: Path,
    environment: MutableMapping[str, str] = os.environ,
) -> Plan:
    """Say what `lakehouse build` would do now; changes nothing.

    Args:
        arguments: of that build.
    Raises: ComparisonError if the project or the lake cannot be read; AwsError without credentials.
    """
    words = ["build", *arguments, "--project-dir", str(project_dir)]
    if option_of(words, "--profiles-dir") is None and "DBT_PROFILES_DIR" not in environment:
        words += ["--profiles-dir", str(project_dir)]
    work = project_dir.resolve() / "target" / "plan"
    begin_as_parsed(work, parsed_in=work.parent)
    words += ["--target-path", str(work), "--log-path", str(work / "logs"), "--log-level", "none"]
    target = target_of(words, environment)
    place = state_place(environment, target=target, project=project_dir)
    stored = read_manifest(place)
    doubts = [] if stored else [f"{place.location} has no manifest of a build that passed"]
    database = project_dir / database_file(environment)
    news: News | None = None
    if target == "duckdb" and not database.is_file():
        doubts = []
        reason = f"{database} is not there: everything is built for the first time."
    else:
        news, doubt = _news(words, environment)
        reason = news.sentence if news else "Everything is built."
        doubts += [doubt] if doubt else []
    head = _parsed(words, work)
    base = Manifest(stored) if stored else None
    runs = read_runs(place)
    lake = SizedLake(
        head,
        _sizes(target, head, database=database),
        raw_bytes(head, environment, project_dir),
        ratios_of(head, runs, measured_ratios()) if target == "athena" else {},
    )
    if news and "tables" in news.changed:
        gone = sorted(
            node["name"] for node in stored_tables(head) if place_of(node) not in lake.tables
        )
        doubts.append(f"tables that are gone: {', '.join(gone)}")
    reasons = _reasons(head, base, news)
    models = tuple(
        _planned(lake, key, why, runs.get(key, {}), target, environment, arguments)
        for key, why in sorted(reasons.items(), key=lambda each: (each[1] == ALL, each[0]))
    )
    usd = sum(each.usd or 0 for each in models) if target == "athena" else None
    known = [each.seconds for each in models if each.seconds is not None]
    minutes = round(sum(known) / 60, 1) if known else None
    if target == "glue" and minutes is not None:
        dpus = float(environment.get("LAKEHOUSE_GLUE_WORKERS") or 2)
        minutes = max(minutes, _LEAST_SESSION_MINUTES)
        usd = minutes / 60 * dpus * prices.glue_usd_per_hour(environment)
    return Plan(
        target=target,
        sentence=reason,
        models=models,
        breaks=tuple(contract_breaks(base, head)) if base else (),
        doubts=tuple(doubts),
        usd=round(usd, 4) if usd is not None else None,
        minutes=minutes,
    )


def least_athena_usd(head: Manifest, environment: Mapping[str, str] = os.environ) -> float:
    """What a build of everything costs on Athena however little it reads: its statements' floor."""
    count = sum(
        _STATEMENTS[INCREMENT if node["config"]["materialized"] == "incremental" else FULL]
        for node in stored_tables(head)
    )
    return prices.athena_usd(0, environment, statements=count)


def as_json(found: Plan) -> str:
    """The plan for machines."""
    return json.dumps(asdict(found), indent=2)


def as_text(found: Plan) -> Iterator[str]:
    """The plan for a terminal, line by line."""
    yield found.sentence
    for doubt in found.doubts:
        yield f"not known: {doubt}"
    for broken in found.breaks:
        readers = ", ".join((*broken.exposures, *broken.readers)) or "nobody"
        yield f"BREAKS: {broken.table}: {broken.what}; read by {readers}"
    if not found.models:
        return
    shown = [each for each in found.models if each.is_shown]
    # Where none has a reason of its own, those that read most.
    shown = shown or sorted(found.models, key=lambda each: -(each.read_bytes or 0))[:_MOST]
    yield ""
    width = max((len(each.name) for each in shown), default=0)
    for each in shown:
        parts = [f"{each.name:<{width}}  {each.mode:<9}"]
        parts.append(f"{each.rows:>13,} rows" if each.rows is not None else " " * 18)
        if each.read_bytes:
            parts.append(f"reads {spelled_bytes(each.read_bytes)} ({each.read_from})")
        if each.usd is not None:
            parts.append(f"USD {each.usd:.5f}")
        parts.append(each.why)
        yield "  ".join(parts)
        if each.is_over_budget:
            yield (
                f"  OVER BUDGET: it may read {spelled_bytes(each.budget_bytes or 0)} "
                "(meta.budget_bytes)"
            )
    if left := len(found.models) - len(shown):
        yield f"and {left} more, for no reason of their own (--json lists them)"
    if kept := [each.name for each in found.models if each.keeps_rows]:
        yield ""
        yield "An increment adds what new loads say and keeps rows that the old code made. If those"
        yield "must follow the change, too, then instead of the next build:"
        yield f"  lakehouse build --full-refresh --select {' '.join(f'{name}+' for name in kept)}"
    yield ""
    total = sum(each.read_bytes or 0 for each in found.models)
    line = f"{len(found.models)} models and seeds"
    line += f", which read {spelled_bytes(total)}" if total else ""
    if found.minutes is not None:
        line += f", {found.minutes} minutes of models at the speed of their last runs"
    if found.usd is not None:
        line += f", USD {found.usd:.4f}"
    yield line


def spelled_bytes(count: int) -> str:
    """Bytes as people read them."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def _news(words: list[str], environment: MutableMapping[str, str]) -> tuple[News | None, str]:
    from lakehouse.building.checked_run import asked_news

    environment[READ_ONLY] = "1"
    try:
        asked = asked_news(words, environment=environment)
    finally:
        del environment[READ_ONLY]
    if asked.dbt.exception is not None:
        raise ComparisonError(f"the lake cannot be read: {asked.dbt.exception}")
    return asked.news, asked.doubts[0] if asked.doubts else ""


def _parsed(words: list[str], work: Path) -> Manifest:
    """The project as it is now."""
    from dbt.cli.main import dbtRunner

    from lakehouse.building.setting import CARRIED, carried

    options = carried(words, (*CARRIED, "--log-path", "--log-level"))
    done = dbtRunner().invoke(["parse", *options])
    if not done.success:
        raise ComparisonError(f"the project cannot be parsed: {done.exception}")
    return Manifest.read(work / "manifest.json")


def _reasons(head: Manifest, base: Manifest | None, news: News | None) -> dict[str, str]:
    """Unique id -> why it is built; what is not built is left out."""
    changed = {each.name: each.what for each in changes(base, head)} if base else {}
    if news is None or news.is_of_everything:
        return {
            key: f"{_CHANGED}{changed[node['name']]}" if node["name"] in changed else ALL
            for key, node in head.nodes.items()
        }
    reasons: dict[str, str] = {}
    starts = {
        key: f"loads of {node['fqn'][1]}"
        for key, node in head.nodes.items()
        if node["resource_type"] == "model" and node["fqn"][1] in news.domains
    }
    if news.is_new_day:
        for key, node in head.nodes.items():
            if "run_date" in node["tags"]:
                starts.setdefault(key, "a new day")
    left = list(starts.items())
    while left:
        key, why = left.pop()
        if key in reasons:
            continue
        reasons[key] = why
        left += [(child, why) for child in head.children(key)]
    return reasons


def _planned(
    lake: SizedLake,
    key: str,
    why: str,
    runs: Mapping[str, Any],
    target: str,
    environment: Mapping[str, str],
    arguments: Iterable[str],
) -> PlannedModel:
    node = lake.head.nodes[key]
    kind = node["config"]["materialized"]
    size = lake.size(key)
    mode = FULL
    if kind not in STORED:
        mode = "view"
    elif kind == "incremental" and size is not None and "--full-refresh" not in arguments:
        mode = INCREMENT
    last = runs.get(mode) or {}
    read, read_from = (None, "") if mode == "view" else read_by(lake, key, mode)
    usd = None
    if target == "athena" and mode != "view":
        statements = last.get("statements") or _STATEMENTS[mode]
        usd = prices.athena_usd(read or 0, environment, statements=statements)
    return PlannedModel(
        name=node["name"],
        why=why,
        mode=mode,
        rows=size.rows if size else None,
        stored_bytes=size.bytes if size else None,
        read_bytes=read,
        read_from=read_from,
        usd=usd,
        # A first increment is at most as slow as the build from nothing.
        seconds=(last or runs.get(FULL) or {}).get("seconds"),
        budget_bytes=(node["config"].get("meta") or {}).get("budget_bytes"),
    )


def read_by(lake: SizedLake, key: str, mode: str) -> tuple[int | None, str]:
    """Bytes that a model will read, and what that is taken from."""
    found = lake.input_bytes(key, mode)
    if found is None:
        return None, ""
    ratios = lake.ratios.get((key, mode), Ratios())
    ratio = ratios.at(found).read
    if ratio is None:
        return found, "all that it reads"
    is_own = ratios.own.read is not None
    return round(found * ratio), "as its last run" if is_own else "as measured once"


def _sizes(target: str, head: Manifest, *, database: Path) -> dict[Place, Size]:
    if target == "duckdb":
        return duckdb_sizes(database) if database.is_file() else {}
    return iceberg_sizes({node["schema"] for node in stored_tables(head)})
