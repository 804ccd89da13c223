"""What benchmarks/plan.py measured is of models that the project has, built as they are built."""

from lakehouse.building.sizes import STORED, measured_ratios
from lakehouse.building.state import FULL, INCREMENT


def test_what_was_measured_is_of_models_that_are_stored(manifests):
    nodes = manifests["athena"]["nodes"]
    for key, mode in measured_ratios():
        assert key in nodes, f"{key} is gone: measure again (benchmarks/plan.py --write-ratios)"
        kind = nodes[key]["config"]["materialized"]
        assert kind in (STORED if mode == FULL else ("incremental",)) and mode in (FULL, INCREMENT)
