"""What each identity may and may not do, by its applied policies.

The calls of `recorded_calls.json` were made by dbt, landing, a reader and the function at work as
these roles (tests/infra/runs); here they are simulated again on the policies as they are now.
"""

from collections import defaultdict
from typing import Any

import pytest
import yaml
from infra.applied import emulator, policies, recorded
from infra.applied.conftest import HERE, KNOWN, Deployment

STARS = yaml.safe_load((HERE / "star_resources.yml").read_text(encoding="utf-8"))
DENIED = yaml.safe_load((HERE / "denied.yml").read_text(encoding="utf-8"))
ONLY_ON_AWS = yaml.safe_load((HERE / "only_on_aws.yml").read_text(encoding="utf-8"))
SIMULATED = yaml.safe_load((HERE / "simulated.yml").read_text(encoding="utf-8"))
RECORDED = recorded.read()
# Their calls are those of Terraform, compared where the story ends.
OF_CI = {"ci-deploy", "ci-plan"}
# Allowed under a condition, and the simulation ignores conditions' values: decided where they are
# called, by runs of these roles and by switches of ci-deploy.
CONDITIONAL = {"iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:PassRole"}
# Where Aurora is switched on; here it is off, and the run decided on it.
WITH_SWITCHES = {"publisher": {"secretsmanager:GetSecretValue"}}
ALWAYS_ALLOWED = {"sts:GetCallerIdentity"}
NOT_SIMULATED = CONDITIONAL | ALWAYS_ALLOWED
# Bootstrap's own, and what a role that asks for itself needs no permission for.
NOT_OF_THIS_ENVIRONMENT = {
    "iam:CreateOpenIDConnectProvider", "iam:GetOpenIDConnectProvider", "iam:GetUser",
}  # fmt: skip
DEFAULT_DATABASE = f"arn:aws:glue:{emulator.REGION}:{emulator.ACCOUNT}:database/default"


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


@pytest.fixture(scope="module")
def iam(deployment: Deployment) -> Any:
    # One for all questions: a new client reads megabytes of models first.
    return deployment.aws.client("iam")


def decisions(iam: Any, role: str, action: str, resources: list[str]) -> dict[str, str]:
    """Resource → what the simulation decides; it answers for one resource at a time only."""
    return {
        resource: iam.simulate_principal_policy(
            PolicySourceArn=emulator.arn_of(role), ActionNames=[action], ResourceArns=[resource]
        )["EvaluationResults"][0]["EvalDecision"]
        for resource in resources
    }


@pytest.mark.parametrize(
    ("role", "calls"),
    [*sorted(RECORDED.items()), *sorted(SIMULATED.items())],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_calls_are_allowed(iam: Any, role: str, calls: dict):
    refused = {
        (action, resource)
        for action, found in calls.items()
        for resources in [policies.as_list(found)]
        for resource, decision in decisions(iam, role, action, resources).items()
        if decision != "allowed" and action not in NOT_SIMULATED | WITH_SWITCHES.get(role, set())
    }
    assert refused == set()


@pytest.mark.parametrize(
    ("role", "action"), [(role, action) for role in DENIED for action in DENIED[role]]
)
def test_call_is_denied(iam: Any, role: str, action: str):
    resources = policies.as_list(DENIED[role][action])
    assert "allowed" not in decisions(iam, role, action, resources).values()


def test_every_allowed_action_is_called_or_has_a_reason(roles: dict[str, policies.Role]):
    for name in roles.keys() - OF_CI:
        reasons = ONLY_ON_AWS.get(name, {})
        called = RECORDED.get(name, {}).keys() | SIMULATED.get(name, {}).keys()
        called -= ALWAYS_ALLOWED | WITH_SWITCHES.get(name, set())
        assert roles[name].actions == called | reasons.keys(), name
        assert not called & reasons.keys(), name
        assert all(len(reason) > 15 for reason in reasons.values()), name


def test_first_apply_needs_of_ci_only_what_it_lacks_on_purpose(deployment: Deployment, iam: Any):
    """The administrator's calls, had ci-deploy made them."""
    asked = defaultdict(set)
    for call in deployment.aws.calls():
        if call["agent"] == "terraform" and call["identity"] == "root":
            asked[call["action"]].add(call["resource"])
    refused = {
        action
        for action in asked.keys() - CONDITIONAL - ALWAYS_ALLOWED - NOT_OF_THIS_ENVIRONMENT
        for resource, decision in decisions(iam, "ci-deploy", action, sorted(asked[action])).items()
        if decision != "allowed" and "-state" not in resource and resource != DEFAULT_DATABASE
    }
    assert refused <= set(KNOWN["not_for_ci"])
    assert "kms:CreateKey" in refused
