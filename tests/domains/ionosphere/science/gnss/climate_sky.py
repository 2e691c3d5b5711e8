"""A real receiver's rays through an ionosphere that is known: the International Reference Ionosphere of that month.

Electron density of PyIRI by time, height, latitude and longitude, integrated along each ray on its way through a
sphere, as much larger or smaller throughout as makes the receiver's own mean content. No shell, no mapping function, no
spline. Only the plasmasphere above 1000 km is, where asked for, the package's own.
"""

from functools import cache

import numpy as np
import PyIRI
import PyIRI.edp_update as iri
from scipy.interpolate import RegularGridInterpolator

from soap.domains.ionosphere.science.gnss.plasmasphere import BASE_KM, plasmaspheric_tec
from tests.domains.ionosphere.science.gnss.station_days import calibrated, slant_of

F107 = {"2015-139": 106.0, "2016-001": 104.0, "2020-001": 72.0, "2020-004": 72.0, "2024-010": 160.0}
"""Solar flux of the days [sfu]; the content is scaled to the receiver's, so that only heights depend on it."""

_RADIUS_KM = 6371.0
_HOURS = np.arange(0.0, 24.0)
_LOWER_KM = np.concatenate([np.arange(90.0, 500.0, 15.0), np.arange(500.0, BASE_KM + 1.0, 25.0)])
_UPPER_KM = np.geomspace(BASE_KM, 20_200.0, 40)
_TECU_A_KM = 1e3 / 1e16


@cache
def slant_content(station, day, plasmasphere="modelled", higher_km=0.0):
    """Content [TECU] along the rays of a receiver's GPS record, shape (time, sv), NaN where it has none.

    `plasmasphere`: `modelled` (Carpenter and Anderson's), or `iri` (what the reference has up there, far less).
    `higher_km` lifts all below 1000 km.
    """
    (record,), place = slant_of(station, day, "G")
    seen = np.isfinite(record.stec_levelled) & (record.elevation_deg > 20.0)
    epoch, sv = np.nonzero(seen)
    elevation, azimuth = record.elevation_deg[epoch, sv], record.azimuth_deg[epoch, sv]
    hours = (record.time[epoch] - record.time[0].astype("datetime64[D]")) / np.timedelta64(3600, "s")
    along = _content(place, day, elevation, azimuth, hours, _LOWER_KM, higher_km)
    up = np.full(24, 90.0), np.zeros(24), _HOURS
    overhead = _content(place, day, *up, _LOWER_KM, higher_km)
    if plasmasphere == "iri":
        along = along + _content(place, day, elevation, azimuth, hours, _UPPER_KM, 0.0)
        overhead = overhead + _content(place, day, *up, _UPPER_KM, 0.0)
        above, above_overhead = 0.0, 0.0
    else:
        above = plasmaspheric_tec(place, elevation, azimuth)
        above_overhead = float(plasmaspheric_tec(place, 90.0, 0.0))
    observed = np.nanmean(calibrated(station, day).series.vtec)
    plane = np.full(seen.shape, np.nan)
    plane[seen] = along * (observed - above_overhead) / overhead.mean() + above
    return plane


def _content(place_m, day, elevation_deg, azimuth_deg, hours, heights_km, higher_km):
    """Content [TECU] of rays between the first and the last height; shape of the directions."""
    place = np.asarray(place_m) / 1e3
    up = place / np.linalg.norm(place)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east)
    north = np.cross(up, east)
    elevation, azimuth = np.radians(elevation_deg)[:, None], np.radians(azimuth_deg)[:, None]
    ray = np.cos(elevation) * (np.sin(azimuth) * east + np.cos(azimuth) * north) + np.sin(elevation) * up
    along, ground = ray @ place, place @ place
    of_height = _density(day, *_around(place), tuple(heights_km))
    steps = np.gradient(heights_km)
    steps[[0, -1]] /= 2.0
    total = np.zeros(len(hours))
    for density, height, step in zip(of_height, heights_km + higher_km, steps, strict=True):
        radius = _RADIUS_KM + height
        point = place + (-along + np.sqrt(along**2 + radius**2 - ground))[:, None] * ray
        slope = (point * ray).sum(axis=-1) / radius
        latitude = np.degrees(np.arcsin(point[:, 2] / radius))
        longitude = np.degrees(np.arctan2(point[:, 1], point[:, 0]))
        total += density((hours, latitude, longitude)) * step * _TECU_A_KM / slope
    return total


def _around(place_km):
    latitude = np.degrees(np.arcsin(place_km[2] / np.linalg.norm(place_km)))
    return round(float(latitude)), round(float(np.degrees(np.arctan2(place_km[1], place_km[0]))))


@cache
def _density(day, latitude, longitude, heights_km):
    """Density [m-3] by hour, latitude and longitude around a place, one for each height; beyond, as at the edge."""
    rows, columns = latitude + np.arange(-30.0, 31.0, 3.0), longitude + np.arange(-40.0, 41.0, 5.0)
    across, along = np.meshgrid(columns, rows)
    date = np.datetime64(f"{day[:4]}-01-01") + int(day[5:]) - 1
    year, month, number = (int(part) for part in str(date).split("-"))
    *_, density = iri.IRI_density_1day(
        year, month, number, _HOURS, (across.ravel() + 180.0) % 360.0 - 180.0, along.ravel(), np.array(heights_km),
        F107[day], PyIRI.coeff_dir, 0,
    )  # fmt: skip
    cube = density.reshape(len(_HOURS), len(heights_km), len(rows), len(columns))
    cube = np.concatenate([cube, cube[:1]])
    tables = [
        RegularGridInterpolator((np.append(_HOURS, 24.0), rows, columns), cube[:, k], bounds_error=False)
        for k in range(len(heights_km))
    ]
    return [_clipped(table, rows, columns, longitude) for table in tables]


def _clipped(table, rows, columns, middle):
    """The table as a function of hours, latitudes and longitudes [degree], whichever way those are counted."""

    def density(at):
        hours, latitude, longitude = at
        near = (longitude - middle + 180.0) % 360.0 - 180.0 + middle
        return table((hours, np.clip(latitude, rows[0], rows[-1]), np.clip(near, columns[0], columns[-1])))

    return density
