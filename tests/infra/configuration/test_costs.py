"""The README's table of costs is what the script prints, and the budget is twice its figure."""

import re

import costs
import pytest
from infra.rendered import Rendered
from infra.terraform_tool import REPOSITORY, TERRAFORM

from lakehouse import prices

SHOWN = re.compile(r"<!-- scripts/costs.py -->\n(.*?)\n<!-- end -->", re.S)


@pytest.fixture(scope="module")
def environments(
    delivered: Rendered, scheduled: Rendered, everything: Rendered
) -> dict[str, list[dict]]:
    return {
        "as delivered": delivered.resources,
        "by the clock": scheduled.resources,
        "everything on": everything.resources,
    }


def test_readme_shows_what_the_script_prints(environments: dict):
    shown = SHOWN.search((TERRAFORM / "README.md").read_text(encoding="utf-8"))
    assert shown[1] == costs.table(environments)


def whole(resources: list[dict]) -> float:
    rates = costs.read_rates()
    found = list(costs.costs(resources, rates, costs.counted_statements()))
    return costs.month(found, rates, by_the_clock=costs._by_the_clock(resources))


@pytest.mark.parametrize("name", ["as delivered", "by the clock", "everything on"])
def test_budget_is_twice_what_is_computed(environments: dict, name: str):
    [limit] = [
        float(one["values"]["limit_amount"])
        for one in environments[name]
        if one["type"] == "aws_budgets_budget"
    ]
    # Each switch is rounded up by itself.
    assert 0 <= limit - costs.budget(whole(environments[name])) <= 4


def test_budget_counts_this_environment_alone(everything: Rendered):
    budget = everything.one("module.observability.aws_budgets_budget.this")
    [filtered] = budget["cost_filter"]
    assert (filtered["name"], filtered["values"]) == (
        "TagKeyValue",
        ["user:deployment$lakehouse-dev"],
    )


def test_what_is_added_is_counted(environments: dict):
    before = whole(environments["by the clock"])
    alarm = next(
        one for one in environments["by the clock"] if one["type"] == "aws_cloudwatch_metric_alarm"
    )
    more = whole([*environments["by the clock"], alarm])
    assert round(more - before, 2) == costs.read_rates().prices["alarm_month"]


def test_every_price_has_a_source_and_is_used(environments: dict, elsewhere: Rendered):
    written = prices.read()
    assert all(one["source"] and one["of"] for one in written["prices"].values())
    counted = costs.counted_statements()
    used = {
        cost.priced
        for resources in [*environments.values(), elsewhere.resources]
        for cost in costs.costs(resources, costs.read_rates(), counted)
    }
    assert used == set(written["prices"])
    code = (REPOSITORY / "scripts" / "costs.py").read_text(encoding="utf-8")
    assert [name for name in written["assumed"] if f'"{name}"' not in code] == []
