"""What an environment costs: scripts/costs.py <name>=<plan as JSON> ….

    terraform -chdir=terraform/live/dev plan -out=plan
    terraform -chdir=terraform/live/dev show -json plan > plan.json
    scripts/costs.py mine=plan.json

Multiplies what Terraform renders and what benchmarks/statements.py counted with the dated list
prices of src/lakehouse/prices.toml, where the assumptions stand too. Prints the table of
terraform/README.md, which a test compares.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakehouse import prices

PROJECT = Path(__file__).resolve().parent.parent
HOURS = 730  # of a month, as AWS counts
# Paid by the bytes that it reads; DDL is free.
PAID = ("create or", "create table", "delete", "insert", "merge", "select")

Resource = Mapping[str, Any]


@dataclass(frozen=True)
class Rates:
    """Prices in US dollars by their name in the file, and what is assumed."""

    prices: Mapping[str, float]
    assumed: Mapping[str, float]
    remembered: frozenset[str]


@dataclass(frozen=True)
class Cost:
    """US dollars that one thing costs.

    Attributes:
        module: of Terraform, which makes it.
        priced: name of the price.
    """

    module: str
    priced: str
    a_month: float = 0.0
    a_run: float = 0.0


def read_rates() -> Rates:
    read = prices.read()
    return Rates(
        prices={name: one["usd"] for name, one in read["prices"].items()},
        assumed=read["assumed"],
        remembered=frozenset(name for name, one in read["prices"].items() if "seen" not in one),
    )


def counted_statements(
    path: Path = PROJECT / "benchmarks/results/statements.json",
) -> dict[str, Any]:
    """What the runs of benchmarks/statements.py sent, by the name of the run."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def costs(
    resources: Iterable[Resource], rates: Rates, counted: Mapping[str, Any]
) -> Iterator[Cost]:
    """Yield all that costs something.

    Args:
        resources: with `address`, `type` and `values`.
        counted: as `counted_statements` returns it.
    """
    price, assumed = rates.prices, rates.assumed
    found = list(resources)

    def of(type_: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for one in found:
            if one["type"] == type_:
                yield _module(one), one["values"]

    def monthly(module: str, name: str, amount: float = 1) -> Cost:
        return Cost(module, name, a_month=price[name] * amount)

    def per_run(module: str, name: str, amount: float) -> Cost:
        return Cost(module, name, a_run=price[name] * amount)

    for module, _ in of("aws_kms_key"):
        yield monthly(module, "key_month")
    if any(of("aws_s3_bucket")):
        yield monthly("lake", "stored_gb_month", assumed["stored_gb"])
    for module, values in of("aws_cloudwatch_metric_alarm"):
        yield monthly(module, "alarm_month")
        if not values["namespace"].startswith("AWS/"):
            yield monthly(module, "number_month")
    for module, _ in of("aws_cloudwatch_dashboard"):
        yield monthly(module, "dashboard_month")
        yield monthly(module, "log_gb", assumed["log_gb_a_month"])
    for module, values in of("aws_vpc_endpoint"):
        if values["vpc_endpoint_type"] == "Interface":
            yield monthly(module, "endpoint_hour", HOURS)
    for module, values in of("aws_instance"):
        yield monthly(module, "host_hour", HOURS)
        for disk in values["root_block_device"]:
            yield monthly(module, "disk_gb_month", disk["volume_size"] or 8)
    for module, _ in of("aws_rds_cluster"):
        yield monthly(module, "secret_month")
        yield monthly(module, "aurora_gb_month", assumed["aurora_gb"])
        yield per_run(module, "aurora_unit_hour", assumed["aurora_unit_hours_of_a_run"])
    for module, values in of("aws_redshiftserverless_workgroup"):
        yield monthly(module, "secret_month")
        hours = assumed["redshift_minutes_of_a_run"] / 60
        yield per_run(module, "redshift_unit_hour", values["base_capacity"] * hours)
    for module, _ in of("aws_sfn_state_machine"):
        yield per_run(module, "transition", assumed["transitions_of_a_run"])
    yield from _builds(list(of("aws_codebuild_project")), found, rates, counted)


def _builds(
    projects: Sequence[tuple[str, Mapping[str, Any]]],
    resources: Sequence[Resource],
    rates: Rates,
    counted: Mapping[str, Any],
) -> Iterator[Cost]:
    """Minutes of builds, and the statements that they send to Athena."""
    assumed = rates.assumed
    if not projects:
        return
    loads = assumed["loads_of_a_run"]
    runs = [(counted["a load of market"], loads), (counted["a new day"], 1)]
    sent = sum(run["statements"] * times for run, times in runs)
    paid = sum(run["kinds"].get(kind, 0) * times for run, times in runs for kind in PAID)
    yield Cost("query", "scanned_gb", a_run=prices.athena_usd(0, {}, statements=paid))
    threads = int(re.findall(r"LAKEHOUSE_DBT_THREADS', '(\d+)'", _profile())[1])
    install = assumed["minutes_to_install"]
    minutes = {
        "extract": _extractions(resources) * (install + assumed["minutes_of_an_extraction"]),
        "transform": install + sent * assumed["seconds_of_a_statement"] / 60 / threads,
    }
    # The project is there without a database too, and is not run.
    if any(
        one["type"] in ("aws_rds_cluster", "aws_redshiftserverless_workgroup") for one in resources
    ):
        minutes["publish"] = install + assumed["minutes_of_publication"]
    transform = next(values for _, values in projects if values["name"].endswith("-transform"))
    given = {v["name"]: v["value"] for v in transform["environment"][0]["environment_variable"]}
    if given["LAKEHOUSE_TARGET"] == "glue":
        # G.1X is one unit, G.2X two; an idle session ends after the minutes that it is told.
        units = int(given["LAKEHOUSE_GLUE_WORKERS"]) * int(given["LAKEHOUSE_GLUE_WORKER_TYPE"][2])
        hours = (minutes["transform"] + int(given["LAKEHOUSE_GLUE_IDLE_MINUTES"])) / 60
        yield Cost("spark", "glue_unit_hour", a_run=rates.prices["glue_unit_hour"] * units * hours)
    for module, values in projects:
        step = values["name"].rpartition("-")[2]
        size = values["environment"][0]["compute_type"].rpartition("_")[2].lower()
        name = f"{size}_minute"
        if step == "maintain":
            whole = install + assumed["minutes_of_maintenance"]
            times = assumed["maintenances_a_month"] if _by_the_clock(resources) else 0
            yield Cost(module, name, a_month=rates.prices[name] * whole * times)
        else:
            yield Cost(module, name, a_run=rates.prices[name] * minutes.get(step, 0))


def _module(resource: Resource) -> str:
    return re.sub(r"^module\.(\w+).*", r"\1", resource["address"])


def _profile() -> str:
    return (PROJECT / "profiles.yml").read_text(encoding="utf-8")


def _schedules(resources: Sequence[Resource]) -> Iterator[Mapping[str, Any]]:
    return (one["values"] for one in resources if one["type"] == "aws_scheduler_schedule")


def _by_the_clock(resources: Sequence[Resource]) -> bool:
    return any(values["state"] == "ENABLED" for values in _schedules(resources))


def _extractions(resources: Sequence[Resource]) -> int:
    """Builds that a daily run extracts with."""
    inputs = [values["target"][0]["input"] for values in _schedules(resources)]
    return max((len(json.loads(text).get("extracts", ())) for text in inputs), default=0)


def month(found: Iterable[Cost], rates: Rates, *, by_the_clock: bool) -> float:
    """US dollars a month, with a run a day where schedules are on."""
    runs = rates.assumed["runs_a_month"] if by_the_clock else 0
    return sum(cost.a_month + cost.a_run * runs for cost in found)


def budget(usd_a_month: float) -> int:
    """The limit of the budget: twice what was computed, in whole dollars."""
    return math.ceil(2 * usd_a_month)


def table(environments: Mapping[str, Sequence[Resource]]) -> str:
    """Return the table of several environments, as Markdown.

    Args:
        environments: what it is called => its resources.
    """
    rates, counted = read_rates(), counted_statements()
    found = {name: list(costs(given, rates, counted)) for name, given in environments.items()}
    # Also those that cost nothing: a row that is missing would be looked for.
    made = {_module(one) for given in environments.values() for one in given}
    modules = sorted(made | {cost.module for each in found.values() for cost in each})
    lines = [
        "| module | " + " | ".join(f"{name}: a month | a run" for name in found) + " |",
        "|---|" + "---:|---:|" * len(found),
    ]
    for module in modules:
        cells = []
        for each in found.values():
            own = [cost for cost in each if cost.module == module]
            cells += [_usd(sum(c.a_month for c in own)), _usd(sum(c.a_run for c in own))]
        lines.append(f"| {module} | " + " | ".join(cells) + " |")
    sums, wholes = [], []
    for name, each in found.items():
        sums += [_usd(sum(c.a_month for c in each)), _usd(sum(c.a_run for c in each))]
        whole = month(each, rates, by_the_clock=_by_the_clock(environments[name]))
        wholes += [f"{whole:.2f}", f"budget {budget(whole)}"]
    lines.append("| all | " + " | ".join(sums) + " |")
    lines.append("| with the runs of a month | " + " | ".join(wholes) + " |")
    used = {cost.priced for each in found.values() for cost in each}
    lines += ["", f"Remembered, not looked up: {', '.join(sorted(used & rates.remembered))}."]
    return "\n".join(lines)


def _usd(amount: float) -> str:
    return "0" if amount == 0 else f"{amount:.2f}" if amount >= 0.005 else "< 0.01"


def resources_of(document: Mapping[str, Any]) -> list[Resource]:
    """All resources of a plan or a state, as `terraform show -json` writes it."""

    def below(module: Mapping[str, Any]) -> Iterator[Resource]:
        yield from (one for one in module.get("resources", ()) if one["mode"] == "managed")
        for child in module.get("child_modules", ()):
            yield from below(child)

    values = document.get("planned_values") or document["values"]
    return list(below(values["root_module"]))


def main(arguments: Sequence[str]) -> int:
    if not arguments or not all("=" in each for each in arguments):
        print((__doc__ or "").splitlines()[0], file=sys.stderr)
        return 2
    named = dict(each.split("=", 1) for each in arguments)
    print(
        table(
            {name: resources_of(json.loads(Path(file).read_text())) for name, file in named.items()}
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
