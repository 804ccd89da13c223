"""The configuration applied, read back, switched on and off, and destroyed.

The tests are the steps of one story and run in this order.
"""

import re
from pathlib import Path

import pytest
import yaml
from infra.applied import policies
from infra.applied.calls import actions_called
from infra.applied.conftest import FOLDER, ON, Deployment

KNOWN = yaml.safe_load(Path(__file__).with_name("known_gaps.yml").read_text(encoding="utf-8"))
UNUSED = yaml.safe_load(
    Path(__file__).with_name("unused_by_terraform.yml").read_text(encoding="utf-8")
)


def drift(plan: dict) -> set[str]:
    """What a plan would change: `<address without keys> <attribute>`."""
    changed = set()
    for change in plan["resource_changes"]:
        if change["mode"] == "managed" and change["change"]["actions"] != ["no-op"]:
            address = re.sub(r"\[[^]]*\]", "", change["address"])
            changed |= {f"{address} {attribute}" for attribute in _attributes(change["change"])}
    return changed


def _attributes(change: dict) -> set[str]:
    if change.get("replace_paths"):
        return {path[0] for path in change["replace_paths"]}
    before, after = change["before"] or {}, change["after"] or {}
    unknown = {name for name, is_unknown in change["after_unknown"].items() if is_unknown is True}
    differing = {
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    }
    return (differing - unknown) or {"(whole)"}


def known(*parts: str) -> set[str]:
    return {
        f"{address} {name}"
        for part in parts
        for address, names in KNOWN[part].items()
        for name in names
    }


def test_switched_off_applies_and_stays(deployment: Deployment):
    deployment.apply()
    assert drift(deployment.plan()) == known("always")


def test_outputs_carry_what_a_person_needs_next(deployment: Deployment):
    outputs = deployment.outputs()
    assert set(outputs["buckets"]) == {
        "artifacts",
        "curated",
        "logs",
        "raw",
        "results",
        "transient",
    }
    assert outputs["databases"]["commerce"] == "lakehouse_dev_commerce"
    assert (
        outputs["workgroup"] == outputs["profile"]["LAKEHOUSE_ATHENA_WORKGROUP"] == "lakehouse_dev"
    )
    assert set(outputs["role_arns"]) == {
        "ci-deploy", "ci-plan", "extractor", "publisher", "reader", "spark", "transformer",
    }  # fmt: skip
    assert outputs["secret_arns"] == {}
    assert outputs.get("aurora_endpoint") is None


def test_switched_on_applies_and_stays(deployment: Deployment):
    deployment.apply(*ON)
    assert drift(deployment.plan(*ON)) == known("always", "switched_on")
    outputs = deployment.outputs()
    assert set(outputs["secret_arns"]) == {"aurora", "redshift"}
    assert outputs["aurora_endpoint"] and outputs["access_host_id"]


def test_redshift_was_prepared_by_code(deployment: Deployment):
    statements = [
        address for address in deployment.addresses() if "redshiftdata_statement" in address
    ]
    assert sorted(statements) == [
        "module.redshift[0].aws_redshiftdata_statement.define",
        "module.redshift[0].aws_redshiftdata_statement.run",
    ]


def test_ci_plans_with_what_it_may_read(deployment: Deployment):
    roles = policies.roles(deployment.terraform.json("show", "-json", folder=FOLDER))
    called = actions_called(deployment.terraform.root / "plan.log")
    assert called and called <= roles["ci-plan"].actions
    changing = ("Create", "Delete", "Put", "Update", "Modify", "Attach", "Detach", "Run", "Tag")
    assert {a for a in roles["ci-plan"].actions if a.partition(":")[2].startswith(changing)} == {
        # The lock of the state, and nothing else.
        "s3:DeleteObject",
        "s3:PutObject",
    }


def test_switched_off_again_leaves_no_database_and_no_network(deployment: Deployment):
    deployment.apply()
    switched = ("aurora", "governance", "network", "redshift")
    assert not [
        a for a in deployment.addresses() if a.startswith(tuple(f"module.{m}[" for m in switched))
    ]
    assert deployment.client("rds").describe_db_clusters()["DBClusters"] == []
    assert _own_networks(deployment) == []
    assert drift(deployment.plan()) == known("always")


def test_destroy_leaves_nothing(deployment: Deployment):
    roles = policies.roles(deployment.terraform.json("show", "-json", folder=FOLDER))
    deployment.ci_deploy = roles["ci-deploy"].actions
    deployment.destroy()
    assert deployment.addresses() == []
    assert leftovers(deployment) == set(KNOWN["left_by_destroy"])


def test_ci_deploys_with_what_it_may_do(deployment: Deployment):
    called = set()
    for command in ("apply", "plan", "destroy"):
        called |= actions_called(deployment.terraform.root / f"{command}.log")
    allowed = deployment.ci_deploy
    assert called - allowed == set(KNOWN["not_for_ci"])
    unused = {action for actions in UNUSED.values() for action in actions}
    assert allowed - called == unused
    assert sum(len(actions) for actions in UNUSED.values()) == len(unused)


def _own_networks(deployment: Deployment) -> list[str]:
    networks = deployment.client("ec2").describe_vpcs()["Vpcs"]
    return [network["VpcId"] for network in networks if not network.get("IsDefault")]


def leftovers(deployment: Deployment) -> set[str]:
    """Names of what the emulator still holds of this project."""
    client = deployment.client
    names = {
        "bucket": [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]],
        "role": [role["RoleName"] for role in client("iam").list_roles()["Roles"]],
        "policy": [p["PolicyName"] for p in client("iam").list_policies(Scope="Local")["Policies"]],
        "database": [d["Name"] for d in client("glue").get_databases()["DatabaseList"]],
        "workgroup": [w["Name"] for w in client("athena").list_work_groups()["WorkGroups"]],
        "function": [f["FunctionName"] for f in client("lambda").list_functions()["Functions"]],
        "machine": [
            m["name"] for m in client("stepfunctions").list_state_machines()["stateMachines"]
        ],
        "project": client("codebuild").list_projects()["projects"],
        "queue": client("sqs").list_queues().get("QueueUrls", []),
        "topic": [t["TopicArn"] for t in client("sns").list_topics()["Topics"]],
        "log group": [g["logGroupName"] for g in client("logs").describe_log_groups()["logGroups"]],
        "rule": [r["Name"] for r in client("events").list_rules()["Rules"]],
        "schedule": [s["Name"] for s in client("scheduler").list_schedules()["Schedules"]],
        "alarm": [a["AlarmName"] for a in client("cloudwatch").describe_alarms()["MetricAlarms"]],
        "alias": [a["AliasName"] for a in client("kms").list_aliases()["Aliases"]],
        "secret": [s["Name"] for s in client("secretsmanager").list_secrets()["SecretList"]],
        "network": _own_networks(deployment),
    }
    # Names that come with the account are not ours.
    return {
        f"{kind} {name}"
        for kind, found in names.items()
        for name in found
        if kind in ("network", "secret") or "lakehouse" in name
    }


@pytest.mark.parametrize("entry", ["always", "switched_on", "left_by_destroy"])
def test_list_of_known_gaps_stays_short(entry: str):
    assert len(KNOWN[entry]) <= 8
