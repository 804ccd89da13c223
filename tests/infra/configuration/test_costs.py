"""The README's table of costs is what the script prints, and the budget is twice its figure."""

import importlib.util
import re
import sys
import tomllib
from types import ModuleType

import pytest
from infra.rendered import Rendered
from infra.terraform_tool import REPOSITORY, TERRAFORM

SHOWN = re.compile(r"<!-- scripts/costs.py -->\n(.*?)\n<!-- end -->", re.S)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = REPOSITORY / "scripts" / "costs.py"
    spec = importlib.util.spec_from_file_location("costs", path)
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look their module up by name.
    sys.modules["costs"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def environments(
    delivered: Rendered, scheduled: Rendered, everything: Rendered
) -> dict[str, list[dict]]:
    return {
        "as delivered": delivered.resources,
        "by the clock": scheduled.resources,
        "everything on": everything.resources,
    }


def test_readme_shows_what_the_script_prints(script: ModuleType, environments: dict):
    shown = SHOWN.search((TERRAFORM / "README.md").read_text(encoding="utf-8"))
    assert shown[1] == script.table(environments)


def whole(script: ModuleType, resources: list[dict]) -> float:
    rates = script.read_rates()
    found = list(script.costs(resources, rates, script.counted_statements()))
    return script.month(found, rates, by_the_clock=script._by_the_clock(resources))


@pytest.mark.parametrize("name", ["as delivered", "by the clock", "everything on"])
def test_budget_is_twice_what_is_computed(script: ModuleType, environments: dict, name: str):
    [limit] = [
        float(one["values"]["limit_amount"])
        for one in environments[name]
        if one["type"] == "aws_budgets_budget"
    ]
    # Each switch is rounded up by itself.
    assert 0 <= limit - script.budget(whole(script, environments[name])) <= 4


def test_budget_counts_this_environment_alone(everything: Rendered):
    budget = everything.one("module.observability.aws_budgets_budget.this")
    [filtered] = budget["cost_filter"]
    assert (filtered["name"], filtered["values"]) == (
        "TagKeyValue",
        ["user:deployment$lakehouse-dev"],
    )


def test_what_is_added_is_counted(script: ModuleType, environments: dict):
    before = whole(script, environments["by the clock"])
    alarm = next(
        one for one in environments["by the clock"] if one["type"] == "aws_cloudwatch_metric_alarm"
    )
    more = whole(script, [*environments["by the clock"], alarm])
    assert round(more - before, 2) == script.read_rates().prices["alarm_month"]


def test_every_price_has_a_source_and_is_used(
    script: ModuleType, environments: dict, elsewhere: Rendered
):
    written = tomllib.loads((TERRAFORM / "prices.toml").read_text(encoding="utf-8"))
    assert all(one["source"] and one["of"] for one in written["prices"].values())
    counted = script.counted_statements()
    used = {
        cost.priced
        for resources in [*environments.values(), elsewhere.resources]
        for cost in script.costs(resources, script.read_rates(), counted)
    }
    assert used == set(written["prices"])
    code = (REPOSITORY / "scripts" / "costs.py").read_text(encoding="utf-8")
    assert [name for name in written["assumed"] if f'"{name}"' not in code] == []
