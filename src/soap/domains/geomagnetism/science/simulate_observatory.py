"""A simulated magnetic observatory: IGRF + Sq that changes from day to day + what Kp says + the instrument's noise."""

from __future__ import annotations

import numpy as np
import xarray as xr

from soap.domains.geomagnetism.names import NAMES
from soap.domains.geomagnetism.science.simulate_disturbance import fluctuation, ring_current
from soap.domains.geomagnetism.science.simulate_injection import day_to_day_sigma, enlarge_daily_range
from soap.domains.geomagnetism.science.simulate_sq import REFERENCE_F107_SFU, sq_variation
from soap.observations import Station, series
from soap.science.main_field import dip_latitude, igrf
from soap.science.random_field import autocorrelated, daily_field
from soap.science.simulator import Drivers, Injection, Simulator

_AMPLITUDE_GAIN, _AMPLITUDE_LOG_SIGMA = 1.15, 0.20
_FOCUS_SIGMA_DEG = 5.0
_F107_SLOPE_PER_SFU = 0.005
_NOISE_NT, _NOISE_DECAY_MINUTES = 2.0, 120.0


def observatory(station: Station, times: np.ndarray, drivers: Drivers, rng: np.random.Generator) -> xr.Dataset:
    """Minute values of the field at a station: `b_horizontal`, `b_down`, `b_total` [nT] and `declination` [degree].

    `times` are whole minutes within the drivers' span. The size of the Sq day is lognormal (0.16) and the latitude of
    its focus moves (2.5 degrees) with weather that is alike within 2,000 km and remembers the day before; Sq grows by
    0.5 % per sfu of F10.7. Ring current and fluctuations are common to all stations; the noise is the station's own.
    """
    when = times[len(times) // 2]
    height_km = 0.0 if np.isnan(station.height_m) else station.height_m / 1000.0
    dip = float(dip_latitude(station.latitude, station.longitude, when))
    north, east, down = igrf_course(station, height_km, times)
    quiet = _quiet_variation(station, dip, times, drivers)
    storm = ring_current(times, drivers) + fluctuation(times, drivers)
    noise = [_NOISE_NT * autocorrelated(rng, len(times), _NOISE_DECAY_MINUTES) for _ in range(3)]
    slope = np.radians(dip)
    north = north + quiet[0] + storm * np.cos(slope) + noise[0]
    east = east + quiet[1] + noise[1]
    down = down + quiet[2] - 0.3 * storm * np.sin(slope) + noise[2]
    horizontal = np.hypot(north, east)
    columns = {
        "b_horizontal": horizontal,
        "declination": np.degrees(np.arctan2(east, north)),
        "b_down": down,
        "b_total": np.hypot(horizontal, down),
    }
    return series(
        times,
        columns,
        names=NAMES,
        collection_id=f"geomagnetism.{station.code.lower()}.pt1m",
        platform=station.code.lower(),
        cadence="PT1M",
        level="L1",
        maturity="variation",
        time_stamp="centre",
        latitude=station.latitude,
        longitude=station.longitude,
        height_m=height_km * 1000.0,
        institution="SIMULATED by SOAP, no observatory",
        station_name=station.name,
        iaga_code=station.code,
        simulated=1,
    )


def igrf_course(station: Station, height_km: float, times: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The main field over `times` [nT], straight between its first and last instant (secular variation)."""
    ends = np.array([times[0], times[-1]])
    at_ends = np.array([igrf(station.latitude, station.longitude, height_km, end) for end in ends])
    share = (times - ends[0]) / max(ends[1] - ends[0], np.timedelta64(1, "ns"))
    return tuple(first + share * (last - first) for first, last in at_ends.T)


def _quiet_variation(station: Station, dip: float, times: np.ndarray, drivers: Drivers) -> tuple[np.ndarray, ...]:
    """Sq of each minute, its size and focus changing smoothly from one local noon to the next."""
    solar = times + np.timedelta64(round(station.longitude * 240), "s")
    hours = (solar - solar.astype("datetime64[D]")) / np.timedelta64(1, "h")
    size, focus = (
        daily_field(drivers.rng("Sq", name), drivers.days).daily(station.latitude, station.longitude)[:, 0]
        for name in ("amplitude", "focus")
    )
    at = drivers.days_since_noon(solar)
    flux = np.interp(at, (drivers.day - drivers.time[0].astype("datetime64[D]")).astype(float), drivers.steady_f107)
    noons = np.arange(drivers.days)
    amplitude = _AMPLITUDE_GAIN * np.exp(_AMPLITUDE_LOG_SIGMA * np.interp(at, noons, size))
    amplitude *= 1.0 + _F107_SLOPE_PER_SFU * (flux - REFERENCE_F107_SFU)
    shift = _FOCUS_SIGMA_DEG * focus
    below = np.clip(np.floor(at).astype(int), 0, drivers.days - 1)
    above, share = np.minimum(below + 1, drivers.days - 1), np.clip(at - below, 0.0, 1.0)
    parts = zip(sq_variation(dip + shift[below], hours), sq_variation(dip + shift[above], hours), strict=True)
    return tuple(amplitude * (one + share * (other - one)) for one, other in parts)


def file_name(dataset: xr.Dataset) -> str:
    """`xb1201603vmin.min`: code, month, kind, cadence, as INTERMAGNET names its files."""
    month = str(dataset["time"].values[0].astype("datetime64[M]")).replace("-", "")
    return f"{dataset.attrs['platform']}{month}vmin.min"


SIMULATOR = Simulator(
    title="Magnetic observatory, minute means",
    place="station",
    cadence=np.timedelta64(1, "m"),
    reader="magnetometer_iaga2002",
    file_name=file_name,
    run=observatory,
    packed=True,
    reference="10.1186/s40623-020-01288-x",
    injection=Injection("daily range of b_horizontal", day_to_day_sigma, enlarge_daily_range),
)
