"""What the processes agree on."""

from __future__ import annotations

from pathlib import Path

import pytest

from locallake import settings
from locallake.errors import ConfigurationError
from locallake.settings import Settings


def test_settings_come_back_as_they_were():
    given = Settings(
        home=Path("/h"),
        state=Path("/s"),
        gateway_port=1,
        trino_port=2,
        spark_python=Path("/p"),
        spark_jars=None,
        forwards=(("redshift-data", "http://127.0.0.1:1"),),
    )
    assert settings.from_json(given.to_json()) == given
    assert settings.from_environment({settings.VARIABLE: given.to_json()}) == given


@pytest.mark.parametrize(
    "text", ["", "[]", '{"home": "/h"}', '{"home": "/h", "state": "/s", "x": 1}']
)
def test_settings_of_another_version_are_refused(text):
    with pytest.raises(ConfigurationError, match="locallake up"):
        settings.from_json(text)


def test_a_process_without_settings_says_what_to_do():
    with pytest.raises(ConfigurationError, match="locallake up"):
        settings.from_environment({})
