"""What modules render, read from Terraform's own report of their tests."""

import json
from collections.abc import Iterator, Mapping

from infra.terraform_tool import Terraform


def made_by(terraform: Terraform, module: str, run: str) -> Iterator[dict]:
    """The resources of a module as a run of its tests made them."""
    folder = f"modules/{module}"
    terraform.check("init", "-backend=false", "-input=false", folder=folder)
    report = terraform.check("test", "-json", "-verbose", folder=folder)
    told = (json.loads(line) for line in report.splitlines() if f'"@testrun":"{run}"' in line)
    state = next(line["test_state"] for line in told if line["type"] == "test_state")
    yield from state["root_module"]["resources"]


def builds_of(definition: Mapping, workflow_input: Mapping) -> list[tuple[str, dict[str, str]]]:
    """The builds that an execution starts while all goes well.

    Returns: the project's name and what is overridden of its environment, in order.
    """
    states = definition["States"]
    each = states["Extract"]["ItemProcessor"]["States"]["ExtractSource"]
    started = [(each, item) for item in workflow_input["extracts"]]
    if workflow_input["transform"]:
        started += [(states[name], workflow_input) for name in ("Transform", "Publish")]
    return [
        (state["Parameters"]["ProjectName"], _overrides(state["Parameters"], given))
        for state, given in started
    ]


def _overrides(parameters: Mapping, given: Mapping) -> dict[str, str]:
    return {
        item["Name"]: given[item["Value.$"].removeprefix("$.")]
        for item in parameters.get("EnvironmentVariablesOverride", [])
    }
