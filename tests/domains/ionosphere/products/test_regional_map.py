"""Regional maps from the rays of several receivers: the grid, IONEX out and back, and a real network in Asia."""

from types import MappingProxyType

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains.ionosphere.formats import tec_ionex
from soap.domains.ionosphere.names import NAMES
from soap.domains.ionosphere.products.tec import DERIVATION
from soap.domains.ionosphere.products.tec.region import MapParameters, regional_map
from soap.domains.ionosphere.science.ionex_interpolation import vtec_at
from soap.formats import Reading, Source
from soap.formats.derivation import Derived
from soap.observations import check, rays
from soap.testing.data import real

START = np.datetime64("2020-01-01T06:00", "ns")
NORTH_PACIFIC = MappingProxyType({"west": 120.0, "south": 22.5, "east": 150.0, "north": 42.5, "step_deg": 2.5})


def receiver(platform="aaaa", *, latitude=30.0, longitude=130.0, vtec=12.0, seed=0) -> Derived:
    """Half an hour of rays around a place, all with one content; one satellite without it, one low."""
    rng = np.random.default_rng(seed)
    time = START + np.arange(61) * np.timedelta64(30, "s")
    sv = [f"G{number:02d}" for number in range(1, 9)]
    shape = (len(time), len(sv))
    columns = {
        "vtec": np.full(shape, vtec), "vtec_sigma": np.full(shape, 1.0), "arc": np.broadcast_to(np.arange(8.0), shape),
        "ipp_latitude": latitude + np.broadcast_to(rng.uniform(-5, 5, 8), shape),
        "ipp_longitude": longitude + np.broadcast_to(rng.uniform(-5, 5, 8), shape),
        "elevation_deg": np.full(shape, 45.0),
    }  # fmt: skip
    columns["vtec"][:, 3] = np.nan
    columns["elevation_deg"][:, 4] = 10.0
    made = rays(
        time, sv, columns, names=NAMES, collection_id=f"ionosphere.{platform}.tec.pt30s", platform=platform,
        level="L2", cadence="PT30S", shell_height_km=450.0, mapping="thin_shell",
    )  # fmt: skip
    return Derived({"tec": made}, {})


def test_maps_go_out_as_ionex_and_come_back():
    stations = [receiver("aaaa"), receiver("bbbb", latitude=34.0, longitude=138.0, seed=1)]
    made = regional_map(stations, MapParameters(**NORTH_PACIFIC)).observations["map"]
    check(made)
    assert made["vtec"].shape == (3, 9, 13)
    back = tec_ionex.read(Source("regional.i", tec_ionex.write(Reading((made,))))).observations[0]
    np.testing.assert_array_equal(back["latitude"], made["latitude"])
    np.testing.assert_array_equal(np.isnan(back["vtec"]), np.isnan(made["vtec"]))
    for name in ("vtec", "vtec_rms"):
        np.testing.assert_allclose(back[name], made[name], rtol=0, atol=0.051)
    at = vtec_at(back, START + np.timedelta64(15, "m"), 31.0, 132.0, rotated=False)
    assert at == pytest.approx(12.0, abs=0.01)


def test_a_map_across_the_date_line():
    box = {"west": 170.0, "south": 20.0, "east": -170.0, "north": 40.0, "step_deg": 5.0}
    made = regional_map([receiver(longitude=178.0)], MapParameters(**box)).observations["map"]
    assert made["longitude"].values.tolist() == [170.0, 175.0, -180.0, -175.0, -170.0]
    assert np.isfinite(made["vtec"]).any()


@pytest.mark.parametrize("box", [{"east": 121.0, "west": 120.0}, {"north": 23.0}, {"north": None}])
def test_boxes_that_hold_no_grid_are_refused(box):
    with pytest.raises(BadParameter, match=r"holds no grid|four edges"):
        regional_map([receiver()], MapParameters(**(NORTH_PACIFIC | box)))


@pytest.mark.slow
def test_a_withheld_receiver_of_five_in_asia():
    """2020-01-01, five receivers 1,000 to 5,000 km apart, GPS biases of CODE, each receiver's own estimated.

    Rays within reach of others agree with the map made without their receiver to 1.5-2.6 TECU. CODE's own map of the
    day agrees with the same rays to 1.0-2.4, so that the receivers' distance, not the fit, is what limits it.
    """
    day, names = "gnss/2020-001", ("AIRA00JPN", "CCJ200JPN", "BAKO00IDN", "ANMG00MYS", "BIK000KGZ")
    biases = [source(f"{day}/P1C12001.DCB.Z"), source(f"{day}/P1P22001_ALL.DCB.Z")]
    aids = DERIVATION.open_aids({"orbits": [source(f"{day}/COD20863.EPH.Z")], "bias": biases}).content
    stations = [
        DERIVATION.of_file(source(f"{day}/{name}_R_20200010000_01D_30S_MO.crx.gz"), aids, DERIVATION.parameters())
        for name in names
    ]
    asia = MapParameters(west=95.0, south=-15.0, east=150.0, north=45.0, step_deg=5.0, every_s=3600.0)
    derived = regional_map(stations, asia)
    errors = {one["station"]: one for one in derived.figures["withheld"]}
    assert errors["BIK0"]["rays"] == 0  # 5,000 km from the others: nobody tells of it
    for name in ("AIRA", "CCJ2", "BAKO", "ANMG"):
        assert errors[name]["rays"] > 90
        assert errors[name]["rms_tecu"] < 3.0
        assert abs(errors[name]["mean_tecu"]) < 2.0
    made = derived.observations["map"]
    code = tec_ionex.read(source("ionex/codg0010.20i.Z")).observations[0]
    axes = np.meshgrid(made["time"].values, made["latitude"], made["longitude"], indexing="ij")
    off = made["vtec"].values - vtec_at(code, *axes)
    sure = made["vtec_rms"].values < 3.0
    assert sure.sum() > 1000
    assert np.sqrt(np.nanmean(off[sure] ** 2)) < 2.5


def source(name) -> Source:
    return Source.from_path(real(f"ground/{name}"))
