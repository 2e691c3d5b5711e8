"""Daily health: the rows that the archive recorded, by station, within the days that were asked for."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.core.time import Window
from soap.core.who import Viewer
from soap.services.daily_health import daily_health
from soap.services.ingest import ingest
from soap.testing.tiny import COMPOSITION, tiny

LISTED = {"code": "ABG", "latitude": 18.6, "longitude": 72.9}


@pytest.fixture
def held(tmp_path, archive, me):
    values = np.random.default_rng(3).normal(0, 2, 144 * 6).round(2).tolist()
    for name, content in {
        "kak": tiny(code="kak", start="2016-04-01", step=600, cadence="PT10M", values=values),
        "abg": tiny(code="abg", start="2016-04-01", step=600, cadence="PT10M", values=[*values[:72], *[None] * 144]),
        "xyz": tiny(code="xyz", start="2016-04-02", step=600, cadence="PT10M", values=values[:144], latitude=1.0,
                    longitude=2.0),
        "list": tiny(stations=[LISTED]),
    }.items():  # fmt: skip
        path = tmp_path / name
        path.write_bytes(content)
        ingest(me, archive, COMPOSITION, [path])
    return archive


def test_days_of_each_series_by_its_station(held, me):
    abg, kak, xyz = daily_health(me, held, Window("2016-04-01", "2016-04-04"))
    assert (abg.code_scheme, abg.code, [(one.present, one.expected) for one in abg.days]) == (
        "iaga_code", "ABG", [(72, 144)],
    )  # fmt: skip
    assert [str(one.day) for one in kak.days] == ["2016-04-01", "2016-04-02", "2016-04-03"]
    assert (xyz.code_scheme, xyz.code, str(xyz.since)) == ("platform", "XYZ", "2016-04-02")


def test_one_collection_in_a_long_window_and_nobody_elses(held, me):
    (kak,) = daily_health(me, held, Window("1900-01-01", "2100-01-01"), collection_id="geomagnetism.kak.pt10m")
    assert len(kak.days) == 6
    with pytest.raises(BadParameter, match="at most 400"):
        daily_health(me, held, Window("1900-01-01", "2100-01-01"))
    assert daily_health(Viewer("guest"), held, Window("2016-04-01", "2016-04-04")) == ()
