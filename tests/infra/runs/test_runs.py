"""Programs at work with the roles that Terraform made, every call decided by their policies.

What Athena and Spark do is done here by Trino and by Spark with the permissions of the one who
asked. The calls are compared with `recorded_calls.json`, which the tests of policies simulate;
`RECORD_CALLS=1` writes it anew.
"""

import json
import os
import time

import pytest
from infra.applied import emulator, recorded
from infra.runs.conftest import Programs

EXTRACT = (
    f"arn:aws:codebuild:{emulator.REGION}:{emulator.ACCOUNT}:project/{emulator.PREFIX}-extract"
)


def refused(programs: Programs, *roles: str) -> set[tuple[str, str, str]]:
    """What these roles asked for and did not get, since the start."""
    identities = {f"{emulator.PREFIX}-{role}" for role in roles}
    return {
        (call["identity"], call["action"], call["resource"])
        for call in programs.deployment.aws.calls()
        if not call["allowed"] and call["identity"] in identities
    }


# The reference list of acknowledged loads is every domain's; tests of other domains stay out.
OF_ONE_DOMAIN = ["--indirect-selection", "buildable"]
WITHOUT_TESTS = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]


def places(tmp_path, name: str) -> list[str]:
    work = tmp_path / name
    return ["--target-path", str(work), "--log-path", str(work / "logs")]


def test_extractor_lands(programs: Programs):
    credentials = programs.deployment.aws.by_service(
        "extractor", "codebuild.amazonaws.com", source_arn=EXTRACT
    )
    landed = programs.check(
        credentials,
        *("land", "commerce", "purchase=data/source/commerce/purchase.csv"),
        *("--ingest-date", "2024-01-05", "--rewrite-history"),
    )
    assert "purchase: landed 5 rows" in landed
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


def asked(programs: Programs, credentials: dict[str, str], sql: str) -> tuple[str, str]:
    """State and reason of a query that somebody asks."""
    athena = programs.deployment.aws.client("athena", credentials)
    query = athena.start_query_execution(
        QueryString=sql,
        WorkGroup="lakehouse_dev",
        QueryExecutionContext={"Database": "lakehouse_dev_commerce"},
    )["QueryExecutionId"]
    while True:
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] not in ("QUEUED", "RUNNING"):
            if status["State"] == "SUCCEEDED":
                athena.get_query_results(QueryExecutionId=query)
            return status["State"], status.get("StateChangeReason", "")
        time.sleep(0.1)


def test_reader_reads_marts_and_nothing_else(programs: Programs):
    reader = programs.deployment.aws.assumed("reader")
    state, reason = asked(programs, reader, "select * from rpt_commerce__gmv_current")
    assert (state, reason) == ("SUCCEEDED", "")
    assert refused(programs, "reader") == set()
    for table in ("purchase", "int_commerce__purchase_history"):
        state, reason = asked(programs, reader, f"select * from {table}")
        assert state == "FAILED" and "not authorized to perform: glue:GetTable" in reason
    assert {action for _, action, _ in refused(programs, "reader")} == {"glue:GetTable"}


def test_transformer_tags_the_marts_it_makes(programs: Programs, tmp_path):
    programs.deployment.apply("enable_governance")
    key = programs.deployment.outputs()["profile"]["LAKEHOUSE_LF_TAG_KEY"]
    credentials = programs.deployment.aws.assumed("transformer")
    programs.check(
        credentials,
        *("dbt", "run", "--select", "fct_commerce__purchase", *places(tmp_path, "tags")),
        LAKEHOUSE_LF_TAG_KEY=key,
    )
    tags = programs.deployment.aws.client("lakeformation").get_resource_lf_tags(
        Resource={
            "Table": {"DatabaseName": "lakehouse_dev_commerce", "Name": "fct_commerce__purchase"}
        }
    )
    assert [tag["TagValues"] for tag in tags["LFTagsOnTable"]] == [["sensitive"]]
    classes = {each["Name"]: each["LFTags"][0]["TagValues"][0] for each in tags["LFTagsOnColumns"]}
    # As models/commerce/marts/fct_commerce__purchase.yml says.
    assert classes["buyer_id"] == "personal" and classes["purchase_key"] == "internal"


def test_function_starts_the_workflow(programs: Programs):
    event = {"schedule": "byhand", "scheduled_time": "2026-11-21T00:00:00Z", "extracts": []}
    answer = programs.deployment.aws.client("lambda").invoke(
        FunctionName="lakehouse-dev-start-workflow", Payload=json.dumps(event)
    )
    assert json.loads(answer["Payload"].read()) == {"name": "byhand-2026-11-21", "started": True}


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
