"""What benchmarks/plan.py measured is of models that the project has, built as they are built."""

from itertools import pairwise

from lakehouse.building.sizes import STORED, measured_ratios
from lakehouse.building.state import FULL, INCREMENT


def test_what_was_measured_is_of_models_that_are_stored(manifests):
    nodes = manifests["athena"]["nodes"]
    for key, mode in measured_ratios():
        assert key in nodes, f"{key} is gone: measure again (benchmarks/plan.py)"
        kind = nodes[key]["config"]["materialized"]
        assert kind in (STORED if mode == FULL else ("incremental",)) and mode in (FULL, INCREMENT)


def test_every_model_was_measured_at_sizes_that_rise():
    assert measured_ratios()
    for place, measured in measured_ratios().items():
        sizes = [size for size, _ in measured.points]
        assert sizes and sizes[0] > 0, place
        assert all(low < high for low, high in pairwise(sizes)), place
        for _, ratio in measured.points:
            assert ratio.read is not None and ratio.read >= 0, place
            assert ratio.stored is not None and ratio.stored >= 0, place


def test_a_model_that_was_measured_as_an_increment_was_measured_whole():
    # Of a first build nothing else would be known.
    found = measured_ratios()
    assert {key for key, _ in found} == {key for key, mode in found if mode == FULL}
