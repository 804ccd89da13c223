"""What dbt's results say, in words: which rule does not hold, on which table, by how much."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakehouse.building.gates import GATES
from lakehouse.building.progress import plain

# Below its name a test has one row per such thing.
COUNTED = {"grain": "key", "unique": "value", "accepted_values": "value"}
# A gate says itself which loads it is about; the last one has one row whatever is wrong.
UNCOUNTED = (*GATES, "row_count_is")
_MESSAGE_HEAD = re.compile(
    r"\A(?:[A-Z]\w* Error(?: in [^\n]*)?|[^\n]* failed, error:|Parsing Error)\n"
    r"(?:\s*Error reading [^\n]*\n)?"
)
# What dbt draws around a YAML error.
_FRAME = re.compile(r"^\s*(?:-{5,}|Raw Error:)\s*$\n?", re.MULTILINE)
_COMMENT = re.compile(r"\A\s*((?:--[^\n]*\n)+)")
_REF = re.compile(r"""(?:ref|source)\(\s*(?:['"]\w+['"]\s*,\s*)?['"](\w+)['"]\s*\)""")
# dbt-glue quotes the whole statement before it says what is wrong with it.
_GLUE_STATEMENT = re.compile(r" for code SqlWrapper2\.execute\('''.*?'''[^)]*\)", re.DOTALL)
_CONTRACT = "enforced contract that failed"
_MISMATCH = re.compile(r"^\s*" + r"\| *(.*?) *" * 4 + r"\|\s*$", re.MULTILINE)
_TRACE = re.compile(r"^\s*> (?:in|called by) ", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """A node that did not go well.

    Attributes:
        status: `fail`, `error` or `warn`.
        kind: `data test`, `unit test`, `model`, `seed`, `hook`, ….
        tables: what it stands on, or itself.
        rule: what a test checks, in words; empty for what is no test.
        message: dbt's, without its first line and without colours.
        is_compile_error: no statement was at fault, but a template, or a macro that refused.
        count: of the rows or keys that a data test found; None where dbt counts nothing.
        unit: what is counted.
        test: the kind of a generic data test, such as `grain`; else empty.
        source: the file that declares it; sql: the file with the statement, None if there is none.
            Both relative to the project, unless absolute.
    """

    name: str
    status: str
    kind: str
    tables: tuple[str, ...]
    rule: str
    message: str
    is_compile_error: bool
    count: int | None
    unit: str
    test: str
    source: str
    sql: str | None


@dataclass(frozen=True)
class Results:
    """All results of a run: the findings, and how many nodes of a kind ended well or were skipped.

    Attributes:
        well: of models, seeds, data tests, unit tests, ….
    """

    findings: tuple[Finding, ...]
    well: Mapping[str, int]
    skipped: int

    def of(self, *statuses: str) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.status in statuses)


def read_results(results: Iterable[Any], *, project: Path) -> Results:
    """Return what dbt's results say.

    Args:
        results: of a run; where it stopped at the first error, a node may stand among them twice.
        project: the folder of the project, against which the paths of nodes are read.
    """
    findings = []
    well: dict[str, int] = {}
    skipped = 0
    # A node that stands there twice is told as it ended.
    for result in {result.node.unique_id: result for result in results}.values():
        status, kind = str(result.status), _kind(result.node)
        if status in ("success", "pass"):
            well[kind] = well.get(kind, 0) + 1
        elif status == "skipped":
            skipped += 1
        elif status in ("fail", "error", "runtime error", "warn"):
            findings.append(_finding(result, status=status.split()[-1], kind=kind, project=project))
    return Results(tuple(findings), well, skipped)


def rule_in_words(test: str, arguments: Mapping[str, Any], *, name: str, tables: str) -> str:
    """Say what a generic data test checks; one that is not known is said by its name.

    Args:
        test: its kind; name: its own name, which is part of the words if a person gave it.
        tables: what it stands on.
    """
    column = arguments.get("column_name")
    columns = ", ".join(arguments.get("columns", ()))
    said = {
        "unique": f"{column} is unique",
        "not_null": f"{column} is never null",
        "accepted_values": f"{column} is one of {_listed(arguments.get('values', ()))}",
        "relationships": f"every {column} is a {arguments.get('field')} of "
        f"{_name_of(str(arguments.get('to')))}",
        "grain": f"no two rows have the same {columns}, and no row lacks it",
        "never_null": f"never null: {columns}",
        "always": f"in every row: {arguments.get('condition')}",
        "row_count_is": f"it has {arguments.get('rows')} rows",
        "rejected_share": "of no load are too many rows rejected",
        "ended_share": "no full extract ends too many records",
        "newest_extract_is_readable": "every row of the newest full extract has a key",
    }.get(test)
    own = "" if name.startswith((f"{test}_{tables}", f"source_{test}_")) else in_words(name)
    return ": ".join(part for part in (own, said) if part) or in_words(name)


def in_words(name: str) -> str:
    """Return the name of a rule as words."""
    return name.removeprefix("assert_").replace("_", " ")


def short(text: str, *, lines: int = 6, width: int = 160) -> str:
    """Return the first lines of a text, and none of what is wider than a screen."""
    kept = [each.rstrip() for each in text.splitlines() if each.strip()]
    cut = [each if len(each) <= width else each[: width - 1] + "…" for each in kept[:lines]]
    return "\n".join([*cut, *(["…"] if len(kept) > lines else [])])


def stripped_message(message: str) -> str:
    """Return what dbt says without its first line and without the way through the macros."""
    text = _GLUE_STATEMENT.sub("", plain(message.replace("\r\n", "\n")))
    body = _FRAME.sub("", _MESSAGE_HEAD.sub("", text))
    trace = _TRACE.search(body)
    return _broken_contract(body) or _dedented(body[: trace.start()] if trace else body)


def _broken_contract(body: str) -> str:
    """Columns that are not as a contract says, a line each; empty if the message is of others."""
    if _CONTRACT not in body:
        return ""
    # Below the heads and their line.
    rows = _MISMATCH.findall(body)[2:]
    lines = [
        f"{name}: {reason}, is {kind or 'none'}, promised {promised or 'none'}"
        for name, kind, promised, reason in rows
    ]
    return "its contract is not kept:\n" + ";\n".join(lines) if lines else ""


def _finding(result: Any, *, status: str, kind: str, project: Path) -> Finding:
    node = result.node
    tables = tuple(_tables(node))
    test = getattr(getattr(node, "test_metadata", None), "name", "")
    is_counted = kind == "data test" and status != "error" and test not in UNCOUNTED
    return Finding(
        name=node.name,
        status=status,
        kind=kind,
        tables=tables,
        rule=_rule(node, kind=kind, test=test, tables=tables),
        message=stripped_message(str(result.message or "")),
        is_compile_error="Compilation Error" in str(result.message or "").partition("\n")[0],
        count=result.failures if is_counted else None,
        unit=COUNTED.get(test, "row"),
        test=test,
        source=str(node.original_file_path).removeprefix("./"),
        sql=_statement(node, kind=kind, project=project),
    )


def _kind(node: Any) -> str:
    resource = str(node.resource_type)
    return {"test": "data test", "unit_test": "unit test", "operation": "hook"}.get(
        resource, resource
    )


def _rule(node: Any, *, kind: str, test: str, tables: Sequence[str]) -> str:
    described = short(" ".join(str(getattr(node, "description", "") or "").split()), lines=1)
    if kind == "unit test":
        return ": ".join(part for part in (in_words(node.name), described) if part)
    if kind != "data test":
        return ""
    if test:
        table = tables[0] if tables else ""
        words = rule_in_words(test, node.test_metadata.kwargs, name=node.name, tables=table)
        return ": ".join(part for part in (described, words) if part)
    comment = _COMMENT.search(str(getattr(node, "raw_code", "")))
    said = " ".join(each.strip("- ") for each in comment[1].splitlines()) if comment else ""
    sentence = described or re.split(r"(?<=[.:]) ", said)[0].rstrip(".:")
    return ": ".join(part for part in (in_words(node.name), sentence) if part)


def _tables(node: Any) -> list[str]:
    """The table a test is written at; else all it reads; what is no test stands for itself."""
    if str(node.resource_type) not in ("test", "unit_test"):
        return [str(node.name)]
    at = getattr(node, "attached_node", None) or getattr(node, "tested_node_unique_id", None)
    read = [at] if at else [name for name in node.depends_on.nodes if not name.startswith("seed.")]
    return [str(name).split(".")[-1] for name in read]


def _statement(node: Any, *, kind: str, project: Path) -> str | None:
    """The file of a test's query as one would ask it; else of the statement that was run."""
    compiled, run = getattr(node, "compiled_path", None), getattr(node, "build_path", None)
    for path in (compiled, run) if "test" in kind else (run, compiled):
        if path and (project / path).is_file():
            return str(path)
    return None


def _listed(values: Iterable[Any]) -> str:
    listed = [str(value) for value in values]
    return ", ".join(listed[:8]) + (", …" if len(listed) > 8 else "")


def _name_of(reference: str) -> str:
    found = _REF.search(reference)
    return found[1] if found else reference


def _dedented(text: str) -> str:
    lines = [each for each in text.splitlines() if each.strip()]
    margin = min((len(each) - len(each.lstrip()) for each in lines), default=0)
    return "\n".join(each[margin:].rstrip() for each in lines)
