"""The end of the story: a teardown that keeps the data, and one that takes it along."""

from pathlib import Path

import yaml
from infra.applied import policies
from infra.applied.conftest import KNOWN, Deployment

UNUSED = yaml.safe_load(
    Path(__file__).with_name("unused_by_terraform.yml").read_text(encoding="utf-8")
)
KEPT = {"module.catalogue", "module.lake"}
OPTIONS = ("-auto-approve", "-input=false", "-no-color")
# Asked of the account by every role, and refused to none.
NEED_NOTHING = {"iam:GetUser", "sts:GetCallerIdentity"}


def modules_of(deployment: Deployment) -> set[str]:
    managed = [address for address in deployment.addresses() if ".data." not in address]
    return {".".join(address.split(".")[:2]) for address in managed if address.startswith("module")}


def called_by_terraform(deployment: Deployment) -> set[str]:
    """Actions of every call of this environment's story: first apply, switches, teardown."""
    called = {
        call["action"]
        for call in deployment.aws.calls()
        if call["agent"] == "terraform" and "OpenIDConnectProvider" not in call["action"]
    }
    return called - NEED_NOTHING


def test_teardown_keeps_the_lake_and_its_catalogue(
    deployment: Deployment, roles: dict[str, policies.Role]
):
    s3 = deployment.aws.client("s3")
    bucket = deployment.outputs()["buckets"]["raw"]
    for content in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="commerce/kept", Body=content)
    done = deployment.script("teardown.sh", *OPTIONS)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert modules_of(deployment) == KEPT
    assert s3.get_object(Bucket=bucket, Key="commerce/kept")["Body"].read() == b"2"
    again = deployment.script("teardown.sh", *OPTIONS)
    assert again.returncode == 0 and "nothing to destroy" in again.stdout


def test_teardown_with_data_leaves_nothing(deployment: Deployment):
    done = deployment.script("teardown.sh", "--with-data", *OPTIONS)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert modules_of(deployment) == set()
    assert leftovers(deployment) == set(KNOWN["left_by_destroy"])


def test_ci_deploys_with_what_it_may_do(deployment: Deployment, roles: dict[str, policies.Role]):
    allowed, called = roles["ci-deploy"].actions, called_by_terraform(deployment)
    assert called - allowed == set(KNOWN["not_for_ci"])
    unused = {action for actions in UNUSED.values() for action in actions}
    sometimes = set(UNUSED["Called only where switches go one by one"])
    assert (allowed - called) | sometimes == unused
    assert sum(len(actions) for actions in UNUSED.values()) == len(unused)


def test_ci_plans_with_what_it_may_read(roles: dict[str, policies.Role]):
    changing = ("Create", "Delete", "Put", "Update", "Modify", "Attach", "Detach", "Run", "Tag")
    assert {a for a in roles["ci-plan"].actions if a.partition(":")[2].startswith(changing)} == {
        # The lock of the state, and nothing else.
        "s3:DeleteObject",
        "s3:PutObject",
    }


def leftovers(deployment: Deployment) -> set[str]:
    """Names of what the emulator still holds of this environment."""
    client = deployment.aws.client
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
        "network": [
            network["VpcId"]
            for network in client("ec2").describe_vpcs()["Vpcs"]
            if not network.get("IsDefault")
        ],
    }
    # Names that come with the account are not ours, and the state's bucket is bootstrap's.
    return {
        f"{kind} {name}"
        for kind, found in names.items()
        for name in found
        if kind in ("network", "secret") or "lakehouse-dev" in name or "lakehouse_dev" in name
    }
