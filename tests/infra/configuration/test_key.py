"""Who may use the key: each service that comes without a role, in the context that it brings."""

import json
from typing import Any

import pytest
from infra.rendered import Rendered

ACCOUNT = "123456789012"
READS, WRITES = {"kms:Decrypt"}, {"kms:Decrypt", "kms:GenerateDataKey"}
LOGS = READS | {"kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"}

TOPIC = {
    "kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:{region}:{account}:{prefix}-notices"
}
LOG_GROUP = {
    "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:{region}:{account}:log-group:/aws/lambda/x"
}
OF_ACCOUNT = {"aws:SourceAccount": "{account}"}
SNS_GUIDE = "SNS Developer Guide: Managing encryption keys, event sources and encrypted topics"

# Service, what it does with the key, and what AWS says that the call carries: nothing else can be a
# condition. EventBridge writes to a topic and to a queue in two ways, on the first without account.
USES = {
    "EventBridge to an encrypted topic": ("events.amazonaws.com", WRITES, TOPIC, SNS_GUIDE),
    "EventBridge to an encrypted queue": (
        "events.amazonaws.com",
        WRITES,
        OF_ACCOUNT,
        "SQS Developer Guide: Configuring KMS permissions for AWS services",
    ),
    "alarms to an encrypted topic": (
        "cloudwatch.amazonaws.com",
        WRITES,
        OF_ACCOUNT | TOPIC,
        SNS_GUIDE,
    ),
    "a budget to an encrypted topic": (
        "budgets.amazonaws.com",
        WRITES,
        OF_ACCOUNT | TOPIC,
        "Cost Management User Guide: Creating an SNS topic for budget notifications",
    ),
    "encrypted log groups": (
        "logs.{region}.amazonaws.com",
        LOGS,
        LOG_GROUP,
        "CloudWatch Logs User Guide: Encrypt log data",
    ),
    "the log of an encrypted state machine": (
        "delivery.logs.amazonaws.com",
        READS,
        {},
        "Step Functions Developer Guide: Data at rest encryption, step 3",
    ),
}


def key_statements(environment: Rendered) -> list[dict[str, Any]]:
    return json.loads(environment.one("module.lake.aws_kms_key.this[0]")["policy"])["Statement"]


def is_allowed(statements: list[dict], service: str, action: str, context: dict[str, str]) -> bool:
    """Whether a call of a service is allowed that carries this context and nothing else."""
    return any(
        service in statement["Principal"].get("Service", [])
        and action in statement["Action"]
        and all(
            fits(operator, wanted, context.get(name))
            for operator, conditions in statement.get("Condition", {}).items()
            for name, wanted in conditions.items()
        )
        for statement in statements
    )


def fits(operator: str, wanted: str, given: str | None) -> bool:
    if given is None:
        return False
    if operator == "ArnLike":
        assert wanted.endswith("*") and wanted.count("*") == 1
        return given.startswith(wanted[:-1])
    assert operator == "StringEquals"
    return given == wanted


@pytest.mark.parametrize("use", USES)
def test_service_may_use_the_key_with_what_its_call_carries(delivered: Rendered, use: str):
    service, actions, context, source = USES[use]
    names = {"account": ACCOUNT, "prefix": "lakehouse-dev", "region": "us-east-1"}
    statements = key_statements(delivered)
    carried = {name: value.format(**names) for name, value in context.items()}
    refused = [
        a for a in actions if not is_allowed(statements, service.format(**names), a, carried)
    ]
    assert refused == [] and source


def test_no_other_service_may_use_the_key(delivered: Rendered):
    allowed = {
        service for s in key_statements(delivered) for service in s["Principal"].get("Service", [])
    }
    assert allowed == {use[0].format(region="us-east-1") for use in USES.values()}


def test_another_account_does_not_use_the_key_through_a_service(delivered: Rendered):
    statements = key_statements(delivered)
    foreign = {
        "aws:SourceAccount": "999999999999",
        "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:999999999999:log-group:x",
        "kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:us-east-1:999999999999:notices",
    }
    services = {use[0].format(region="us-east-1") for use in USES.values()}
    # Log delivery brings nothing along by which it could be told.
    assert [
        service
        for service in sorted(services - {"delivery.logs.amazonaws.com"})
        if is_allowed(statements, service, "kms:Decrypt", foreign)
    ] == []


def test_topic_takes_notices_of_rules_without_a_condition(delivered: Rendered):
    """EventBridge takes no condition in the policy of a topic: it would drop every notice."""
    policy = json.loads(delivered.one("module.observability.aws_sns_topic_policy.this")["policy"])
    of_rules = [
        statement
        for statement in policy["Statement"]
        if "events.amazonaws.com" in statement["Principal"]["Service"]
    ]
    assert of_rules and not any("Condition" in statement for statement in of_rules)


def test_owner_of_a_key_is_told_its_statements(delivered: Rendered):
    of_account, *of_services = key_statements(delivered)
    assert json.loads(delivered.outputs["key_policy"]) == of_services
    assert "Service" not in of_account["Principal"]
