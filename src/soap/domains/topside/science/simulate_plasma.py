"""Simulated Langmuir probe: electron density and temperature along a half-orbit."""

from __future__ import annotations

import numpy as np
import xarray as xr

from soap.domains.topside.names import NAMES
from soap.observations import track
from soap.science.ionosphere_climate import climate
from soap.science.random_field import autocorrelated, daily_field
from soap.science.simulator import Drivers, HalfOrbit

_DAILY_LOG_SIGMA = 0.18
_ALONG_LOG_SIGMA, _ALONG_DECAY_S = 0.04, 60.0
_TEMPERATURE_NOISE = 0.02
_HEIGHT_KM = 507.0


def electron_temperature(density_m3, height_km, latitude_deg, day: np.ndarray) -> np.ndarray:
    """Electron temperature [K] at 120 to 520 km; arguments broadcast, `day` is True where the Sun is up.

    By day it falls as density rises (L. H. Brace and R. F. Theis, Geophys. Res. Lett. 5, 275, 1978,
    doi:10.1029/GL005i004p00275; fitted up to 500 km). By night electrons have cooled to the neutral gas: 850 K at the
    equator to 1,400 K at 65 degrees, round figures of the solar minimum to mean Sun.
    """
    exponent = -5.122e-4 * height_km + (6.094e-12 - 3.353e-14 * height_km) * density_m3
    sunlit = 1051.0 + (17.07 * height_km - 2746.0) * np.exp(exponent)
    night = 850.0 + 550.0 * np.sin(np.radians(np.asarray(latitude_deg) * 90.0 / 65.0)) ** 2
    return np.where(day, sunlit, night)


def langmuir_probe(half: HalfOrbit, times: np.ndarray, drivers: Drivers, rng: np.random.Generator) -> xr.Dataset:
    """`electron_density` [m-3] and `electron_temperature` [K] of a half-orbit; `times` are those of `half`.

    PyIRI's median at 507 km, the day-to-day weather that the maps of VTEC show too (lognormal 0.18), and structure of
    4 % along the track.
    """
    first, last = (drivers.time[end].astype("datetime64[D]") for end in (0, -1))
    medians = climate(first, last, round(float(np.nanmean(drivers.f107)), 1), _HEIGHT_KM)
    density = medians.at("density", times, half.latitude, half.longitude)
    weather = daily_field(drivers.rng("ionosphere"), drivers.days)
    density *= np.exp(_DAILY_LOG_SIGMA * weather.along(drivers.days_since_noon(times), half.latitude, half.longitude))
    step_s = float(np.median(np.diff(times)) / np.timedelta64(1, "s"))
    density *= np.exp(_ALONG_LOG_SIGMA * autocorrelated(rng, len(times), _ALONG_DECAY_S / step_s))
    day = np.full(len(times), half.orbit_state == "descending")
    temperature = electron_temperature(density, half.height_km, half.latitude, day)
    temperature *= 1.0 + _TEMPERATURE_NOISE * rng.normal(size=len(times))
    return track(
        times, half.latitude, half.longitude, half.height_km,
        {"electron_density": density, "electron_temperature": temperature}, names=NAMES,
        collection_id=f"topside.{half.platform}.lap_1.l2", platform=half.platform, level="L2", time_stamp="instant",
        half_orbit_id=half.half_orbit_id, orbit_number=half.orbit_number, orbit_state=half.orbit_state, simulated=1,
    )  # fmt: skip
