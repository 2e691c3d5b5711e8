"""Find: around an earthquake, by place and time."""

from __future__ import annotations

import numpy as np
import pytest

from soap.core.errors import BadParameter, NotFound
from soap.core.place import Box
from soap.services.find import find
from soap.services.ingest import ingest
from soap.testing.tiny import COMPOSITION, tiny

MYANMAR = {
    "event_id": "us20005hqz",
    "time": "2016-04-13T13:55:17.68",
    "latitude": 23.0944,
    "longitude": 94.8654,
    "depth_km": 136.0,
    "magnitude": 6.9,
}


@pytest.fixture
def held(tmp_path, archive, me):
    """Stations 900 and 950 km from the epicentre of the Myanmar earthquake, and hours in April and June."""

    def north(km):
        return MYANMAR["latitude"] + np.degrees(km / 6371.0)

    files = {
        "event": tiny(events=[MYANMAR]),
        "near": tiny(code="near", start="2016-04-20", values=[1], latitude=north(900), longitude=94.8654),
        "far": tiny(code="far", start="2016-04-20", values=[1], latitude=north(950), longitude=94.8654),
        "late": tiny(code="late", start="2016-06-20", values=[1], latitude=north(10), longitude=94.8654),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    ingest(me, archive, COMPOSITION, [tmp_path / name for name in files])
    return archive


def codes(found):
    return [one.platform for one in found.granules if one.shape == "series"]


def test_around_an_earthquake(held, me):
    found = find(me, held, event_id="US20005HQZ")
    assert found.radius_km == pytest.approx(926.8, abs=0.1)  # Dobrovolsky (1979) for M 6.9
    assert found.earthquake.magnitude == 6.9
    assert found.window.stop - found.earthquake.time == np.timedelta64(15, "D")
    assert found.earthquake.time - found.window.start == np.timedelta64(30, "D")
    assert codes(found) == ["near"]


def test_the_window_round_an_earthquake_can_be_changed(held, me):
    assert codes(find(me, held, event_id="us20005hqz", stop=np.datetime64("2016-07-01"))) == ["late", "near"]
    assert codes(find(me, held, event_id="us20005hqz", start=np.datetime64("2016-04-21"))) == []


def test_by_place_time_and_variable(held, me):
    assert codes(find(me, held)) == ["far", "late", "near"]
    assert codes(find(me, held, near=(23.0, 94.9, 100.0))) == ["late"]
    assert codes(find(me, held, box=Box(90, 30, 100, 40))) == ["far", "near"]
    assert codes(find(me, held, start=np.datetime64("2016-05-01"))) == ["late"]
    assert codes(find(me, held, stop=np.datetime64("2016-05-01"), variable="b_north")) == ["far", "near"]
    assert codes(find(me, held, variable="vtec")) == []
    assert codes(find(me, held, collection_id="geomagnetism.far.pt1h")) == ["far"]


def test_one_place_at_a_time(held, me):
    with pytest.raises(BadParameter, match="one place"):
        find(me, held, near=(0.0, 0.0, 1.0), event_id="us20005hqz")
    with pytest.raises(NotFound, match="us1"):
        find(me, held, event_id="us1")
