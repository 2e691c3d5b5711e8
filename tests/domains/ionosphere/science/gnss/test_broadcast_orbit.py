"""Broadcast orbits against precise orbits of the same days, and which message serves when."""

from dataclasses import replace

import numpy as np
import pytest

from soap.domains.ionosphere.formats import gnss_rinex_navigation, gnss_sp3, open_orbits
from soap.domains.ionosphere.science.gnss.broadcast_message import broadcast_orbits
from soap.formats import Source
from soap.testing.data import real

ESBC = "2020-177/ESBC00DNK_R_20201770000_01D_MN.rnx.gz"
BRDC = "2024-010/BRDC00IGS_R_20240100000_01D_MN.rnx.gz"


def messages(name):
    return gnss_rinex_navigation.parse(Source.from_path(real(f"ground/gnss/{name}")))[0]


def of_system(tables, system):
    return next(table for table in tables if table.sv[0].startswith(system))


@pytest.mark.parametrize(
    ("broadcast", "precise", "system", "rms", "worst", "hours"),
    [
        # expected: 1-2 m for GPS, 5 m for GLONASS, 1 m for Galileo (signal-in-space errors of the systems' own reports)
        # plus the offset of antenna from centre of mass, 1-3 m, which SP3 has not and messages have
        (ESBC, "2020-177/GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz", "G", 2.0, 6.0, 2.0),
        (ESBC, "2020-177/GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz", "R", 5.0, 12.0, 0.5),
        (ESBC, "2020-177/GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz", "E", 1.5, 4.0, 0.5),
        ("2009-091/brdc0910.09g", "2009-091/esa15253.sp3.gz", "R", 8.0, 25.0, 0.5),  # PZ-90.02 against ITRF
        ("2021-078/SEPT078M.21P.gz", "2021-078/COD0MGXFIN_20210780000_01D_05M_ORB.SP3.gz", "G", 2.0, 6.0, 2.0),
        ("2021-078/SEPT078M.21P.gz", "2021-078/COD0MGXFIN_20210780000_01D_05M_ORB.SP3.gz", "E", 1.5, 4.0, 0.5),
        ("2021-078/SEPT078M.21P.gz", "2021-078/COD0MGXFIN_20210780000_01D_05M_ORB.SP3.gz", "J", 4.0, 8.0, 1.0),
    ],
)
def test_against_precise_orbits(broadcast, precise, system, rms, worst, hours):
    table = of_system(messages(broadcast), system)
    near = replace(table, valid_s=np.minimum(table.valid_s, hours * 3600))
    sp3 = gnss_sp3.parse(Source.from_path(real(f"ground/gnss/{precise}")))
    columns = [k for k, name in enumerate(sp3.sv) if name.startswith(system)]
    positions = broadcast_orbits([near]).positions(sp3.time, [sp3.sv[k] for k in columns])
    apart = np.linalg.norm(positions - sp3.position_m[:, columns], axis=-1)
    apart = apart[np.isfinite(apart)]
    assert len(apart) > 100
    assert np.sqrt((apart**2).mean()) < rms
    assert apart.max() < worst


def test_galileo_messages_four_hours_old_are_still_within_the_angles_needed():
    """Galileo's messages are used up to 4 h; they are then wrong by up to 120 m, 0.0003 degrees."""
    sp3 = gnss_sp3.parse(Source.from_path(real("ground/gnss/2020-177/GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz")))
    columns = [k for k, name in enumerate(sp3.sv) if name.startswith("E")]
    positions = broadcast_orbits([of_system(messages(ESBC), "E")]).positions(sp3.time, [sp3.sv[k] for k in columns])
    assert np.nanmax(np.linalg.norm(positions - sp3.position_m[:, columns], axis=-1)) < 200


def test_beidou_orbits_have_the_radii_and_inclinations_of_their_three_kinds():
    """No precise BeiDou orbits of a day with messages are at hand: geostationary satellites must stand still over
    their slots (80, 110.5, 140 E of BeiDou-3, 58.75 and 160 E of BeiDou-2; BDS-SIS-ICD B1I 3.0, section 3.1), the
    others turn at 27,900 km (MEO) and 42,160 km (IGSO)."""
    orbits = broadcast_orbits([of_system(messages(BRDC), "C")])
    time = np.datetime64("2024-01-10T00:30", "ns") + np.arange(0, 23 * 60, 10) * np.timedelta64(1, "m")
    for sv, east in (("C59", 140.0), ("C60", 80.0), ("C03", 110.5), ("C04", 160.0), ("C05", 58.75)):
        x, y, z = orbits.positions(time, [sv])[:, 0].T
        assert np.nanmax(np.abs(np.degrees(np.arctan2(y, x)) - east)) < 0.25
        assert np.nanmax(np.abs(np.degrees(np.arcsin(z / 42.164e6)))) < 3.0
    for sv, radius in (("C19", 27.9e6), ("C30", 27.9e6), ("C06", 42.16e6), ("C38", 42.16e6)):
        r = np.linalg.norm(orbits.positions(time, [sv])[:, 0], axis=1)
        assert np.nanmax(np.abs(r / radius - 1)) < 0.02


def test_each_systems_clock_is_its_own():
    """BeiDou runs 14 s behind GPS time, GLONASS keeps UTC: messages of the same clock reading are apart."""
    tables = messages(BRDC)
    assert set(np.unique((of_system(tables, "C").reference - np.datetime64("2024-01-10T00:00:14", "ns"))
               / np.timedelta64(1, "s") % 300)) <= {0.0}  # fmt: skip
    glonass = (of_system(tables, "R").reference - np.datetime64("2024-01-10T00:00:18", "ns")) / np.timedelta64(1, "s")
    assert (glonass % 900 == 0).mean() > 0.99


def test_unhealthy_satellites_have_no_orbit_and_are_counted():
    """G01 calls itself unhealthy (63) all through 2024-010; E14 and E18 are set unhealthy since 2021."""
    orbits = open_orbits([Source.from_path(real(f"ground/gnss/{BRDC}"))])
    time = np.datetime64("2024-01-10", "ns") + np.arange(96) * np.timedelta64(15, "m")
    positions = orbits.positions(time, ["G01", "E14", "E18", "G02", "E11"])
    assert np.isnan(positions[:, :3]).all()
    assert np.isfinite(positions[:, 3:]).mean() > 0.95
    told = next(note for note in orbits.notes if "unhealthy" in note)
    assert all(name in told for name in ("G01 (14)", "E14", "E18"))


def test_a_message_serves_until_halfway_to_the_next_and_no_longer_than_it_holds():
    table = of_system(messages(BRDC), "G")
    lone = table.taken(np.flatnonzero(table.sv == "G05")[3:4])
    orbits, reference = broadcast_orbits([lone]), lone.reference[0]
    times = reference + np.array([-7201, -7200, 0, 7200, 7201]) * np.timedelta64(1, "s")
    assert np.isnan(orbits.positions(times, ["G05"])[:, 0, 0]).tolist() == [True, False, False, False, True]


def test_sampling_a_message_changes_it_by_less_than_a_millimetre():
    """The interpolated path against the model itself, between the nodes."""
    for system in "GEJC":
        table = of_system(messages(BRDC), system)
        one = table.taken(np.flatnonzero(table.healthy)[:1])
        for seconds in (-3333.0, 123.0, 1777.0, 3599.0):
            time = one.reference + np.timedelta64(round(seconds * 1e9), "ns")
            exact = one.at(np.array([seconds]))
            assert np.linalg.norm(broadcast_orbits([one]).positions(time, [one.sv[0]])[0] - exact) < 1e-3


@pytest.mark.parametrize("name", ["sqrt_a", "mean_anomaly", "node", "inclination", "eccentricity"])
def test_a_message_with_a_wrong_digit_is_left_out(name):
    table = of_system(messages(BRDC), "G")
    row = np.flatnonzero(table.sv == "G05")[5]
    values = getattr(table.elements, name).copy()
    values[row] += 0.01 * max(abs(values[row]), 1.0)
    damaged = replace(table, elements=replace(table.elements, **{name: values}))
    orbits, good = broadcast_orbits([damaged]), broadcast_orbits([table])
    assert orbits.notes[0] == "Messages that contradict others of their satellite were left out: G05 (1)."
    time = table.reference[row : row + 1]
    apart = np.linalg.norm(orbits.positions(time, ["G05"]) - good.positions(time, ["G05"]), axis=-1)
    assert not apart > 100  # the neighbours' messages serve, or none


def test_a_run_of_another_satellites_messages_is_left_out():
    """The merged file of 2024-010 gives eight messages of another satellite, 08:15 to 11:45, as R10's own; the
    GLONASS file of the same day has R10's."""
    time = np.datetime64("2024-01-10T08:30", "ns") + np.arange(7) * np.timedelta64(30, "m")
    merged = broadcast_orbits([of_system(messages(BRDC), "R")])
    assert np.isnan(merged.positions(time, ["R10"])).all()
    assert "R10 (10)" in merged.notes[0]
    right = broadcast_orbits(messages("2024-010/brdc0100.24g.gz"))
    assert np.isfinite(right.positions(time, ["R10"])).all()


def test_messages_given_twice_and_in_several_files_are_one():
    tables = messages(BRDC)
    once, twice = broadcast_orbits(tables), broadcast_orbits([*tables, *tables])
    time = np.datetime64("2024-01-10T07:11", "ns")[None]
    np.testing.assert_array_equal(once.positions(time, once.satellites), twice.positions(time, once.satellites))


def test_precise_orbits_come_first_and_broadcast_ones_fill_up():
    day = "2020-177/GRG0MGXFIN_20201770000_01D_15M_ORB.SP3.gz"
    sources = [Source.from_path(real(f"ground/gnss/{name}")) for name in (ESBC, day)]
    orbits, precise = open_orbits(sources), open_orbits(sources[1:])
    time = np.array(["2020-06-25T10:07:30"], "datetime64[ns]")
    assert set(orbits.satellites) > set(precise.satellites)
    np.testing.assert_array_equal(
        orbits.positions(time, precise.satellites), precise.positions(time, precise.satellites)
    )
    only = sorted(set(orbits.satellites) - set(precise.satellites))
    assert np.isfinite(orbits.positions(time, only)).any()
