"""What a build says when it is over: warnings, the result, what to do next, where the log is."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lakehouse.building.findings import Finding, Results, short, stripped_message
from lakehouse.building.gates import GATES, GateLine, loads_of
from lakehouse.building.progress import Progress, duration
from lakehouse.building.setting import Setting
from lakehouse.building.trouble import Trouble, trouble_of

# Of failures, of warnings, of the nodes that failed for one reason.
SHOWN_FAILURES = 10
SHOWN_WARNINGS = 8
SHOWN_NAMES = 4
# Of the loads of one gate that fails.
SHOWN_LOADS = 5
RUNBOOK = "docs/runbook.md"
REJECTED_ROWS = (
    "select load_id, source_file, reason_code, count(*) as row_count "
    "from {{{{ ref('{table}') }}}} inner join {{{{ ref('{load}') }}}} using (load_key) "
    "where reason_code is not null group by 1, 2, 3"
)
_TABLE_NAME = re.compile(r"'\w+__\w+'")
_PLACE = re.compile(
    r"\((?:\./)?(?P<path>[^()\s]+\.(?:sql|ya?ml|csv|md))\)|Error reading \w+: (?P<yaml>\S+\.ya?ml)"
)
_LINE = re.compile(r"\bline (\d+)")


@dataclass(frozen=True)
class Build:
    """A build that is over.

    Attributes:
        results: none if the build ended before its first node.
        error: what ended it then, in dbt's words; None if nothing did.
        lost: errors that dbt's own report does not show, a sentence each.
        warnings: sentences that belong to no node.
        gates: what gates say of loads.
        schemas: in which it built something.
        log: the file that holds everything; None if dbt never opened it.
    """

    setting: Setting
    results: Results
    error: str | None
    lost: tuple[str, ...]
    warnings: tuple[str, ...]
    schemas: tuple[str, ...]
    log: str | None
    elapsed_seconds: float
    gates: tuple[GateLine, ...] = ()


def report(build: Build) -> list[str]:
    """Return the lines that tell what came of a build."""
    failed = build.results.of("fail", "error")
    if build.error is None and not failed and not build.lost:
        return [*_warnings(build), *_success(build)]
    return [*_warnings(build), *_failure(build, failed)]


def stopped(progress: Progress, *, elapsed_seconds: float, setting: Setting) -> str:
    """Say that a person stopped the build."""
    of = f", {progress.done} of {progress.total} done" if progress.total else ""
    return (
        f"Stopped after {duration(elapsed_seconds)}{of}. What was built stays; go on with: "
        f"{setting.again}"
    )


def _warnings(build: Build) -> Iterator[str]:
    told = [line for line in build.gates if not line.is_failure]
    # What a gate says load by load is not said of its table once more.
    tests = [each for each in build.results.of("warn") if each.test not in GATES or not told]
    lines = [*build.warnings, *(_warning(build, finding) for finding in tests)]
    yield from (f"warning: {line}" for line in lines[:SHOWN_WARNINGS])
    if len(lines) > SHOWN_WARNINGS:
        yield f"warning: and {len(lines) - SHOWN_WARNINGS} more, in {_log(build)}"
    # Ten at most, and how many more there are: the gates see to that.
    yield from (f"warning: {_of_table(line)}" for line in told)
    if lines or told:
        yield ""


def _of_table(line: GateLine) -> str:
    return line.said if line.table == "all" else f"{line.table}: {line.said}"


def _warning(build: Build, finding: Finding) -> str:
    if finding.test == "rejected_share":
        said = f"{_tables(finding)}: rows are rejected, fewer than stop a build"
    else:
        said = f"{_tables(finding)}: {finding.rule or finding.message}: {_found(finding)}"
    return f"{said}; see {_show(build, finding)}"


def _success(build: Build) -> Iterator[str]:
    well, warned = build.results.well, build.results.of("warn")
    built = [_number(well[kind], kind) for kind in ("model", "seed", "snapshot") if kind in well]
    tested = [_number(well[kind], kind) for kind in ("data test", "unit test") if kind in well]
    said = "; ".join(
        part
        for part in (
            f"{_and(built)} built" if built else "",
            f"{_and(tested)} passed" if tested else "",
            f"{_number(len(warned), 'test warns', 'tests warn')}" if warned else "",
        )
        if part
    )
    yield f"Done in {duration(build.elapsed_seconds)}: {said or 'there was nothing to build'}."
    if built:
        yield f"Tables:  {_places(build)}"
    yield f"Log:     {_log(build)}"


def _failure(build: Build, failed: Sequence[Finding]) -> Iterator[str]:
    entries = list(_entries(build, failed))
    tests = sum(finding.status == "fail" for finding in failed)
    counts = [
        _number(tests, "test fails", "tests fail"),
        _number(len(failed) - tests, "node could not be built", "nodes could not be built"),
        _number(build.results.skipped, "node after them skipped", "nodes after them skipped"),
    ]
    said = ", ".join(count for count in counts if not count.startswith("0 "))
    when = duration(build.elapsed_seconds)
    if build.error is not None and not said:
        yield f"Failed after {when}, before the first table."
    else:
        yield f"Failed after {when}: {said or 'tables are not as reported'}."
    for number, entry in enumerate(entries[:SHOWN_FAILURES], start=1):
        yield ""
        head, *rest = entry
        yield f"{number}. {head}" if len(entries) > 1 else head
        yield from (f"   {line}" for line in rest)
    if len(entries) > SHOWN_FAILURES:
        yield ""
        yield f"And {len(entries) - SHOWN_FAILURES} more, in the log."
    closed = loads_of(build.gates)
    if sum(finding.test in GATES for finding in failed) > 1 and len(closed) > 1:
        yield ""
        yield f"Accept them all: {build.setting.decide('accept', closed)}"
    # dbt opens its log once it has read its options: without one, they are at fault.
    if build.log is not None:
        yield ""
        yield f"Log:     {_log(build)}"
        yield f"Again:   {build.setting.again}"


def _entries(build: Build, failed: Sequence[Finding]) -> Iterator[list[str]]:
    if build.error is not None:
        yield _of_the_whole(build, build.error)
    # What refuses to run at all comes before what it leaves in disorder.
    by_gravity = sorted(failed, key=lambda each: (not each.is_compile_error, each.status == "fail"))
    for group in _grouped(by_gravity, build):
        first = group[0]
        trouble = _trouble(build, first.message)
        if trouble:
            yield [trouble.what, *_others(group), *_field("next", trouble.next_step)]
        elif first.kind == "data test" and first.status == "fail":
            yield _failing_test(build, first)
        elif first.kind == "unit test":
            yield _failing_unit_test(build, first)
        else:
            yield _broken_node(build, first, group)
    for sentence in build.lost:
        yield [sentence]


def _of_the_whole(build: Build, error: str) -> list[str]:
    """An error that ended the build before its first node: mostly a file that cannot be read."""
    trouble = _trouble(build, error)
    if trouble:
        return [trouble.what, *_field("next", trouble.next_step)]
    place, line = _PLACE.search(error), _LINE.search(error)
    message = short(stripped_message(error), lines=12) or error
    if place is None:
        return message.splitlines()
    at = f", line {line[1]}" if line else ""
    return [f"{place['path'] or place['yaml']}{at}", *message.splitlines()]


def _failing_test(build: Build, finding: Finding) -> list[str]:
    if finding.test in GATES:
        return _closed_gate(build, finding)
    return [
        f"{_tables(finding)}: {finding.rule}",
        *_field("found", f"{_found(finding)} (dbt: {finding.message})"),
        *_field("rule", f"{finding.name}, {build.setting.path(finding.source)}"),
        *_sql(build, finding),
        *_field("next", f"see the rows: {_show(build, finding)}"),
    ]


def _closed_gate(build: Build, finding: Finding) -> list[str]:
    """A gate stays closed until its loads are accepted or withdrawn, or what is wrong is mended."""
    table = finding.tables[0]
    lines = [
        line
        for line in build.gates
        if line.is_failure and (line.test, line.table) == (finding.test, table)
    ]
    said = [line.said for line in lines[:SHOWN_LOADS]]
    if len(lines) > SHOWN_LOADS:
        said.append(f"and {len(lines) - SHOWN_LOADS} more")
    steps = []
    if lines:
        steps.append(f"if that is right: {build.setting.decide('accept', loads_of(lines))}")
        steps.append(f"if it is not: {build.setting.decide('withdraw', loads_of(lines))}")
    steps.append(f"{RUNBOOK}, “A build stops: {finding.test}_… failed”")
    return [
        f"{table}: {GATES[finding.test]}; no mart that reads it has changed",
        *(_field("found", "\n".join(said)) if said else []),
        *_field("rule", f"{finding.name}, {build.setting.path(finding.source)}"),
        *_sql(build, finding),
        *_field("rows", _show(build, finding)),
        *_field("next", "\n".join(steps)),
    ]


def _failing_unit_test(build: Build, finding: Finding) -> list[str]:
    return [
        f"{_tables(finding)}: unit test: {finding.rule}",
        *_field("says", short(finding.message, lines=12)),
        *_field("rule", f"{finding.name}, {build.setting.path(finding.source)}"),
        *_sql(build, finding),
        *_field(
            "next",
            "mend the model or what the test expects, then "
            + build.setting.build("--select", finding.name),
        ),
    ]


def _broken_node(build: Build, finding: Finding, group: Sequence[Finding]) -> list[str]:
    # A macro that refuses says what to do at its end; an engine quotes half a statement.
    said = finding.message if finding.is_compile_error else short(finding.message)
    message = said or "it failed, and dbt does not say why"
    what = {
        "data test": f"{_tables(finding)}: the data test {finding.name} could not be asked",
        "hook": f"the hook {finding.name} could not be run",
    }.get(finding.kind, f"{finding.name}{_and_more(group)} could not be built")
    lines = [what, *_field("says", message), *_field("file", build.setting.path(finding.source))]
    lines += _others(group)
    if finding.is_compile_error:
        return lines
    lines += _sql(build, finding)
    if finding.kind != "model":
        return lines
    below = build.setting.build("--select", f"{finding.name}+")
    return [*lines, *_field("next", f"mend it, then build it and what reads it: {below}")]


def _grouped(failed: Iterable[Finding], build: Build) -> list[list[Finding]]:
    """Put together what failed for one reason: the same sentence, whichever table it names."""
    groups: dict[str, list[Finding]] = {}
    for finding in failed:
        trouble = _trouble(build, finding.message)
        reason = trouble.what if trouble else _TABLE_NAME.sub("'…'", finding.message)
        key = finding.name if finding.status == "fail" else reason
        groups.setdefault(key, []).append(finding)
    return list(groups.values())


def _and_more(group: Sequence[Finding]) -> str:
    return f" and {len(group) - 1} more" if len(group) > 1 else ""


def _others(group: Sequence[Finding]) -> list[str]:
    names = [finding.name for finding in group[1:]]
    if not names:
        return []
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return _field("also", ", ".join(names[:SHOWN_NAMES]) + more)


def _trouble(build: Build, message: str) -> Trouble | None:
    return trouble_of(
        message,
        database=build.setting.database,
        command=build.setting.again,
        environment=build.setting.environment,
        named=build.setting.path,
    )


def _sql(build: Build, finding: Finding) -> list[str]:
    return _field("SQL", build.setting.path(finding.sql)) if finding.sql else []


def _show(build: Build, finding: Finding) -> str:
    if finding.test == "rejected_share":
        # As JSON, because a table cuts the load_id that the runbook asks for.
        table = finding.tables[0]
        sql = REJECTED_ROWS.format(table=table, load=f"{table.split('__')[0]}__load")
        return build.setting.show("--output", "json", "--inline", sql)
    return build.setting.show("--select", finding.name)


def _log(build: Build) -> str:
    return build.setting.path(build.log or "logs/dbt.log")


def _places(build: Build) -> str:
    schemas = ", ".join(build.schemas)
    if build.setting.target == "duckdb":
        return f"{build.setting.database} ({schemas})"
    return f"in the Glue databases {schemas}"


def _field(name: str, text: str) -> list[str]:
    first, *rest = text.splitlines() or [""]
    return [f"{name:<6}{first}", *(f"{'':<6}{line}" for line in rest)]


def _found(finding: Finding) -> str:
    if not finding.count:
        return "it does not hold"
    return f"{_number(finding.count, finding.unit)} for which it does not hold"


def _tables(finding: Finding) -> str:
    return ", ".join(finding.tables[:3]) + (", …" if len(finding.tables) > 3 else "")


def _number(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _and(parts: Sequence[str]) -> str:
    return " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} and {parts[-1]}"
