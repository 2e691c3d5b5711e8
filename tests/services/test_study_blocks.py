"""A study by blocks: the arithmetic on a made-up series, and what is known of Memambetsu in March 2011."""

from pathlib import Path

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.reports import render
from soap.services import study as studies
from soap.services.ingest import ingest
from soap.services.study.blocks import Series, analyse_blocks, cut_blocks, score
from soap.services.study.result import plain
from soap.services.study.spec_file import parse_study
from soap.systems.seismo_ionospheric import composition
from soap.testing.data import real

STUDIES = Path(__file__).parents[2] / "studies"


def declared(**changes):
    return parse_study(
        {
            "kind": "blocks",
            "title": "Made up",
            "question": "Is it?",
            "collection": "geomagnetism.xxx.pt1h",
            "variables": ["b_horizontal"],
            "key_time": "2011-03-11T06:00Z",
            "earthquake": "none",
            "kp": "a.b.pt3h",
            "window": {"start": "2011-03-01", "stop": "2011-03-21"},
            "seed": 1,
            "backgrounds": [
                {"name": "calm", "first_day": -7, "last_day": -2, "reason": "r"},
                {"name": "all", "first_day": -10, "last_day": -2, "reason": "r"},
            ],
            "control_blocks": [{"name": "storm", "day": -10, "reason": "r"}],
        }
        | changes
    )


HOURS = np.arange(np.datetime64("2011-03-01", "h"), np.datetime64("2011-03-21", "h")).astype("datetime64[ns]")
BLOCK = np.floor((HOURS - np.datetime64("2011-03-11T06", "ns")) / np.timedelta64(24, "h")).astype(int)
KP = Series(HOURS[::3], np.where(BLOCK[::3] == -10, 6.0, 2.0), "1")


def field(ranges):
    """Hourly values whose range in block b is `ranges[b]`: 0 but for one hour."""
    first = np.flatnonzero(np.diff(BLOCK, prepend=-99))
    values = np.zeros(len(HOURS))
    for at in first:
        values[at + 1 if at + 1 < len(values) else at] = ranges.get(int(BLOCK[at]), 40.0)
    return {"b_horizontal": Series(HOURS, values, "nT")}


RANGES = {-10: 120.0, -9: 41.0, -8: 43.0, -7: 40.0, -6: 44.0, -5: 42.0, -4: 46.0, -3: 40.0, -2: 42.0, -1: 60.0, 4: 90.0}


def test_blocks_end_at_the_key_time_and_are_whole():
    blocks = cut_blocks(declared(), field(RANGES), KP)
    assert blocks.stop[blocks.day == -1] == np.datetime64("2011-03-11T06", "ns")
    assert (blocks.start[0], blocks.stop[-1]) >= (np.datetime64("2011-03-01T06", "ns"),)
    np.testing.assert_array_equal(blocks.ranges["b_horizontal"][blocks.day == -10], [120.0])
    np.testing.assert_array_equal(blocks.max_kp[blocks.day == -10], [6.0])


def test_scores_counts_and_p_by_hand():
    result = analyse_blocks(declared(), field(RANGES), KP)
    calm = np.array([40.0, 44, 42, 46, 40, 42])
    assert result["backgrounds"][0]["z"]["b_horizontal"] == pytest.approx((60 - calm.mean()) / calm.std(ddof=1))
    assert result["n_as_large"] == 2  # blocks -10 and 4
    assert result["p_value"]["worst"] == pytest.approx(3 / (len(result["blocks"]) - 1 + 1))
    assert result["same_rule_elsewhere"]["days_marked"].tolist() == [4]
    assert result["controls"][0]["z"][0]["z"]["b_horizontal"] == pytest.approx((120 - calm.mean()) / calm.std(ddof=1))


def test_null_rate_is_that_of_students_t():
    """z of a new value against n others is t with n - 1 degrees of freedom times sqrt(1 + 1/n)."""
    from scipy.stats import t

    result = analyse_blocks(declared(), field(RANGES), KP)
    assert result["null_rate"]["value"] == pytest.approx(2 * t.sf(2 / np.sqrt(1 + 1 / 6), 5), abs=0.005)
    assert result["null_rate"]["n"] == 100_000
    powers = [point["power"] for point in result["power"]]
    assert powers == sorted(powers)


def test_a_thin_block_has_no_range_and_an_empty_last_block_is_refused():
    series = field(RANGES)
    series["b_horizontal"].values[np.flatnonzero(BLOCK == 3)[:5]] = np.nan
    blocks = cut_blocks(declared(), series, KP)
    assert np.isnan(blocks.ranges["b_horizontal"][blocks.day == 3])
    series["b_horizontal"].values[BLOCK == -1] = np.nan
    with pytest.raises(BadParameter, match="holds too few values"):
        analyse_blocks(declared(), series, KP)


def test_score_needs_three_values():
    assert np.isnan(score(5.0, np.array([1.0, 2.0, np.nan])))


def test_a_control_outside_the_window_is_refused():
    odd = declared(control_blocks=[{"name": "far", "day": 300, "reason": "r"}])
    with pytest.raises(BadParameter, match="'far'"):
        analyse_blocks(odd, field(RANGES), KP)


@pytest.fixture(scope="module")
def tohoku(tmp_path_factory):
    """The shipped study on the observations of Memambetsu and on Kp."""
    from soap.archive import Archive
    from soap.core.settings import Settings
    from soap.core.who import folder_owner

    folder, me = tmp_path_factory.mktemp("tohoku"), folder_owner("tester")
    archive = Archive.open(Settings(archive=folder / "archive"))
    ingest(
        me,
        archive,
        composition(),
        [real("ground/geomag/2011-03-tohoku"), real("ground/indices/SW-All_celestrak.txt.gz")],
    )
    result = studies.run(me, archive, composition(), STUDIES / "tohoku-2011.toml", folder / "out")
    again = studies.rerun(me, archive, composition(), folder / "out")
    return result, again, folder / "out"


def test_tohoku_block_is_unusual_or_not_by_choice_of_background(tohoku):
    """85 nT against 39 to 53 nT in the six days before: z = 6.4; with the storm of 1 March, 1.1."""
    result = tohoku[0]
    calm, _, storm = result["backgrounds"]
    assert result["observed"]["b_horizontal"] == pytest.approx(85, abs=0.5)
    assert calm["lowest"]["b_horizontal"] == pytest.approx(39, abs=0.5)
    assert calm["highest"]["b_horizontal"] == pytest.approx(53, abs=0.5)
    assert calm["z"]["b_horizontal"] == pytest.approx(6.4, abs=0.05)
    assert storm["z"]["b_horizontal"] == pytest.approx(1.1, abs=0.05)


def test_tohoku_a_storm_was_under_way_and_explains_the_range(tohoku):
    activity = tohoku[0]["activity"]
    assert activity["kp_at_key_time"] == pytest.approx(5.3, abs=0.05)
    assert abs(activity["z"]) < 1


def test_tohoku_days_without_an_earthquake_score_more(tohoku):
    result = tohoku[0]
    assert result["controls"][0]["z"][0]["z"]["b_horizontal"] > 6.4
    others = [
        abs(z)
        for z, day in zip(result["same_rule_elsewhere"]["z"], result["same_rule_elsewhere"]["day"], strict=True)
        if z is not None and day != -1
    ]
    assert max(others) > 6.4


def test_tohoku_runs_again_to_the_same_numbers(tohoku):
    assert tohoku[1].same
    assert tohoku[1].again.inputs == ()


def test_tohoku_report_leaves_no_one_thinking_of_a_precursor(tohoku):
    result, _, folder = tohoku
    page = render(result, studies.result.read(folder, "provenance.json"))
    assert "This is not evidence of a precursor." in page
    assert "z = 6.4 or 1.1" in page
    assert "Kp reached 5.3" in page
    assert plain(result) == result  # what the report is made of is what the file holds


def flat(n_days=20):
    hours = np.datetime64("2011-03-01", "ns") + np.arange(n_days * 24) * np.timedelta64(1, "h")
    values = np.random.default_rng(1).normal(0.0, 1.0, len(hours))
    thirds = np.datetime64("2011-03-01", "ns") + np.arange(n_days * 8) * np.timedelta64(3, "h")
    return {"b_horizontal": Series(hours, values, "nT")}, thirds


@pytest.mark.parametrize(
    ("changes", "kp", "said"),
    [
        ({"backgrounds": [{"name": "far", "first_day": -300, "last_day": -200, "reason": "r"}]}, 2.0, "has 0 value"),
        ({"backgrounds": [{"name": "one", "first_day": -2, "last_day": -2, "reason": "r"}]}, 2.0, "3 or more"),
        ({"key_time": "2012-03-11T06:00Z"}, 2.0, "does not lie in the study's window"),
        ({}, 2.0, "all the same Kp"),
        ({}, np.nan, "0 other blocks"),
    ],
)
def test_what_cannot_be_answered_is_said(changes, kp, said):
    series, thirds = flat()
    with pytest.raises(BadParameter, match=said):
        analyse_blocks(declared(**changes), series, Series(thirds, np.full(len(thirds), kp), "1"))
