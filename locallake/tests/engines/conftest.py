"""Both engines, started once for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from locallake import cli
from locallake.settings import from_json


@pytest.fixture(scope="session")
def services(tmp_path_factory):
    """Settings of services of their own, or of those of LOCALLAKE_STATE, which are emptied.

    The variable alone does not say that they may be: AWS_ENDPOINT_URL has to point at them too.
    """
    state = Path(os.environ.get("LOCALLAKE_STATE", "."))
    if "AWS_ENDPOINT_URL" in os.environ and (state / "settings.json").exists():
        given = from_json((state / "settings.json").read_text())
        assert given.endpoint == os.environ["AWS_ENDPOINT_URL"]
        yield given
        return
    with cli.running(tmp_path_factory.mktemp("services") / "state") as given:
        yield given
