"""Ports and requests of this machine: nobody else's server counts as ours, no proxy is asked."""

from __future__ import annotations

import os
import socket
import urllib.request
from pathlib import Path

import foreign_server
import pytest

from locallake import loopback, ministack, process, trino
from locallake.errors import PortTakenError, ProcessError
from locallake.settings import Settings


@pytest.fixture
def taken(tmp_path):
    """Settings whose ports belong to somebody else's server."""
    with foreign_server.running() as port:
        state = tmp_path / "state"
        state.mkdir()
        yield Settings(home=tmp_path, state=state, gateway_port=port, trino_port=port)


def test_no_server_is_started_on_a_port_that_is_taken(taken, monkeypatch):
    monkeypatch.setattr(process, "start", lambda *given, **more: pytest.fail("started"))
    with pytest.raises(PortTakenError, match=f"port {taken.gateway_port} is taken.*--port"):
        ministack.start(taken, python=Path("/none"), plugins=[])
    with pytest.raises(PortTakenError, match=f"port {taken.trino_port} is taken.*--trino-port"):
        trino.start(taken, server=Path("/none"), java_home=Path("/none"))


def test_one_sentence_says_who_has_the_port_and_what_to_type(taken):
    with pytest.raises(PortTakenError) as refused:
        loopback.require_free(taken.gateway_port, "--port")
    free = refused.value.free_port
    assert not loopback.is_taken(free)
    start, _, next_step = str(refused.value).partition(": ")
    assert start.startswith(f"port {taken.gateway_port} is taken by process {os.getpid()} (")
    assert next_step == f"choose another, such as `locallake up --port {free}`"


def test_a_holder_that_the_machine_does_not_name_is_left_out(taken, monkeypatch):
    monkeypatch.setattr(loopback, "holder_of", lambda port: None)
    with pytest.raises(PortTakenError, match=rf"^port {taken.gateway_port} is taken: choose"):
        loopback.require_free(taken.gateway_port, "--port")


def test_nobody_holds_a_free_port():
    assert loopback.holder_of(loopback.free_port()) is None


def test_a_port_that_is_held_but_does_not_listen_yet_is_taken():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        assert loopback.is_taken(holder.getsockname()[1])


@pytest.mark.parametrize("server", [ministack, trino])
def test_somebody_else_s_answer_does_not_pass_for_a_server_that_has_ended(taken, server):
    with pytest.raises(ProcessError, match="ended while starting"):
        server.wait(taken, seconds=5)


@pytest.mark.parametrize("server", [ministack, trino])
def test_the_services_are_asked_without_a_proxy(taken, server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    # The proxies that the process met first are kept with its opener.
    monkeypatch.setattr(urllib.request, "_opener", None)
    assert server.ready(taken)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, "127.0.0.1,localhost"),
        ({"no_proxy": "a, b"}, "a,b,127.0.0.1,localhost"),
        ({"NO_PROXY": "a", "no_proxy": "b"}, "a,b,127.0.0.1,localhost"),
        ({"NO_PROXY": "localhost"}, "localhost,127.0.0.1"),
        ({"NO_PROXY": "*"}, "*"),
    ],
)
def test_no_proxy_keeps_what_it_holds_in_both_spellings(before, after):
    assert loopback.no_proxy(before) == {"NO_PROXY": after, "no_proxy": after}
