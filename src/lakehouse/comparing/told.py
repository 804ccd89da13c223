"""A difference of two builds as text, as Markdown and as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from lakehouse.comparing.diff import BuildDifference, ComparedTable
from lakehouse.marts.comparison import Example, TableDifference, spelled, told

# Rows of a table in Markdown: GitHub cuts a comment off at 65,536 characters.
_SHOWN_ROWS = 12


def as_text(found: BuildDifference) -> Iterator[str]:
    """The difference for a terminal, line by line."""
    yield f"before: {found.before}"
    yield f"after:  {found.after}"
    yield verdict(found)
    for name in found.gone:
        yield f"{name}: only before"
    for name in found.new:
        yield f"{name}: only after"
    for each in found.different:
        yield ""
        yield from each.difference.sentences()
        for name, (was, now) in each.totals.items():
            yield f"  sum of {name}: {told(was)} -> {told(now)}"


def as_markdown(found: BuildDifference) -> Iterator[str]:
    """The difference for a pull request, line by line: the reports' numbers first."""
    yield f"Compared: `{found.before}` (before) with `{found.after}` (after). {verdict(found)}"
    if found.is_equal:
        return
    yield ""
    yield "| table | rows before | rows after | gone | new | changed | columns with changes |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for name in found.gone:
        yield f"| `{name}` | | no table | | | | |"
    for name in found.new:
        yield f"| `{name}` | no table | | | | | |"
    for each in found.different:
        yield _row(each.difference)
    reports = [each for each in found.different if each.is_report]
    for each in (*reports, *(each for each in found.different if not each.is_report)):
        yield from _details(each, is_open=each.is_report)


def as_json(found: BuildDifference) -> str:
    """The difference for machines: an object, its tables in `different`."""
    said: dict[str, Any] = {
        "before": found.before,
        "after": found.after,
        "is_equal": found.is_equal,
        "compared_count": len(found.compared),
        "gone": found.gone,
        "new": found.new,
        "different": [
            {"schema": each.schema, **asdict(each.difference), "totals": each.totals}
            for each in found.different
        ],
    }
    return json.dumps(said, indent=2, ensure_ascii=False)


def verdict(found: BuildDifference) -> str:
    """How many tables differ, in a sentence."""
    count = len(found.compared)
    if found.is_equal:
        return f"All {count} tables are equal."
    others = len(found.gone) + len(found.new)
    if not count:
        return f"No table is on both sides, {others} on one side only."
    only = f", {others} on one side only" if others else ""
    return f"{len(found.different)} of {count} tables differ{only}."


def _row(table: TableDifference) -> str:
    if table.trouble:
        return f"| `{table.table}` | | | | | | could not be compared: {_cell(table.trouble)} |"
    columns = [
        *(f"`{name}` gone" for name in table.columns_gone or ()),
        *(f"`{name}` new" for name in table.columns_new or ()),
        *(f"`{name}` retyped" for name in table.columns_retyped or ()),
        *(f"`{column.name}` {column.count:,}" for column in table.changed),
    ]
    counts = (table.rows_before, table.rows_after)
    moved = (table.gone_count, table.new_count, table.changed_count)
    numbers = " | ".join(
        [f"{each:,}" for each in counts] + [f"{each:,}" if each else "" for each in moved]
    )
    return f"| `{table.table}` | {numbers} | {', '.join(columns)} |"


def _details(each: ComparedTable, *, is_open: bool) -> Iterator[str]:
    table = each.difference
    rows = list(_example_rows(table))
    if not (rows or table.columns_retyped or each.totals or table.remark):
        return
    yield ""
    yield f"<details{' open' if is_open else ''}><summary><code>{table.table}</code></summary>"
    yield ""
    if table.remark:
        yield f"{table.remark[0].upper()}{table.remark[1:]}."
        yield ""
    for name, (old, new) in (table.columns_retyped or {}).items():
        yield f"- `{name}` was `{old}`, is `{new}`"
    for name, (was, now) in each.totals.items():
        yield f"- sum of `{name}`: {told(was)} → **{told(now)}**"
    if table.columns_retyped or each.totals:
        yield ""
    if rows:
        yield "| key | column | before | after |"
        yield "|---|---|---|---|"
        yield from rows[:_SHOWN_ROWS]
        yield ""
    yield "</details>"


def _example_rows(table: TableDifference) -> Iterator[str]:
    for column in table.changed:
        for example in column.examples:
            yield _line(example, f"`{column.name}`", told(example.before), told(example.after))
    for example in table.gone:
        yield _line(example, "", "is there", "gone")
    for example in table.new:
        yield _line(example, "", "", "new")


def _line(example: Example, *cells: str) -> str:
    return _joined([spelled(example.key), *cells])


def _joined(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
