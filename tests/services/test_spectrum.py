"""Spectrograms of what is held: a known sine is found, gaps and flagged values are left out, bounds are kept."""

import numpy as np
import pytest

from soap.core.errors import BadParameter, NotFound, TooLarge
from soap.core.time import Window
from soap.services import spectrum
from soap.services.get import wanted
from soap.services.ingest import ingest
from soap.services.spectrum import held_spectrogram
from soap.testing.tiny import COMPOSITION, tiny

PERIOD_S, AMPLITUDE = 1800.0, 20.0
KAK = "geomagnetism.kak.pt1m"


@pytest.fixture
def held(tmp_path, archive, me):
    seconds = np.arange(3 * 1440) * 60.0
    values = 30_000 + AMPLITUDE * np.sin(2 * np.pi * seconds / PERIOD_S)
    told = [round(float(one), 3) for one in values]
    told[1440:2160] = [None] * 720
    told[3000] = 99_999.0  # out of range: flagged
    path = tmp_path / "kak"
    path.write_bytes(tiny(code="kak", start="2016-04-01T00:00:30", step=60, cadence="PT1M", values=told))
    ingest(me, archive, COMPOSITION, [path])
    return archive


def asked(me, held, start="2016-04-01", stop="2016-04-04"):
    return wanted(me, held, KAK, Window(start, stop), ("b_north",))


def test_a_sine_is_found_and_a_gap_stays_one(held, me):
    found = held_spectrogram(asked(me, held), segment_s=4 * 3600, columns=36, rows=400)
    assert (found.units, found.segment_s, found.step_s) == ("(nT)2/Hz", 14_400, 60)
    edges, power = found.found.frequency_edges, found.found.power
    middle = (edges[:-1] + edges[1:]) / 2
    known = ~np.isnan(power).all(axis=1)
    peaks = middle[np.nanargmax(power[known], axis=1)]
    np.testing.assert_allclose(peaks, 1 / PERIOD_S)
    starts = found.time_edges[:-1][~known].astype("datetime64[h]").astype(str).tolist()
    beside = ["2016-04-01T22", *(f"2016-04-02T{hour:02d}" for hour in range(0, 14, 2))]
    assert starts == ["2016-04-01T00", *beside, "2016-04-03T21"]  # the gap, what is too near, and both ends
    np.testing.assert_allclose((power[known] * np.diff(edges)).sum(axis=1), AMPLITUDE**2 / 2, rtol=0.02)


def test_a_flagged_value_has_no_power(held, me):
    """The outlier of 69,999 nT would lift every frequency beside it by six orders."""
    found = held_spectrogram(asked(me, held, "2016-04-03"), segment_s=3600, columns=24)
    assert np.nanmin(found.found.power.max(axis=1)) > 0
    assert np.nanmax(found.found.power[:, -5:]) < 1.0


def test_bounds(held, me, monkeypatch):
    assert held_spectrogram(asked(me, held)).segment_s == 64 * 60
    with pytest.raises(BadParameter, match="Segments of 60 s do not fit"):
        held_spectrogram(asked(me, held), segment_s=60)
    with pytest.raises(BadParameter, match="5 values have no spectrum"):
        held_spectrogram(asked(me, held, "2016-04-01T00:00", "2016-04-01T00:05:30"))
    with pytest.raises(NotFound, match="holds nothing"):
        held_spectrogram(asked(me, held, "2017-04-01", "2017-04-02"))
    monkeypatch.setattr(spectrum, "MOST_VALUES", 100)
    with pytest.raises(TooLarge, match="Ask for less time"):
        held_spectrogram(asked(me, held))
