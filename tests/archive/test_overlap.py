"""What several members hold of the same times comes once; what does not fit together is not mixed."""

from __future__ import annotations

import numpy as np
import pytest

from soap.archive import Selection, publish, query
from soap.core.errors import BadParameter
from soap.core.time import Window

HOURS = np.arange("2016-04-01", "2016-04-03", dtype="datetime64[h]")
APRIL = Window("2016-04-01", "2016-05-01")
KAK, TRACK, FIELD = "geomagnetism.kak.pt1h", "topside.cses_01.lap_1.l2", "ionosphere.codg.gim"


@pytest.fixture
def hand_in(archive, me, make):
    """Publish observations for a member."""

    def _hand_in(provider, *observations, **reading):
        receipt = publish.publish(archive, me, [make.arrival(observations=observations, **reading)], provider)
        assert not receipt.refused, receipt.refused

    return _hand_in


def test_the_later_recorded_fills_and_overrules(archive, me, make, hand_in):
    hand_in("CHN", make.series(HOURS[:4], [1, 2, np.nan, 4]))
    hand_in("PAK", make.series(HOURS[2:6], [30, 40, np.nan, 60]))
    held = query.series(archive, me, KAK, APRIL)
    assert held["time"].values.tolist() == HOURS[:6].astype("datetime64[ns]").astype(int).tolist()
    np.testing.assert_array_equal(held["b_north"], [1, 2, 30, 40, np.nan, 60])
    np.testing.assert_array_equal(held["b_north_quality"], [0, 0, 0, 0, 1, 0])
    hand_in("CHN", make.series(HOURS[3:4], [400]))  # now China's is the later
    np.testing.assert_array_equal(query.series(archive, me, KAK, APRIL)["b_north"], [1, 2, 30, 400, np.nan, 60])
    for provider, values in (("CHN", [1, 2, np.nan, 400]), ("PAK", [30, 40, np.nan, 60])):
        alone = query.series(archive, me, KAK, APRIL, provider=provider)
        np.testing.assert_array_equal(alone["b_north"], values)


def test_the_more_final_wins_whoever_came_last(archive, me, make, hand_in):
    hand_in("CHN", make.series(HOURS[:3], [1, 2, 3], maturity="definitive"))
    hand_in("PAK", make.series(HOURS[:4], [9, 9, 9, 4], maturity="provisional"))
    held = query.series(archive, me, KAK, APRIL)
    assert held["b_north"].values.tolist() == [1, 2, 3, 4]
    assert set(held.attrs["maturity"].split(", ")) == {"definitive", "provisional"}


def test_years_of_different_members_follow_each_other(archive, me, make, hand_in):
    hand_in("CHN", make.series(HOURS - np.timedelta64(366, "D"), np.arange(48.0)))
    hand_in("PAK", make.series(HOURS, np.arange(48.0)))
    both = query.whole(archive, me, KAK, Window("2015-01-01", "2017-01-01"))
    assert both["b_north"].values.tolist() == [*range(48)] * 2
    assert (np.diff(both["time"].values) > np.timedelta64(0)).all()


def test_half_orbits_and_maps_come_once(archive, me, make, hand_in):
    for provider, noon in (("CHN", "2016-04-13T12"), ("PAK", "2016-04-13T14")):
        hand_in(provider, make.track([0.0, 1.0, 2.0], [10.0, 10.0, 10.0]))
        hand_in(provider, make.field(["2016-04-13T10", noon], [0.0, 5.0], [0.0, 5.0]))
    (orbit,) = query.tracks(archive, me, TRACK, APRIL)
    assert orbit.sizes["time"] == 3
    assert query.whole(archive, me, TRACK, APRIL)["half_orbit_id"].values.tolist() == ["031190"] * 3
    (maps,) = query.fields(archive, me, FIELD, APRIL)
    assert [str(time)[11:13] for time in maps["time"].values] == ["10", "12", "14"]


def test_half_orbits_cut_differently_are_not_mixed(archive, me, make, hand_in):
    hand_in("CHN", make.track([0.0, 1.0, 2.0], [10.0, 10.0, 10.0]))
    hand_in("PAK", make.track([2.0, 3.0], [10.0, 10.0], start="2016-04-13T00:00:02", half_orbit_id="31190b"))
    with pytest.raises(BadParameter, match=r"CHN, PAK.*provider='CHN' or provider='PAK'"):
        query.tracks(archive, me, TRACK, APRIL)
    assert len(query.tracks(archive, me, TRACK, APRIL, provider="PAK")) == 1


def test_half_orbits_of_one_member_may_overlap(archive, me, make, hand_in):
    hand_in("CHN", make.track([0.0, 1.0, 2.0], [10.0, 10.0, 10.0]))
    hand_in("CHN", make.track([2.0, 3.0], [10.0, 10.0], start="2016-04-13T00:00:02", half_orbit_id="31191"))
    hand_in("PAK", make.track([2.0, 3.0], [10.0, 10.0], start="2016-04-14T00:00:02", half_orbit_id="31210"))
    assert [one.sizes["time"] for one in query.tracks(archive, me, TRACK, APRIL)] == [3, 2, 2]


def test_another_grid_is_said_and_asked_for_apart(archive, me, make, hand_in):
    hand_in("", make.field(["2016-04-13T10"], [0.0, 5.0], [0.0, 5.0]))
    hand_in("PAK", make.field(["2016-04-13T12"], [0.0, 2.0], [0.0, 5.0]))
    with pytest.raises(BadParameter, match=r"another grid.*the archive itself, PAK.*provider='' or provider='PAK'"):
        query.fields(archive, me, FIELD, APRIL)
    (own,) = query.fields(archive, me, FIELD, APRIL, provider="")
    assert own["latitude"].values.tolist() == [0.0, 5.0]


def test_real_and_simulated_are_not_mixed(archive, me, make, hand_in):
    hand_in("CHN", make.series(HOURS[:24], np.arange(24.0)))
    hand_in("PAK", make.series(HOURS[24:], np.arange(24.0), simulated=1))
    with pytest.raises(BadParameter, match="real observations of CHN; simulated observations of PAK"):
        query.series(archive, me, KAK, APRIL)
    assert query.series(archive, me, KAK, APRIL, provider="PAK").attrs["simulated"] == 1
    assert [(one.simulated, one.providers) for one in query.collections(archive, me)] == [
        (False, ("CHN",)),
        (True, ("PAK",)),
    ]


def test_several_shapes_under_one_name_are_told_apart(archive, me, make, hand_in):
    def misnamed(name):
        observation = make.track([0.0, 1.0], [10.0, 10.0])
        return observation.assign_attrs(collection_id=name)

    hand_in("CHN", make.series(HOURS, np.arange(48.0)))
    hand_in("PAK", misnamed(KAK))
    with pytest.raises(BadParameter, match="series observations of CHN; track observations of PAK"):
        query.series(archive, me, KAK, APRIL)
    with pytest.raises(BadParameter, match="shapes series, track"):
        query.series(archive, me, KAK, Window("2010-01-01", "2011-01-01"))
    assert len(query.tracks(archive, me, KAK, APRIL, provider="PAK")) == 1
    assert len(query.granules(archive, me, Selection(collection_id=KAK))) == 2


def test_units_that_differ_are_not_mixed(archive, me, make, hand_in):
    hand_in("CHN", make.series(HOURS[:24], np.arange(24.0)))
    other = make.series(HOURS[24:], np.arange(24.0))
    other["b_north"].attrs["units"] = "pT"
    hand_in("PAK", other)
    with pytest.raises(BadParameter, match=r"b_north of geomagnetism.kak.pt1h is held in nT and in pT; .*CHN, PAK"):
        query.series(archive, me, KAK, APRIL)
    interleaved = make.series(HOURS[:24], np.arange(24.0))
    interleaved["b_north"].attrs["units"] = "pT"
    hand_in("PER", interleaved)
    with pytest.raises(BadParameter, match="held in nT; the file gives pT"):
        query.series(archive, me, KAK, Window(HOURS[0], HOURS[20]))
