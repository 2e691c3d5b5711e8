"""Every promise of a shape, broken once: `check` must name the breach."""

import numpy as np
import pytest

from soap.core.errors import BadObservation, BadParameter
from soap.core.names import Variable
from soap.observations import Earthquake, Quality, Station, check, field, profile, series, track

NAMES = (
    Variable("b_total", "F", "nT", "total field", plausible=(10000, 80000)),
    Variable("vtec", "VTEC", "TECU", "TEC"),
)
TIME = np.arange("2016-03-01", "2016-03-05", dtype="M8[D]")
ATTRS = {"collection_id": "geomagnetism.xxx.p1d", "platform": "xxx"}


def sound():
    return series(TIME, {"b_total": np.array([40000.0, np.nan, 90000.0, 41000.0])}, names=NAMES, **ATTRS)


def test_quality_says_why():
    assert sound()["b_total_quality"].values.tolist() == [0, Quality.MISSING, Quality.OUT_OF_RANGE, 0]


def test_own_flags_are_added_to_those_of_the_values():
    flags = {"b_total": np.array([0, 0, 0, Quality.SPIKE], np.uint8)}
    dataset = series(TIME, {"b_total": np.array([4e4, np.nan, 9e4, 4e4])}, names=NAMES, flags=flags, **ATTRS)
    assert dataset["b_total_quality"].values.tolist() == [0, 1, 2, 4]


BREACHES = {
    "unknown": lambda d: d.assign_attrs(shape="cloud"),
    "lacks the attribute": lambda d: d.drop_attrs(deep=False).assign_attrs(shape="series"),
    "no collection_id": lambda d: d.assign_attrs(collection_id="KAK"),
    "no coordinate": lambda d: d.reset_index("time").drop_vars("time"),
    "datetime64": lambda d: d.assign_coords(time=np.arange(4)),
    "does not rise": lambda d: d.isel(time=[0, 2, 1, 3]),
    "no time at all": lambda d: d.isel(time=slice(0)),
    "NaT": lambda d: d.assign_coords(time=np.array(["2016-03-01", "2016-03-02", "2016-03-03", "NaT"], "M8[ns]")),
    "latitude outside": lambda d: d.assign_attrs(latitude=91.0),
    "no data variable": lambda d: d[[]].assign_coords(time=d.time),
    "no units": lambda d: d.assign(b_total=d.b_total.drop_attrs()),
    "floating point": lambda d: d.assign(b_total=d.b_total.fillna(0).astype(int).assign_attrs(d.b_total.attrs)),
    "infinities": lambda d: d.assign(b_total=d.b_total.where(d.b_total < 5e4, np.inf).assign_attrs(d.b_total.attrs)),
    "lacks its flags": lambda d: d.drop_vars("b_total_quality"),
    "not flagged as missing": lambda d: d.assign(b_total_quality=d.b_total_quality * 0),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_broken_shape_is_named(breach):
    with pytest.raises(BadObservation, match=breach):
        check(BREACHES[breach](sound()))


def test_wrong_dimensions_are_named():
    grid = field(TIME, [0, 1], [0, 1], {"vtec": np.zeros((4, 2, 2))}, names=NAMES, **ATTRS)
    with pytest.raises(BadObservation, match="has dimensions"):
        check(grid.transpose("latitude", "time", "longitude"))


def test_the_four_shapes_are_accepted():
    four = np.zeros(4)
    shapes = [
        sound(),
        track(TIME, four, four, four + 507, {"b_total": four + 4e4}, names=NAMES, **ATTRS),
        profile(TIME, [100, 200], {"vtec": np.zeros((4, 2))}, names=NAMES, **ATTRS),
        field(TIME, [0, 1], [0, 1], {"vtec": np.zeros((4, 2, 2))}, names=NAMES, **ATTRS),
    ]
    assert [check(dataset).attrs["shape"] for dataset in shapes] == ["series", "track", "profile", "field"]


def test_records_fold_longitude_and_refuse_no_place():
    assert Station("BOU", 40.137, 254.764).longitude == pytest.approx(-105.236)
    quake = Earthquake("us20005hqz", "2016-04-13T13:55:17.740", 23.1335, 94.9, 134.8, 6.9, "mww")
    assert quake.time == np.datetime64("2016-04-13T13:55:17.740")
    with pytest.raises(BadParameter):
        Station("X", 95, 0)
