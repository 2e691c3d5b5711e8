"""Regional maps as fields: grids, IONEX out and back, and what a withheld receiver of a real network sees."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.core.place import Box
from soap.domains.ionosphere.formats import tec_ionex
from soap.domains.ionosphere.names import NAMES
from soap.domains.ionosphere.products.regional_map import pierce_points_of, regional_field, withheld_station_errors
from soap.domains.ionosphere.products.tec import DERIVATION
from soap.domains.ionosphere.science.ionex_interpolation import vtec_at
from soap.formats import Reading, Source
from soap.observations import check, rays
from soap.testing.data import real

START = np.datetime64("2020-01-01T06:00", "ns")


def receiver(platform="aaaa", *, latitude=30.0, longitude=130.0, vtec=12.0, shell=450.0, seed=0):
    """Half an hour of rays around a place, all with one content."""
    rng = np.random.default_rng(seed)
    time = START + np.arange(61) * np.timedelta64(30, "s")
    sv = [f"G{number:02d}" for number in range(1, 9)]
    shape = (len(time), len(sv))
    columns = {
        "vtec": np.full(shape, vtec), "vtec_sigma": np.full(shape, 1.0),
        "ipp_latitude": latitude + np.broadcast_to(rng.uniform(-5, 5, 8), shape),
        "ipp_longitude": longitude + np.broadcast_to(rng.uniform(-5, 5, 8), shape),
        "elevation_deg": np.full(shape, 45.0),
    }  # fmt: skip
    columns["vtec"][:, 3] = np.nan
    columns["elevation_deg"][:, 4] = 10.0
    return rays(
        time, sv, columns, names=NAMES, collection_id=f"ionosphere.{platform}.tec.pt30s", platform=platform,
        level="L2", cadence="PT30S", shell_height_km=shell, mapping="thin_shell",
    )  # fmt: skip


def test_rays_become_points_once_in_so_many_seconds():
    points = pierce_points_of([receiver("bbbb"), receiver("aaaa", seed=1)])
    assert sorted(set(points.station.tolist())) == [0, 1]
    assert len(set(points.arc.tolist())) == 12  # one satellite without TEC and one too low, for each
    of_one = points.time[points.arc == points.arc[0]]
    assert len(of_one) == 13
    assert (np.diff(of_one) >= np.timedelta64(150, "s")).all()
    assert np.abs(points.latitude).max() < 35.0  # geocentric


def test_maps_go_out_as_ionex_and_come_back():
    stations = [receiver("aaaa"), receiver("bbbb", latitude=34.0, longitude=138.0, seed=1)]
    times = START + np.arange(3) * np.timedelta64(15, "m")
    made = regional_field(stations, times, Box(120.0, 22.5, 150.0, 42.5))
    check(made)
    assert made["vtec"].shape == (3, 9, 7)
    content = tec_ionex.write(Reading((made,)))
    back = tec_ionex.read(Source("regional.i", content)).observations[0]
    assert back.attrs["platform"] == "regional"
    np.testing.assert_array_equal(back["latitude"], made["latitude"])
    np.testing.assert_array_equal(np.isnan(back["vtec"]), np.isnan(made["vtec"]))
    for name in ("vtec", "vtec_rms"):
        np.testing.assert_allclose(back[name], made[name], rtol=0, atol=0.051)
    assert vtec_at(back, times[1], 31.0, 132.0, rotated=False) == pytest.approx(12.0, abs=0.01)


def test_a_map_across_the_date_line():
    made = regional_field(
        [receiver(longitude=178.0)], START + np.zeros(1, "timedelta64[m]"), Box(170.0, 20.0, -170.0, 40.0)
    )
    assert made["longitude"].values.tolist() == [170.0, 175.0, -180.0, -175.0, -170.0]


@pytest.mark.parametrize(
    ("stations", "fact"),
    [
        ([], "none are given"),
        ([receiver(), receiver(shell=350.0)], "350, 450 km"),
        ([receiver().drop_vars(["vtec", "vtec_quality"])], "aaaa have no vtec"),
    ],
)
def test_rays_that_make_no_map_are_refused(stations, fact):
    with pytest.raises(BadParameter, match=fact):
        pierce_points_of(stations)


@pytest.mark.parametrize("step", [(0.0, 5.0), (2.5, 40.0), (25.0, 5.0)])
def test_grids_that_are_none_are_refused(step):
    with pytest.raises(BadParameter, match="is none"):
        regional_field(
            [receiver()], START + np.zeros(1, "timedelta64[m]"), Box(120.0, 22.5, 150.0, 42.5), step_deg=step
        )


@pytest.mark.slow
def test_a_withheld_receiver_of_five_in_asia():
    """2020-01-01, five receivers 1,000 to 5,000 km apart, GPS biases of CODE, each receiver's own estimated.

    Rays within reach of others agree with the map made without their receiver to 1.5-2.6 TECU. CODE's own map of the
    day agrees with the same rays to 1.0-2.4, so that the receivers' distance, not the fit, is what limits it.
    """
    day, names = "gnss/2020-001", ("AIRA00JPN", "CCJ200JPN", "BAKO00IDN", "ANMG00MYS", "BIK000KGZ")
    aids = DERIVATION.open_aids(
        {
            "orbits": [source(f"{day}/COD20863.EPH.Z")],
            "bias": [source(f"{day}/P1C12001.DCB.Z"), source(f"{day}/P1P22001_ALL.DCB.Z")],
        }
    ).content
    stations = [
        DERIVATION.of_file(source(f"{day}/{name}_R_20200010000_01D_30S_MO.crx.gz"), aids, DERIVATION.parameters())
        for name in names
    ]
    tables = [station.observations["tec"] for station in stations]
    hours = np.datetime64("2020-01-01", "ns") + np.arange(1, 24) * np.timedelta64(1, "h")
    errors = withheld_station_errors(tables, hours)
    assert errors["bik0"].count == 0  # 5,000 km from the others: nobody tells of it
    for name in ("aira", "ccj2", "bako", "anmg"):
        assert errors[name].count > 90
        assert errors[name].rms_tecu < 3.0
        assert abs(errors[name].mean_tecu) < 2.0
        assert 0.5 < errors[name].normalised < 1.6
    made = regional_field(tables, hours[:6], Box(95.0, -15.0, 150.0, 45.0))
    code = tec_ionex.read(source("ionex/codg0010.20i.Z")).observations[0]
    time, latitude, longitude = np.meshgrid(hours[:6], made["latitude"], made["longitude"], indexing="ij")
    off = made["vtec"].values - vtec_at(code, time, latitude, longitude)
    sure = made["vtec_rms"].values < 3.0
    assert sure.sum() > 200
    assert np.sqrt(np.nanmean(off[sure] ** 2)) < 3.0


def source(name) -> Source:
    return Source.from_path(real(f"ground/{name}"))
