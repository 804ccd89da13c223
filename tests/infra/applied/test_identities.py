"""Who may become which identity: enforced by the local AWS on the applied trust policies."""

import pytest
from botocore.exceptions import ClientError
from infra.applied import emulator, github
from infra.applied.conftest import Deployment

HOSTILE_SUBJECTS = [
    "repo:someone/lakehouse:environment:dev",
    "repo:acme/other:environment:dev",
    "repo:acme/lakehouse-fork:environment:dev",
    "repo:xacme/lakehouse:environment:dev",
    "repo:acme/lakehouse:environment:prod",
    "repo:acme/lakehouse:environment:dev2",
    "repo:acme/lakehouse:environment:DEV",
    "repo:Acme/Lakehouse:environment:dev",
    "repo:acme/lakehouse:environment:dev ",
    " repo:acme/lakehouse:environment:dev",
    "repo:acme/lakehouse:environment:*",
    "repo:acme/lakehouse:*",
    "repo:acme/*:environment:dev",
    "*",
    "repo:acme/lakehouse:ref:refs/heads/main",
    "repo:acme/lakehouse:ref:refs/heads/environment:dev",
    "repo:acme/lakehouse:ref:refs/tags/v1",
    "repo:acme/lakehouse:environment:dev:ref:refs/heads/main",
    "repository_owner:acme:environment:dev",
    "repo:acme/lakehouse:environment:dev\nrepo:acme/lakehouse:pull_request",
]
PROJECT = f"arn:aws:codebuild:{emulator.REGION}:{emulator.ACCOUNT}:project"


def becomes(deployment: Deployment, role: str, web_token: str) -> bool:
    try:
        deployment.aws.by_github(role, web_token)
    except ClientError as err:
        assert err.response["Error"]["Code"] in ("AccessDenied", "InvalidIdentityToken"), err
        return False
    return True


def test_github_becomes_what_it_is_pinned_to(deployment: Deployment):
    deploys = github.token(f"repo:{github.REPOSITORY}:environment:dev")
    plans = github.token(f"repo:{github.REPOSITORY}:pull_request")
    assert becomes(deployment, "ci-deploy", deploys)
    assert becomes(deployment, "ci-plan", plans)
    assert not becomes(deployment, "ci-deploy", plans)
    assert not becomes(deployment, "ci-plan", deploys)


def test_twenty_hostile_subjects_are_counted():
    assert len(set(HOSTILE_SUBJECTS)) == 20


@pytest.mark.parametrize("subject", HOSTILE_SUBJECTS)
@pytest.mark.parametrize("role", ["ci-deploy", "ci-plan"])
def test_hostile_subject_is_refused(deployment: Deployment, role: str, subject: str):
    assert not becomes(deployment, role, github.token(subject))


@pytest.mark.parametrize("role", ["ci-deploy", "ci-plan"])
def test_other_audience_is_refused(deployment: Deployment, role: str):
    claim = {"ci-deploy": "environment:dev", "ci-plan": "pull_request"}[role]
    subject = f"repo:{github.REPOSITORY}:{claim}"
    assert not becomes(deployment, role, github.token(subject, audience="https://github.com/acme"))


@pytest.mark.parametrize("role", ["reader", "reader-personal", "transformer"])
def test_people_of_the_account_become_readers_and_transformer(deployment: Deployment, role: str):
    caller = deployment.aws.client("sts", deployment.aws.assumed(role)).get_caller_identity()
    assert f":assumed-role/lakehouse-dev-{role}/" in caller["Arn"]


# Not asked of `spark`: the local AWS takes its root for any service that a trust names alone.
@pytest.mark.parametrize("role", ["ci-deploy", "ci-plan", "extractor", "publisher"])
def test_people_of_the_account_become_nothing_else(deployment: Deployment, role: str):
    with pytest.raises(ClientError, match="AccessDenied"):
        deployment.aws.assumed(role)


@pytest.mark.parametrize(
    ("role", "step"),
    [
        ("extractor", "extract"),
        ("publisher", "publish"),
        ("transformer", "maintain"),
        ("transformer", "transform"),
    ],
)
def test_builds_of_this_environment_become_the_role_of_their_step(
    deployment: Deployment, role: str, step: str
):
    service = "codebuild.amazonaws.com"
    project = f"{PROJECT}/lakehouse-dev-{step}"
    assert deployment.aws.by_service(role, service, source_arn=project)["AWS_SESSION_TOKEN"]
    for stranger in (f"{PROJECT}/another", f"{PROJECT}/lakehouse-prod-{step}", ""):
        with pytest.raises(emulator.AccessDeniedError):
            deployment.aws.by_service(role, service, source_arn=stranger)
    with pytest.raises(emulator.AccessDeniedError):
        deployment.aws.by_service(role, "lambda.amazonaws.com", source_arn=project)


def test_objects_are_refused_without_tls(deployment: Deployment):
    bucket = deployment.outputs()["buckets"]["raw"]
    s3 = deployment.aws.client("s3", deployment.aws.assumed("transformer"))
    s3.list_objects_v2(Bucket=bucket)

    def without_tls(request, **_):
        request.headers["X-Forwarded-Proto"] = "http"

    s3.meta.events.register("before-sign.s3.ListObjectsV2", without_tls)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket=bucket)
