"""Each switch on and off, by GitHub's workflow with its own permissions."""

import pytest
from infra.applied.conftest import Deployment, drift, known

SWITCHED = ("aurora", "network", "redshift")

# Switches => modules that then exist, and the lists of gaps that then show.
STEPS = {
    ("enable_redshift",): ({"network", "redshift"}, ["with_network"]),
    ("enable_access_host", "enable_aurora", "enable_redshift"): (
        {"aurora", "network", "redshift"},
        ["with_network", "with_aurora", "with_new_aurora", "with_access_host"],
    ),
    ("enable_aurora",): ({"aurora", "network"}, ["with_network", "with_aurora"]),
    (): (set(), []),
}


# Where time is short everything goes on at once, and off.
ONE_BY_ONE = {("enable_aurora",), ("enable_redshift",)}


def steps() -> list:
    return [
        pytest.param(
            switches,
            id=" ".join(switches) or "off",
            marks=[pytest.mark.long] if switches in ONE_BY_ONE else [],
        )
        for switches in STEPS
    ]


@pytest.mark.parametrize("switches", steps())
def test_switches_bring_what_they_say_and_stay(deployment: Deployment, switches: tuple[str, ...]):
    modules, gaps = STEPS[switches]
    deployment.ci("ci-deploy").apply(*switches)
    there = {
        module
        for module in SWITCHED
        for address in deployment.addresses()
        if address.startswith(f"module.{module}[")
    }
    assert there == modules
    assert drift(deployment.ci("ci-plan").plan(*switches)) == known("always", *gaps)
    _outputs_fit(deployment, modules)
    _emulator_fits(deployment, modules)


def _outputs_fit(deployment: Deployment, modules: set[str]) -> None:
    outputs = deployment.outputs()
    assert set(outputs["secret_arns"]) == modules & {"aurora", "redshift"}
    assert bool(outputs.get("aurora_endpoint")) == ("aurora" in modules)
    assert bool(outputs.get("redshift_workgroup")) == ("redshift" in modules)
    statements = [name for name in deployment.addresses() if "redshiftdata_statement" in name]
    expected = ["define", "run"] if "redshift" in modules else []
    assert sorted(name.rpartition(".")[2] for name in statements) == expected


def _emulator_fits(deployment: Deployment, modules: set[str]) -> None:
    clusters = deployment.aws.client("rds").describe_db_clusters()["DBClusters"]
    assert bool(clusters) == ("aurora" in modules)
    networks = deployment.aws.client("ec2").describe_vpcs()["Vpcs"]
    assert bool([net for net in networks if not net["IsDefault"]]) == ("network" in modules)
