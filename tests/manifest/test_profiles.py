"""profiles.yml: a Glue session is used again only where it was started with the same settings."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PROFILES = Path(__file__).parents[2] / "profiles.yml"
# What dbt-glue hands to CreateSession; the rest of the output is dbt's own.
OF_A_SESSION = (
    *("conf", "datalake_formats", "glue_version", "idle_timeout", "role_arn"),
    *("security_configuration", "worker_type", "workers"),
)
VARIABLE = re.compile(r"env_var\('(\w+)'")


@pytest.fixture
def glue() -> dict[str, Any]:
    return yaml.safe_load(PROFILES.read_text())["lakehouse"]["outputs"]["glue"]


def test_the_id_of_a_session_carries_a_digest_of_its_settings(glue):
    settings = "|".join(str(glue[name]) for name in OF_A_SESSION)
    assert f"'{hashlib.md5(settings.encode()).hexdigest()[:8]}|'" in glue["glue_session_id"]


def test_the_id_of_a_session_carries_every_variable_of_its_settings(glue):
    variables = {name for setting in OF_A_SESSION for name in VARIABLE.findall(str(glue[setting]))}
    assert "LAKEHOUSE_GLUE_WORKERS" in variables
    assert variables <= set(VARIABLE.findall(glue["glue_session_id"]))


def test_spark_infers_no_filters(glue):
    # It plans a record table for minutes otherwise (docs/decisions/0011-engines.md).
    pairs = " ".join(glue["conf"].split()).split(" --conf ")
    assert "spark.sql.constraintPropagation.enabled=false" in pairs
