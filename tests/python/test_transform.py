"""What the workflow's build gives to dbt for the inputs of a run."""

import json

import pytest

from lakehouse.building.transform import build_words
from lakehouse.errors import UsageError


def test_day_is_text_to_dbt():
    *_, option, value = build_words("2024-02-29")
    assert (option, json.loads(value)) == ("--vars", {"run_date": "2024-02-29"})


def test_no_day_leaves_the_choice_to_dbt():
    assert "--vars" not in build_words("-")


@pytest.mark.parametrize("given", ["", "2023-02-29", "yesterday", "--full-refresh", "{a: b}"])
def test_what_is_no_day_is_refused_by_its_option(given):
    with pytest.raises(UsageError, match=f"--run-date is '{given}'; give a day such as"):
        build_words(given)
