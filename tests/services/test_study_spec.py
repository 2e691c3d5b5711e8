"""A study file: what is wrong is said with the key, what it holds, and the nearest word."""

from pathlib import Path

import pytest

from soap.core.errors import BadFile, BadParameter
from soap.services.study import read_study
from soap.services.study.spec_file import KINDS, parse_study

STUDIES = Path(__file__).parents[2] / "studies"


@pytest.fixture
def declared():
    import tomllib

    return tomllib.loads((STUDIES / "asia-pacific-diurnal.toml").read_text("utf-8"))


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_study_is_well_declared(path):
    assert read_study(path).kind in KINDS


def refusal(declared):
    with pytest.raises(BadParameter) as caught:
        parse_study(declared, "mine.toml")
    assert str(caught.value).startswith("mine.toml: ")
    return str(caught.value)


def test_a_misspelt_key_is_refused_with_the_nearest(declared):
    declared["earthquakes"]["min_magnitud"] = 6
    assert "earthquakes.min_magnitud is not known here; did you mean 'min_magnitude'?" in refusal(declared)


def test_a_misspelt_key_of_a_background_too(declared):
    declared["background"]["harmonic"] = 4
    assert "did you mean 'harmonics'" in refusal(declared)


def test_a_key_like_nothing_gets_the_list(declared):
    declared["test"]["xyzzy"] = 1
    assert "known are cluster_days, cluster_km" in refusal(declared)


def test_every_problem_is_named_at_once(declared):
    del declared["question"]
    declared["stations"]["box"]["west"] = 300
    declared["test"]["days"] = [-1, -5]
    text = refusal(declared)
    assert "question is missing" in text
    assert "stations.box.west" in text
    assert "it is 300" in text
    assert "-1 to -5 do not rise" in text


@pytest.mark.parametrize(
    ("table", "key", "value", "said"),
    [
        ("window", "stop", "1990-01-01", "empty"),
        ("window", "start", "yesterday", "not a time"),
        ("test", "days", [-40, -1], "leave the lags"),
        ("test", "surrogates", ["pair_permutation"], "circular_shift"),
        ("test", "n_surrogates", 10, "greater than or equal to 99"),
        ("background", "kind", "magic", "past_regression"),
        ("earthquakes", "zone", "mine", "dobrovolsky"),
        ("controls", "max_kp", "three", "number"),
        ("window", "stop", "2013-12-31T12:00", "midnight UTC"),
        ("test", "lags", [5, 10], "day 0 and a day before it"),
        ("test", "lags", [0, 10], "day 0 and a day before it"),
        ("test", "lags", [-20, -1], "day 0 and a day before it"),
        ("test", "surrogates", ["circular_shift", "circular_shift"], "named once"),
        ("controls", "post_event_days", [5, 1], "do not rise"),
        ("controls", "post_event_days", [1, 10**11], "within -365..365"),
        ("controls", "post_event_days", [-5, -1], "do not come after"),
        ("power", "shares", [2.0], "less than or equal to 1"),
        ("power", "sizes_sigma", [3.0, 1.0], "must rise"),
        ("power", "sizes_sigma", [-1.0], "greater than or equal to 0"),
        ("quantity", "variables", ["b_down", "b_down"], "named once"),
    ],
)
def test_values_out_of_bounds_are_refused(declared, table, key, value, said):
    declared[table][key] = value
    assert said in refusal(declared)


def test_an_unknown_kind_is_refused_with_those_there_are(declared):
    declared["kind"] = "superposed"
    assert "'superposed_epoch' or 'blocks'" in refusal(declared)


def test_satellites_need_one_earthquake(declared):
    declared["stations"]["tracks"] = ["topside.cses_01.lap_1.l2"]
    assert "give earthquakes.event_id" in refusal(declared)


@pytest.mark.parametrize("content", [b"", b"kind = ", b"\xff\xfe", b"\x89HDF\r\n\x1a\n", b"[" * 2000])
def test_what_is_no_study_is_refused_by_name(tmp_path, content):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises((BadFile, BadParameter), match=r"bad\.toml"):
        read_study(path)


def test_an_absent_file_is_refused_by_name(tmp_path):
    with pytest.raises(BadFile, match=r"absent\.toml"):
        read_study(tmp_path / "absent.toml")


def test_a_kind_that_is_no_word_is_refused(declared):
    declared["kind"] = ["superposed_epoch"]
    assert "kind is ['superposed_epoch']" in refusal(declared)


@pytest.mark.parametrize("days", [(-7, -1), (1, 9)])
def test_a_background_that_knows_the_earthquake_is_refused(days):
    import tomllib

    declared = tomllib.loads((STUDIES / "tohoku-2011.toml").read_text("utf-8"))
    declared["backgrounds"][0] |= {"first_day": days[0], "last_day": days[1]}
    assert "less than or equal to -2" in refusal(declared)
