"""profiles.yml: a Glue session is used again only where it was started with the same settings."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PROFILES = Path(__file__).parents[2] / "profiles.yml"
# What CreateSession takes; the rest of the output is dbt's own.
OF_A_SESSION = ("conf", "role_arn", "security_configuration", "worker_type", "workers")
VARIABLE = re.compile(r"env_var\('(\w+)'")


@pytest.fixture
def glue() -> dict[str, Any]:
    return yaml.safe_load(PROFILES.read_text())["lakehouse"]["outputs"]["glue"]


def test_the_id_of_a_session_carries_the_digest_of_its_conf(glue):
    assert f"conf-{hashlib.md5(glue['conf'].encode()).hexdigest()[:8]}" in glue["glue_session_id"]


@pytest.mark.parametrize("setting", OF_A_SESSION)
def test_the_id_of_a_session_carries_every_variable_of_its_settings(glue, setting):
    variables = set(VARIABLE.findall(glue[setting]))
    assert variables
    assert variables <= set(VARIABLE.findall(glue["glue_session_id"]))
