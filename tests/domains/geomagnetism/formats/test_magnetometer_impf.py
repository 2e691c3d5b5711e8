"""IMPF: the conformance suite, and the examples of INTERMAGNET's Technical Manual give its numbers."""

import json

import numpy as np
import pytest

from soap.archive.finality import finality
from soap.core.errors import BadFile
from soap.domains.geomagnetism import NAMES, READERS
from soap.domains.geomagnetism.formats.magnetometer_impf import READER
from soap.formats import Source
from soap.testing.readers import ReaderTests

OTHERS = tuple(reader for reader in READERS if reader is not READER)
MANUAL = {
    "startDate": "2023-01-01T00:00",
    "geomagneticFieldX": [17595.02, None, 17594.99],
    "geomagneticFieldY": [-329.19, -329.18, -329.21],
    "geomagneticFieldZ": [46702.70, 46703.01, 46703.24],
}
"""The first example of the manual's appendix; its second is a scalar of one second."""
SCALAR = {"startDate": "2023-01-01T00:00:00", "comments": ["a"], "geomagneticFieldS": [49000.00, 49000.21, 49000.34]}


def line(payload, topic="impf/esk/pt1m/1/xyzs", as_text=False) -> bytes:
    told = {"topic": topic, "payload": json.dumps(payload) if as_text else payload}
    return json.dumps(told).encode() + b"\n"


def read(*lines: bytes):
    return READER.read(Source("x.impf", b"".join(lines)))


class TestImpf(ReaderTests):
    reader = READER
    names = NAMES
    others = OTHERS
    samples = staticmethod(lambda: {
        "a.impf": b"".join(line(MANUAL | {"startDate": f"2023-01-01T{hour:02}:00"}) for hour in range(24)),
        "b.impf": line(SCALAR, "impf/ler/1hz/3/xyzs", as_text=True) * 3,
    })  # fmt: skip
    records_stand_alone = True


def test_the_manuals_examples():
    (one,) = read(line(MANUAL)).observations
    assert one.attrs["collection_id"] == "geomagnetism.esk.pt1m"
    assert str(one["time"].values[2])[:19] == "2023-01-01T00:02:00"
    np.testing.assert_array_equal(one["b_north"].values, [17595.02, np.nan, 17594.99])
    np.testing.assert_array_equal(one["b_down"].values, [46702.70, 46703.01, 46703.24])
    (one,) = read(line(SCALAR, "impf/ler/pt1s/3/xyzs")).observations
    assert (one.attrs["cadence"], one.attrs["maturity"]) == ("PT1S", "quasi-definitive")
    np.testing.assert_array_equal(one["b_total"].values, [49000.00, 49000.21, 49000.34])


def test_vector_and_scalar_may_come_apart_and_the_last_word_counts():
    scalar = {"startDate": "2023-01-01T00:01", "geomagneticFieldS": [49000.0]}
    again = {"startDate": "2023-01-01T00:01", "geomagneticFieldX": [17595.5], "geomagneticFieldY": [None]}
    (one,) = read(line(MANUAL), line(scalar), line(again)).observations
    np.testing.assert_array_equal(one["b_total"].values, [np.nan, 49000.0, np.nan])
    np.testing.assert_array_equal(one["b_north"].values, [17595.02, 17595.5, 17594.99])
    np.testing.assert_array_equal(one["b_east"].values, [-329.19, -329.18, -329.21])


def test_levels_are_apart_and_the_lowest_is_below_every_files():
    low, high = read(line(MANUAL), line(MANUAL, "impf/esk/pt1m/4/xyzs")).observations
    assert finality(low.attrs["maturity"]) < finality("variation") < finality(high.attrs["maturity"])


def test_angles_are_minutes_of_arc():
    told = {"startDate": "2023-01-01T00:00", "geomagneticFieldH": [17000.0], "geomagneticFieldD": [-90.0],
            "geomagneticFieldZ": [46000.0]}  # fmt: skip
    reading = read(line(told, "impf/esk/pt1m/1/hdzs"))
    assert reading.observations[0]["declination"].values.tolist() == [-1.5]
    assert "minutes of arc" in reading.notes[0]


@pytest.mark.parametrize(
    ("payload", "topic", "words"),
    [
        (MANUAL, "impf/ESK/pt1m/1/xyzs", "the topic"),
        (MANUAL, "impf/esk/pt1h/1/xyzs", "the topic"),
        (MANUAL, "impf/esk/pt1m/5/xyzs", "the topic"),
        (MANUAL, "impf/../pt1m/1/xyzs", "the topic"),
        (MANUAL, "impf/esk/pt1m/1/difs", "its topic says DIFS"),
        (MANUAL | {"startDate": "2023-01-01T00:00:30"}, None, "no whole number"),
        (MANUAL | {"startDate": "yesterday"}, None, "startDate"),
        (MANUAL | {"startDate": "2023-02-30T00:00"}, None, "2023-02-30"),
        (MANUAL | {"geomagneticFieldX": [1.0]}, None, "1, 3 samples"),
        (MANUAL | {"geomagneticFieldX": [1.0, "2", 3.0]}, None, "neither a number nor null"),
        (MANUAL | {"geomagneticFieldX": [1.0, True, 3.0]}, None, "neither a number nor null"),
        (MANUAL | {"geomagneticFieldX": [1.0, 1e9, 3.0]}, None, "beyond 99999"),
        (MANUAL | {"geomagneticFieldX": [1.0, float("nan"), 3.0]}, None, "NaN is no number"),
        ({"startDate": "2023-01-01T00:00"}, None, "none"),
        ([1], None, "no JSON object"),
    ],
)
def test_what_breaks_the_format_is_named(payload, topic, words):
    with pytest.raises(BadFile, match="Line 2") as caught:
        read(line(MANUAL), line(payload, topic or "impf/esk/pt1m/1/xyzs"))
    assert words in str(caught.value)
