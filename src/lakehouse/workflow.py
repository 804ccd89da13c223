"""A run of the workflow by hand: its inputs, its name, and its start."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from lakehouse.aws import aws_errors
from lakehouse.building.transform import NOT_GIVEN, YES, build_words, checked_variables
from lakehouse.errors import UsageError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

# Of the 5,500 characters that all variables of a CodeBuild build may have; the rest is its own.
_INPUT_CHARACTERS = 2000
_SOURCE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")


def inputs_by_hand(
    *,
    sources: Sequence[str] = (),
    select: Sequence[str] = (),
    full_refresh: bool = False,
    variables: Sequence[str] = (),
) -> dict[str, object]:
    """Return the input of an execution, which has every member that the workflow reads.

    Args:
        sources: domains, or entities as `domain.entity`, that are extracted first.
        select: selectors of dbt; none: everything.
        variables: each `name=value`, the value JSON or plain text.
    Raises: UsageError for what the builds would refuse.
    """
    for source in sources:
        if not _SOURCE.fullmatch(source):
            raise UsageError(f"'{source}' is no domain, nor one of its entities as DOMAIN.ENTITY")
    given = _given(variables)
    inputs = {
        "select": " ".join(select) or NOT_GIVEN,
        "full_refresh": YES if full_refresh else NOT_GIVEN,
        "variables": json.dumps(given, sort_keys=True) if given else NOT_GIVEN,
    }
    build_words(**inputs)
    if (length := sum(map(len, inputs.values()))) > _INPUT_CHARACTERS:
        raise UsageError(
            f"selectors and variables have {length} characters of {_INPUT_CHARACTERS}; select by "
            "folder or tag"
        )
    return {
        "extracts": [{"source": source, "object": NOT_GIVEN} for source in sources],
        "run_date": NOT_GIVEN,
        "step": "transform",
        **inputs,
    }


def start_by_hand(
    inputs: Mapping[str, object], *, machine: str, now: datetime, stepfunctions: SFNClient
) -> str:
    """Start an execution named after its UTC second; returns the name.

    Raises: AwsError if it may not be started, or one of this second has other inputs.
    """
    name = f"byhand-{now:%Y%m%dT%H%M%SZ}"
    with aws_errors(machine):
        stepfunctions.start_execution(
            stateMachineArn=machine, name=name, input=json.dumps(inputs, sort_keys=True)
        )
    return name


def _given(variables: Sequence[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for text in variables:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"'{text}' is not <name>=<value>")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return checked_variables(found)
