"""What benchmarks/plan.py measured is of models that the project has, built as they are built."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from lakehouse.building.sizes import STORED, measured_ratios
from lakehouse.building.state import FULL, INCREMENT

RESULTS = Path(__file__).parents[2] / "benchmarks/results/plan.json"


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


def test_every_point_was_counted_and_none_is_of_a_size_that_judges():
    counted = {}
    judges = set()
    for runs in json.loads(RESULTS.read_text("utf-8")).values():
        for run in runs.values():
            for each in run["models"].values():
                place = (each["id"], each["mode"], each["input_bytes"])
                counted.setdefault(place, each)
                if "anew" in run:
                    judges.add(place)
    assert judges
    for (key, mode), measured in measured_ratios().items():
        for size, ratio in measured.points:
            said = counted[key, mode, size]
            assert ratio.read == pytest.approx(said["scanned_bytes"] / size, rel=1e-3)
            assert ratio.stored == pytest.approx(said["stored_bytes"] / size, rel=1e-3)
            assert (key, mode, size) not in judges
