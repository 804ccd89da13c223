"""What is rendered fits its account: partition, what was brought along, databases."""

import json
import re
from fnmatch import fnmatchcase

from infra.applied.policies import as_list
from infra.configuration.test_limits import named
from infra.rendered import Rendered, rendered
from infra.terraform_tool import TERRAFORM


def text(environment: Rendered) -> str:
    return json.dumps([environment.resources, environment.outputs])


def test_no_module_writes_a_partition():
    literal = [
        f"{path.relative_to(TERRAFORM)}: {line.strip()}"
        for path in TERRAFORM.glob("modules/*/*.tf")
        for line in path.read_text(encoding="utf-8").splitlines()
        # A default that stands for nothing is never rendered.
        if "arn:aws:" in line and "coalesce(" not in line
    ]
    assert literal == []


def test_arns_are_of_the_partition_of_the_account(elsewhere: Rendered):
    # A description may name what it likes.
    assert set(re.findall(r"arn:(aws[a-z-]*):", text(elsewhere))) == {"aws-cn"}


def test_nothing_is_made_on_what_was_brought_along(elsewhere: Rendered):
    made = {found["type"] for found in elsewhere.resources}
    assert not made & {
        "aws_default_security_group", "aws_flow_log", "aws_kms_alias", "aws_kms_key",
        "aws_route_table", "aws_subnet", "aws_vpc", "aws_vpc_endpoint",
    }  # fmt: skip
    of_buckets = [
        found["address"]
        for found in elsewhere.resources
        if found["type"].startswith("aws_s3_") and "of-somebody" in found["values"]["bucket"]
    ]
    assert of_buckets == []
    assert elsewhere.outputs["buckets"]["raw"] == "of-somebody-raw"


def test_every_role_is_bounded(elsewhere: Rendered):
    bounds = {
        found["values"]["name"]: found["values"]["permissions_boundary"]
        for found in elsewhere.of("aws_iam_role")
    }
    assert len(bounds) >= 12
    assert set(bounds.values()) == {"arn:aws-cn:iam::123456789012:policy/boundary"}


def test_everything_encrypted_is_so_with_the_key_that_was_brought_along(elsewhere: Rendered):
    keys = {
        value
        for found in elsewhere.resources
        for name, value in found["values"].items()
        if re.search("kms|encryption_key", name)
        and isinstance(value, str)
        and value.startswith("arn:")
    }
    assert keys == {"arn:aws-cn:kms:cn-north-1:123456789012:key/of-somebody"}


def test_target_reaches_the_builds_and_publication_reads_by_athena(elsewhere: Rendered):
    given = {
        found["index"]: {
            v["name"]: v["value"] for v in found["values"]["environment"][0]["environment_variable"]
        }
        for found in elsewhere.of("aws_codebuild_project")
    }
    targets = {step: variables["LAKEHOUSE_TARGET"] for step, variables in given.items()}
    assert targets == {
        "extract": "glue",
        "extract-private": "glue",
        "maintain": "glue",
        "publish": "athena",
        "transform": "glue",
    }
    session = {name: value for name, value in given["transform"].items() if "_GLUE_" in name}
    assert session["LAKEHOUSE_GLUE_IDLE_MINUTES"] == "5"
    assert session["LAKEHOUSE_GLUE_WORKERS"] == "4"
    assert session["LAKEHOUSE_GLUE_WORKER_TYPE"] == "G.2X"


def test_schema_of_the_profile_is_a_database(delivered: Rendered):
    names = {found["values"]["name"] for found in delivered.of("aws_glue_catalog_database")}
    assert delivered.outputs["profile"]["LAKEHOUSE_SCHEMA_PREFIX"] in names


def test_who_asks_athena_or_glue_may_look_at_the_default_database(delivered: Rendered):
    """Hive's client asks for it before anything else; nobody may make it, or any other."""
    glue = "arn:aws:glue:us-east-1:123456789012"
    asking = [f"{glue}:catalog", f"{glue}:database/default", f"{glue}:database/lakehouse_dev"]
    for role in ("publisher", "reader", "reader-personal", "transformer"):
        looked_at = {
            resource
            for s in delivered.statements(role)
            if "glue:GetDatabase" in as_list(s["Action"])
            for resource in as_list(s["Resource"])
        }
        assert looked_at >= set(asking), role
        actions = {action for s in delivered.statements(role) for action in as_list(s["Action"])}
        assert "glue:CreateDatabase" not in actions


def test_ci_cannot_delete_the_database_of_the_account(elsewhere: Rendered):
    deleting = [
        resource
        for s in elsewhere.statements("ci-deploy")
        if "glue:DeleteDatabase" in as_list(s["Action"])
        for resource in as_list(s["Resource"])
    ]
    assert deleting and not [resource for resource in deleting if "default" in resource]


def test_schedules_write_the_words_that_the_scheduler_fills_in(delivered: Rendered):
    inputs = {
        found["values"]["name"]: found["values"]["target"][0]["input"]
        for found in delivered.of("aws_scheduler_schedule")
    }
    assert set(inputs) == {"daily", "maintenance", "market"}
    for given in inputs.values():
        assert '"<aws.scheduler.scheduled-time>"' in given
    assert not [name for name, given in inputs.items() if "\\u" in given]


def test_a_build_that_waits_is_patient_for_as_long_as_another_may_take(delivered: Rendered):
    machine = json.loads(
        delivered.one("module.orchestration.aws_sfn_state_machine.this")["definition"]
    )
    minutes = max(
        found["values"]["build_timeout"] for found in delivered.of("aws_codebuild_project")
    )
    waits = [
        retry["IntervalSeconds"] * retry["MaxAttempts"] / 60
        for retry in machine["States"]["Build"]["Retry"]
        if "CodeBuild.AccountLimitExceededException" in retry["ErrorEquals"]
    ]
    assert waits and min(waits) >= minutes


def project_of(machine: dict, source: str) -> str:
    """The build project that the map starts for a source."""
    states = machine["States"]["Extract"]["ItemProcessor"]
    name = states["StartAt"]
    while states["States"][name]["Type"] == "Choice":
        choice = states["States"][name]
        name = next(
            (
                rule["Next"]
                for rule in choice["Choices"]
                if any(fnmatchcase(source, one["StringMatches"]) for one in rule["Or"])
            ),
            choice["Default"],
        )
    return states["States"][name]["Parameters"]["ProjectName"]


def machine_of(environment: Rendered) -> dict:
    return json.loads(
        environment.one("module.orchestration.aws_sfn_state_machine.this")["definition"]
    )


def test_private_sources_alone_are_extracted_inside_their_network(elsewhere: Rendered):
    machine = machine_of(elsewhere)
    extracted = {
        source: project_of(machine, source)
        for source in (
            *("market", "market.carteira", "retail.venda"),
            *("retail.categoria", "retail.vendas", "credit"),
        )
    }
    assert {source for source, name in extracted.items() if name.endswith("-private")} == {
        *("market", "market.carteira", "retail.venda")
    }
    assert set(extracted.values()) == {"lakehouse-dev-extract", "lakehouse-dev-extract-private"}
    networks = {
        found["index"]: [one["vpc_id"] for one in found["values"]["vpc_config"]]
        for found in elsewhere.of("aws_codebuild_project")
    }
    assert networks["extract-private"] == ["vpc-9"]
    assert networks["extract"] == networks["transform"] == []


def test_extraction_inside_a_network_is_the_same_but_for_its_place(elsewhere: Rendered):
    [inside], [outside] = (
        [f["values"] for f in elsewhere.of("aws_codebuild_project") if f["index"] == step]
        for step in ("extract-private", "extract")
    )
    for attribute in ("environment", "service_role", "source", "concurrent_build_limit"):
        assert inside[attribute] == outside[attribute]
    ports = {
        found["values"]["from_port"]
        for found in elsewhere.of("aws_vpc_security_group_egress_rule")
        if found["address"].startswith("module.runtime.")
    }
    assert ports == {443, 1521, 5432}
    # It may hand interfaces in that network to builds, and in no other.
    document = json.loads(
        elsewhere.one('module.runtime.aws_iam_role_policy.build["extract-private"]')["policy"]
    )
    [handed] = [s for s in document["Statement"] if s["Sid"] == "HandInterfaceToBuild"]
    assert [arn.rpartition("/")[2] for arn in handed["Condition"]["ArnEquals"]["ec2:Subnet"]] == [
        "subnet-9"
    ]


def test_without_private_sources_nothing_is_made_for_them(everything: Rendered):
    assert "private" not in json.dumps(machine_of(everything))
    assert not [f for f in everything.of("aws_codebuild_project") if "private" in f["index"]]


# Alphabets of names that an account, or everybody, has only once.
ONLY_ONCE = {
    "alarm", "bucket", "budget", "build_project", "dashboard", "event_rule", "function",
    "glue_database", "iam_policy", "iam_role", "key_alias", "log_group", "queue", "state_machine",
    "topic", "workgroup",
}  # fmt: skip


def test_environments_lie_side_by_side_in_one_account(delivered: Rendered, tmp_path_factory):
    """No name of one is the other's, and no policy of one lets in the other's things."""
    other = rendered(tmp_path_factory.mktemp("prod"), "prod", {}, region="us-east-1")
    of_dev, of_prod = (
        {
            (alphabet, name)
            for alphabet, about, name in named(environment)
            # Names of inline policies are their role's own.
            if alphabet in ONLY_ONCE and "aws_iam_role_policy" not in about
        }
        for environment in (delivered, other)
    )
    assert len(of_dev) > 40
    assert of_dev & of_prod == set()
    policies = {
        found["address"]: found["values"]["policy"]
        for found in other.of("aws_iam_policy", "aws_iam_role_policy", "aws_s3_bucket_policy")
    }
    assert len(policies) > 15
    assert [a for a, text in policies.items() if re.search("lakehouse[-_]dev", text)] == []
