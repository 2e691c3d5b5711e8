"""Control windows: what a case study tests and compares with, told by hand."""

from __future__ import annotations

import pytest

from soap.core.errors import NotFound
from soap.core.who import Viewer
from soap.services.study.case import case_table
from soap.services.study.control_windows import control_windows
from soap.services.study.spec_file import parse_study


def days(window) -> tuple[str, str]:
    return str(window.start)[:16], str(window.stop)[:16]


def test_the_days_before_and_after_by_local_time_at_the_epicentre(zone_archive, me):
    """13:55 UTC is 20:14 local time on 13 April at 94.9 E, where days begin at 17:40:24 UTC."""
    found = control_windows(me, zone_archive, "us1")
    assert days(found.tested) == ("2016-04-07T17:40", "2016-04-12T17:40")  # the local days 8 to 12 April
    assert days(found.post_event) == ("2016-04-13T17:40", "2016-04-18T17:40")
    assert days(found.window) == ("2016-03-01T00:00", "2016-05-01T00:00")
    assert found.n_shifts == 60
    assert parse_study(found.declaration) == parse_study(case_table(me, zone_archive, "us1"))


def test_days_without_an_earthquake_are_those_of_each_place(zone_archive, me):
    """M 5.5 reaches 232 km: NEAR (206 km away) alone; M 6.9 (927 km) reaches both, and the epicentre is in both."""
    found = {one.name: one for one in control_windows(me, zone_archive, "us1").places}
    assert set(found) == {"NEAR", "WEST", "overhead"}
    # no earthquake so near that it comes within 30 days, or came within 15: until 13 March, and from 29 April on
    march, april = found["WEST"].clear
    assert days(march)[1] == "2016-03-13T18:04"  # the local day 14 March begins then at 89 E
    assert days(april)[0] == "2016-04-28T18:04"
    # us2, on 5 March at NEAR, takes out the days to 20 March: none is left before the other's
    assert [days(one)[0] for one in found["NEAR"].clear] == ["2016-04-28T17:40"]


def test_who_may_not_see_it_is_told_of_nothing(zone_archive, me):
    for viewer, event in ((me, "us9"), (Viewer("guest"), "us1")):
        with pytest.raises(NotFound, match=event):
            control_windows(viewer, zone_archive, event)
