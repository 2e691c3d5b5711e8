"""Full days of real receivers with precise orbits, satellite biases and, mostly, CODE's map of the same day."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from soap.core.time import gps_to_utc
from soap.domains.ionosphere.formats import open_biases, open_orbits, tec_ionex
from soap.domains.ionosphere.formats.gnss_rinex_observation.observations import parse
from soap.domains.ionosphere.science.gnss.calibrate import CalibratedTec, calibrate
from soap.domains.ionosphere.science.gnss.geometry import geocentric, look_angles, satellite_positions
from soap.domains.ionosphere.science.gnss.slant import slant_tec
from soap.domains.ionosphere.science.ionex_interpolation import vtec_at
from soap.formats import Source
from soap.science.ellipsoid import geodetic
from soap.testing.data import real

_2015 = ("2015-139/P1P21505_ALL.DCB.Z", "2015-139/P1C11505.DCB.Z")
_2016 = ("2016-001/P1P21601_ALL.DCB.Z", "2016-001/P1C11601.DCB.Z")
_2020 = ("2020-001/P1P22001_ALL.DCB.Z", "2020-001/P1C12001.DCB.Z")
DAYS = {
    "2015-139": ("2015-139/COD18452.EPH.Z", _2015, "codg1390.15i.Z"),
    "2016-001": ("2016-001/COD18775.EPH.Z", _2016, "codg0010.16i.Z"),
    "2020-001": ("2020-001/COD20863.EPH.Z", _2020, "codg0010.20i.Z"),
    "2020-002": ("2020-002/COD20864.EPH.Z", _2020, ""),
    "2020-004": ("2020-004/COD20866.EPH.Z", _2020, "codg0040.20i.Z"),
    "2024-010": (
        "2024-010/BRDC00IGS_R_20240100000_01D_MN.rnx.gz", ("2024-010/CAS0OPSRAP_20240100000_01D_01D_DCB.BIA.gz",), "",
    ),
}  # fmt: skip
FILES = {"ANKR": "ankr1390.15d.Z"} | {
    station[:4]: f"{station}_R_{{}}0000_01D_30S_MO.crx.gz"
    for station in (
        "AIRA00JPN", "BIK000KGZ", "CUUT00THA", "COCO00AUS", "CKIS00COK", "CCJ200JPN", "BAKO00IDN", "ANMG00MYS",
        "CIBG00IDN", "BELE00BRA",
    )
}  # fmt: skip


@dataclass(frozen=True)
class Agreement:
    """A series less another, over the times both have [TECU]."""

    mean: float
    sd: float
    rms: float

    @classmethod
    def of(cls, difference):
        known = difference[np.isfinite(difference)]
        return cls(float(known.mean()), float(known.std()), float(np.sqrt(np.mean(known**2))))


def _sources(paths):
    return [Source.from_path(real(f"ground/gnss/{path}")) for path in paths]


@cache
def biases_of(day):
    return open_biases(_sources(DAYS[day][1]))


@cache
def slant_of(station, day, systems="GRECJ"):
    """Slant TEC of all systems, and where the receiver is."""
    (source,) = _sources([f"{day}/{FILES[station].format(day.replace('-', ''))}"])
    observed = parse(source)
    orbits = open_orbits(_sources([DAYS[day][0]]))
    sky = {
        system: look_angles(
            observed.position_m, satellite_positions(orbits, observed.time, seen.sv, observed.position_m)
        )[:2]
        for system, seen in observed.systems.items()
        if system in systems
    }
    kept = replace(observed, systems={system: observed.systems[system] for system in sky})
    return slant_tec(kept, sky), observed.position_m


@cache
def calibrated(station, day, systems="G", with_biases=True) -> CalibratedTec:
    records, position_m = slant_of(station, day, systems)
    return calibrate(records, position_m, biases_of(day) if with_biases else None)


@cache
def _maps(day):
    return tec_ionex.read(Source.from_path(real(f"ground/ionex/{DAYS[day][2]}"))).observations[0]


def against_map(station, day) -> Agreement:
    """Five-minute means over the station less CODE's map of the day there."""
    series = calibrated(station, day).series
    latitude, longitude, _ = geodetic(slant_of(station, day, "G")[1])
    there = vtec_at(_maps(day), gps_to_utc(series.time), float(geocentric(latitude)), float(longitude))
    return Agreement.of(series.vtec - there)
