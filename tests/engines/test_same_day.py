"""A load that arrives for a day that was read before, by the same Spark session too."""

import duckdb
import local_aws
import parity
import pytest
from conftest import Aws, Built

SECOND = "0123456789ac"
RECEIVED = "int_commerce__purchase"


@pytest.mark.parametrize("target", local_aws.TARGETS)
def test_a_second_load_of_a_day_is_received(aws: Aws, two_loads: Built, target: str):
    node = two_loads.nodes[target][f"model.lakehouse.{RECEIVED}"]
    with duckdb.connect(str(two_loads.case.folder / "lakehouse.duckdb"), read_only=True) as here:
        loads = {
            load
            for (load,) in here.sql("select load_id from commerce.int_commerce__load").fetchall()
        }
        found = parity.difference(
            RECEIVED,
            here,
            f"commerce.{RECEIVED}",
            aws.reader,
            (node["schema"], RECEIVED),
            node["config"]["meta"]["grain"],
        )

    assert {f"20261121T090000000000Z-{end}" for end in ("0123456789ab", SECOND)} <= loads
    assert found.is_equal, list(found.sentences())


@pytest.fixture(scope="module")
def two_loads(built: Built, incremented: parity.Case) -> Built:
    """A second load of the day of a load that every target has received."""
    first = built.case.steps[2]
    files = parity.correction_of(built.case.folder / "repeated", load=SECOND)
    parity.land(built.case, parity.Step(files, first.run_date))
    parity.beside_each_other(
        parity.TARGETS,
        lambda target: parity.run_dbt(
            built.case, target, "run", "--select", f"+{RECEIVED}", run_date=first.run_date
        ),
    )
    return built
