"""What the operator of a station is told: how complete, how late, how noisy, and who is silent."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.core.time import utc
from soap.core.who import Viewer
from soap.services.ingest import ingest
from soap.services.station_health import station_health
from soap.testing.tiny import COMPOSITION, tiny


@pytest.fixture
def held(tmp_path, archive, me):
    rng = np.random.default_rng(3)

    def bring(code, start, values):
        path = tmp_path / f"{code}-{start}"
        values = [None if np.isnan(one) else round(float(one), 2) for one in values]
        path.write_bytes(tiny(code=code, start=start, step=600, cadence="PT10M", values=values))
        ingest(me, archive, COMPOSITION, [path])

    bring("kak", "2016-04-01", rng.normal(0, 2, 144 * 40))
    quarter = rng.normal(0, 2, 144 * 2)
    quarter[: 144 // 2] = np.nan
    bring("abg", "2016-04-01", quarter)
    bring("abg", "2016-04-04", rng.normal(0, 2, 144))
    return archive


def test_the_silent_come_first_and_days_without_values_count(held, me):
    abg, kak = station_health(me, held)
    assert (abg.platform, str(abg.last_seen)[:16], abg.days, abg.days_with_values) == ("abg", "2016-04-04T23:50", 4, 3)
    assert abg.completeness == pytest.approx((72 + 144 + 144) / (4 * 144))
    assert (kak.platform, kak.days, kak.completeness, kak.flagged) == ("kak", 30, 1.0, 0.0)
    assert str(kak.first_day) == "2016-04-11"
    assert kak.latency_s > 86_400


def test_a_window_counts_all_its_days(held, me):
    abg, kak = station_health(me, held, start=utc("2016-04-01"), stop=utc("2016-04-11"))
    assert abg.completeness == pytest.approx((72 + 144 + 144) / 1440)
    assert (kak.days, kak.completeness) == (10, 1.0)
    (late,) = station_health(me, held, start=utc("2016-05-01"), stop=utc("2016-05-21"))
    assert (late.platform, late.days_with_values, late.completeness) == ("kak", 10, 0.5)


def test_open_windows(held, me):
    (kak,) = station_health(me, held, start=utc("2016-05-01T00:01"))
    assert (str(kak.first_day), kak.days, kak.completeness) == ("2016-05-02", 9, 1.0)
    abg, _ = station_health(me, held, stop=utc("2016-04-03"))
    assert (str(abg.first_day), abg.days, abg.completeness) == ("2016-04-01", 2, 0.75)


def test_one_collection_and_nobody_elses(held, me):
    assert [one.platform for one in station_health(me, held, collection_id="geomagnetism.kak.pt10m")] == ["kak"]
    assert station_health(Viewer("guest"), held) == ()


def test_an_empty_window_is_said(held, me):
    with pytest.raises(BadParameter, match="is empty"):
        station_health(me, held, start=utc("2016-05-01"), stop=utc("2016-05-01"))
