"""`lakehouse publish` into a real PostgreSQL by TLS, and into Redshift as far as that reaches.

Redshift is proved by its client (call shapes) and by running its SQL on PostgreSQL, see
`redshift_api`; that COPY reads the Parquet written for it is not.
"""

import copy
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import duckdb
import fake_aws
import postgres_server
import psycopg
import pytest
import redshift_api
import trustme
from fake_athena import FakeAthena
from lake import PROJECT, Lake
from postgres_server import PostgresServer
from redshift_api import RedshiftApi
from typer.testing import CliRunner

from lakehouse.aws import AwsClients
from lakehouse.cli import app
from lakehouse.errors import LakehouseError, PublishError, UsageError
from lakehouse.marts.athena import AthenaReader
from lakehouse.postgres import login_from_url
from lakehouse.publishing.mart_rows import mart_rows
from lakehouse.publishing.publication import (
    PublishedColumn,
    declared_exposures,
    publications,
)
from lakehouse.publishing.publish import Published, publish
from lakehouse.publishing.to_redshift import parquet_bytes, swap_statements

AURORA = "LAKEHOUSE_AURORA_SECRET"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!cluster-1"
WIDE, SCHOOLS = "fct_education__performance_academica", "rpt_education__media_por_escola"
NETWORKS, SUBJECTS = "rpt_education__resumo_por_rede", "rpt_education__resumo_por_disciplina"
# docs/domains/education.md#wide-table; the last two columns are the key's subject and the grade.
ANA = (1, "Ana Silva", 15, "Feminino", 101, "Sol Nascente", "pública", "Sudeste")
BRUNO = (2, "Bruno Costa", 16, "Masculino", 102, "Nova Era", "privada", "Sudeste")
GRADES = [
    (*ANA, "Matemática", Decimal("8.50"), False),
    (*ANA, "Português", Decimal("9.00"), False),
    (*BRUNO, "Matemática", Decimal("6.00"), False),
]
EDUCATION: dict[str, Sequence[tuple]] = {
    WIDE: GRADES,
    SCHOOLS: [("Sudeste", 1, 101, "Sol Nascente", Decimal("8.7500"), 2)],
    NETWORKS: [("pública", Decimal("8.7500"), 1, 1), ("privada", Decimal("6.0000"), 1, 1)],
    SUBJECTS: [(1, "Português", Decimal("9.0000"), Decimal("9.00"), Decimal("9.00"), 1)],
}
SALES = [
    (1, 1, 1, date(2017, 10, 1), Decimal("21636.00"), date(2024, 1, 2), False),
    (2, 1, 4, date(2018, 5, 12), Decimal("3312.50"), date(2024, 1, 2), False),
]
RETAIL: dict[str, Sequence[tuple]] = {
    "dim_retail__categoria": [
        (1, "Babywear", date(2024, 1, 2), date(2024, 1, 2), True, False),
        (4, 'Sport\'s "wear"', date(2024, 1, 2), date(2024, 1, 2), True, False),
    ],
    "dim_retail__funcionario": [
        (1, "Rob Carsson", date(2024, 1, 2), date(2024, 1, 2), True, False)
    ],
    "fct_retail__venda": SALES,
}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The project's own manifest: what is published is read from it."""
    lake = Lake(tmp_path_factory.mktemp("manifest"))
    lake.dbt("parse")
    return json.loads((lake.folder / "target" / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server.running() as running:
        yield running


@pytest.fixture
def aurora(server: PostgresServer) -> Iterator[psycopg.Connection]:
    """An empty database in place of Aurora's, as its owner sees it."""
    server.create_database("lakehouse")
    with server.connect("lakehouse") as opened:
        yield opened


@pytest.fixture
def fill(tmp_path: Path, manifest: Mapping[str, Any]) -> Callable[..., None]:
    """Write marts of the shape that the manifest states into the lake's DuckDB file."""

    def fill_marts(marts: Mapping[str, Sequence[tuple]]) -> None:
        with duckdb.connect(str(tmp_path / "lake.duckdb")) as lake:
            for model, rows in marts.items():
                node = manifest["nodes"][f"model.lakehouse.{model}"]
                place = f"{node['schema']}.{node['alias']}"
                columns = ", ".join(
                    f"{name} {column['data_type']}" for name, column in node["columns"].items()
                )
                lake.execute(f"create schema if not exists {node['schema']}")
                lake.execute(f"create or replace table {place} ({columns})")
                if rows:
                    marks = ", ".join("?" * len(node["columns"]))
                    lake.executemany(f"insert into {place} values ({marks})", rows)

    return fill_marts


@pytest.fixture
def run(
    tmp_path: Path, server: PostgresServer, manifest: Mapping[str, Any]
) -> Callable[..., Published]:
    """Publish domains from the lake's file into the databases of this test."""
    secret = {key: server.secret("lakehouse")[key] for key in ("username", "password")}
    aws = fake_aws.FakeAws(secrets={SECRET: json.dumps(secret)})

    def publish_domains(
        *domains: str,
        allow_empty: bool = False,
        allow_removal: Sequence[str] = (),
        **settings: str,
    ) -> Published:
        with fake_aws.running(aws) as environment:
            return publish(
                domains,
                manifest=settings.pop("manifest", manifest),
                settings={
                    "LAKEHOUSE_DUCKDB": str(tmp_path / "lake.duckdb"),
                    "LAKEHOUSE_AURORA_SECRET": SECRET,
                    "LAKEHOUSE_AURORA_HOST": server.host,
                    "LAKEHOUSE_AURORA_PORT": str(server.port),
                    "LAKEHOUSE_AURORA_DATABASE": "lakehouse",
                    "LAKEHOUSE_AURORA_CA": str(server.ca_file),
                    **settings,
                },
                clients=clients_of(environment),
                allow_empty=allow_empty,
                allow_removal=allow_removal,
            )

    return publish_domains


def clients_of(environment: Mapping[str, str]) -> AwsClients:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    place = {"region_name": "us-east-1", "endpoint_url": environment["AWS_ENDPOINT_URL"]}
    return AwsClients("publishing", {**keys, **place})


def rows_of(opened: psycopg.Connection, table: str, columns: str = "*") -> list[tuple]:
    return sorted(opened.execute(f"select {columns} from {table}").fetchall(), key=repr)


def only_error(done: Published) -> LakehouseError:
    assert done.tables == {}
    [error] = done.errors
    return error


def changed(manifest: Mapping[str, Any], exposure: str, **meta: Any) -> Mapping[str, Any]:
    """The manifest with other `config.meta` of one exposure."""
    other = copy.deepcopy(manifest)
    node = other["exposures"][f"exposure.lakehouse.{exposure}"]
    for place in (node["config"]["meta"], node.get("meta", {})):
        place.update(meta)
    return other


# PostgreSQL


def test_the_wide_table_and_the_answers_are_published_with_their_keys_and_indexes(
    fill, run, aurora
):
    fill(EDUCATION)
    done = run("education")
    assert rows_of(aurora, "performance_academica") == sorted(
        (row[:-1] for row in GRADES), key=repr
    )
    assert rows_of(aurora, "media_por_escola") == EDUCATION[SCHOOLS]
    assert rows_of(aurora, "resumo_por_rede") == sorted(EDUCATION[NETWORKS], key=repr)
    assert rows_of(aurora, "resumo_por_disciplina") == EDUCATION[SUBJECTS]
    indexes = aurora.execute(
        "select indexdef from pg_indexes where tablename = 'performance_academica'"
    ).fetchall()
    assert sorted(text.partition("USING btree ")[2] for (text,) in indexes) == [
        "(aluno_id, escola_id, disciplina)",
        "(disciplina)",
        "(escola_id)",
        "(rede)",
        "(regiao)",
    ]
    types = aurora.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = "
        "'performance_academica'::regclass and attnum > 0 order by attnum"
    ).fetchall()
    assert types == [
        ("aluno_id", "bigint"),
        ("nome_aluno", "text"),
        ("idade", "integer"),
        ("genero", "text"),
        ("escola_id", "bigint"),
        ("nome_escola", "text"),
        ("rede", "text"),
        ("regiao", "text"),
        ("disciplina", "text"),
        ("nota", "numeric(4,2)"),
    ]
    [wide, *_] = done.tables["education_postgres"]
    assert (wide.place, wide.row_count) == ("public.performance_academica", 3)


def test_publishing_the_same_again_writes_nothing(fill, run, aurora):
    fill(EDUCATION)
    run("education")
    before = rows_of(aurora, "performance_academica", "xmin::text, ctid::text, aluno_id")
    again = run("education").tables["education_postgres"]
    assert [(table.written_count, table.removed_count) for table in again] == [(0, 0)] * 4
    assert rows_of(aurora, "performance_academica", "xmin::text, ctid::text, aluno_id") == before


def test_changed_new_and_removed_rows_follow_the_mart_and_grants_and_views_stay(fill, run, aurora):
    fill(EDUCATION)
    run("education")
    aurora.execute("drop role if exists analyst")
    aurora.execute("create role analyst")
    aurora.execute("grant select on performance_academica to analyst")
    aurora.execute("create view best as select max(nota) as nota from performance_academica")
    moved = (*BRUNO[:4], 101, *ANA[5:], "Matemática", Decimal("6.00"), False)
    corrected = (*ANA, "Matemática", Decimal("9.75"), False)
    fill({**EDUCATION, WIDE: [corrected, GRADES[1], moved]})
    [wide, *_] = run("education").tables["education_postgres"]
    assert (wide.written_count, wide.removed_count) == (2, 1)
    assert rows_of(aurora, "performance_academica", "aluno_id, escola_id, disciplina, nota") == [
        (1, 101, "Matemática", Decimal("9.75")),
        (1, 101, "Português", Decimal("9.00")),
        (2, 101, "Matemática", Decimal("6.00")),
    ]
    assert rows_of(aurora, "best") == [(Decimal("9.75"),)]
    aurora.execute("set role analyst")
    assert len(rows_of(aurora, "performance_academica")) == 3
    aurora.execute("reset role")
    aurora.execute("drop owned by analyst")
    aurora.execute("drop role analyst")


def test_texts_arrive_as_they_are(fill, run, aurora):
    texts = ["tab\there", "back\\slash \\N", "line\nbreak\r", "'quotes' \"too\"", "", "ção 😀", "n"]
    rows = [(i, t, None, None, 1, t, None, "", t, None, False) for i, t in enumerate(texts)]
    fill({**EDUCATION, WIDE: rows})
    assert not run("education").errors
    assert rows_of(aurora, "performance_academica") == sorted((row[:-1] for row in rows), key=repr)


def test_a_failure_at_the_last_table_leaves_all_tables_as_they_were(fill, run, aurora):
    fill(EDUCATION)
    run("education")
    before = [rows_of(aurora, name) for name in ("performance_academica", "resumo_por_rede")]
    aurora.execute(
        "create function stop() returns trigger language plpgsql "
        "as $$ begin raise exception 'stopped by a trigger'; end $$"
    )
    aurora.execute(
        "create trigger stop before insert or update on resumo_por_disciplina "
        "for each row execute function stop()"
    )
    fill({**EDUCATION, WIDE: GRADES[:1], NETWORKS: [], SUBJECTS: [(1, "Arte", 1, 1, 1, 1)]})
    fill({NETWORKS: EDUCATION[NETWORKS][:1]})
    assert "stopped by a trigger" in str(only_error(run("education")))
    after = [rows_of(aurora, name) for name in ("performance_academica", "resumo_por_rede")]
    assert after == before


def test_a_copy_that_is_not_equal_to_the_mart_is_rolled_back(fill, run, aurora):
    fill(EDUCATION)
    run("education")
    aurora.execute(
        "create function cheat() returns trigger language plpgsql "
        "as $$ begin new.nota := 10; return new; end $$"
    )
    aurora.execute(
        "create trigger cheat before insert or update on performance_academica "
        "for each row execute function cheat()"
    )
    fill({**EDUCATION, WIDE: [(*ANA, "Matemática", Decimal("1.00"), False)]})
    error = only_error(run("education"))
    assert "public.performance_academica is not equal to" in str(error)
    assert "1 rows for 1, checksum" in str(error)
    assert len(rows_of(aurora, "performance_academica")) == 3


def test_readers_see_the_old_table_until_all_is_there_and_runs_wait_for_each_other(
    fill, run, aurora, server
):
    fill(EDUCATION)
    run("education")
    fill({**EDUCATION, WIDE: GRADES[:1], NETWORKS: EDUCATION[NETWORKS][:1]})
    results: list[Published] = []
    with server.connect("lakehouse") as holder:
        # Whoever holds the row stops the run in the middle, after its first table.
        holder.execute("begin")
        holder.execute("select 1 from resumo_por_rede where rede = 'privada' for update")
        threads = [
            threading.Thread(target=lambda: results.append(run("education"))) for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        for _ in range(200):
            if aurora.execute(waiting).fetchone() == (2,):
                break
            time.sleep(0.05)
        assert aurora.execute(waiting).fetchone() == (2,)
        assert len(rows_of(aurora, "performance_academica")) == 3
        holder.execute("rollback")
        for thread in threads:
            thread.join(60)
    assert [done.errors for done in results] == [(), ()]
    removed = [table.removed_count for done in results for table in done.tables.popitem()[1]]
    assert sorted(removed) == [0, 0, 0, 0, 0, 0, 1, 2]
    assert len(rows_of(aurora, "performance_academica")) == 1


def test_an_empty_mart_does_not_empty_its_table_unless_that_is_meant(fill, run, aurora):
    fill(EDUCATION)
    run("education")
    fill({**EDUCATION, WIDE: []})
    assert "has no rows, and public.performance_academica has" in str(only_error(run("education")))
    assert len(rows_of(aurora, "performance_academica")) == 3
    run("education", allow_empty=True)
    assert rows_of(aurora, "performance_academica") == []


def test_a_table_of_another_shape_is_changed_to_what_the_marts_say(fill, run, aurora):
    aurora.execute(
        "create table media_por_escola (escola_id integer, nome_escola text, telefone text, "
        "primary key (nome_escola))"
    )
    aurora.execute("insert into media_por_escola values (9, 'old', '555')")
    fill(EDUCATION)
    assert not run("education").errors
    names = "regiao, posicao, escola_id, nome_escola, media_notas, total_notas"
    assert rows_of(aurora, "media_por_escola", names) == EDUCATION[SCHOOLS]
    assert aurora.execute("select * from media_por_escola").description is not None
    columns = {
        column.name for column in aurora.execute("select * from media_por_escola").description
    }
    assert columns == set(names.split(", "))
    again = run("education").tables["education_postgres"]
    assert {(table.written_count, table.removed_count) for table in again} == {(0, 0)}


def test_a_personal_column_goes_out_only_if_the_exposure_says_so(fill, run, aurora, manifest):
    fill(EDUCATION)
    run("education")
    less = changed(manifest, "education_postgres", personal_columns=[f"{WIDE}.aluno_id"])
    assert not run("education", manifest=less).errors
    described = aurora.execute("select * from performance_academica").description
    assert "nome_aluno" not in {column.name for column in described}
    assert len(rows_of(aurora, "performance_academica")) == 3
    with pytest.raises(PublishError, match="the key of fct_education__performance_academica"):
        run("education", manifest=changed(manifest, "education_postgres", personal_columns=[]))


def test_a_server_that_nobody_vouches_for_gets_nothing(fill, run, aurora, tmp_path):
    fill(EDUCATION)
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    error = only_error(run("education", LAKEHOUSE_AURORA_CA=str(tmp_path / "other.pem")))
    assert "certificate verify failed" in str(error)
    assert aurora.execute("select to_regclass('performance_academica')").fetchone() == (None,)


def test_a_mart_that_was_not_built_is_named(fill, run, aurora):
    fill({WIDE: GRADES})
    assert SCHOOLS in str(only_error(run("education")))
    assert aurora.execute("select to_regclass('performance_academica')").fetchone() == (None,)


def pupils(count: int) -> list[tuple]:
    return [(n, "Ana", *ANA[2:], "Arte", Decimal("7.00"), False) for n in range(count)]


def test_a_table_that_would_lose_too_many_rows_is_refused_unless_that_is_meant(fill, run, aurora):
    fill({**EDUCATION, WIDE: pupils(15)})
    run("education")
    fill({**EDUCATION, WIDE: pupils(12), SUBJECTS: [(1, "Arte", 7, 7, 7, 12)]})
    assert not run("education").errors
    fill({**EDUCATION, WIDE: pupils(9)})
    error = str(only_error(run("education")))
    assert "public.performance_academica would lose 3 of its 12 rows" in error
    assert "--allow-removal public.performance_academica" in error
    assert len(rows_of(aurora, "performance_academica")) == 12
    # The other tables of the exposure are as they were, too.
    assert rows_of(aurora, "resumo_por_disciplina", "disciplina") == [("Arte",)]
    with pytest.raises(UsageError, match="performance: no such table"):
        run("education", allow_removal=["public.performance"])
    other = run("education", allow_removal=["public.media_por_escola"])
    assert "would lose" in str(only_error(other))
    run("education", allow_removal=["public.performance_academica"])
    assert len(rows_of(aurora, "performance_academica")) == 9


def test_fewer_than_three_rows_may_always_go(fill, run, aurora):
    fill({**EDUCATION, WIDE: pupils(3)})
    run("education")
    fill({**EDUCATION, WIDE: pupils(1)})
    assert not run("education").errors
    assert len(rows_of(aurora, "performance_academica")) == 1


def test_an_exposure_may_say_how_many_rows_of_a_table_may_go(fill, run, aurora, manifest):
    fill({**EDUCATION, WIDE: pupils(10)})
    run("education")
    fill({**EDUCATION, WIDE: pupils(5)})
    meta = manifest["exposures"]["exposure.lakehouse.education_postgres"]["config"]["meta"]
    declared = copy.deepcopy(meta["publish"])
    declared.setdefault("tables", {}).setdefault(WIDE, {})["max_removed_share"] = 0.5
    assert not run(
        "education", manifest=changed(manifest, "education_postgres", publish=declared)
    ).errors
    assert len(rows_of(aurora, "performance_academica")) == 5


def test_one_of_three_schools_passes_the_build_and_stops_before_the_database(run, aurora, tmp_path):
    """Two schools fewer are below the gate of the build, and take ten of twelve rows with them."""
    lake = Lake(tmp_path / "schools")
    files = tmp_path / "files"
    files.mkdir()
    schools = [f"{n},Escola {n},pública,Sudeste\n" for n in (101, 102, 103)]
    grades = [(pupil, "Arte") for pupil in range(1, 13)]
    (files / "alunos.csv").write_text(
        "id,nome_ficticio,idade,genero,escola_id\n"
        + "".join(f"{n},P{n},15,F,{101 if n < 3 else 102 + n % 2}\n" for n in range(1, 13))
    )
    (files / "notas.csv").write_text(
        "aluno_id,disciplina,nota\n" + "".join(f"{n},{subject},8\n" for n, subject in grades)
    )

    def build(day: str, *delivered: str) -> None:
        (files / "escolas.csv").write_text(
            "escola_id,nome,rede,regiao\n" + "".join(delivered), encoding="utf-8"
        )
        words = [f"{name}={files}/{name}s.csv" for name in ("aluno", "nota", "escola")]
        landed = lake.land("education", *words, "--ingest-date", day)
        assert landed.returncode == 0, landed.stderr
        lake.dbt("build", "--selector", "education", "--exclude-resource-type", "unit_test")

    build("2024-03-01", *schools)
    settings = {"LAKEHOUSE_DUCKDB": str(lake.database)}
    assert not run("education", **settings).errors
    assert len(rows_of(aurora, "performance_academica")) == 12
    build("2024-03-02", schools[0])
    error = str(only_error(run("education", **settings)))
    assert "public.performance_academica would lose 10 of its 12 rows" in error
    assert len(rows_of(aurora, "performance_academica")) == 12


# Redshift


@pytest.fixture
def redshift(server: PostgresServer) -> Iterator[RedshiftApi]:
    """PostgreSQL in Redshift's place, prepared as Terraform prepares it; publishes as the login."""
    server.create_database("warehouse")
    login = "IAMR:lakehouse-dev-publisher"
    with server.connect("warehouse") as owner:
        owner.execute(redshift_api.PREPARED)
        for role in (login, "lakehouse_reader"):
            owner.execute(f'drop role if exists "{role}"')
            owner.execute(f'create role "{role}"')
        for schema in ("gold", "silver"):
            owner.execute(f"create schema {schema}")
            owner.execute(f'grant usage, create on schema {schema} to "{login}"')
            owner.execute(f'grant usage on schema {schema} to "lakehouse_reader"')

    def connect() -> psycopg.Connection:
        opened = server.connect("warehouse")
        opened.execute(f'set role "{login}"')
        opened.autocommit = False
        return opened

    yield RedshiftApi(connect, objects={})
    with server.connect("warehouse") as owner:
        owner.execute(f'drop owned by "{login}", "lakehouse_reader" cascade')
        owner.execute(f'drop role "{login}", "lakehouse_reader"')


@pytest.fixture
def run_redshift(
    tmp_path: Path, redshift: RedshiftApi, manifest: Mapping[str, Any]
) -> Callable[..., Published]:
    aws = fake_aws.FakeAws(objects=redshift.objects)
    # The answers need every mart of retail; what they hold is proved where they are made.
    only_silver = copy.deepcopy(manifest)
    del only_silver["exposures"]["exposure.lakehouse.retail_gold"]

    def publish_retail(
        allow_empty: bool = False, allow_removal: Sequence[str] = (), manifest: Any = only_silver
    ) -> Published:
        with fake_aws.running(aws, redshift_api.handler(aws, redshift)) as environment:
            return publish(
                ["retail"],
                manifest=manifest,
                settings={
                    "AWS_ENDPOINT_URL": environment["AWS_ENDPOINT_URL"],
                    "LAKEHOUSE_DUCKDB": str(tmp_path / "lake.duckdb"),
                    "LAKEHOUSE_REDSHIFT_WORKGROUP": "lakehouse-dev-redshift",
                    "LAKEHOUSE_REDSHIFT_DATABASE": "lakehouse",
                    "LAKEHOUSE_REDSHIFT_COPY_ROLE": "arn:aws:iam::123456789012:role/copy",
                    "LAKEHOUSE_REDSHIFT_EXPORTS": "s3://results/publish",
                },
                clients=clients_of(environment),
                allow_empty=allow_empty,
                allow_removal=allow_removal,
            )

    return publish_retail


@pytest.fixture
def warehouse(server: PostgresServer, redshift: RedshiftApi) -> Iterator[psycopg.Connection]:
    with server.connect("warehouse") as opened:
        yield opened


def test_silver_has_the_columns_that_the_sales_office_knows(
    fill, run_redshift, redshift, warehouse
):
    fill(RETAIL)
    assert not run_redshift().errors
    assert rows_of(warehouse, "silver.categoria", "id, nome_categoria") == [
        (1, "Babywear"),
        (4, 'Sport\'s "wear"'),
    ]
    assert rows_of(warehouse, "silver.funcionario") == [(1, "Rob Carsson")]
    assert rows_of(warehouse, "silver.venda") == [row[:5] for row in SALES]
    tables = warehouse.execute("select tablename from pg_tables where schemaname = 'silver'")
    assert {name for (name,) in tables} == {"categoria", "funcionario", "venda"}
    warehouse.execute('set role "lakehouse_reader"')
    assert len(rows_of(warehouse, "silver.venda")) == 2
    warehouse.execute("reset role")
    # Nothing is left where COPY read from.
    assert redshift.objects == {}
    assert {(r["WorkgroupName"], r["Database"]) for r in redshift.requests} == {
        ("lakehouse-dev-redshift", "lakehouse")
    }


def test_small_tables_are_on_every_node_and_copy_names_its_role(fill, run_redshift, redshift):
    fill(RETAIL)
    run_redshift()
    made = [sql for batch in redshift.batches for sql in batch if sql.startswith("create")]
    assert [sql.rpartition(" ")[2] for sql in made] == ["all", "all", "auto"]
    copies = [sql for batch in redshift.batches for sql in batch if sql.startswith("copy")]
    assert all("iam_role 'arn:aws:iam::123456789012:role/copy'" in sql for sql in copies)


def test_rows_are_exchanged_in_one_transaction_and_grants_of_others_stay(
    fill, run_redshift, redshift, warehouse
):
    fill(RETAIL)
    run_redshift()
    warehouse.execute("drop role if exists auditor")
    warehouse.execute("create role auditor")
    warehouse.execute("grant usage on schema silver to auditor")
    warehouse.execute("grant select on silver.venda to auditor")
    redshift.batches.clear()
    fill({**RETAIL, "fct_retail__venda": SALES[1:]})
    assert not run_redshift().errors
    assert rows_of(warehouse, "silver.venda", "id_venda") == [(2,)]
    swaps = [batch for batch in redshift.batches if any("delete" in sql for sql in batch)]
    assert [sum("delete" in sql for sql in batch) for batch in swaps] == [3]
    warehouse.execute("set role auditor")
    assert rows_of(warehouse, "silver.venda", "id_venda") == [(2,)]
    warehouse.execute("reset role")
    warehouse.execute("drop owned by auditor")
    warehouse.execute("drop role auditor")


def test_a_table_of_another_shape_is_exchanged_as_a_whole(fill, run_redshift, warehouse, redshift):
    with redshift.connect() as opened:
        opened.execute("create table silver.categoria (id bigint, nome varchar(40))")
    fill(RETAIL)
    assert not run_redshift().errors
    assert rows_of(warehouse, "silver.categoria", "id, nome_categoria")[0] == (1, "Babywear")


@pytest.mark.parametrize("fault", ["copy", "rows", "swap"])
def test_a_failure_leaves_all_old_tables(fill, run_redshift, redshift, warehouse, fault):
    fill(RETAIL)
    run_redshift()
    fill({**RETAIL, "fct_retail__venda": SALES[:1], "dim_retail__categoria": []})
    fill({"dim_retail__categoria": RETAIL["dim_retail__categoria"][:1]})
    execute = redshift._execute

    def faulty(opened: psycopg.Connection, sql: str):
        if fault == "copy" and sql.startswith('copy "silver"."venda'):
            return opened.execute("select 1 / 0")
        done = execute(opened, sql)
        if fault == "rows" and sql.startswith('copy "silver"."venda'):
            opened.execute('update "silver"."venda__stage" set venda = venda + 1')
        if fault == "swap" and sql.startswith('insert into "silver"."venda"'):
            opened.execute("select 1 / 0")
        return done

    redshift._execute = faulty
    error = only_error(run_redshift())
    assert "old tables stay" in str(error)
    if fault == "rows":
        assert "what was staged is not equal to fct_retail__venda" in str(error)
    assert len(rows_of(warehouse, "silver.venda")) == 2
    assert len(rows_of(warehouse, "silver.categoria")) == 2
    assert redshift.objects == {}


def test_redshift_keeps_no_keys_so_they_are_checked_before(fill, run_redshift, redshift):
    fill({**RETAIL, "fct_retail__venda": [*SALES, SALES[0]]})
    assert "its key (id_venda) is null or repeated" in str(only_error(run_redshift()))
    assert redshift.batches == []


def test_an_empty_mart_does_not_empty_redshift_unless_that_is_meant(fill, run_redshift, warehouse):
    fill(RETAIL)
    run_redshift()
    fill({**RETAIL, "fct_retail__venda": []})
    assert "has no rows, and silver.venda has" in str(only_error(run_redshift()))
    run_redshift(allow_empty=True)
    assert rows_of(warehouse, "silver.venda") == []


def sales(count: int) -> list[tuple]:
    return [(number, *SALES[0][1:]) for number in range(count)]


@pytest.mark.parametrize("is_same_shape", [True, False])
def test_redshift_would_lose_too_many_rows(fill, run_redshift, redshift, warehouse, is_same_shape):
    fill({**RETAIL, "fct_retail__venda": sales(10)})
    run_redshift()
    if not is_same_shape:
        warehouse.execute("alter table silver.venda alter column id_venda type text")
    fill({**RETAIL, "fct_retail__venda": sales(7), "dim_retail__funcionario": []})
    fill({"dim_retail__funcionario": [(1, "Ana", *RETAIL["dim_retail__funcionario"][0][2:])]})
    error = str(only_error(run_redshift()))
    assert "silver.venda would lose 3 of its 10 rows" in error
    assert "--allow-removal silver.venda" in error
    assert len(rows_of(warehouse, "silver.venda")) == 10
    assert rows_of(warehouse, "silver.funcionario") == [(1, "Rob Carsson")]
    assert redshift.objects == {}
    assert not run_redshift(allow_removal=["fct_retail__venda"]).errors
    assert len(rows_of(warehouse, "silver.venda")) == 7
    assert rows_of(warehouse, "silver.funcionario") == [(1, "Ana")]


def test_parquet_has_the_types_that_copy_wants(manifest):
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    [silver] = [one for one in publications(manifest) if one.exposure == "retail_silver"]
    sales = silver.tables[-1]
    extra = (
        PublishedColumn("is_x", "is_x", "boolean"),
        PublishedColumn("at", "at", "timestamp"),
        PublishedColumn("n", "n", "integer"),
    )
    wide = replace(sales, columns=sales.columns + extra)
    row = ("1", None, "4", "2018-05-12", "3312.50", "true", "2024-01-02 03:04:05.000006", "7")
    file = pq.ParquetFile(io.BytesIO(parquet_bytes(wide, [row])))
    assert [field.type for field in file.schema_arrow] == [
        pa.int64(),
        pa.int64(),
        pa.int64(),
        pa.date32(),
        pa.decimal128(12, 2),
        pa.bool_(),
        pa.timestamp("us"),
        pa.int32(),
    ]
    assert file.schema.column(4).physical_type == "FIXED_LEN_BYTE_ARRAY"
    assert file.read().to_pylist()[0]["venda"] == Decimal("3312.50")


def test_every_exposure_for_redshift_fits_one_transaction(manifest):
    from lakehouse.publishing.to_redshift import MOST_STATEMENTS, _Staged

    found = [one for one in publications(manifest) if one.target == "redshift"]
    assert {one.exposure for one in found} == {"retail_gold", "retail_silver"}
    for one in found:
        for is_same in (True, False):
            staged = [_Staged(table, [], "s3://b/k", is_same) for table in one.tables]
            assert len(swap_statements(one, staged)) <= MOST_STATEMENTS


# From the lake


def test_marts_on_athena_are_read_by_their_published_columns_alone(manifest, monkeypatch):
    [silver] = [one for one in publications(manifest) if one.exposure == "retail_silver"]
    sales = next(table for table in silver.tables if table.name == "venda")
    types = ["bigint", "bigint", "bigint", "date", "decimal(12,2)", "date", "boolean"]
    names = [*(column.source for column in sales.columns), "last_changed", "is_removed"]
    columns = [{"Name": name, "Type": kind} for name, kind in zip(names, types, strict=True)]
    aws = fake_aws.FakeAws(databases={sales.lake_schema})
    place = (sales.lake_schema, sales.lake_table)
    aws.tables[place] = {"Name": "t", "StorageDescriptor": {"Columns": columns}}
    athena = FakeAthena(aws)
    listed = ", ".join(f"{name} {kind}" for name, kind in zip(names, types, strict=True))
    table = f"awsdatacatalog.{sales.lake_schema}.{sales.lake_table}"
    athena.lake.execute(
        f"create schema awsdatacatalog.{sales.lake_schema}; create table {table} ({listed}); "
        f"insert into {table} values "
        "(1, 1, null, '2017-10-01', 21636, '2024-01-02', false)"
    )
    with fake_aws.running(aws) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        clients = AwsClients("publishing")
        reader = AthenaReader(athena, clients.glue(), clients.s3(), "lakehouse_dev", "s3://r/u")
        assert mart_rows(sales, reader) == [("1", "1", None, "2017-10-01", "21636.00")]
        assert "last_changed" not in athena.asked[0]
        del aws.tables[place]
        with pytest.raises(PublishError, match="fct_retail__venda cannot be read"):
            mart_rows(sales, reader)


# Declarations


def test_everything_an_exposure_depends_on_is_published(manifest):
    for one in publications(manifest):
        exposure = manifest["exposures"][f"exposure.lakehouse.{one.exposure}"]
        assert {f"model.lakehouse.{table.model}" for table in one.tables} == set(
            exposure["depends_on"]["nodes"]
        )
        assert all(column.name != "is_removed" for t in one.tables for column in t.columns)


@pytest.mark.parametrize(
    ("publish_meta", "reason"),
    [
        ({"target": "mysql", "schema": "public"}, "none of postgres, redshift"),
        ({"target": "postgres", "schema": "public", "colums": {}}, "knows no colums"),
        ({"target": "postgres", "schema": 'x"; drop'}, "cannot be a name"),
        ({"target": "postgres", "schema": "public", "tables": {"dim_x": {}}}, "does not depend on"),
        (
            {"target": "postgres", "schema": "p", "tables": {SCHOOLS: {"columns": {"a": "b"}}}},
            "has no column to publish b",
        ),
        (
            {"target": "postgres", "schema": "p", "tables": {SCHOOLS: {"max_removed_share": 20}}},
            "max_removed_share of rpt_education__media_por_escola is 20",
        ),
        (
            {"target": "postgres", "schema": "p", "tables": {SCHOOLS: {"indexes": [["b"]]}}},
            "names b, which is not published",
        ),
        (
            {"target": "postgres", "schema": "p", "tables": {SCHOOLS: {"name": "resumo_por_rede"}}},
            "both publish postgres.p.resumo_por_rede",
        ),
    ],
)
def test_a_declaration_that_cannot_be_published_is_refused(manifest, publish_meta, reason):
    with pytest.raises(PublishError, match=reason):
        publications(changed(manifest, "education_postgres", publish=publish_meta))


def test_a_target_that_is_not_set_is_named(fill, run, aurora):
    fill(EDUCATION)
    with pytest.raises(UsageError, match="LAKEHOUSE_REDSHIFT_WORKGROUP is not set"):
        run("retail")
    with pytest.raises(UsageError, match="commerce: nothing to publish"):
        run("commerce")
    done = run()
    assert set(done.tables) == {"education_postgres"}
    assert done.unset == {
        "retail_gold": "LAKEHOUSE_REDSHIFT_WORKGROUP",
        "retail_silver": "LAKEHOUSE_REDSHIFT_WORKGROUP",
    }


# The command


@pytest.fixture
def command(fill, server, aurora, manifest, tmp_path, monkeypatch):
    """Run the command on marts of this test's own, with settings and a manifest file, if any."""
    fill(EDUCATION)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")

    def run_command(*words: str, is_parsed: bool = True, **settings: str):
        settings = {
            "LAKEHOUSE_TARGET": "duckdb",
            "LAKEHOUSE_DUCKDB": str(tmp_path / "lake.duckdb"),
            **settings,
        }
        given = ["--manifest", str(path)] if is_parsed else ["--manifest", "no such file"]
        return CliRunner(env=settings).invoke(
            app, ["publish", *words, *given, "--project-dir", str(PROJECT)]
        )

    return run_command


def url_of(server: PostgresServer, **options: str) -> str:
    login = f"{postgres_server.USER}:{quote(server.password, safe='')}"
    return f"postgresql://{login}@{server.host}:{server.port}/lakehouse?{urlencode(options)}"


@pytest.mark.parametrize("options", [{}, {"sslmode": "require"}, {"sslmode": "verify-full"}])
def test_a_url_says_where_to_publish(command, server, aurora, options):
    if options.get("sslmode") == "verify-full":
        options = {**options, "sslrootcert": str(server.ca_file)}
    result = command("education", LAKEHOUSE_POSTGRES_URL=url_of(server, **options))
    assert result.exit_code == 0, result.output
    assert "public.performance_academica has 3 rows, 3 written, 0 removed" in result.stdout
    assert len(rows_of(aurora, "performance_academica")) == 3


def test_a_server_elsewhere_is_verified_unless_the_url_says_otherwise():
    def sslmode(url: str) -> str:
        return login_from_url(url, setting="LAKEHOUSE_POSTGRES_URL").sslmode

    here = ("localhost:1", "127.0.0.1:5432", "[::1]:5432", "%2Fvar%2Frun")
    assert [sslmode(f"postgresql://me:x@{host}/db") for host in here] == ["prefer"] * 4
    assert sslmode("postgresql://me:x@db.example/db") == "verify-full"
    assert sslmode("postgresql://me:x@localhost.example/db") == "verify-full"
    assert sslmode("postgres://me:x@db.example/db?sslmode=require") == "require"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"LAKEHOUSE_POSTGRES_URL": "mysql://me:hidden@h/db"}, "is no postgresql://user"),
        ({"LAKEHOUSE_POSTGRES_URL": "postgresql://me:hid den@h:x/db"}, "is no postgresql://user"),
        ({"LAKEHOUSE_POSTGRES_URL": "postgresql://me:hid%den@h/db"}, "is no postgresql://user"),
        ({"LAKEHOUSE_POSTGRES_URL": "postgresql://:hidden@h"}, "it lacks user and dbname"),
        ({"LAKEHOUSE_POSTGRES_URL": "postgresql://me:hidden@h/db?options=x"}, "options, which is"),
        (
            {"LAKEHOUSE_POSTGRES_URL": "postgresql://me:hidden@h/db", **{AURORA: SECRET}},
            "LAKEHOUSE_POSTGRES_URL and LAKEHOUSE_AURORA_SECRET are both set; unset",
        ),
        ({}, "LAKEHOUSE_AURORA_SECRET or LAKEHOUSE_POSTGRES_URL is not set"),
        (
            {AURORA: SECRET, "LAKEHOUSE_DUCKDB": "nowhere.duckdb"},
            "nowhere.duckdb: no such database; build the tables first",
        ),
    ],
)
def test_settings_are_looked_at_before_the_project_is_read(command, settings, reason):
    result = command("education", is_parsed=False, **settings)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ") and reason in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "hid" not in result.output


def test_a_domain_that_publishes_nothing_is_told_before_the_project_is_read(command, server):
    result = command("commerce", is_parsed=False, LAKEHOUSE_POSTGRES_URL=url_of(server))
    assert result.exit_code == 2
    assert "commerce: nothing to publish; domains that do: education, retail" in result.stderr


def test_the_files_of_exposures_say_what_the_manifest_says(manifest):
    declared = declared_exposures(PROJECT)
    assert [vars(one) for one in declared] == [
        {name: getattr(one, name) for name in ("exposure", "domain", "target")}
        for one in publications(manifest)
    ]


def test_the_command_says_what_is_published(fill, server, aurora, manifest, tmp_path, monkeypatch):
    fill(EDUCATION)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    aws = fake_aws.FakeAws(secrets={SECRET: json.dumps(server.secret("lakehouse"))})

    def command(*words: str):
        return CliRunner().invoke(app, ["publish", *words, "--manifest", str(path)])

    with fake_aws.running(aws) as environment:
        for name, value in {
            **environment,
            "LAKEHOUSE_TARGET": "duckdb",
            "LAKEHOUSE_DUCKDB": str(tmp_path / "lake.duckdb"),
        }.items():
            monkeypatch.setenv(name, value)
        nowhere = command()
        assert nowhere.exit_code == 2
        assert "is not set, so there is nowhere to publish to" in nowhere.stderr
        monkeypatch.setenv("LAKEHOUSE_AURORA_SECRET", SECRET)
        monkeypatch.setenv("LAKEHOUSE_AURORA_CA", str(server.ca_file))
        result = command("education")
    assert result.exit_code == 0, result.output
    assert "public.performance_academica has 3 rows, 3 written, 0 removed" in result.stdout
    assert server.password not in result.output
