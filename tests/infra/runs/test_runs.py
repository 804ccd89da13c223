"""Programs at work with the roles that Terraform made, every call decided by their policies.

What Athena and Spark do is done here by Trino and by Spark with the permissions of the one who
asked. The calls are compared with `recorded_calls.json`, which the tests of policies simulate;
`RECORD_CALLS=1` writes it anew.
"""

import json
import os

import pytest
from athena_query import ask
from infra.applied import emulator, recorded
from infra.applied.test_starting import BY_HAND
from infra.applied.workflow import invoked
from infra.runs.conftest import Programs
from infra.terraform_tool import REPOSITORY
from postgres_server import PostgresServer

from lakehouse.errors import TableReadError


def of_project(programs: Programs, role: str, step: str) -> dict[str, str]:
    """Credentials with which the project of a step works."""
    project = f"{emulator.ACCOUNT}:project/{emulator.PREFIX}-{step}"
    return programs.deployment.aws.by_service(
        role,
        "codebuild.amazonaws.com",
        source_arn=f"arn:aws:codebuild:{emulator.REGION}:{project}",
    )


def refused(programs: Programs, *roles: str) -> set[tuple[str, str, str]]:
    """What these roles asked for and did not get, since the start."""
    identities = {f"{emulator.PREFIX}-{role}" for role in roles}
    return {
        (call["identity"], call["action"], call["resource"])
        for call in programs.deployment.aws.calls()
        if not call["allowed"] and call["identity"] in identities
    }


# The list of decisions of loads is every domain's; tests of other domains stay out.
OF_ONE_DOMAIN = ["--indirect-selection", "buildable"]
WITHOUT_TESTS = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]


def places(tmp_path, name: str) -> list[str]:
    work = tmp_path / name
    return ["--target-path", str(work), "--log-path", str(work / "logs")]


def test_extractor_lands(programs: Programs):
    landed = programs.check(
        of_project(programs, "extractor", "extract"),
        *("land", "commerce", "purchase=data/source/commerce/purchase.csv"),
        *("--ingest-date", "2024-01-05", "--rewrite-history"),
    )
    assert "purchase: landed 5 rows" in landed
    assert refused(programs, "extractor") == set()


def test_extractor_asks_a_database_with_its_secret(programs: Programs, database: PostgresServer):
    database.create_database("shop")
    with database.connect("shop") as opened:
        opened.execute(
            "create table venda (id_venda int primary key, id_funcionario int, id_categoria int, "
            "data_venda date, venda numeric)"
        )
        opened.execute("insert into venda values (1, 1, 1, '2017-10-01', 21636)")
    secret = programs.deployment.aws.client("secretsmanager").create_secret(
        Name=f"{emulator.PREFIX}/source/retail", SecretString=json.dumps(database.secret("shop"))
    )
    landed = programs.check(
        of_project(programs, "extractor", "extract"),
        *("extract", "retail.venda", "--object", "-"),
        LAKEHOUSE_RETAIL_VENDA=secret["ARN"],
        LAKEHOUSE_RETAIL_VENDA_CA=str(database.ca_file),
    )
    assert "venda: landed 1 row" in landed
    assert refused(programs, "extractor") == set()


def test_extractor_lands_what_was_delivered(programs: Programs):
    bucket = f"{emulator.PREFIX}-{emulator.ACCOUNT}-transient"
    programs.deployment.aws.client("s3").put_object(
        Bucket=bucket,
        Key="commerce/product_item/product_item.csv",
        Body=(REPOSITORY / "data/source/commerce/product_item.csv").read_bytes(),
    )
    landed = programs.check(of_project(programs, "extractor", "extract"), "extract", "commerce")
    assert "product_item: landed" in landed
    assert refused(programs, "extractor") == set()


def test_transformer_builds_on_athena(programs: Programs, tmp_path):
    credentials = programs.deployment.aws.assumed("transformer")
    chosen = ["--select", "models/commerce", "seeds/commerce", "seeds/quality", *OF_ONE_DOMAIN]
    # Data tests only select; unit tests also make tables of their own.
    programs.check(
        credentials,
        *("dbt", "build", *chosen, "--exclude-resource-type", "test", *places(tmp_path, "athena")),
    )
    assert refused(programs, "transformer") == set()
    # Another load, so that every merge runs.
    programs.check(
        emulator.ADMINISTRATOR,
        *("land", "commerce", "product_item=data/source/commerce/product_item.csv"),
        *("--ingest-date", "2024-01-06", "--rewrite-history"),
    )
    programs.check(
        credentials, "dbt", "build", *chosen, *WITHOUT_TESTS, *places(tmp_path, "athena")
    )
    assert refused(programs, "transformer") == set()


def test_transformer_builds_on_glue(programs: Programs, tmp_path):
    """Another domain: a table has one writer."""
    credentials = programs.deployment.aws.assumed("transformer")
    chosen = ["--select", "models/education", "seeds/education", "seeds/quality", *OF_ONE_DOMAIN]
    glue = {"LAKEHOUSE_TARGET": "glue"}
    programs.check(
        credentials,
        *("dbt", "build", *chosen, *WITHOUT_TESTS, *places(tmp_path, "glue")),
        **glue,
    )
    assert refused(programs, "transformer", "spark") == set()
    acted = {call["identity"] for call in programs.deployment.aws.calls()}
    assert "lakehouse-dev-spark" in acted


def test_reader_reads_marts_and_nothing_else(programs: Programs):
    aws, reader = programs.deployment.aws, programs.deployment.aws.assumed("reader")
    athena, schema = aws.client("athena", reader), "lakehouse_dev_commerce"
    workgroup = "lakehouse_dev_reader"
    assert ask(athena, workgroup, f"select * from {schema}.rpt_commerce__gmv_current")
    assert refused(programs, "reader") == set()
    # Raw, a record table, and a mart with a personal column.
    for table in ("purchase", "int_commerce__purchase", "fct_commerce__purchase"):
        with pytest.raises(TableReadError, match="not authorized to perform: glue:GetTable"):
            ask(athena, workgroup, f"select * from {schema}.{table}")
    assert {action for _, action, _ in refused(programs, "reader")} == {"glue:GetTable"}


def test_publisher_fills_aurora(
    programs: Programs, aurora: dict[str, str], database: PostgresServer, tmp_path
):
    """From the marts that a Glue session wrote, which Athena reads."""
    parsed = {"DBT_TARGET_PATH": str(tmp_path), "DBT_LOG_PATH": str(tmp_path / "logs")}
    credentials = of_project(programs, "publisher", "publish")
    programs.check(credentials, "publish", "education", **aurora, **parsed)
    assert refused(programs, "publisher") == set()
    with database.connect(aurora["LAKEHOUSE_AURORA_DATABASE"]) as opened:
        count = opened.execute("select count(*) from public.performance_academica").fetchone()
        schools = opened.execute(
            "select media_notas, total_notas from public.media_por_escola order by 1"
        ).fetchall()
    # docs/domains/education.md#expected-numbers
    assert count == (12,)
    assert schools == [(6, 2), (7.25, 6), (7.75, 4)]


def test_function_starts_the_workflow(programs: Programs):
    assert invoked(programs.deployment, BY_HAND) == {"name": "byhand-2026-11-21", "started": True}


def test_recording_is_what_the_programs_call(programs: Programs):
    calls = [call for call in programs.deployment.aws.calls() if call["allowed"]]
    now = recorded.by_role(calls)
    if os.environ.get("RECORD_CALLS"):
        recorded.write(now)
        pytest.skip(f"written anew: {recorded.FILE.name}")
    before = recorded.read()
    assert {role: actions.keys() for role, actions in now.items()} == {
        role: actions.keys() for role, actions in before.items()
    }
