"""The next build of the whole project: which models, why, how much they read, what that costs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lakehouse import prices
from lakehouse.aws import AwsClients, aws_errors, bucket_and_key
from lakehouse.building.dbt_run import option_of, target_of
from lakehouse.building.duckdb_file import READ_ONLY
from lakehouse.building.model_runs import table_sizes
from lakehouse.building.news import News
from lakehouse.building.state import (
    FULL,
    INCREMENT,
    read_manifest,
    read_runs,
    state_place,
)
from lakehouse.database import database_file, quoted
from lakehouse.errors import ComparisonError
from lakehouse.reviewing.impact import ContractBreak, Manifest, changes, contract_breaks

# What the adapter sends that reads: an increment fills a table of its own, and merges that.
_STATEMENTS = {FULL: 1, INCREMENT: 2}
# A session starts and ends: a minute is the least that is paid for.
_LEAST_SESSION_MINUTES = 1.0
_STORED = ("table", "incremental", "seed")
# Why a model is built that is as it was.
ALL = "everything is built"


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


@dataclass(frozen=True)
class Size:
    """Rows and bytes of a table; None where it is not known."""

    rows: int | None = None
    bytes: int | None = None


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
    sizes = _sizes(target, head, database=database, environment=environment)
    if news and "tables" in news.changed:
        gone = sorted(node["name"] for node in _tables(head) if _place(node) not in sizes)
        doubts.append(f"tables that are gone: {', '.join(gone)}")
    reasons = _reasons(head, base, news)
    raw = _raw_bytes(head, environment, project_dir) if reasons else {}
    runs = read_runs(place)
    models = tuple(
        _planned(head, key, why, sizes, raw, runs.get(key, {}), target, environment, arguments)
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
        for node in _tables(head)
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
        beginning = "and " if shown else ""
        yield f"{beginning}{left} that have not changed themselves (--json lists them)"
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


def _tables(head: Manifest) -> Iterator[dict[str, Any]]:
    return (node for node in head.nodes.values() if node["config"]["materialized"] in _STORED)


def _place(node: Mapping[str, Any]) -> tuple[str, str]:
    return node["schema"], node["name"]


def _reasons(head: Manifest, base: Manifest | None, news: News | None) -> dict[str, str]:
    """Unique id -> why it is built; what is not built is left out."""
    changed = {each.name: each.what for each in changes(base, head)} if base else {}
    if news is None or news.is_of_everything:
        return {
            key: f"changed: {changed[node['name']]}" if node["name"] in changed else ALL
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
    head: Manifest,
    key: str,
    why: str,
    sizes: Mapping[tuple[str, str], Size],
    raw: Mapping[str, int],
    runs: Mapping[str, Any],
    target: str,
    environment: Mapping[str, str],
    arguments: Iterable[str],
) -> PlannedModel:
    node = head.nodes[key]
    kind = node["config"]["materialized"]
    size = sizes.get(_place(node))
    mode = FULL
    if kind not in _STORED:
        mode = "view"
    elif kind == "incremental" and size is not None and "--full-refresh" not in arguments:
        mode = INCREMENT
    last = runs.get(mode) or {}
    read: int | None
    read, read_from = last.get("scanned_bytes"), "as its last run"
    if read is None and mode != "view":
        parents = _read_bytes(head, key, sizes, raw, with_own=mode == INCREMENT)
        read, read_from = parents, "all that it reads" if parents is not None else ""
    usd = None
    if target == "athena" and mode != "view":
        usd = prices.athena_usd(read or 0, environment, statements=_STATEMENTS[mode])
    return PlannedModel(
        name=node["name"],
        why=why,
        mode=mode,
        rows=size.rows if size else None,
        stored_bytes=size.bytes if size else None,
        read_bytes=read,
        read_from=read_from if read is not None else "",
        usd=usd,
        # A first increment is at most as slow as the build from nothing.
        seconds=(last or runs.get(FULL) or {}).get("seconds"),
        budget_bytes=(node["config"].get("meta") or {}).get("budget_bytes"),
    )


def _read_bytes(
    head: Manifest,
    key: str,
    sizes: Mapping[tuple[str, str], Size],
    raw: Mapping[str, int],
    *,
    with_own: bool,
) -> int | None:
    """Stored bytes of all that a model reads, through views down to tables and raw files.

    Args:
        with_own: of its own table, too, into which an increment is merged.
    """
    total, seen = 0, set()
    left = list(head.nodes[key]["depends_on"].get("nodes", ()))
    if with_own:
        left.append(key)
    while left:
        parent = left.pop()
        if parent in seen:
            continue
        seen.add(parent)
        if parent in raw:
            total += raw[parent]
        elif parent in head.nodes:
            node = head.nodes[parent]
            size = sizes.get(_place(node))
            if node["config"]["materialized"] not in _STORED:
                left += node["depends_on"].get("nodes", ())
            elif size is None or size.bytes is None:
                return None
            else:
                total += size.bytes
    return total


def _sizes(
    target: str, head: Manifest, *, database: Path, environment: Mapping[str, str]
) -> dict[tuple[str, str], Size]:
    if target == "duckdb":
        return _duckdb_sizes(database) if database.is_file() else {}
    return _iceberg_sizes({node["schema"] for node in _tables(head)})


def _duckdb_sizes(database: Path) -> dict[tuple[str, str], Size]:
    import duckdb

    with duckdb.connect(":memory:") as lake:
        try:
            lake.execute(f"attach {quoted(database)} as lake (read_only)")
            found = table_sizes(lake, "lake")
        except duckdb.Error as err:
            raise ComparisonError(f"{database} cannot be read: {err}") from err
    return {place: Size(rows, size) for place, (rows, size) in found.items()}


def _iceberg_sizes(schemas: Iterable[str]) -> dict[tuple[str, str], Size]:
    """Rows and bytes as the newest snapshot of each Iceberg table sums them up."""
    clients = AwsClients("planning")
    glue, s3 = clients.glue(), clients.s3()
    found: dict[tuple[str, str], Size] = {}
    with aws_errors("the Glue catalogue"):
        for schema in sorted(schemas):
            try:
                pages = list(glue.get_paginator("get_tables").paginate(DatabaseName=schema))
            except glue.exceptions.EntityNotFoundException:
                continue
            for table in (each for page in pages for each in page["TableList"]):
                location = table.get("Parameters", {}).get("metadata_location")
                if not location:
                    continue
                bucket, key = bucket_and_key(location)
                body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
                found[schema, table["Name"]] = _snapshot_size(json.loads(body))
    return found


def _snapshot_size(metadata: Mapping[str, Any]) -> Size:
    current = metadata.get("current-snapshot-id")
    for snapshot in metadata.get("snapshots", ()):
        if snapshot["snapshot-id"] == current:
            said = snapshot.get("summary", {})
            rows, size = said.get("total-records"), said.get("total-files-size")
            gone = int(said.get("total-position-deletes") or 0)
            return Size(
                rows=int(rows) - gone if rows is not None else None,
                bytes=int(size) if size is not None else None,
            )
    return Size(rows=0, bytes=0)


def _raw_bytes(head: Manifest, environment: Mapping[str, str], project_dir: Path) -> dict[str, int]:
    """Unique id of a source -> bytes of all its raw files."""
    raw = environment.get("LAKEHOUSE_RAW") or str(project_dir / "data" / "raw")
    found: dict[str, int] = {}
    for node in head.nodes.values():
        for source in node["depends_on"].get("nodes", ()):
            if source.startswith("source.") and source not in found:
                domain, entity = source.split(".")[-2:]
                found[source] = sum(_file_sizes(raw, f"{domain}/{entity}/"))
    return found


def _file_sizes(raw: str, folder: str) -> Iterator[int]:
    if not raw.startswith("s3://"):
        yield from (path.stat().st_size for path in (Path(raw) / folder).rglob("*.parquet"))
        return
    bucket, prefix = bucket_and_key(f"{raw.rstrip('/')}/{folder}")
    with aws_errors(raw):
        pages = AwsClients("planning").s3().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            yield from (each["Size"] for each in page.get("Contents", ()))
