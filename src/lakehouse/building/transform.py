"""The workflow's build of tables: its inputs, as the words that dbt takes."""

import json
import re
from collections.abc import Mapping
from datetime import date

from lakehouse.errors import UsageError

# A state machine cannot leave an input out.
NOT_GIVEN = "-"
YES = "yes"
# What a run by hand may set; of the others, each is an input of its own or belongs into a commit.
VARIABLES = (
    "clock_skew_hours",
    "commerce_excluded_statuses",
    "commerce_gmv_date",
    "commerce_value_rule",
    "rejected_share_limit",
    "report_year",
)
# Unit tests and value tests of macros say nothing about the data of a day: pull requests run them.
_ABOUT_CODE = ("--exclude-resource-type", "unit_test", "--exclude", "path:tests/macros")
_SELECTOR = re.compile(r"[A-Za-z0-9+@*][A-Za-z0-9_.:+@*,/]*")


def build_words(
    run_date: str = NOT_GIVEN,
    *,
    select: str = NOT_GIVEN,
    full_refresh: str = NOT_GIVEN,
    variables: str = NOT_GIVEN,
) -> list[str]:
    """Return the arguments of dbt for a run of the workflow. `-` is: not given.

    Args:
        run_date: ISO date; not given: the UTC day on which the run starts.
        select: selectors of dbt with blanks between; not given: everything.
        full_refresh: `yes` builds the selected tables anew.
        variables: JSON object of some of VARIABLES.
    Raises: UsageError that names the input.
    """
    words = ["build", *_ABOUT_CODE]
    if select != NOT_GIVEN:
        # A list that several domains read would bring their tests, and so tables of theirs.
        words += ["--select", *_selectors(select), "--indirect-selection", "buildable"]
    if full_refresh not in (NOT_GIVEN, YES):
        raise UsageError(f"--full-refresh is '{full_refresh}'; give {YES}, or {NOT_GIVEN}")
    if full_refresh == YES:
        words.append("--full-refresh")
    given = {} if variables == NOT_GIVEN else _variables(variables)
    if run_date != NOT_GIVEN:
        given["run_date"] = _day(run_date)
    # As JSON: dbt reads YAML, in which a day without quotes is no text.
    return [*words, "--vars", json.dumps(given, sort_keys=True)] if given else words


def checked_variables(given: Mapping[str, object]) -> dict[str, object]:
    """Return the variables of a run by hand. Raises: UsageError for one that is not in the list."""
    for name in given:
        if name not in VARIABLES:
            raise UsageError(
                f"'{name}' is no variable of a run by hand; these are: {', '.join(VARIABLES)}"
            )
    return dict(given)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as err:
        raise UsageError(
            f"--run-date is '{text}'; give a day such as 2024-01-31, or {NOT_GIVEN} for today"
        ) from err


def _selectors(text: str) -> list[str]:
    words = text.split()
    for word in words or [text]:
        if not _SELECTOR.fullmatch(word):
            raise UsageError(
                f"--select has '{word}'; give selectors of dbt with blanks between, such as "
                "path:models/retail+"
            )
    return words


def _variables(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError as err:
        raise UsageError(f"--variables is no JSON ({err}): {text}") from err
    if not isinstance(found, dict):
        raise UsageError(f"--variables is no JSON object: {text}")
    return checked_variables(found)
