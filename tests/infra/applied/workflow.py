"""The workflow as a test sees it: what started, how it ended, what was told, and what breaks it."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from infra.applied import emulator
from infra.applied.conftest import Deployment


def until(found: Callable[[], Any], *, seconds: float = 30, every: float = 0.2) -> Any:
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(every)
    return value


def invoked(deployment: Deployment, event: dict) -> dict:
    """What the function that starts the workflow answers."""
    answer = deployment.aws.client("lambda").invoke(
        FunctionName=f"{emulator.PREFIX}-start-workflow", Payload=json.dumps(event)
    )
    payload = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload


MACHINE = (
    f"arn:aws:states:{emulator.REGION}:{emulator.ACCOUNT}:stateMachine:{emulator.PREFIX}-workflow"
)


def executions(deployment: Deployment, prefix: str) -> list[dict]:
    found = deployment.aws.client("stepfunctions").list_executions(stateMachineArn=MACHINE)
    return [each for each in found["executions"] if each["name"].startswith(prefix)]


def run_of(deployment: Deployment, prefix: str, status: str) -> str:
    """The ARN of the one execution of that name, once it has ended so."""

    def found() -> list[dict]:
        named = executions(deployment, prefix)
        return [] if any(each["status"] == "RUNNING" for each in named) else named

    # Minutes pass, and asking takes the processor from what is waited for.
    done = until(found, seconds=3600, every=1)
    assert [each["status"] for each in done] == [status], logs_of(deployment)
    return done[0]["executionArn"]


def logs_of(deployment: Deployment) -> str:
    """The end of each build's log, for a person."""
    return "\n".join(
        f"== {path.parent.name}\n{path.read_text(errors='replace')[-3000:]}"
        for path in sorted(deployment.aws.builds.glob("*/log"))
    )


def dead_letters(deployment: Deployment) -> list[dict]:
    """The events that were lost; waits for one."""
    sqs = deployment.aws.client("sqs")
    queue = sqs.get_queue_url(QueueName=f"{emulator.PREFIX}-dead-letters")["QueueUrl"]
    found = until(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), seconds=120)
    for message in found:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"])["requestPayload"] for message in found]


@contextmanager
def denied(deployment: Deployment, role: str, action: str) -> Iterator[None]:
    """Take a permission from a role for a while: a fault that every attempt meets."""
    iam, name = deployment.aws.client("iam"), f"{emulator.PREFIX}-{role}"
    deny = {"Effect": "Deny", "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam.put_role_policy(RoleName=name, PolicyName="broken", PolicyDocument=document)
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=name, PolicyName="broken")


@contextmanager
def building(deployment: Deployment, project: str, source: dict) -> Iterator[None]:
    """Give a project another source and buildspec for a while: a test says what its builds do."""
    client = deployment.aws.client("codebuild")
    before = client.batch_get_projects(names=[project])["projects"][0]["source"]
    client.update_project(name=project, source=source)
    try:
        yield
    finally:
        client.update_project(name=project, source=before)


class Notices:
    """What the topic of the environment tells from now on."""

    def __init__(self, deployment: Deployment) -> None:
        self._sqs = deployment.aws.client("sqs")
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "*",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        self._queue = self._sqs.create_queue(QueueName="notices", Attributes={"Policy": policy})[
            "QueueUrl"
        ]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        deployment.aws.client("sns").subscribe(
            TopicArn=deployment.outputs()["topic_arn"],
            Protocol="sqs",
            Endpoint=arn["Attributes"]["QueueArn"],
        )
        self._told: list[str] = []

    def says(self, *words: str) -> bool:
        """Whether a notice has all these words; waits for it."""

        def found() -> bool:
            answer = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
            self._told += [json.loads(one["Body"])["Message"] for one in answer.get("Messages", [])]
            return any(all(word in told for word in words) for told in self._told)

        return until(found)
