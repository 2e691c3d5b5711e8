"""Activity: which local days one storm, and one unknown interval, take out, told by hand."""

from __future__ import annotations

import numpy as np
import pytest

from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window
from soap.core.who import Viewer
from soap.services.activity import activity
from tests.services import zone

APRIL = Window(np.datetime64("2016-04-05", "ns"), np.datetime64("2016-04-15", "ns"))


def vetoed(found) -> list[str]:
    return [str(start)[:16] for start, calm in zip(found.days.start, found.days.calm, strict=True) if not calm]


def test_a_storm_takes_out_the_day_it_touches_by_local_time(zone_archive, me):
    assert vetoed(activity(me, zone_archive, APRIL)) == ["2016-04-10T00:00"]
    east = activity(
        me, zone_archive, APRIL, longitude=95.0
    )  # days begin at 17:40 UTC: 12 to 15 h lies in that of the 9th
    assert vetoed(east) == ["2016-04-09T17:40"]
    date_line = activity(me, zone_archive, APRIL, longitude=-150.0)  # days begin at 10 h UTC
    assert vetoed(date_line) == ["2016-04-10T10:00"]
    assert vetoed(activity(me, zone_archive, APRIL, longitude=150.0)) == [
        "2016-04-09T14:00",
        "2016-04-10T14:00",
    ]  # it spans both
    assert vetoed(activity(me, zone_archive, APRIL, max_kp=6.0)) == []


def test_what_is_not_known_is_not_calm(zone_archive, me):
    march = Window(np.datetime64("2016-03-19", "ns"), np.datetime64("2016-03-22", "ns"))
    found = activity(me, zone_archive, march)
    assert vetoed(found) == ["2016-03-20T00:00"]
    assert np.isnan(found.days.max_kp[1])
    before = Window(np.datetime64("2016-02-27", "ns"), np.datetime64("2016-03-03", "ns"))
    assert vetoed(activity(me, zone_archive, before)) == ["2016-02-27T00:00", "2016-02-28T00:00", "2016-02-29T00:00"]


def test_kp_is_that_of_the_window_and_can_be_cited(zone_archive, me):
    found = activity(me, zone_archive, APRIL)
    assert len(found.kp.index.time) == 80
    assert found.kp.index.time[0] == np.datetime64("2016-04-05")
    assert found.kp.index.values[found.kp.index.time == zone.STORM] == [6.0]
    name, _, recorded = found.kp.version.partition("@")
    assert name == "space_weather.made.pt3h"
    again = activity(me, zone_archive, APRIL, kp=name, as_of=np.datetime64(recorded.rstrip("Z")))
    assert again.kp.version == found.kp.version


def test_what_cannot_be_told(zone_archive, me):
    with pytest.raises(NotFound, match="No Kp is held"):
        activity(me, zone_archive, Window(np.datetime64("2001-01-01", "ns"), np.datetime64("2001-02-01", "ns")))
    with pytest.raises(NotFound):
        activity(Viewer("guest"), zone_archive, APRIL)
    with pytest.raises(BadParameter, match="days at a time"):
        activity(me, zone_archive, Window(np.datetime64("1980-01-01", "ns"), np.datetime64("2016-05-01", "ns")))
