"""The command line, without starting anything."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
from contextlib import ExitStack

import foreign_server
import pytest

from locallake import cli, faults, ministack, process, runtime, trino
from locallake.errors import ConfigurationError
from locallake.settings import Settings

OF_A_USER = {"AWS_PROFILE": "production", "AWS_ENDPOINT_URL": "x", "HOME": "/home", "AUTH": "1"}


@pytest.fixture
def given(tmp_path, monkeypatch):
    """A state folder of services that run, as far as the command line can see."""
    settings = Settings(
        home=tmp_path, state=tmp_path / "state", gateway_port=4999, region="sa-east-1"
    )
    settings.state.mkdir()
    (settings.state / "settings.json").write_text(settings.to_json())
    monkeypatch.setattr(process, "find", lambda pid_file: process.Server(1, "x"))
    return settings


def run(state, *words):
    return cli.main(["--state", str(state), *words])


def test_env_is_a_script_that_points_clients_at_this_machine(given, monkeypatch, capsys):
    before = {
        "PATH": os.environ["PATH"],
        "AWS_PROFILE": "production",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_ENDPOINT_URL_S3": "https://s3.example",
        "AWS_ENDPOINT_URL_GLUE": "https://glue.example",
        "no_proxy": "intranet.example",
    }
    monkeypatch.delenv("NO_PROXY", raising=False)
    for name, value in before.items():
        monkeypatch.setenv(name, value)
    assert run(given.state, "env") == 0
    script = capsys.readouterr().out
    shown = subprocess.run(
        ["sh", "-c", f"eval {shlex.quote(script)}; env"],
        capture_output=True,
        text=True,
        check=True,
        env=before,
    ).stdout.splitlines()
    after = dict(line.split("=", 1) for line in shown)
    assert after["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4999"
    assert after["AWS_REGION"] == after["AWS_DEFAULT_REGION"] == "sa-east-1"
    assert after["NO_PROXY"] == after["no_proxy"] == "intranet.example,127.0.0.1,localhost"
    assert not before.keys() & after.keys() - {"PATH", "no_proxy"}


@pytest.mark.parametrize("command", ["env", "status", "reset"])
def test_without_services_the_next_step_is_named(tmp_path, command, capsys):
    assert run(tmp_path, command) == 1
    shown = capsys.readouterr()
    assert "locallake up" in shown.err
    # eval must not take anything from a failed command.
    assert shown.out == ""


def test_down_without_services_is_no_error(tmp_path, capsys):
    assert run(tmp_path, "down") == 0
    assert "nothing was running" in capsys.readouterr().err


def test_up_twice_is_refused(given, capsys):
    assert run(given.state, "up") == 1
    assert "runs already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "option"), [("gateway_port", "--port"), ("trino_port", "--trino-port")]
)
def test_a_taken_port_is_refused_before_anything_starts(tmp_path, monkeypatch, name, option):
    monkeypatch.setattr(runtime, "environment", lambda *given: pytest.fail("went on"))
    with foreign_server.running() as port:
        wanted = cli.Wanted(**{name: port})
        with pytest.raises(ConfigurationError, match=f"port {port} is taken.* {option} [0-9]+"):
            cli.up(tmp_path / "state", wanted)
    assert not (tmp_path / "state").exists()


def test_a_number_that_is_no_port_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        run(tmp_path, "up", "--port", "65536")
    assert "65536 is no port" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["fire", "g/n", "--at", "2026-11-29T06:00:00"], "has no offset: add Z for UTC"),
        (["fire", "g/n", "--at", "today"], "today is no time in ISO 8601"),
        (["up", "--wait-scale", "2"], "2 does not lie between 0 and 1"),
        (["up", "--forward", "redshift-data"], "redshift-data is not SERVICE=http://…"),
    ],
)
def test_a_value_that_means_nothing_is_refused(tmp_path, capsys, words, told):
    with pytest.raises(SystemExit):
        run(tmp_path, *words)
    assert told in capsys.readouterr().err


def test_what_builds_and_workflows_are_given_is_what_is_wanted(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(cli, "up", lambda state, wanted: asked.append(wanted))
    words = ["--build-path", "/a:/b", "--wait-scale", "0.5", "--rds-host", "localhost"]
    assert run(tmp_path, "up", *words, "--forward", "redshift-data=http://127.0.0.1:1") == 0
    [wanted] = asked
    assert (wanted.build_path, wanted.wait_scale, wanted.rds_host) == ("/a:/b", 0.5, "localhost")
    assert wanted.forwards == (("redshift-data", "http://127.0.0.1:1"),)


def test_the_memory_asked_for_is_what_is_wanted(tmp_path, monkeypatch):
    wanted = []
    monkeypatch.setattr(cli, "up", lambda state, asked: wanted.append(asked))
    assert run(tmp_path, "up", "--engine-memory", "4000") == 0
    assert wanted[0].engine_memory_mb == 4000


def test_status_says_what_does_not_run(given, monkeypatch, capsys):
    monkeypatch.setattr(process, "find", lambda pid_file: None)
    assert run(given.state, "status") == 1
    shown = capsys.readouterr().out
    assert "ministack  not running" in shown
    assert "trino      left out" in shown


def test_the_emulator_listens_on_loopback_and_inherits_no_account(given):
    environ = ministack.environ_of(given, ["a", "b"], OF_A_USER)
    assert environ["BIND_HOST"] == "127.0.0.1"
    assert environ["IOT_MTLS_ENABLED"] == environ["SFTP_ENABLED"] == "0"
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL"} & environ.keys()
    assert environ["no_proxy"] == environ["NO_PROXY"] == "127.0.0.1,localhost"
    assert environ["LOCALLAKE_PLUGINS"] == "a,b"


def test_trino_inherits_no_account_and_asks_no_proxy_for_this_machine():
    environ = trino.environ_of(cli.Path("/jdk"), OF_A_USER | {"PATH": "/bin"})
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL"} & environ.keys()
    assert environ["no_proxy"] == environ["NO_PROXY"] == "127.0.0.1,localhost"
    assert (environ["JAVA_HOME"], environ["PATH"]) == ("/jdk", "/jdk/bin:/bin")
    assert environ["HOME"] == "/home"


def test_two_instances_share_no_port(tmp_path, monkeypatch):
    with ExitStack() as servers:

        def listen(port):
            servers.enter_context(socket.create_server(("127.0.0.1", port)))

        monkeypatch.setattr(runtime, "environment", lambda *given: cli.Path("/python"))
        monkeypatch.setattr(runtime, "java_home", lambda *given, **more: cli.Path("/jdk"))
        monkeypatch.setattr(trino, "server_folder", lambda *given: cli.Path("/trino"))
        monkeypatch.setattr(ministack, "start", lambda given, **more: listen(given.gateway_port))
        monkeypatch.setattr(trino, "start", lambda given, **more: listen(given.trino_port))
        for server in (ministack, trino):
            monkeypatch.setattr(server, "wait", lambda given: None)
        wanted = cli.Wanted(with_glue=False)
        both = [cli.up(tmp_path / name, wanted) for name in ("a", "b")]
    ports = [port for given in both for port in (given.gateway_port, given.trino_port)]
    assert len(set(ports)) == len(ports) == 4


def test_a_fault_is_written_for_the_running_services(given):
    words = ("fault", "ICEBERG_COMMIT_ERROR", "--text", "merge into", "--times", "2")
    assert run(given.state, *words) == 0
    taken = [faults.take(given.faults, "ICEBERG_COMMIT_ERROR", "MERGE INTO t") for _ in range(3)]
    assert taken == [True, True, False]
