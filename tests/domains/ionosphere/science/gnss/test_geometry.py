"""Angles of sight and pierce points against four programs that had nothing to do with this one."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains.ionosphere.formats import open_orbits
from soap.domains.ionosphere.science.gnss.geometry import geocentric, look_angles, pierce_points, satellite_positions
from soap.formats import Source
from soap.science.ellipsoid import SEMI_MAJOR_M, earth_fixed, geodetic
from soap.testing.data import real

GPS_START = np.datetime64("1980-01-06", "ns")


def orbits(*names):
    return open_orbits([Source.from_path(real(f"ground/{name}")) for name in names])


def text(name) -> list[str]:
    return Source.from_path(real(f"ground/{name}")).data.decode("latin-1").splitlines()


def angles_at(source, receiver, time, sv):
    """Elevation and azimuth at pairs of time and satellite."""
    times, names = np.unique(time), sorted(set(sv))
    elevation, azimuth, _ = look_angles(receiver, satellite_positions(source, times, names, receiver))
    at = np.searchsorted(times, time), np.searchsorted(names, sv)
    return elevation[at], azimuth[at]


def turned_by(azimuth, reference):
    return np.abs((azimuth - reference + 180) % 360 - 180)


def test_against_the_sky_file_of_a_day():
    """Elevation and azimuth of every satellite at every epoch of a day, by the program that wrote the sky file.

    All 29,058 pairs agree within 0.15 degrees; all but four, which stand alone in their satellite's path, within 0.001.
    """
    folder = "gnss/2012-302-haida-gwaii"
    words = [line.split() for line in text(f"{folder}/ref_ainp3020.12o_azel.sky.txt.gz")[1:] if line.strip()]
    time = GPS_START + np.array([int(w[1]) * 604_800 + round(float(w[0])) for w in words]).astype("timedelta64[s]")
    receiver = np.array([-5476782.4978, -2500761.5324, 2102828.7685])  # header of the observation file
    elevation, azimuth = angles_at(orbits(f"{folder}/ainp3020.12n"), receiver, time, [w[2] for w in words])
    expected = np.array([[float(w[4]), float(w[3])] for w in words])
    off = np.abs(elevation - expected[:, 0])
    assert len(words) > 29_000
    assert off.max() <= 0.15
    assert (off > 0.001).sum() <= 4
    assert (turned_by(azimuth, expected[:, 1]) * np.cos(np.radians(elevation))).max() < 0.001


def test_against_teqc():
    """teqc's azimuth and elevation (COMPACT3) at PRU1, at the mean position that its report gives."""
    folder = "scintillation/2011-305-PRU1"
    elevation, azimuth = (compact3(f"{folder}/ref_teqc_PRU1305_union_15secondi.{kind}.gz") for kind in ("ele", "azi"))
    both = sorted(elevation.keys() & azimuth.keys())
    time = np.datetime64("2011-11-01T02:00", "ns") + np.array([key[0] for key in both]).astype("timedelta64[s]")
    receiver = np.array([3687625.0260, -4620837.4417, -2386904.5776])
    sv = [key[1] for key in both]
    ours = angles_at(orbits(f"{folder}/ppte3051.11n.gz"), receiver, time, sv)
    known = np.isfinite(ours[0])
    off = np.abs(ours[0] - [elevation[key] for key in both])[known]
    aside = turned_by(ours[1], np.array([azimuth[key] for key in both])) * np.cos(np.radians(ours[0]))
    assert known.sum() > 5000
    assert off.max() < 0.02
    assert aside[known].max() < 0.02


def compact3(name) -> dict:
    """Values of a COMPACT3 file by second since its start and satellite; only GPS."""
    lines = iter(text(name)[2:])
    values, satellites = {}, []
    for head in lines:
        seconds, count, *names = head.split()
        if int(count) >= 0:
            satellites = names
        if not satellites:
            continue
        for sv, value in zip(satellites, next(lines).split(), strict=True):
            if sv.startswith("G"):
                values[round(float(seconds)), sv] = float(value)
    return values


def test_against_gps_tec_of_a_day():
    """Angles in the output of GPS-TEC (G. Seemala) for AC13, printed to 0.01 degrees."""
    table = np.array([line.split() for line in text("tec-reference/AC13_2025-160_gopi.Cmn.gz")[5:]], float)
    receiver = earth_fixed(55.82190, 204.37759, 222.60003)
    time = np.datetime64("2025-06-09", "ns") + np.round((table[:, 0] - 60835) * 86400).astype("timedelta64[s]")
    sv = [f"G{int(number):02d}" for number in table[:, 2]]
    elevation, azimuth = angles_at(orbits("tec-reference/ac121600.25n.Z"), receiver, time, sv)
    assert len(table) > 50_000
    assert np.abs(elevation - table[:, 4]).max() < 0.01
    assert (turned_by(azimuth, table[:, 3]) * np.cos(np.radians(elevation))).max() < 0.01


def test_pierce_points_against_gps_tec():
    """GPS-TEC takes a sphere of 6378 km under geodetic latitudes: 5 km from the ellipsoid's at 30 degrees elevation."""
    table = np.array([line.split() for line in text("tec-reference/AC13_2025-160_gopi.Cmn.gz")[5:]], float)
    latitude, longitude = pierce_points(55.82190, 204.37759, table[:, 4], table[:, 3], 350.0)
    north = np.abs(latitude - table[:, 5])
    east = np.abs((longitude - table[:, 6] + 180) % 360 - 180) * np.cos(np.radians(latitude))
    high = table[:, 4] >= 30
    assert np.hypot(north, east)[high].max() < 0.1
    assert np.hypot(north, east).max() < 0.4


@pytest.mark.parametrize("sv", ["G05", "G10"])
def test_against_tec_suite(sv):
    """Angles in the output of tec-suite. Its azimuth agrees to 0.003 degrees, as those of three other programs do;
    its elevation differs from all of theirs by up to 0.25 degrees, in a way that no choice of vertical explains."""
    table = np.array([line.split() for line in text(f"tec-reference/ac12_{sv}_160_25.dat.gz") if line[0] != "#"], float)
    receiver = np.array([-3450876.6065, -1284085.0391, 5190636.4369])
    time = np.datetime64("2025-06-09", "ns") + np.round(table[:, 1] * 3600).astype("timedelta64[s]")
    elevation, azimuth = angles_at(orbits("tec-reference/ac121600.25n.Z"), receiver, time, [sv] * len(time))
    assert (turned_by(azimuth, table[:, 3]) * np.cos(np.radians(elevation))).max() < 0.005
    assert np.abs(elevation - table[:, 2]).max() < 0.3


@pytest.mark.parametrize("sv", ["G02", "G07", "G08", "G10", "G16", "G23"])
def test_pierce_points_against_varion(sv):
    """VARION's pierce points at 350 km over AINP, from its own orbits and a spherical Earth."""
    folder = "gnss/2012-302-haida-gwaii"
    table = np.array([line.split() for line in text(f"{folder}/ref_varion/ainp3020.12o_{sv}_350.txt")[1:]], float)
    receiver = np.array([-5476782.4978, -2500761.5324, 2102828.7685])
    time = np.datetime64("2012-10-28", "ns") + table[:, 0].astype("timedelta64[s]")
    elevation, azimuth = angles_at(orbits(f"{folder}/ainp3020.12n"), receiver, time, [sv] * len(time))
    latitude, longitude, _ = geodetic(receiver)
    at = pierce_points(latitude, longitude, elevation, azimuth, 350.0)
    assert np.abs(elevation - table[:, 4]).max() < 0.15
    assert np.hypot(at[0] - table[:, 3], at[1] - table[:, 2]).max() < 0.1


def test_pierce_points_lie_on_the_line_of_sight_and_on_the_shell():
    rng = np.random.default_rng(1)
    latitude, longitude = rng.uniform(-89, 89, 200), rng.uniform(-180, 180, 200)
    elevation, azimuth = rng.uniform(1, 90, 200), rng.uniform(0, 360, 200)
    at = pierce_points(latitude, longitude, elevation, azimuth, 450.0)
    for k in range(200):
        ray_to = on_sphere(at[0][k], at[1][k], 6_821_000.0)
        seen = look_angles(earth_fixed(latitude[k], longitude[k]), ray_to)
        assert seen[0] == pytest.approx(elevation[k], abs=1e-6)
        if elevation[k] < 89:
            assert turned_by(seen[1], azimuth[k]) < 1e-5


@pytest.mark.parametrize("height", [0.0, 45.0, 2500.0, float("nan")])
def test_a_shell_that_is_none_is_refused(height):
    with pytest.raises(BadParameter, match="50 to 2000 km"):
        pierce_points(0.0, 0.0, 45.0, 0.0, height)


def on_sphere(latitude, longitude, radius_m):
    """The point at a geodetic latitude and longitude whose distance from the Earth's centre is `radius_m`."""
    low, high = 0.0, 1e6
    for _ in range(60):
        middle = (low + high) / 2
        if np.linalg.norm(earth_fixed(latitude, longitude, middle)) < radius_m:
            low = middle
        else:
            high = middle
    return earth_fixed(latitude, longitude, low)


def test_geodetic_places_of_known_stations():
    """Against the IGS network list, which gives both, height to metres and angles to 0.001 degrees."""
    rows = [line.split(",") for line in text("gnss/IGSNetwork.csv")[1:] if line.count(",") > 7]
    known = [[float(value) for value in row[1:7]] for row in rows if all(row[1:7])]
    values = np.array(known)
    latitude, longitude, height = geodetic(values[:, :3])
    apart = np.abs(np.stack([latitude - values[:, 3], longitude - values[:, 4]]))
    assert len(values) > 400
    assert np.median(apart) < 0.0005
    assert (apart.max(axis=0) < 0.0011).mean() > 0.95  # the rest are misprints of the list
    assert (np.abs(height - values[:, 5]) < 10).mean() > 0.95


def test_geodetic_undoes_earth_fixed():
    latitude, longitude = np.linspace(-90, 90, 37), np.linspace(-179, 179, 37)
    for height in (-1e4, 0.0, 4.5e5, 2e7, 5e7):
        back = geodetic(earth_fixed(latitude, longitude, height))
        np.testing.assert_allclose(back[0], latitude, rtol=0, atol=1e-9)
        np.testing.assert_allclose(back[1][1:-1], longitude[1:-1], rtol=0, atol=1e-9)
        np.testing.assert_allclose(back[2], height, rtol=0, atol=1e-3)


def test_geocentric_latitude_of_the_ellipsoid():
    """tan(geocentric) = (1 - e²) tan(geodetic); the difference is greatest near 45 degrees, 0.1924."""
    assert geocentric(45.0) == pytest.approx(45.0 - 0.1924, abs=1e-4)
    assert geocentric(0.0) == 0.0
    assert geocentric(90.0) == pytest.approx(90.0)


class Still:
    """A satellite that hangs above one point of the turning Earth."""

    satellites = ("G01",)

    def positions(self, time, sv):
        return np.broadcast_to(np.array([SEMI_MAJOR_M + 2e7, 0.0, 0.0]), (len(time), len(sv), 3)).copy()


def test_light_time_turns_the_frame():
    """What was sent 20,000 km away left 66.7 ms ago; the Earth has turned by 4.86e-6 rad, 128 m at that radius."""
    time = np.array(["2020-01-01"], "datetime64[ns]")
    position = satellite_positions(Still(), time, ["G01"], np.array([SEMI_MAJOR_M, 0.0, 0.0]))[0, 0]
    tau = 2e7 / 299_792_458.0
    assert position[1] == pytest.approx(-(SEMI_MAJOR_M + 2e7) * np.sin(7.2921151467e-5 * tau), abs=0.01)
    assert position[2] == 0.0


def test_straight_up_and_the_four_quarters():
    receiver = earth_fixed(30.0, 60.0, 100.0)
    east, north = (
        np.array([-np.sin(np.radians(60)), np.cos(np.radians(60)), 0.0]),
        earth_fixed(30.001, 60.0) - earth_fixed(30.0, 60.0),
    )
    elevation, azimuth, distance = look_angles(
        receiver,
        np.stack([earth_fixed(30.0, 60.0, 1100.0), receiver + 1000 * east, receiver - 1000 * east, receiver + north]),
    )
    assert elevation[0] == pytest.approx(90.0, abs=1e-5)
    assert distance[0] == pytest.approx(1000.0, abs=1e-6)
    np.testing.assert_allclose(azimuth[1:3], [90.0, 270.0], atol=1e-6)
    assert turned_by(azimuth[3], 0.0) < 1e-6
    assert np.isnan(look_angles(receiver, np.full((1, 3), np.nan))[0]).all()
