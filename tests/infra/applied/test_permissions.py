"""Who may become which identity, and what each may and may not do, from the applied policies.

Trust is enforced by the emulator; permissions are simulated by it over the calls of calls.yml.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.exceptions import ClientError
from infra.applied import emulator, policies
from infra.applied.conftest import FOLDER, Deployment

HERE = Path(__file__).parent
STARS = yaml.safe_load((HERE / "star_resources.yml").read_text(encoding="utf-8"))
CALLS = yaml.safe_load((HERE / "calls.yml").read_text(encoding="utf-8"))
ISSUER = "token.actions.githubusercontent.com"
REPOSITORY = "owner/lakehouse"

HOSTILE_SUBJECTS = [
    "repo:someone/lakehouse:environment:dev",
    "repo:owner/other:environment:dev",
    "repo:owner/lakehouse-fork:environment:dev",
    "repo:xowner/lakehouse:environment:dev",
    "repo:owner/lakehouse:environment:prod",
    "repo:owner/lakehouse:environment:dev2",
    "repo:owner/lakehouse:environment:DEV",
    "repo:Owner/Lakehouse:environment:dev",
    "repo:owner/lakehouse:environment:dev ",
    " repo:owner/lakehouse:environment:dev",
    "repo:owner/lakehouse:environment:*",
    "repo:owner/lakehouse:*",
    "repo:owner/*:environment:dev",
    "*",
    "repo:owner/lakehouse:ref:refs/heads/main",
    "repo:owner/lakehouse:ref:refs/heads/environment:dev",
    "repo:owner/lakehouse:ref:refs/tags/v1",
    "repo:owner/lakehouse:environment:dev:ref:refs/heads/main",
    "repository_owner:owner:environment:dev",
    "repo:owner/lakehouse:environment:dev\nrepo:owner/lakehouse:pull_request",
]


@pytest.fixture(scope="module")
def state(deployment: Deployment) -> dict:
    deployment.apply()
    return deployment.terraform.json("show", "-json", folder=FOLDER)


@pytest.fixture(scope="module")
def roles(state: dict) -> dict[str, policies.Role]:
    return policies.roles(state)


@pytest.fixture(scope="module")
def enforced(
    roles: dict[str, policies.Role], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A second emulator that enforces permissions, with the same roles in it."""
    log = tmp_path_factory.mktemp("enforced") / "emulator.log"
    with emulator.running(emulator.python_of_emulator(), log, AUTH="true") as endpoint:
        session = boto3.Session(
            aws_access_key_id="test", aws_secret_access_key="test", region_name=emulator.REGION
        )
        iam = session.client("iam", endpoint_url=endpoint)
        iam.create_open_id_connect_provider(
            Url=f"https://{ISSUER}", ClientIDList=["sts.amazonaws.com"]
        )
        for name, role in roles.items():
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(role.trust))
            for policy, document in role.policies.items():
                iam.put_role_policy(
                    RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document)
                )
        yield lambda service: session.client(service, endpoint_url=endpoint)


def token(subject: str, *, audience: str = "sts.amazonaws.com") -> str:
    claims = {"iss": f"https://{ISSUER}", "aud": audience, "sub": subject, "exp": 4102444800}
    parts = [{"alg": "RS256", "typ": "JWT"}, claims]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(text.rstrip("=") for text in texts), "c2lnbmF0dXJl"])


def becomes(enforced: Any, role: str, web_token: str) -> bool:
    try:
        enforced("sts").assume_role_with_web_identity(
            RoleArn=f"arn:aws:iam::{emulator.ACCOUNT}:role/{role}",
            RoleSessionName="test",
            WebIdentityToken=web_token,
        )
    except ClientError as err:
        assert err.response["Error"]["Code"] in ("AccessDenied", "InvalidIdentityToken"), err
        return False
    return True


def test_no_allowed_action_holds_a_pattern(state: dict):
    found = [
        (address, action)
        for address, document in policies.documents(state)
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for action in policies.as_list(statement["Action"])
        if "*" in action or "?" in action
    ]
    assert found == []


def test_every_star_as_resource_has_a_reason(state: dict):
    starred = {
        statement["Sid"]
        for _, document in policies.documents(state)
        for statement in document["Statement"]
        if statement["Effect"] == "Allow" and "*" in policies.as_list(statement.get("Resource", []))
    }
    # Those of switched modules are in the list too.
    assert starred <= STARS.keys()
    assert all(len(reason) > 20 for reason in STARS.values())


def test_github_becomes_what_it_is_pinned_to(enforced: Any):
    assert becomes(enforced, "ci-deploy", token(f"repo:{REPOSITORY}:environment:dev"))
    assert becomes(enforced, "ci-plan", token(f"repo:{REPOSITORY}:pull_request"))
    assert not becomes(enforced, "ci-deploy", token(f"repo:{REPOSITORY}:pull_request"))
    assert not becomes(enforced, "ci-plan", token(f"repo:{REPOSITORY}:environment:dev"))


def test_twenty_hostile_subjects_are_counted():
    assert len(set(HOSTILE_SUBJECTS)) == 20


@pytest.mark.parametrize("subject", HOSTILE_SUBJECTS)
@pytest.mark.parametrize("role", ["ci-deploy", "ci-plan"])
def test_hostile_subject_is_refused(enforced: Any, role: str, subject: str):
    assert not becomes(enforced, role, token(subject))


@pytest.mark.parametrize("role", ["ci-deploy", "ci-plan"])
def test_other_audience_is_refused(enforced: Any, role: str):
    subject = {"ci-deploy": "environment:dev", "ci-plan": "pull_request"}[role]
    web_token = token(f"repo:{REPOSITORY}:{subject}", audience="https://github.com/owner")
    assert not becomes(enforced, role, web_token)


def simulated(enforced: Any, role: str, action: str, resource: str) -> str:
    answer = enforced("iam").simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{emulator.ACCOUNT}:role/{role}",
        ActionNames=[action],
        ResourceArns=[resource],
    )
    return answer["EvaluationResults"][0]["EvalDecision"]


def cases(kind: str) -> list:
    return [
        pytest.param(role, action, resource, id=f"{role} {action} {resource.rpartition(':')[2]}")
        for role, lists in CALLS["roles"].items()
        for action, resources in lists.get(kind, {}).items()
        for resource in policies.as_list(resources)
    ]


@pytest.mark.parametrize(("role", "action", "resource"), cases("allowed"))
def test_call_is_allowed(enforced: Any, role: str, action: str, resource: str):
    assert simulated(enforced, role, action, resource) == "allowed"


@pytest.mark.parametrize(("role", "action", "resource"), cases("denied"))
def test_call_is_denied(enforced: Any, role: str, action: str, resource: str):
    assert simulated(enforced, role, action, resource) != "allowed"


def test_every_allowed_action_is_called_or_has_a_reason(roles: dict[str, policies.Role]):
    for name, lists in CALLS["roles"].items():
        reasons = lists.get("only_on_aws", {})
        accounted = lists["allowed"].keys() | reasons.keys()
        assert roles[name].actions == accounted, name
        assert not lists["allowed"].keys() & reasons.keys(), name
        assert all(len(reason) > 15 for reason in reasons.values()), name


def test_every_role_but_those_of_ci_is_listed(roles: dict[str, policies.Role]):
    assert roles.keys() - CALLS["roles"].keys() == {"ci-deploy", "ci-plan"}
