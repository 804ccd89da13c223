"""Asks the marts, renders the pages, and puts the folder in its place once it is whole."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lakehouse import prices
from lakehouse.building.trouble import trouble_of
from lakehouse.database import database_file
from lakehouse.errors import GuardedColumnError, SiteError, TableReadError, UsageError
from lakehouse.marts.declared import DeclaredTable, declared_marts
from lakehouse.marts.open_view import Answer, OpenView, open_view
from lakehouse.site.all_pages import PAGES
from lakehouse.site.content import KINDS, Column, Page, Question

HERE = Path(__file__).parent
STATIC = HERE / "static"
# dbt's page, inside the site.
DOCS = "docs.html"
MODEL = f"{DOCS}#!/model/model.lakehouse."
# What says that a folder may be written anew.
MARK = ".lakehouse-site"
# What builds note of themselves. These are no models, so the pages say what they hold.
PASSED = DeclaredTable(
    "reflected_run",
    "quality",
    "marts",
    columns=dict.fromkeys(("run_number", "state", "run_date"), "internal"),
)
RUNS = DeclaredTable(
    "model_run",
    "quality",
    "marts",
    columns=dict.fromkeys(
        (
            "run_started_at",
            "resource_type",
            "domain",
            "model_name",
            "run_status",
            "run_seconds",
            "row_count",
            "stored_bytes",
        ),
        "internal",
    ),
)
# Of a table in a page; a chart is drawn of all rows.
SHOWN_ROWS = 200


@dataclass(frozen=True)
class Shown:
    """A question and what came of it.

    Attributes:
        answer: None where a mart is not built; `missing` names it.
    """

    question: Question
    answer: Answer | None
    missing: str = ""

    @property
    def state(self) -> str:
        if self.answer is None:
            return "missing"
        return "answered" if self.answer.rows else "empty"

    def mart_of(self, column: Column) -> str:
        """The model that defines a column; empty if nothing does."""
        return column.mart or next(iter(self.models), "")

    @property
    def models(self) -> tuple[str, ...]:
        """The marts that were read and have a page among the definitions."""
        marts = self.answer.marts if self.answer else ()
        return tuple(name for name in marts if name not in (RUNS.name, PASSED.name))


@dataclass(frozen=True)
class ShownPage:
    page: Page
    questions: tuple[Shown, ...]

    @property
    def headline(self) -> Shown:
        return next(shown for shown in self.questions if shown.question.is_headline)

    @property
    def data(self) -> str:
        """The script that hands the answers over."""
        held = {
            shown.question.name: _data(shown)
            for shown in self.questions
            if shown.state == "answered" and not shown.question.is_headline
        }
        text = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
        return f"window.lakehouse = {text};\n"


@dataclass(frozen=True)
class WrittenSite:
    """What was written: where, its bytes without dbt's page, and what a reader will miss."""

    start: Path
    size_bytes: int
    missing: tuple[str, ...]
    has_docs: bool


def write_site(
    folder: Path,
    *,
    project_dir: Path,
    settings: Mapping[str, str],
    vega: Path,
    docs: Path,
    pages: Sequence[Page] = PAGES,
) -> WrittenSite:
    """Write the site of the lake that the settings name.

    Args:
        folder: made anew; refused if it holds anything but a site.
        settings: environment variables.
        vega: the script that draws charts.
        docs: dbt's page; left out, with all links to it, where it is not.
    Raises: SiteError if the folder or a file cannot be had; TableReadError for a database that
        cannot be read; GuardedColumnError for a query that names a column which is not open.
    """
    target = settings.get("LAKEHOUSE_TARGET") or "duckdb"
    if target != "duckdb":
        raise UsageError(
            f"LAKEHOUSE_TARGET is {target}, and the site is written from DuckDB: unset it, and "
            "build there"
        )
    if not vega.is_file():
        raise SiteError(f"{vega}: no such file; `make site` makes it")
    if (
        folder.exists()
        and not (folder / MARK).is_file()
        and (not folder.is_dir() or any(folder.iterdir()))
    ):
        raise SiteError(f"{folder} is no site: move it away, or name another folder by --folder")
    shown = _ask(Path(database_file(settings)), pages, project_dir=project_dir, settings=settings)
    has_docs = docs.is_file()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".site-") as beside:
            made = Path(beside) / "site"
            shutil.copytree(STATIC, made)
            shutil.copy(vega, made / "vega.js")
            (made / MARK).write_text("")
            _render(made, shown, has_docs=has_docs)
            size_bytes = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
            if has_docs:
                shutil.copy(docs, made / DOCS)
            if folder.exists():
                os.rename(folder, Path(beside) / "before")
            os.rename(made, folder)
    except OSError as err:
        raise SiteError(
            f"{folder} cannot be written: {err}; make room, or name another folder"
        ) from err
    missing = tuple(dict.fromkeys(p.page.name for p in shown if p.headline.state == "missing"))
    return WrittenSite(folder / "index.html", size_bytes, missing, has_docs)


def _ask(
    database: Path, pages: Sequence[Page], *, project_dir: Path, settings: Mapping[str, str]
) -> list[ShownPage]:
    declared = (*declared_marts(project_dir), PASSED, RUNS)
    try:
        with open_view(database, declared, macros=[_athena_usd(settings)]) as view:
            return [
                ShownPage(page, tuple(map(partial(_shown, view), page.questions))) for page in pages
            ]
    except TableReadError as err:
        found = trouble_of(
            str(err), database=str(database), command="make site", environment=settings
        )
        if found is None:
            raise
        raise SiteError(f"{found.what} {found.next_step}") from err


def _athena_usd(settings: Mapping[str, str]) -> str:
    """The macro by which a query says what reading so many bytes on Athena costs."""
    paid = f"greatest(read_bytes, {prices.athena_least_bytes()})"
    price = prices.athena_usd_per_tb(settings)
    return f"create macro athena_usd(read_bytes) as {paid} / 1e12 * {price}"


def _shown(view: OpenView, question: Question) -> Shown:
    try:
        if missing := [name for name in view.marts_of(question.sql) if name not in view.built]:
            return Shown(question, None, ", ".join(missing))
        answer = view.ask(question.sql)
    except (GuardedColumnError, TableReadError) as err:
        raise type(err)(f"{question.name}.sql: {err}") from err
    if answer.columns != tuple(question.columns):
        raise SiteError(
            f"{question.name}.sql returns {answer.columns}, shown are {tuple(question.columns)}"
        )
    return Shown(question, answer)


def _data(shown: Shown) -> dict[str, Any]:
    question = shown.question
    assert shown.answer is not None
    return {
        "columns": list(question.columns),
        "kinds": [column.kind for column in question.columns.values()],
        "chart": question.chart,
        "rows": [[as_json(value) for value in row] for row in shown.answer.rows],
    }


def as_json(value: object) -> Any:
    """A value of DuckDB as JSON has it; dates and times are ISO texts."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime():
            return value.isoformat(timespec="minutes") + "Z"
        case date():
            return value.isoformat()
    return value


def written(value: object, kind: str) -> str:
    """A value as the HTML has it, before a script writes it in the reader's language."""
    if value is None:
        return "\N{EN DASH}"
    form = KINDS[kind]
    if form is None:
        text = str(as_json(value))
        if kind == "moment":
            return text[:16].replace("T", " ")
        return text[:7] if kind == "month" else text
    places, factor, sign = form
    return f"{value * factor:,.{places}f}{sign}"  # type: ignore[operator]


def _render(folder: Path, shown: Sequence[ShownPage], *, has_docs: bool) -> None:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        pages=shown,
        model_link=MODEL if has_docs else "",
        docs=DOCS if has_docs else "",
        shown_rows=SHOWN_ROWS,
        written=written,
        as_json=as_json,
        kinds=json.dumps(KINDS),
    )
    (folder / "data").mkdir()
    (folder / "index.html").write_text(
        environment.get_template("start.html").render(here=None), "utf-8"
    )
    page = environment.get_template("page.html")
    for one in shown:
        (folder / f"{one.page.name}.html").write_text(page.render(here=one), "utf-8")
        (folder / "data" / f"{one.page.name}.js").write_text(one.data, "utf-8")
