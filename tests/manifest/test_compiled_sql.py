"""Compiled SQL in every form: it parses in the dialect of its engine, and Athena can plan it.

Parsing proves that an engine would read the SQL, not that engines agree about it: value tests and
parity tests do that. DuckDB's own parser reads what is for DuckDB; for the others sqlfluff stands
in, which also accepts some functions that an engine lacks.
"""

import gc
import hashlib
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import duckdb
import local_aws  # noqa: F401  (puts locallake on the path)
import pytest
from checks import (
    incremental_models,
    layer_of,
    load_tables,
    marts_of,
    models_of,
    record_tables,
)
from locallake.athena import plans, statements
from offline_compile import FORMS, load_of
from pieces import pieces
from scans import MOST_SCANS, MOST_SCANS_OF_MANY, scans
from sent import sent_statements
from sqlfluff.core import FluffConfig, Linter
from targets import TARGETS

DIALECTS = {"duckdb": "duckdb", "athena": "athena", "glue": "sparksql"}
WORKERS = 2
# Only longer than an increment of few loads: for the test of lengths.
LONG = "most_literals"
# A note for each text that the grammar has read whole: reading most of them takes minutes.
READ = Path(__file__).parents[2] / "target" / "checks" / "read_sql"
# Statements between two collections of garbage: their trees are what a worker holds at most.
BATCH = 8


@dataclass(frozen=True)
class GrammarGap:
    """Valid SQL that sqlfluff's grammar does not know, and what is parsed in its place."""

    dialects: tuple[str, ...]
    construct: str
    stand_in: str
    example: str
    reason: str


# Rewritten before parsing and not simply forgiven: an unparsable section runs to the end of the
# statement and would hide what is really wrong behind it.
GRAMMAR_GAPS = (
    GrammarGap(
        dialects=("athena", "sparksql"),
        construct=r"\bposition\(([^()]*) in ([^()]*)\)",
        stand_in=r"strpos(\2, \1)",
        example="select position(',' || a || ',' in b) from t",
        reason="`in` is read as the predicate wherever an operand is more than a column.",
    ),
    GrammarGap(
        dialects=("athena",),
        construct=r"\btrim\(both ' ' from ",
        stand_in="trim(",
        example="select trim(both ' ' from a) as b from t",
        reason="The grammar knows `trim` as a function of plain arguments only.",
    ),
)


@cache
def linter_of(dialect: str) -> Linter:
    overrides = {"dialect": dialect, "templater": "raw", "large_file_skip_byte_limit": 0}
    return Linter(config=FluffConfig(overrides=overrides))


def unparsable(dialect: str, sql: str) -> list[str]:
    """The sections of the SQL that the dialect cannot read, shortened; empty if it reads all."""
    if dialect == "duckdb":
        try:
            duckdb.extract_statements(sql)
        except duckdb.Error as error:
            return [str(error)[:100]]
        return []
    variant = linter_of(dialect).parse_string(sql).root_variant()
    # A bracket that is never closed leaves no tree at all.
    if variant is None or variant.tree is None:
        return ["the whole text"]
    return [section.raw[:100] for section in variant.tree.recursive_crawl("unparsable")]


def with_stand_ins(dialect: str, sql: str) -> str:
    for gap in GRAMMAR_GAPS:
        if dialect in gap.dialects:
            sql = re.sub(gap.construct, gap.stand_in, sql)
    return sql


def texts_of(dialect: str, sql: str) -> list[str]:
    """What must be read for the SQL to be read, with a stand-in for each gap of the grammar.

    DuckDB's parser takes no time, and gets what it would get of dbt.
    """
    whole = with_stand_ins(dialect, sql)
    return [whole] if dialect == "duckdb" else [*pieces(dialect, whole)]


def sections_of(job: tuple[str, str]) -> list[str]:
    """`unparsable`, of a text that this grammar has not yet read whole."""
    dialect, sql = job
    known = f"{version('sqlfluff')} {dialect} {sql}"
    note = READ / hashlib.sha256(known.encode()).hexdigest()
    if note.exists():
        return []
    sections = unparsable(dialect, sql)
    if not sections:
        READ.mkdir(parents=True, exist_ok=True)
        note.touch()
    return sections


def sections_of_all(jobs: Sequence[tuple[str, str]]) -> list[list[str]]:
    """`sections_of` each, without a walk of the garbage collector through every half-made tree."""
    gc.disable()
    try:
        return [sections_of(job) for job in jobs]
    finally:
        gc.enable()
        gc.collect()


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    # Forking a process in which pytest has threads may hang.
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.fixture(scope="module")
def sent(compiled) -> dict[str, dict[str, dict[str, str]]]:
    """Target → form → name → SQL, of the statements as an engine gets them."""
    return {
        target: {
            form: {
                made: text
                for name, sql in nodes.items()
                for made, text in sent_statements(name, sql).items()
            }
            for form, nodes in compiled[target].items()
        }
        for target in ("athena", "glue")
    }


# Trino and Spark themselves read what is compiled for them in tests/engines; sqlfluff reads all
# forms of it, and takes minutes.
@pytest.mark.parametrize(
    "target",
    [
        "duckdb",
        pytest.param("athena", marks=[pytest.mark.long]),
        pytest.param("glue", marks=[pytest.mark.long]),
    ],
)
def test_all_compiled_sql_parses(target, compiled, pool):
    named = {}
    for form, nodes in compiled[target].items():
        if form == LONG:
            continue
        for name, sql in nodes.items():
            for text in texts_of(DIALECTS[target], sql):
                named.setdefault(text, f"{name} ({form})")
    jobs = [(DIALECTS[target], sql) for sql in sorted(named, key=len, reverse=True)]
    batches = [jobs[start : start + BATCH] for start in range(0, len(jobs), BATCH)]

    found = chain.from_iterable(pool.map(sections_of_all, batches))

    broken = {
        named[sql]: sections for (_, sql), sections in zip(jobs, found, strict=True) if sections
    }
    assert not broken


@pytest.mark.parametrize("target", TARGETS)
def test_every_model_is_compiled_in_each_of_its_forms(target, compiled, manifests):
    manifest, sql = manifests[target], compiled[target]
    incremental = {model["name"] for model in incremental_models(manifest)}
    records = {model["name"] for model in models_of(manifest) if layer_of(model) == "records"}
    # An ephemeral model is compiled into those that read it.
    stored = {
        model["name"]
        for model in models_of(manifest)
        if model["config"]["materialized"] != "ephemeral"
    }

    assert set(sql) == {form.name for form in FORMS}
    assert stored <= set(sql["rebuilt"])
    assert incremental <= set(sql["increment"])
    assert incremental <= set(sql["nothing_landed"])
    assert incremental & {model["name"] for model in marts_of(manifest)} <= set(sql["marts_alone"])
    # The forms are different texts, or the adapter did not answer as the form says.
    assert all(sql["increment"][name] != sql["rebuilt"][name] for name in incremental)
    assert all(sql["nothing_landed"][name] != sql["increment"][name] for name in records)


# Macro that looks loads up → what it writes down of each load of the model's entities.
WRITTEN_DOWN = {
    "in_load": lambda load: str(load.key),
    "received_rows": lambda load: f"({load.key})",
    "received_loads": lambda load: f"'{load.day}'",
    "first_new_day": lambda load: f"date '{load.day}'",
}


@pytest.mark.parametrize("target", TARGETS)
def test_an_increment_asks_for_the_loads_that_are_new(target, compiled, manifests):
    models = {model["name"]: model for model in models_of(manifests[target])}
    asked = set()
    for model in incremental_models(manifests[target]):
        name = model["name"]
        # Not `depends_on`: what only an increment calls, dbt does not see.
        for macro in WRITTEN_DOWN.keys() & set(re.findall(r"\w+(?=\()", model["raw_code"])):
            asked.add(macro)
            for entity in entities_of(model, models):
                new = WRITTEN_DOWN[macro](load_of(entity, 0))
                place = (name, macro, entity)
                assert new in compiled[target]["increment"][name], place
                assert new in compiled[target]["most_literals"][name], place
                assert new not in compiled[target]["nothing_landed"][name], place
                # One more than the most, so none: only a day stays, as the first of a range.
                if macro in ("in_load", "received_rows"):
                    assert new not in compiled[target]["too_many"][name], place

    assert asked == WRITTEN_DOWN.keys()


def entities_of(model: dict, models: dict[str, dict]) -> set[str]:
    """Whose loads reach an incremental model: as the macro `carried_entities` finds them."""
    meta = model["config"]["meta"]
    if meta.get("landed"):
        domain = model["fqn"][1]
        return {
            one["config"]["meta"]["entity"]
            for one in models.values()
            if one["config"]["meta"].get("entity") and one["fqn"][1] == domain
        }
    own = {meta["entity"]} if meta.get("entity") else set()
    return own.union(*(entities_of(models[name], models) for name in meta.get("reflects", ())))


def test_athenas_two_grammars_take_what_is_sent_to_it(sent):
    """As the local AWS reads statements; it takes Hive's DDL without a catalogue only."""
    heads = set()
    for nodes in sent["athena"].values():
        for sql in nodes.values():
            statements.check_submission(sql)
            statements.plan(
                sql,
                database="context",
                kind_of=lambda *_: "iceberg",
                metastore=plans.Metastore(lambda name: True, lambda action, name: None),
                results_folder="s3://results/tables/1",
            )
            heads.add(statements.statement_type(sql))

    assert heads == {"DDL", "DML"}


# Each select of a union is a stage on Athena and a task on Spark, wherever the list is named.
MOST_SELECTS = 6


def selects_in_a_row(sql: str) -> int:
    """How many selects without a table a union has one after the other."""
    most = found = 0
    for branch in re.split(r"\bunion all\b", re.sub(r"--[^\n]*", "", sql)):
        is_row = branch.lstrip().startswith("select") and not re.search(r"\bfrom\b", branch)
        found = found + 1 if is_row else 0
        most = max(most, found)
    return most


@pytest.mark.parametrize("target", ("athena", "glue"))
def test_lists_of_rows_are_values(target, compiled):
    long = {
        name: selects
        for nodes in compiled[target].values()
        for name, sql in nodes.items()
        if (selects := selects_in_a_row(sql)) > MOST_SELECTS
    }
    assert long == {}


def test_selects_in_a_row_are_counted():
    row = "union all -- from here\n select 1, 'a'\n"
    assert selects_in_a_row(f"with a as (select 1 as b {row * 9}) select b from a") == 8
    assert selects_in_a_row("select 1 from a union all select 2 from b") == 0
    assert selects_in_a_row("values (1), (2)") == 0


# Texts and names, in which nothing is a comment, and comments. Spark's texts know a backslash.
TEXTS = {
    "athena": r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"",
    "glue": r"'(?:[^'\\]|\\.)*'|`[^`]*`",
}
COMMENTS = r"|(?P<comment>--[^\n]*|/\*.*?\*/)"


def comments_of(target: str, sql: str) -> list[str]:
    found = re.finditer(TEXTS[target] + COMMENTS, sql, re.S)
    return [match["comment"] for match in found if match["comment"]]


@pytest.mark.parametrize("target", TEXTS)
def test_no_comment_holds_a_semicolon(target, compiled):
    """A client that cuts statements at semicolons would cut there."""
    cut = {
        name: comment
        for nodes in compiled[target].values()
        for name, sql in nodes.items()
        for comment in comments_of(target, sql)
        if ";" in comment
    }
    assert cut == {}


def test_comments_are_told_from_texts():
    assert comments_of("athena", "select '--;', \"a--;\" -- b; c\n, 1 /* d; */") == [
        "-- b; c",
        "/* d; */",
    ]
    assert comments_of("glue", r"select 'it\'s --;' -- b") == ["-- b"]


# Athena writes none of these into an Iceberg table, where Trino, which stands for it, widens them.
# `timestamp` alone has three digits there.
NOT_WRITTEN = re.compile(
    r"\b(?:tinyint|smallint|char\b(?!acter)|timestamp(?!\s*\(6\)))(?=\s*[(),])"
)


def test_no_type_is_written_that_an_iceberg_table_on_athena_lacks(compiled):
    narrow = {
        name: found[0]
        for nodes in compiled["athena"].values()
        for name, sql in nodes.items()
        if (found := re.findall(r"\bas " + NOT_WRITTEN.pattern, sql, re.I))
    }
    assert narrow == {}


@pytest.mark.parametrize(
    ("sql", "is_found"),
    [
        ("cast(a as smallint)", True),
        ("cast(a as char(3))", True),
        ("cast(a as timestamp)", True),
        ("cast(a as timestamp(3))", True),
        ("cast(a as timestamp(6))", False),
        ("cast(a as varchar)", False),
        ("cast(a as integer)", False),
    ],
)
def test_types_are_found(sql, is_found):
    assert bool(re.search(r"\bas " + NOT_WRITTEN.pattern, sql, re.I)) == is_found


# A statement's greatest length where loads wait: bytes on Athena, characters in a Glue session.
# Source: Athena user guide, "Service Quotas"; AWS Glue API, RunStatement.
LONGEST = {"athena": 262_144, "glue": 68_000}
# What dbt and its adapters write around a model: names, places, properties, the call of dbt-glue's
# wrapper. On Athena marts, whose columns are listed once more, come near the limit too.
AROUND = {"athena": 6_000, "glue": 1_500}


@pytest.mark.parametrize("target", LONGEST)
def test_every_statement_fits_into_the_engines_limit(target, sent):
    lengths = {
        f"{name} ({form})": len(sql.encode()) + AROUND[target]
        for form, nodes in sent[target].items()
        for name, sql in nodes.items()
    }
    assert {name: size for name, size in lengths.items() if size > LONGEST[target]} == {}


# A column more, or a rule more for all columns, must not bring a statement of Glue to its limit.
ROOM = 12_000


def test_statements_of_glue_have_room_to_grow(sent):
    lengths = {
        f"{name} ({form})": len(sql) + AROUND["glue"]
        for form, nodes in sent["glue"].items()
        for name, sql in nodes.items()
    }
    assert {name: size for name, size in lengths.items() if size > LONGEST["glue"] - ROOM} == {}


# Of a load table on Glue, with as many loads as are written down.
LONGEST_OF_LOADS = 8_000


def test_load_tables_do_not_grow_with_what_staging_types(compiled, manifests):
    """On Glue staging is written out in what reads it: with it, that of commerce had 67,212."""
    tables = {model["name"] for model in load_tables(manifests["glue"])}
    lengths = {
        f"{name} ({form})": len(nodes[name]) + AROUND["glue"]
        for form, nodes in compiled["glue"].items()
        for name in sorted(tables & set(nodes))
    }

    assert {key.partition(" ")[0] for key in lengths} == tables
    assert {name: size for name, size in lengths.items() if size > LONGEST_OF_LOADS} == {}


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("duckdb", "select a from from t"),
        ("duckdb", "select (a from t"),
        ("athena", "select a from from t"),
        ("sparksql", "select a from from t"),
        ("duckdb", "select a from t lateral view explode(b) as c"),
        ("athena", "select a from t qualify row_number() over (order by a) = 1"),
        ("athena", "select try_cast(a as timestamp_ntz) from t"),
        ("sparksql", "select * exclude (a) from t"),
        ("sparksql", "select a, count(*) from t group by all having"),
    ],
)
def test_sql_of_another_engine_does_not_parse(dialect, sql):
    within = f"with one as (select 1 as a), two as (with t as ({sql}) select 1) select 1"
    behind = f"with one as (select 1 as a) {sql}"
    for each in (sql, within, behind):
        assert any(sections_of((dialect, text)) for text in texts_of(dialect, each))


@pytest.mark.parametrize("gap", GRAMMAR_GAPS, ids=lambda gap: gap.stand_in)
def test_grammar_gaps_are_still_open_and_bridged(gap):
    for dialect in gap.dialects:
        assert unparsable(dialect, gap.example), f"{dialect} reads it now: drop the stand-in"
        [text] = texts_of(dialect, gap.example)
        assert not sections_of((dialect, text))
        assert sections_of((dialect, text + " from from"))


RECORDS_FORMS = {"rebuilt": {"incoming"}, "increment": {"incoming", "received"}}


@pytest.mark.parametrize("target", ("athena", "glue"))
def test_new_rows_of_a_record_table_are_worked_out_once(target, sent, compiled, manifests):
    records = {model["name"] for model in record_tables(manifests[target])}
    for form, kept in RECORDS_FORMS.items():
        tables = {f"{model}__{cte}" for model in records for cte in kept}
        assert tables == sent[target][form].keys() - compiled[target][form].keys()
        for model in records:
            for name in (model, *(f"{model}__{cte}" for cte in kept)):
                # Whoever joins staging with its loads works it out.
                is_read = re.search(r"from staged\s+inner join load", sent[target][form][name])
                assert bool(is_read) == name.endswith("__incoming"), name


def test_no_statement_on_athena_reads_too_many_tables(sent, manifests, compiled):
    views = {
        model["name"]: compiled["athena"]["rebuilt"][model["name"]]
        for model in models_of(manifests["athena"])
        if model["config"]["materialized"] == "view"
    }
    counted = {
        f"{name} ({form})": scans(sql, views)
        for form, nodes in sent["athena"].items()
        if form != LONG
        for name, sql in nodes.items()
        if sql.lstrip().lower().startswith(("--", "with", "select"))
    }
    wide = {
        name: count
        for name, count in counted.items()
        if count > (MOST_SCANS_OF_MANY if "(too_many)" in name else MOST_SCANS)
    }

    assert len(counted) > 50
    assert not wide


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("select 1 as a", 0),
        ('select * from "a"."b"."c"', 1),
        ("with x as (select * from s.t) select * from x", 1),
        ("with x as (select * from s.t) select * from x union all select * from x", 2),
        (
            "with x as (select * from s.t), y as (select * from x join x as z on x.a = z.a) "
            "select * from y where a in (select a from y) and exists (select 1 from s.u)",
            5,
        ),
        ("with x as (with y as (select * from s.t) select * from y, y as z) select * from x", 2),
    ],
)
def test_scans_are_counted_where_a_cte_is_named(sql, count):
    assert scans(sql) == count


def test_scans_of_a_view_are_counted_where_it_is_named():
    views = {
        "both": "select * from s.a union all select * from s.b",
        "twice": "select * from s.both as x join s.both as y on x.id = y.id",
    }

    assert scans("select * from s.twice join s.c on true", views) == 5
    assert scans("with both as (select 1 as id) select * from both", views) == 0
