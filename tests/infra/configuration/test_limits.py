"""What Terraform renders fits into what AWS takes, at its largest."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from infra.rendered import Rendered

WRITTEN = tomllib.loads(Path(__file__).with_name("limits.toml").read_text(encoding="utf-8"))
LIMITS, NAMES = WRITTEN["limits"], WRITTEN["names"]


def measured(environment: Rendered) -> Iterator[tuple[str, str, int]]:
    """Limit, what is measured, and its size."""
    of = environment.of
    inline, attached = defaultdict(int), defaultdict(int)
    for found in of("aws_iam_role_policy"):
        inline[found["values"]["role"]] += _without_space(found["values"]["policy"])
    for found in of("aws_iam_role_policy_attachment"):
        attached[found["values"]["role"]] += 1
    yield from (("iam_inline_policies_of_a_role", role, size) for role, size in inline.items())
    yield from (("iam_managed_policies_of_a_role", role, size) for role, size in attached.items())
    for found in of("aws_iam_policy"):
        yield "iam_managed_policy", found["address"], _without_space(found["values"]["policy"])
    for found in of("aws_iam_role"):
        trust = found["values"]["assume_role_policy"]
        yield "iam_trust_policy", found["address"], _without_space(trust)
    for found in of("aws_iam_role", "aws_iam_policy"):
        yield "iam_description", found["address"], len(found["values"]["description"])
    for kind, limit, attribute in SIZED:
        for found in of(kind):
            if (text := found["values"][attribute]) is not None:
                yield limit, found["address"], len(text.encode())
    for found in of("aws_lambda_function"):
        variables = found["values"]["environment"][0]["variables"]
        yield (
            "function_environment",
            found["address"],
            sum(map(len, [*variables, *variables.values()])),
        )
    rules = defaultdict(int)
    for found in of("aws_cloudwatch_event_target"):
        rules[found["values"]["rule"]] += 1
        for transformer in found["values"]["input_transformer"]:
            yield "event_input_template", found["address"], len(transformer["input_template"])
    yield from (("event_targets_of_a_rule", rule, count) for rule, count in rules.items())
    for found in of("aws_scheduler_schedule"):
        yield (
            "schedule_input",
            found["address"],
            len(found["values"]["target"][0]["input"].encode()),
        )
    for found in of("aws_cloudwatch_metric_alarm"):
        values = found["values"]
        assert values["period"] >= 3600, "shorter periods have another limit"
        yield (
            "alarm_evaluation",
            found["address"],
            values["period"] * values["evaluation_periods"],
        )
    for found in of("aws_codebuild_project"):
        values = found["values"]
        given = values["environment"][0]["environment_variable"]
        size = sum(len(variable["name"]) + len(variable["value"]) for variable in given)
        yield "build_environment", found["address"], size
        yield "buildspec", found["address"], len(values["source"][0]["buildspec"].encode())
        yield "build_timeout", found["address"], values["build_timeout"]
        yield "build_queue", found["address"], values["queued_timeout"]
    for found in of("aws_glue_catalog_table"):
        columns = found["values"]["storage_descriptor"][0]["columns"]
        for column in columns + found["values"]["partition_keys"]:
            yield "glue_column_comment", found["address"], len(column["comment"] or "")
    for found in environment.resources:
        tags = (found["values"].get("tags") or {}) | (found["values"].get("tags_all") or {})
        # The provider adds three to each resource.
        yield "tags_of_a_resource", found["address"], len(tags) + 3


SIZED = [
    ("aws_s3_bucket_policy", "bucket_policy", "policy"),
    ("aws_kms_key", "key_policy", "policy"),
    ("aws_sns_topic_policy", "topic_policy", "policy"),
    ("aws_sqs_queue_policy", "queue_policy", "policy"),
    ("aws_sfn_state_machine", "state_machine_definition", "definition"),
    ("aws_cloudwatch_event_rule", "event_pattern", "event_pattern"),
    ("aws_glue_catalog_database", "glue_description", "description"),
    ("aws_glue_catalog_table", "glue_description", "description"),
    ("aws_athena_named_query", "athena_query", "query"),
    ("aws_cloudwatch_metric_alarm", "alarm_description", "alarm_description"),
]


def _without_space(document: str) -> int:
    """As IAM counts: white space is free."""
    return len(re.sub(r"\s", "", document))


# Type of resource, attribute, and whose alphabet it is.
NAMED = [
    ("aws_athena_named_query", "name", "named_query"),
    ("aws_athena_workgroup", "name", "workgroup"),
    ("aws_budgets_budget", "name", "budget"),
    ("aws_cloudwatch_dashboard", "dashboard_name", "dashboard"),
    ("aws_cloudwatch_event_rule", "name", "event_rule"),
    ("aws_cloudwatch_log_group", "name", "log_group"),
    ("aws_cloudwatch_metric_alarm", "alarm_name", "alarm"),
    ("aws_codebuild_project", "name", "build_project"),
    ("aws_db_subnet_group", "name", "database_cluster"),
    ("aws_glue_catalog_database", "name", "glue_database"),
    ("aws_glue_catalog_table", "name", "glue_table"),
    ("aws_glue_security_configuration", "name", "glue_security_configuration"),
    ("aws_iam_instance_profile", "name", "iam_instance_profile"),
    ("aws_iam_policy", "description", "iam_description"),
    ("aws_iam_policy", "name", "iam_policy"),
    ("aws_iam_role", "description", "iam_description"),
    ("aws_iam_role", "name", "iam_role"),
    ("aws_iam_role_policy", "name", "iam_policy"),
    ("aws_kms_alias", "name", "key_alias"),
    ("aws_lambda_function", "function_name", "function"),
    ("aws_rds_cluster", "cluster_identifier", "database_cluster"),
    ("aws_rds_cluster_instance", "identifier", "database_cluster"),
    ("aws_rds_cluster_parameter_group", "name", "database_cluster"),
    ("aws_redshiftserverless_namespace", "namespace_name", "redshift"),
    ("aws_redshiftserverless_workgroup", "workgroup_name", "redshift"),
    ("aws_s3_bucket", "bucket", "bucket"),
    ("aws_scheduler_schedule", "name", "schedule"),
    ("aws_scheduler_schedule_group", "name", "schedule"),
    ("aws_security_group", "description", "security_group_rule"),
    ("aws_security_group", "name", "security_group"),
    ("aws_sfn_state_machine", "name", "state_machine"),
    ("aws_sns_topic", "name", "topic"),
    ("aws_sqs_queue", "name", "queue"),
    ("aws_vpc_security_group_egress_rule", "description", "security_group_rule"),
    ("aws_vpc_security_group_ingress_rule", "description", "security_group_rule"),
]
# Their names are those of resources above, or nobody's choice.
WITHOUT_A_NAME_OF_THEIR_OWN = {"aws_default_security_group"}


def named(environment: Rendered) -> Iterator[tuple[str, str, str]]:
    """Alphabet, whose name it is, and the name."""
    for kind, attribute, alphabet in NAMED:
        for found in environment.of(kind):
            yield alphabet, f"{found['address']}.{attribute}", found["values"][attribute] or ""
    for found in environment.of("aws_codebuild_project"):
        for variable in found["values"]["environment"][0]["environment_variable"]:
            yield "environment_variable", found["address"], variable["name"]
    for found in environment.resources:
        for key, value in (found["values"].get("tags") or {}).items():
            yield "tag_key", found["address"], key
            yield "tag_value", found["address"], value


def test_every_limit_has_its_source_and_is_held():
    assert all(limit["source"] and limit["unit"] for limit in LIMITS.values())
    assert all(name["source"] for name in NAMES.values())
    text = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in [*LIMITS, *NAMES] if f'"{name}"' not in text] == []


@pytest.mark.parametrize("limit", LIMITS)
def test_rendered_size_is_within(largest: Rendered, limit: str):
    sizes = {about: size for name, about, size in measured(largest) if name == limit}
    assert sizes, "nothing of this kind is rendered: the limit is not checked"
    most = LIMITS[limit]["most"]
    assert {about: size for about, size in sizes.items() if size > most} == {}


@pytest.mark.parametrize("alphabet", NAMES)
def test_names_are_of_the_alphabet(largest: Rendered, alphabet: str):
    names = [(about, name) for kind, about, name in named(largest) if kind == alphabet]
    assert names, "nothing of this kind is rendered: the alphabet is not checked"
    pattern = re.compile(NAMES[alphabet]["pattern"])
    assert [(about, name) for about, name in names if not pattern.fullmatch(name)] == []


def test_no_name_is_forgotten(largest: Rendered):
    listed = {kind for kind, _, _ in NAMED} | WITHOUT_A_NAME_OF_THEIR_OWN
    bearing = {found["type"] for found in largest.resources if "name" in found["values"]}
    assert bearing - listed == set()


def test_documents_hold_characters_that_iam_reads(largest: Rendered):
    documents = [
        found["values"][attribute]
        for kind, attribute in [
            ("aws_iam_policy", "policy"),
            ("aws_iam_role_policy", "policy"),
            ("aws_iam_role", "assume_role_policy"),
        ]
        for found in largest.of(kind)
    ]
    assert documents
    assert [text for text in documents if not re.fullmatch(r"[\t\n\r -ÿ]*", text)] == []


def test_only_roles_are_made(largest: Rendered):
    """Users and groups have smaller limits, and keys that do not end."""
    assert not list(largest.of("aws_iam_user", "aws_iam_group", "aws_iam_access_key"))
