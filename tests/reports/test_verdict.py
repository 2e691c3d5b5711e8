"""The verdict of a result: nothing beyond chance when that is the truth, never without the rate on noise."""

from __future__ import annotations

import copy

import pytest

from soap.reports.verdict import verdict

RATE = {"value": 0.085, "n": 100_000, "rule": "|z| ≥ 2 on a station-day of Gaussian white noise"}
EPOCHS = {
    "kind": "superposed_epoch", "n_events": 1, "statistic": 2.14, "statistic_name": "mean residual", "null_rate": RATE,
    "p_value": {"circular_shift": 0.14, "worst": 0.14}, "untested": ["vtec"],
    "study": {"stage": "exploratory", "quantity": {"variables": ["vtec", "b_horizontal"]},
              "test": {"days": [-5, -1], "threshold_sigma": 2.0}},
    "trials": {"n": 2, "tests": [
        {"variable": "b_horizontal", "test": "primary", "worst_p": 0.14, "adjusted_p": 0.14},
        {"variable": "b_horizontal", "test": "secondary", "worst_p": 0.04, "adjusted_p": 0.08},
    ]},
    "power_curves": [{"smallest_detectable_sigma": None}, {"smallest_detectable_sigma": None}],
    "variables": {"b_horizontal": {
        "marked": {"n_station_days": 8, "n_marked": 5, "share": 0.6, "chance_low": 0.0, "chance_high": 0.62},
        "no_event": {"share_marked": 0.2},
    }},
}  # fmt: skip
BLOCKS = {
    "kind": "blocks", "n_events": 1, "statistic": 3.0, "statistic_name": "z", "null_rate": RATE,
    "p_value": {"circular_shift": 0.2, "worst": 0.2},
    "study": {"threshold_sigma": 2.0, "block_hours": 24, "variables": ["b_horizontal"]},
    "backgrounds": [{"name": "ten days", "days": list(range(-11, -1)), "z": {"b_horizontal": 3.0}},
                    {"name": "the month", "days": list(range(-30, -1)), "z": {"b_horizontal": 1.0}}],
    "same_rule_elsewhere": {"n_marked": 3, "n_scored": 12},
}  # fmt: skip


def test_a_small_p_among_several_is_nothing_beyond_chance():
    told = verdict(EPOCHS)
    assert (told["beyond_chance"], told["adjusted_p"], told["n_tests"]) == (False, 0.08, 2)
    assert (told["variable"], told["worst_p"]) == ("b_horizontal", 0.14)
    assert told["null_rate"] == RATE | {"threshold_sigma": 2.0}
    assert (told["days"], told["block_hours"], told["background"]) == ([-5, -1], None, None)
    assert (told["could_find_little"], told["marked"]["n_marked"], told["marked_without_event"]) == (True, 5, 0.2)


def test_what_stands_out_says_so_and_what_could_have_been_found():
    found = copy.deepcopy(EPOCHS)
    found["trials"]["tests"][1]["adjusted_p"] = 0.01
    found["power_curves"][0]["smallest_detectable_sigma"] = 0.7
    told = verdict(found)
    assert (told["beyond_chance"], told["smallest_detectable_sigma"], told["could_find_little"]) == (True, 0.7, False)


@pytest.mark.parametrize(("other", "depends"), [(1.0, True), (2.5, False)])
def test_one_block_carries_no_claim_either_way(other, depends):
    found = copy.deepcopy(BLOCKS)
    found["backgrounds"][1]["z"]["b_horizontal"] = other
    told = verdict(found)
    assert told["beyond_chance"] is None
    assert told["depends_on_background"] is depends
    assert told["marked_without_event"] == 0.25
    assert told["null_rate"] == RATE | {"threshold_sigma": 2.0, "background_blocks": 10}
    assert (told["days"], told["block_hours"], told["background"]) == (None, 24, "ten days")
