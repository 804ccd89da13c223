"""The workflow's build of tables: its inputs, as the words that dbt takes."""

import json
from datetime import date

from lakehouse.errors import UsageError

# A state machine cannot leave an input out.
NOT_GIVEN = "-"
# Unit tests and value tests of macros say nothing about the data of a day: pull requests run them.
_ABOUT_CODE = ("--exclude-resource-type", "unit_test", "--exclude", "path:tests/macros")


def build_words(run_date: str) -> list[str]:
    """Return the arguments of dbt for a run of the workflow.

    Args:
        run_date: ISO date, or `-` for the UTC day on which the run starts.
    Raises: UsageError if it is neither.
    """
    if run_date == NOT_GIVEN:
        return ["build", *_ABOUT_CODE]
    try:
        day = date.fromisoformat(run_date)
    except ValueError as err:
        raise UsageError(
            f"--run-date is '{run_date}'; give a day such as 2024-01-31, or {NOT_GIVEN} for today"
        ) from err
    # As JSON: dbt reads YAML, in which a day without quotes is no text.
    return ["build", *_ABOUT_CODE, "--vars", json.dumps({"run_date": day.isoformat()})]
