"""What the workflow's build gives to dbt for the inputs of a run."""

import json
import re

import pytest
import yaml
from lake import PROJECT

from lakehouse.building.transform import VARIABLES, build_words
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


def test_inputs_of_a_run_by_hand_become_words_of_dbt():
    words = build_words(
        "2024-02-29",
        select="path:models/retail+ tag:a",
        full_refresh="yes",
        variables='{"report_year": 2020}',
    )
    chosen = ["--select", "path:models/retail+", "tag:a", "--indirect-selection", "buildable"]
    assert words[-8:-2] == [*chosen, "--full-refresh"]
    assert json.loads(words[-1]) == {"report_year": 2020, "run_date": "2024-02-29"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"select": "--full-refresh"}, "--select has '--full-refresh'"),
        ({"select": ""}, "--select has ''"),
        ({"select": "a b;c"}, "--select has 'b;c'"),
        ({"full_refresh": "no"}, "--full-refresh is 'no'; give yes, or -"),
        ({"variables": "{a"}, "--variables is no JSON"),
        ({"variables": "[]"}, "--variables is no JSON object"),
        (
            {"variables": '{"as_of_date": "2024-01-01"}'},
            "'as_of_date' is no variable of a run by hand",
        ),
        ({"variables": '{"run_date": "2024-01-01"}'}, "'run_date' is no variable of a run by hand"),
    ],
)
def test_what_is_no_input_is_refused_by_its_name(given, told):
    with pytest.raises(UsageError, match=re.escape(told)):
        build_words(**given)


def test_every_variable_of_a_run_by_hand_is_one_of_the_project():
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert set(VARIABLES) < project["vars"].keys()
