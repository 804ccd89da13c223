"""A schedule, a function, a workflow and its builds: each really run, with its role."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import zipfile

import boto3
import pytest
from botocore.exceptions import ClientError

from locallake import cli, ministack
from locallake.settings import Settings

pytestmark = pytest.mark.engine

BUILDSPEC = """
version: 0.2
phases:
  build:
    commands:
      - echo "got $WHAT from $(cat given)"
      - '{last}'
"""
FUNCTION = """
import json, os, boto3
def handler(event, context):
    if event["time"].startswith("<"):
        raise ValueError(event["time"])
    boto3.client("stepfunctions").start_execution(
        stateMachineArn=os.environ["MACHINE"], name=event["time"][:10], input=json.dumps(event)
    )
"""


def zipped(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_py", ".py"), text)
    return content.getvalue()


def until(found, *, seconds: float = 60):
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)
    return value


class Account:
    """Clients of the local AWS, and what the tests make in it."""

    def __init__(self, services: Settings) -> None:
        self.services = services
        self.s3, self.builds = self.client("s3"), self.client("codebuild")
        self.machines, self.logs = self.client("stepfunctions"), self.client("logs")
        self.iam, self.sqs = self.client("iam"), self.client("sqs")
        self.s3.create_bucket(Bucket="sources")
        self.s3.put_object(Bucket="sources", Key="a/source.zip", Body=zipped(given="S3"))

    def client(self, name: str):
        session = boto3.Session("test", "test", region_name=self.services.region)
        return session.client(name, endpoint_url=self.services.endpoint)

    def role(self, name: str, service: str) -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
        return made["Role"]["Arn"]

    def project(
        self, name: str, *, last: str = "true", service: str = "codebuild", **given
    ) -> None:
        group = f"/builds/{name}"
        self.logs.create_log_group(logGroupName=group)
        self.builds.create_project(
            name=name,
            source={
                "type": "S3",
                "location": "sources/a/source.zip",
                "buildspec": BUILDSPEC.replace("{last}", last),
            },
            artifacts={"type": "NO_ARTIFACTS"},
            environment={
                "type": "LINUX_CONTAINER",
                "image": "i",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [{"name": "WHAT", "value": "nothing"}],
            },
            serviceRole=self.role(f"{name}-role", f"{service}.amazonaws.com"),
            logsConfig={"cloudWatchLogs": {"status": "ENABLED", "groupName": group}},
            **given,
        )

    def ended(self, build: str) -> dict:
        def found():
            now = self.builds.batch_get_builds(ids=[build])["builds"][0]
            return now if now["buildStatus"] != "IN_PROGRESS" else None

        return until(found)

    def log(self, name: str) -> str:
        told = self.logs.filter_log_events(logGroupName=f"/builds/{name}")["events"]
        return "\n".join(event["message"] for event in told)

    def machine(self, name: str, project: str, **state) -> str:
        build = {
            "Type": "Task",
            "Resource": "arn:aws:states:::codebuild:startBuild.sync",
            "Parameters": {
                "ProjectName": project,
                "EnvironmentVariablesOverride": [
                    {"Name": "WHAT", "Type": "PLAINTEXT", "Value.$": "$.time"}
                ],
            },
            "ResultSelector": {"status.$": "$.Build.BuildStatus"},
            "ResultPath": "$.build",
            "End": True,
            **state,
        }
        before = {"Type": "Pass", "Result": "yes", "ResultPath": "$.before", "Next": "Build"}
        definition = {"StartAt": "Before", "States": {"Before": before, "Build": build}}
        return self.machines.create_state_machine(
            name=name,
            definition=json.dumps(definition),
            roleArn=self.role(f"{name}-machine", "states.amazonaws.com"),
        )["stateMachineArn"]

    def outcome(self, execution: str) -> dict:
        def found():
            now = self.machines.describe_execution(executionArn=execution)
            return now if now["status"] != "RUNNING" else None

        return until(found)


@pytest.fixture
def account(services: Settings) -> Account:
    ministack.reset(services)
    return Account(services)


def test_build_runs_what_its_project_says(account: Account):
    account.project("job")
    started = account.builds.start_build(
        projectName="job", environmentVariablesOverride=[{"name": "WHAT", "value": "a $(b) 'c'"}]
    )["build"]
    assert started["buildStatus"] == "IN_PROGRESS"
    ended = account.ended(started["id"])
    assert ended["buildStatus"] == "SUCCEEDED"
    phases = {phase["phaseType"]: phase["phaseStatus"] for phase in ended["phases"]}
    assert phases == {
        "DOWNLOAD_SOURCE": "SUCCEEDED",
        "BUILD": "SUCCEEDED",
        "COMPLETED": "SUCCEEDED",
    }
    assert "got a $(b) 'c' from S3\n" in account.log("job") + "\n"


@pytest.mark.parametrize(
    ("last", "status"), [("exit 4", 4), ("false", 1), ("nowhere-to-be-found", 127), ("if", 2)]
)
def test_build_fails_by_its_command(account: Account, last: str, status: int):
    account.project("job", last=last)
    ended = account.ended(account.builds.start_build(projectName="job")["build"]["id"])
    assert ended["buildStatus"] == "FAILED"
    failed = [phase for phase in ended["phases"] if phase["phaseStatus"] == "FAILED"]
    context = failed[0]["contexts"][0]
    assert context["statusCode"] == "COMMAND_EXECUTION_ERROR"
    assert context["message"].endswith(f"status {status}")


def test_failed_command_is_named_as_aws_names_it(account: Account):
    account.project("job", last="false")
    ended = account.ended(account.builds.start_build(projectName="job")["build"]["id"])
    said = [each["message"] for phase in ended["phases"] for each in phase.get("contexts", [])]
    assert said == ["Error while executing command: false. Reason: exit status 1"]


def test_install_phase_is_run_once_for_a_source_and_a_role(account: Account, tmp_path):
    spec = f"""
version: 0.2
phases:
  install:
    commands: [echo run >> {tmp_path}/runs, mkdir .made, echo made > .made/file]
  build:
    commands: [cat .made/file given]
"""

    def built(project: str) -> int:
        build = account.builds.start_build(projectName=project)["build"]["id"]
        assert account.ended(build)["buildStatus"] == "SUCCEEDED", account.log(project)
        assert "made\nS3" in account.log(project)
        return len((tmp_path / "runs").read_text().split())

    for name in ("job", "other"):
        account.project(name)
        source = {"type": "S3", "location": "sources/a/source.zip", "buildspec": spec}
        account.builds.update_project(name=name, source=source)
    assert [built("job"), built("job")] == [1, 1]
    assert "[locallake] install: as build job-" in account.log("job")
    # Another role may not be allowed what the first one fetched.
    assert built("other") == 2
    account.s3.put_object(
        Bucket="sources", Key="a/source.zip", Body=zipped(given="S3", more="of it")
    )
    assert built("job") == 3


def test_build_does_nothing_as_a_role_that_does_not_trust_it(account: Account):
    account.project("job", service="glue")
    ended = account.ended(account.builds.start_build(projectName="job")["build"]["id"])
    assert ended["buildStatus"] == "FAILED"
    assert "does not trust codebuild" in ended["phases"][0]["contexts"][0]["message"]


def test_build_beyond_the_limit_of_its_project_is_refused_and_a_stopped_one_leaves_nothing(
    account: Account, tmp_path
):
    last = f"sleep 60 & echo $! > {tmp_path}/pid; wait"
    account.project("job", last=last, concurrentBuildLimit=1)
    first = account.builds.start_build(projectName="job")["build"]["id"]
    with pytest.raises(ClientError, match="AccountLimitExceededException"):
        account.builds.start_build(projectName="job")
    pid = until(lambda: (tmp_path / "pid").is_file() and (tmp_path / "pid").read_text().strip())
    account.builds.stop_build(id=first)
    assert account.ended(first)["buildStatus"] == "STOPPED"
    until(lambda: subprocess.run(["kill", "-0", pid], capture_output=True).returncode != 0)


def test_build_ends_with_the_services(tmp_path):
    wanted = cli.Wanted(with_athena=False, with_glue=False)
    with cli.running(tmp_path / "state", wanted) as services:
        account = Account(services)
        account.project("job", last=f"sleep 600 & echo $! > {tmp_path}/pid; wait")
        account.builds.start_build(projectName="job")
        pid = until(lambda: (tmp_path / "pid").is_file() and (tmp_path / "pid").read_text().strip())
    until(lambda: subprocess.run(["kill", "-0", pid], capture_output=True).returncode != 0)


def test_workflow_waits_for_its_build_and_hands_over_its_input(account: Account):
    account.project("job")
    machine = account.machine("m", "job")
    started = account.machines.start_execution(
        stateMachineArn=machine, name="one", input='{"time": "now"}'
    )
    again = account.machines.start_execution(
        stateMachineArn=machine, name="one", input='{"time": "now"}'
    )
    assert started["executionArn"] == again["executionArn"]
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        account.machines.start_execution(stateMachineArn=machine, name="one", input="{}")
    done = account.outcome(started["executionArn"])
    assert json.loads(done["output"])["build"] == {"status": "SUCCEEDED"}
    assert "got now from S3" in account.log("job")
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        account.machines.start_execution(
            stateMachineArn=machine, name="one", input='{"time": "now"}'
        )


@pytest.mark.parametrize("name", ["a b", "a" * 81, "a/b"])
def test_name_that_aws_does_not_take_is_refused(account: Account, name: str):
    account.project("job")
    with pytest.raises(ClientError, match="InvalidName"):
        account.machines.start_execution(stateMachineArn=account.machine("m", "job"), name=name)


def test_failed_workflow_is_redriven_from_the_state_that_failed(account: Account, tmp_path):
    account.project("job", last=f"test -e {tmp_path}/mended")
    machine = account.machine("m", "job")
    arn = account.machines.start_execution(stateMachineArn=machine, input='{"time": "x"}')[
        "executionArn"
    ]
    failed = account.outcome(arn)
    assert (failed["status"], failed["error"]) == ("FAILED", "States.TaskFailed")
    (tmp_path / "mended").touch()
    account.machines.redrive_execution(executionArn=arn)
    done = account.outcome(arn)
    assert done["status"] == "SUCCEEDED"
    assert json.loads(done["output"])["before"] == "yes"
    told = account.machines.get_execution_history(executionArn=arn)["events"]
    assert [event["type"] for event in told].count("PassStateEntered") == 1
    with pytest.raises(ClientError, match="ExecutionNotRedrivable"):
        account.machines.redrive_execution(executionArn=arn)


def test_redriven_map_runs_the_items_that_failed(account: Account, tmp_path):
    account.project("job", last=f'echo "$WHAT" >> {tmp_path}/ran; test -e {tmp_path}/"$WHAT"')
    (tmp_path / "good").touch()
    build = {
        "Type": "Task",
        "Resource": "arn:aws:states:::codebuild:startBuild.sync",
        "Parameters": {
            "ProjectName": "job",
            "EnvironmentVariablesOverride": [{"Name": "WHAT", "Value.$": "$"}],
        },
        "ResultSelector": {"status.$": "$.Build.BuildStatus"},
        "End": True,
    }
    items = {
        "Type": "Map",
        "ItemProcessor": {"StartAt": "Build", "States": {"Build": build}},
        "End": True,
    }
    machine = account.machines.create_state_machine(
        name="m",
        definition=json.dumps({"StartAt": "All", "States": {"All": items}}),
        roleArn=account.role("m-machine", "states.amazonaws.com"),
    )["stateMachineArn"]
    arn = account.machines.start_execution(stateMachineArn=machine, input='["good", "bad"]')[
        "executionArn"
    ]
    assert account.outcome(arn)["status"] == "FAILED"
    (tmp_path / "bad").touch()
    account.machines.redrive_execution(executionArn=arn)
    done = account.outcome(arn)
    assert json.loads(done["output"]) == [{"status": "SUCCEEDED"}] * 2
    assert sorted((tmp_path / "ran").read_text().split()) == ["bad", "bad", "good"]


@pytest.mark.parametrize("how", ["stop", "timeout"])
def test_build_ends_with_the_state_that_waits_for_it(account: Account, how: str):
    account.project("job", last="sleep 60")
    state = {"TimeoutSeconds": 3} if how == "timeout" else {}
    arn = account.machines.start_execution(
        stateMachineArn=account.machine("m", "job", **state), input='{"time": "x"}'
    )["executionArn"]
    build = until(lambda: account.builds.list_builds_for_project(projectName="job")["ids"])[0]
    if how == "stop":
        account.machines.stop_execution(executionArn=arn)
    assert account.ended(build)["buildStatus"] == "STOPPED"
    done = account.outcome(arn)
    assert done["status"] == {"stop": "ABORTED", "timeout": "FAILED"}[how]
    time.sleep(1)
    assert account.machines.describe_execution(executionArn=arn)["status"] == done["status"]
    assert account.builds.list_builds_for_project(projectName="job")["ids"] == [build]


class Started:
    """A function that starts a workflow, with a queue for dead letters."""

    def __init__(self, account: Account) -> None:
        self.account = account
        account.project("job")
        self.machine = account.machine("m", "job")
        self.queue = account.sqs.create_queue(QueueName="dead")["QueueUrl"]
        self.queue_arn = account.sqs.get_queue_attributes(
            QueueUrl=self.queue, AttributeNames=["QueueArn"]
        )["Attributes"]["QueueArn"]
        self.function_arn = account.client("lambda").create_function(
            FunctionName="f",
            Runtime="python{}.{}".format(*sys.version_info),
            Role=account.role("function", "lambda.amazonaws.com"),
            Handler="code.handler",
            Code={"ZipFile": zipped(code_py=FUNCTION)},
            Environment={"Variables": {"MACHINE": self.machine}},
            DeadLetterConfig={"TargetArn": self.queue_arn},
        )["FunctionArn"]

    def executions(self) -> list[dict]:
        return self.account.machines.list_executions(stateMachineArn=self.machine)["executions"]

    def dead_letters(self) -> list[dict]:
        told = self.account.sqs.receive_message(
            QueueUrl=self.queue, MessageAttributeNames=["All"], WaitTimeSeconds=1
        )
        return told.get("Messages", [])


class Scheduled(Started):
    """A schedule that calls it."""

    def __init__(self, account: Account, *, state: str, text: str) -> None:
        super().__init__(account)
        account.client("scheduler").create_schedule(
            Name="daily",
            GroupName="default",
            ScheduleExpression="cron(0 6 * * ? *)",
            FlexibleTimeWindow={"Mode": "OFF"},
            State=state,
            Target={
                "Arn": self.function_arn,
                "RoleArn": account.role("scheduler", "scheduler.amazonaws.com"),
                "Input": text,
                "RetryPolicy": {"MaximumRetryAttempts": 0},
                "DeadLetterConfig": {"Arn": self.queue_arn},
            },
        )

    def fire(self, at: str) -> int:
        state = str(self.account.services.state)
        return cli.run(["--state", state, "fire", "default/daily", "--at", at])


PLAIN = '{"time": "<aws.scheduler.scheduled-time>"}'


def test_schedule_fires_at_its_time_with_its_keywords(account: Account):
    scheduled = Scheduled(account, state="ENABLED", text=PLAIN)
    assert scheduled.fire("2026-11-29T03:00:00-03:00") == 0
    assert [each["name"] for each in until(scheduled.executions)] == ["2026-11-29"]
    until(lambda: "got 2026-11-29T06:00:00Z from S3" in account.log("job"))
    assert scheduled.dead_letters() == []


def test_escaped_keyword_reaches_the_function_and_then_the_dead_letters(account: Account):
    escaped = PLAIN.replace("<", "\\u003c").replace(">", "\\u003e")
    scheduled = Scheduled(account, state="ENABLED", text=escaped)
    assert scheduled.fire("2026-11-29T06:00:00Z") == 0
    dead = until(scheduled.dead_letters)
    assert "aws.scheduler.scheduled-time" in dead[0]["Body"]
    assert scheduled.executions() == []


def test_schedule_that_would_not_fire_is_refused(account: Account, capsys):
    scheduled = Scheduled(account, state="DISABLED", text=PLAIN)
    state = ["--state", str(account.services.state)]
    assert cli.main([*state, "fire", "default/daily", "--at", "2026-11-29T06:00:00Z"]) == 1
    assert "default/daily is DISABLED" in capsys.readouterr().err
    account.client("scheduler").update_schedule(
        **{
            name: value
            for name, value in account.client("scheduler").get_schedule(Name="daily").items()
            if name in ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
        },
        State="ENABLED",
    )
    assert cli.main([*state, "fire", "default/daily", "--at", "2026-11-29T06:01:00Z"]) == 1
    assert "next at 2026-11-30T06:00:00Z" in capsys.readouterr().err
    assert cli.main([*state, "fire", "default/none", "--at", "2026-11-29T06:00:00Z"]) == 1
    assert "there is no schedule default/none; there are: default/daily" in capsys.readouterr().err
    assert scheduled.executions() == []


def test_what_a_schedule_may_not_call_lies_in_the_dead_letters(account: Account):
    scheduled = Scheduled(account, state="ENABLED", text=PLAIN)
    account.client("lambda").delete_function(FunctionName="f")
    assert scheduled.fire("2026-11-29T06:00:00Z") == 1
    dead = until(scheduled.dead_letters)[0]
    assert json.loads(dead["Body"]) == {"time": "2026-11-29T06:00:00Z"}
    assert "ResourceNotFound" in dead["MessageAttributes"]["ERROR_CODE"]["StringValue"]


def test_schedule_starts_a_build_whose_end_reaches_a_rule(account: Account):
    account.project("job", last="exit 3")
    queue = account.sqs.create_queue(QueueName="ends")["QueueUrl"]
    arn = account.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    pattern = {
        "source": ["aws.codebuild"],
        "detail-type": ["CodeBuild Build State Change"],
        "detail": {"project-name": ["job"], "build-status": ["FAILED"]},
    }
    events = account.client("events")
    events.put_rule(Name="failed", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="failed", Targets=[{"Id": "q", "Arn": arn["Attributes"]["QueueArn"]}])
    account.client("scheduler").create_schedule(
        Name="weekly",
        ScheduleExpression="cron(0 3 ? * SUN *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:codebuild:startBuild",
            "RoleArn": account.role("scheduler", "scheduler.amazonaws.com"),
            "Input": '{"ProjectName": "job"}',
        },
    )
    state = ["--state", str(account.services.state)]
    assert cli.run([*state, "fire", "default/weekly", "--at", "2026-11-29T03:00:00Z"]) == 0
    told = until(lambda: account.sqs.receive_message(QueueUrl=queue).get("Messages"))
    assert json.loads(told[0]["Body"])["detail"]["build-status"] == "FAILED"
    assert "got nothing from S3" in account.log("job")


def test_object_calls_a_function_that_allows_it_with_its_version(account: Account):
    started, events = Started(account), account.client("events")
    account.s3.create_bucket(Bucket="drop")
    account.s3.put_bucket_versioning(Bucket="drop", VersioningConfiguration={"Status": "Enabled"})
    account.s3.put_bucket_notification_configuration(
        Bucket="drop", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    pattern = json.dumps({"source": ["aws.s3"], "detail-type": ["Object Created"]})
    rule = events.put_rule(Name="new", EventPattern=pattern)["RuleArn"]
    target = {"Id": "f", "Arn": started.function_arn}
    dead = {"DeadLetterConfig": {"Arn": started.queue_arn}}
    events.put_targets(Rule="new", Targets=[target | dead])
    account.s3.put_object(Bucket="drop", Key="a b", Body=b"1")
    told = until(started.dead_letters)[0]
    assert told["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert started.executions() == []
    account.client("lambda").add_permission(
        FunctionName="f",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule,
    )
    version = account.s3.put_object(Bucket="drop", Key="a b", Body=b"2")["VersionId"]
    arn = until(started.executions)[0]["executionArn"]
    given = json.loads(account.machines.describe_execution(executionArn=arn)["input"])
    assert given["detail"]["object"]["version-id"] == version
    assert given["detail"]["object"]["key"] == "a b"
