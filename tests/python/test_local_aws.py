"""What leads AWS clients away from this machine is refused before anything is written."""

import os
import socket
from contextlib import contextmanager
from pathlib import Path

import boto3
import fake_aws
import local_aws
import pytest
from locallake.settings import Settings

HERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"AWS_ENDPOINT_URL": "http://localhost:4566"},
        {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:4566"},
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"},
    ],
)
def test_clients_of_this_machine_are_let_through(more: dict[str, str]) -> None:
    local_aws.require_local(HERE | more)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "AWS_ENDPOINT_URL is ''"),
        ({"AWS_ENDPOINT_URL": "https://athena.us-east-1.amazonaws.com"}, "AWS_ENDPOINT_URL is"),
        (HERE | {"AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com"}, "AWS_ENDPOINT_URL_S3 is"),
        (HERE | {"AWS_ENDPOINT_URL_GLUE": ""}, "AWS_ENDPOINT_URL_GLUE is ''"),
        (HERE | {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, "ENDPOINT_URLS is true"),
        (HERE | {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"}, "ENDPOINT_URLS is true"),
    ],
)
def test_one_variable_that_leads_elsewhere_is_refused(given: dict[str, str], named: str) -> None:
    with pytest.raises(local_aws.NotLocalError, match=named):
        local_aws.require_local(given)


def test_services_of_their_own_are_reached_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def running(state: Path, wanted: local_aws.locallake.Wanted):
        assert wanted.engine_memory_mb == 3000
        yield Settings(home=tmp_path, state=state, gateway_port=4999)

    monkeypatch.setattr(local_aws.locallake, "running", running)
    elsewhere = {
        "AWS_ENDPOINT_URL_S3": "https://s3.amazonaws.com",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_PROFILE": "production",
    }
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)

    with local_aws.services(tmp_path, engine_memory_mb=3000):
        local_aws.require_local(os.environ)
        assert "AWS_PROFILE" not in os.environ

    assert os.environ["AWS_PROFILE"] == "production"


def test_a_taken_port_ends_in_one_sentence_with_the_command_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOCALLAKE_STATE", str(tmp_path / "state"))
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        assert local_aws.main(["up", "--port", str(port)]) == 1

    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith(f"error: port {port} is taken")
    assert "run `make aws-up PORT=" in sentence
    assert not (tmp_path / "state").exists()


def test_the_port_asked_for_is_the_one_that_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(local_aws.locallake, "run", lambda words: started.append(words) or 0)
    assert local_aws.main(["up", "--port", "4599"]) == local_aws.main(["up"]) == 0
    assert started == [["up", "--port", "4599"], ["up"]]


def test_the_variables_of_a_target_are_printed_for_a_shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert local_aws.main(["env", "glue"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert "export LAKEHOUSE_TARGET=glue" in printed
    given = local_aws.settings("glue").items()
    assert printed == [f"export {name}={value}" for name, value in given]


def test_the_databases_that_statements_name_and_no_table_needs_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aws = fake_aws.FakeAws(databases={"default"})
    with fake_aws.running(aws) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        for _ in range(2):
            local_aws.make_databases(boto3.client("glue"), lake="mine")
    prefixes = {
        local_aws.settings(target, lake="mine")["LAKEHOUSE_SCHEMA_PREFIX"]
        for target in local_aws.TARGETS
    }
    assert aws.databases == {"default", *prefixes}
