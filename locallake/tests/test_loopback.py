"""Ports and requests of this machine: nobody else's server counts as ours, no proxy is asked."""

from __future__ import annotations

from pathlib import Path

import foreign_server
import pytest

from locallake import ministack, process, trino
from locallake.errors import ConfigurationError, ProcessError
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
    with pytest.raises(ConfigurationError, match=f"port {taken.gateway_port} is taken.*--port"):
        ministack.start(taken, python=Path("/none"), plugins=[])
    with pytest.raises(ConfigurationError, match=f"port {taken.trino_port} is taken.*--trino-port"):
        trino.start(taken, server=Path("/none"), java_home=Path("/none"))


@pytest.mark.parametrize("server", [ministack, trino])
def test_somebody_else_s_answer_does_not_pass_for_a_server_that_has_ended(taken, server):
    with pytest.raises(ProcessError, match="ended while starting"):
        server.wait(taken, seconds=5)
