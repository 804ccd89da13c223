"""The site's folder: what never enters it, and what it says of a lake that is not whole."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from lakehouse.errors import (
    DeclarationError,
    GuardedColumnError,
    SiteError,
    TableReadError,
    UsageError,
)
from lakehouse.marts.declared import DeclaredTable, declared_marts
from lakehouse.marts.open_view import OpenView, open_view
from lakehouse.site.all_pages import PAGES
from lakehouse.site.content import KINDS
from lakehouse.site.write import RUNS, WrittenSite, as_json, write_site, written
from lakehouse.yaml_file import read_yaml

PROJECT = Path(__file__).parents[2]
TYPES = {
    "string": "varchar",
    "timestamp_ntz": "timestamp",
    "{{ 'timestamp_ntz' if target.type == 'glue' else 'timestamp' }}": "timestamp",
}
CANARY = "canary-of-a-person"
# Digits that no other column has: personal keys are numbers.
CANARY_NUMBER = 730019


def declared_types() -> dict[tuple[str, str], dict[str, str]]:
    """Schema and mart -> column -> type, of the project's own YAML."""
    found = {}
    for path in sorted(PROJECT.glob("models/*/marts/*.yml")):
        for model in (read_yaml(path) or {}).get("models") or []:
            columns = {c["name"]: c["data_type"] for c in model["columns"]}
            found[path.parts[-3], model["name"]] = {
                name: TYPES.get(kind, kind) for name, kind in columns.items()
            }
    return found


def value_of(kind: str, *, is_open: bool) -> str:
    """SQL of a value: what is personal can be told from all else."""
    if not is_open:
        return {"varchar": f"'{CANARY}'"}.get(kind, str(CANARY_NUMBER))
    if kind in ("varchar", "date", "timestamp", "boolean"):
        return {
            "varchar": "'2024-03'",
            "date": "date '2024-03-01'",
            "timestamp": "timestamp '2024-03-01 10:00:00'",
            "boolean": "true",
        }[kind]
    return "20240301" if kind == "integer" else "1"


def fill(path: Path, domains: tuple[str, ...], *, rows: bool) -> Path:
    """A DuckDB file with all marts of some domains, of one row each or of none."""
    marts = {mart.name: mart for mart in declared_marts(PROJECT)}
    with duckdb.connect(str(path)) as lake:
        for (schema, name), columns in declared_types().items():
            if schema not in domains:
                continue
            lake.execute(f"create schema if not exists {schema}")
            shown = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            lake.execute(f"create table {schema}.{name} ({shown})")
            values = ", ".join(
                value_of(kind, is_open=marts[name].columns[column] in ("public", "internal"))
                for column, kind in columns.items()
            )
            if rows:
                lake.execute(f"insert into {schema}.{name} values ({values})")
    return path


DOMAINS = ("commerce", "credit", "education", "market", "quality", "retail")


@pytest.fixture(scope="session")
def vega(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vega") / "vega.js"
    path.write_text("// stands for the script that draws\n")
    return path


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    path = tmp_path / "static_index.html"
    path.write_text("<p>definitions</p>")
    return path


def write(
    database: Path, folder: Path, vega: Path, docs: Path, settings: Mapping[str, str] | None = None
) -> WrittenSite:
    return write_site(
        folder,
        project_dir=PROJECT,
        settings={"LAKEHOUSE_DUCKDB": str(database), **(settings or {})},
        vega=vega,
        docs=docs,
    )


def texts(folder: Path) -> str:
    """All that a site holds but the script that draws and dbt's page."""
    left_out = ("vega.js", "docs.html")
    return "\n".join(
        path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in left_out
    )


def test_no_personal_value_enters_the_site(tmp_path: Path, vega: Path, docs: Path) -> None:
    lake = fill(tmp_path / "lake.duckdb", DOMAINS, rows=True)
    with duckdb.connect(str(lake), read_only=True) as opened:
        # They are there to be found.
        assert opened.execute("select nome from retail.rpt_retail__maiores_vendas").fetchone() == (
            CANARY,
        )
    done = write(lake, tmp_path / "site", vega, docs)
    found = texts(tmp_path / "site")
    assert done.missing == ("runs",)
    assert CANARY not in found
    assert str(CANARY_NUMBER) not in found
    # What stands beside them is shown.
    assert all(f'"{name}":' in found for name in ("retail_largest", "retail_employees"))


PERSONAL = [
    (mart.domain, mart.name, column)
    for mart in declared_marts(PROJECT)
    for column in mart.columns
    if column not in mart.open_columns
]


def test_the_project_declares_personal_columns() -> None:
    assert {domain for domain, _, _ in PERSONAL} >= {"commerce", "credit", "education", "retail"}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenView]:
    lake = fill(tmp_path_factory.mktemp("filled") / "lake.duckdb", DOMAINS, rows=True)
    with open_view(lake, declared_marts(PROJECT)) as opened:
        yield opened


@pytest.mark.parametrize(("domain", "mart", "column"), PERSONAL)
@pytest.mark.parametrize(
    "query",
    [
        "select {column} from {domain}.{mart}",
        "select one.{column} from {domain}.{mart} as one",
        "select count(distinct {column}) from {domain}.{mart}",
        "with one as (select {column} from {domain}.{mart}) select * from one",
        "select 1 from {domain}.{mart} where {column} is not null",
    ],
)
def test_a_query_that_names_a_personal_column_is_refused(
    view: OpenView, domain: str, mart: str, column: str, query: str
) -> None:
    with pytest.raises(GuardedColumnError, match=rf"{mart}\.{column} is personal"):
        view.ask(query.format(domain=domain, mart=mart, column=column))


def test_a_star_leaves_personal_columns_out(view: OpenView) -> None:
    found = view.ask("select * from retail.dim_retail__funcionario")
    assert "nome" not in found.columns
    assert CANARY not in str(found.rows)


@pytest.mark.parametrize(
    "query",
    [
        "select * from file.retail.dim_retail__funcionario",
        "select * from education.int_education__aluno",
        "select * from query('select nome from file.retail.dim_retail__funcionario')",
    ],
)
def test_what_is_no_mart_is_refused(view: OpenView, query: str) -> None:
    with pytest.raises(GuardedColumnError, match="is no mart; only marts are shown"):
        view.ask(query)


def test_no_query_reads_another_file(view: OpenView, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("nome\nAna\n")
    with pytest.raises(TableReadError, match="disabled by configuration"):
        view.ask(f"select * from read_csv('{tmp_path}/names.csv')")


def test_a_column_without_a_class_is_kept_back(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "retail" / "marts"
    folder.mkdir(parents=True)
    columns = [{"name": "nome"}, {"name": "id", "config": {"meta": {"class": "public"}}}]
    (folder / "one.yml").write_text(yaml.safe_dump({"models": [{"name": "m", "columns": columns}]}))
    [mart] = declared_marts(tmp_path)
    assert mart == DeclaredTable("m", "retail", "marts", columns={"nome": None, "id": "public"})
    assert mart.open_columns == ("id",)


def test_a_folder_without_marts_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="declares no mart"):
        declared_marts(tmp_path)


@pytest.fixture
def before(tmp_path: Path, vega: Path, docs: Path) -> Iterator[Path]:
    """A site that is there, and must stay as it was whatever a test does."""
    folder = tmp_path / "site"
    write(fill(tmp_path / "before.duckdb", ("quality",), rows=True), folder, vega, docs)
    was = texts(folder)
    yield folder
    assert texts(folder) == was


def test_a_database_that_is_not_there_is_named(before: Path, vega: Path, docs: Path) -> None:
    with pytest.raises(TableReadError, match=r"gone\.duckdb: no such database; build the tables"):
        write(Path("gone.duckdb"), before, vega, docs)
    assert not Path("gone.duckdb").exists()


def test_a_database_that_is_open_elsewhere_is_named(
    tmp_path: Path, before: Path, vega: Path, docs: Path
) -> None:
    lake = fill(tmp_path / "lake.duckdb", ("retail",), rows=True)
    held = f"import duckdb; c = duckdb.connect({str(lake)!r}); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", held], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout and other.stdin
        assert other.stdout.readline() == "open\n"
        with pytest.raises(
            SiteError, match=rf"lake\.duckdb is open in another process.*{other.pid}"
        ):
            write(lake, before, vega, docs)
        other.stdin.write("\n")
        other.stdin.flush()


def test_a_file_that_is_no_database_is_named(
    tmp_path: Path, before: Path, vega: Path, docs: Path
) -> None:
    broken = tmp_path / "broken.duckdb"
    broken.write_text("nothing of the kind")
    with pytest.raises(SiteError, match="is not a whole DuckDB database"):
        write(broken, before, vega, docs)


def test_another_engine_is_refused(before: Path, vega: Path, docs: Path) -> None:
    with pytest.raises(UsageError, match="LAKEHOUSE_TARGET is athena"):
        write(Path("any.duckdb"), before, vega, docs, {"LAKEHOUSE_TARGET": "athena"})


def test_the_script_that_draws_must_be_there(tmp_path: Path, before: Path, docs: Path) -> None:
    with pytest.raises(SiteError, match="`make site` makes it"):
        write(tmp_path / "before.duckdb", before, tmp_path / "none.js", docs)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, vega: Path, docs: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    with pytest.raises(SiteError, match="is no site: move it away"):
        write(fill(tmp_path / "lake.duckdb", ("retail",), rows=True), folder, vega, docs)
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_a_mart_of_another_version_is_named(
    tmp_path: Path, before: Path, vega: Path, docs: Path
) -> None:
    lake = fill(tmp_path / "lake.duckdb", ("retail",), rows=True)
    with duckdb.connect(str(lake)) as opened:
        opened.execute("alter table retail.rpt_retail__maiores_vendas drop column venda")
    with pytest.raises(TableReadError, match="rpt_retail__maiores_vendas lacks venda: another"):
        write(lake, before, vega, docs)


def test_an_empty_lake_says_of_each_question_what_that_means(
    tmp_path: Path, vega: Path, docs: Path
) -> None:
    write(fill(tmp_path / "lake.duckdb", DOMAINS, rows=False), tmp_path / "site", vega, docs)
    for page in PAGES[:-1]:
        said = (tmp_path / "site" / f"{page.name}.html").read_text("utf-8")
        for question in page.questions:
            if not question.is_data:
                assert question.empty.en in said.replace("&#34;", '"'), question.name
        assert "<table" not in said
        assert (tmp_path / "site" / "data" / f"{page.name}.js").read_text() == (
            "window.lakehouse = {};\n"
        )


def test_a_lake_of_one_domain_says_what_is_not_built(
    tmp_path: Path, vega: Path, docs: Path
) -> None:
    lake = fill(tmp_path / "lake.duckdb", ("retail",), rows=True)
    done = write(lake, tmp_path / "site", vega, docs)
    assert set(done.missing) == {"commerce", "credit", "education", "market", "quality", "runs"}
    commerce = (tmp_path / "site" / "commerce.html").read_text("utf-8")
    assert "Not built yet: <code>rpt_commerce__gmv_current</code>" in commerce
    assert "<table" in (tmp_path / "site" / "retail.html").read_text("utf-8")


def test_without_the_page_of_definitions_nothing_leads_to_it(
    tmp_path: Path, vega: Path, docs: Path
) -> None:
    docs.unlink()
    lake = fill(tmp_path / "lake.duckdb", DOMAINS, rows=True)
    assert write(lake, tmp_path / "site", vega, docs).has_docs is False
    assert "docs.html" not in texts(tmp_path / "site")


def test_what_runs_took_is_shown(tmp_path: Path, vega: Path, docs: Path) -> None:
    lake = fill(tmp_path / "lake.duckdb", ("quality",), rows=True)
    with duckdb.connect(str(lake)) as opened:
        opened.execute(
            "create table quality.model_run as select timestamp '2024-03-01 10:00:00' as "
            "run_started_at, 'model' as resource_type, 'retail' as domain, "
            "'fct_retail__venda' as model_name, 'success' as run_status, 1.5 "
            "as run_seconds, 20 as row_count, 262144 as stored_bytes"
        )
        names = [row[0] for row in opened.execute("describe quality.model_run").fetchall()]
    assert tuple(names) == RUNS.open_columns
    write(lake, tmp_path / "site", vega, docs)
    text = (tmp_path / "site" / "data" / "runs.js").read_text("utf-8")
    answers = json.loads(text.removeprefix("window.lakehouse = ").rstrip(";\n"))
    [row] = answers["runs_newest"]["rows"]
    found = dict(zip(answers["runs_newest"]["columns"], row, strict=True))
    assert found["stored_kilobytes"] == 256
    # 10 MB of a TB at 5 USD.
    assert found["athena_cost"] == pytest.approx(10e6 / 1e12 * 5, abs=1e-6)


def test_what_a_source_says_is_text_and_never_markup(
    tmp_path: Path, vega: Path, docs: Path
) -> None:
    lake = fill(tmp_path / "lake.duckdb", ("retail",), rows=True)
    with duckdb.connect(str(lake)) as opened:
        opened.execute(
            "update retail.rpt_retail__maiores_vendas set nome_categoria = '<img src=x>'"
        )
    write(lake, tmp_path / "site", vega, docs)
    said = (tmp_path / "site" / "retail.html").read_text("utf-8")
    assert "&lt;img src=x&gt;" in said
    assert "<img" not in said


def test_values_are_written_as_english_has_them() -> None:
    assert written(Decimal("1234.5"), "amount") == "1,234.50"
    assert written(Decimal("0.1234"), "ratio") == "12.3%"
    assert written(None, "amount") == "\N{EN DASH}"
    assert as_json(Decimal("12.50")) == 12.5
    assert as_json(Decimal("12.00")) == 12


def test_every_question_is_whole() -> None:
    names = [question.name for page in PAGES for question in page.questions]
    assert sorted(names) == sorted(
        path.stem for path in (PROJECT / "src/lakehouse/site/queries").glob("*.sql")
    )
    for page in PAGES:
        assert sum(question.is_headline for question in page.questions) == 1
        for question in page.questions:
            assert {column.kind for column in question.columns.values()} <= set(KINDS)
            assert not question.filter or question.filter in question.columns
            both = [question.title, question.empty, *([question.note] if question.note else [])]
            both += [column.title for column in question.columns.values()]
            assert all(text.en and text.pt for text in both)


def test_the_policy_allows_no_script_but_those_of_the_folder(
    tmp_path: Path, vega: Path, docs: Path
) -> None:
    write(fill(tmp_path / "lake.duckdb", ("retail",), rows=True), tmp_path / "site", vega, docs)
    for page in (tmp_path / "site").glob("*.html"):
        if page.name == "docs.html":
            continue
        text = page.read_text("utf-8")
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in text
        assert re.findall(r"<script(?! src=\"[\w./]+\"></script>)", text) == []
        assert re.findall(r" (?:style|on\w+)=", text) == []
        assert re.findall(r"(?:src|href)=\"(?:https?:)?//", text) == []


def test_a_query_that_returns_other_columns_is_refused(
    tmp_path: Path, vega: Path, docs: Path
) -> None:
    page = PAGES[0]
    first = replace(page.questions[0], columns=dict(list(page.questions[0].columns.items())[1:]))
    changed = replace(page, questions=(first, *page.questions[1:]))
    with pytest.raises(SiteError, match=r"commerce_headline\.sql returns"):
        write_site(
            tmp_path / "site",
            project_dir=PROJECT,
            settings={
                "LAKEHOUSE_DUCKDB": str(fill(tmp_path / "l.duckdb", DOMAINS, rows=True)),
            },
            vega=vega,
            docs=docs,
            pages=[changed],
        )
    assert not (tmp_path / "site").exists()
