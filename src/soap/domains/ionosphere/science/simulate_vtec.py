"""Simulated maps of vertical total electron content: PyIRI's medians, weather from day to day, and storms by ap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from soap.domains.ionosphere.names import NAMES
from soap.observations import field
from soap.science.ionosphere_climate import climate
from soap.science.random_field import daily_field
from soap.science.simulator import Drivers, Grid, Simulator

if TYPE_CHECKING:
    import xarray as xr

_DAILY_LOG_SIGMA = 0.18
_STORM_PER_AP, _QUIET_AP = 0.004, 7.0
_SHELL_HEIGHT_KM = 450.0
_SATELLITE_HEIGHT_KM = 507.0
CENTRE = "ssim"


def vtec_map(grid: Grid, times: np.ndarray, drivers: Drivers, rng: np.random.Generator) -> xr.Dataset:
    """`vtec` [TECU] on a grid at `times`; `rng` is not used, the weather is the drivers' own and every day's the same.

    The day-to-day scatter is lognormal (0.18), alike within 2,000 km: quiet days scatter by 15 to 20 % of the monthly
    mean in N_mF2 (J. M. Forbes et al., J. Atmos. Sol.-Terr. Phys. 62, 685, 2000, doi:10.1016/S1364-6826(00)00029-8).
    With ap above 7 nT (mean of the past day) low latitudes gain and high latitudes lose 0.4 % per nT, the sense of
    the storms of M. Mendillo (Rev. Geophys. 44, RG4001, 2006, doi:10.1029/2005RG000193).
    """
    first, last = (drivers.time[end].astype("datetime64[D]") for end in (0, -1))
    medians = climate(first, last, round(float(np.nanmean(drivers.f107)), 1), _SATELLITE_HEIGHT_KM)
    latitude, longitude = grid.latitude[:, None], grid.longitude[None, :]
    vtec = medians.at("vtec", times[:, None, None], latitude, longitude)
    vtec *= np.exp(_DAILY_LOG_SIGMA * _weather(grid, times, drivers))
    storm = _STORM_PER_AP * np.clip(drivers.ap_of_past_day(times) - _QUIET_AP, 0.0, 60.0)
    vtec *= 1.0 + storm[:, None, None] * np.cos(2.5 * np.radians(np.clip(np.abs(latitude), 0.0, 72.0)))
    return field(
        times,
        grid.latitude,
        grid.longitude,
        {"vtec": np.round(vtec, 1)},
        names=NAMES,
        collection_id=f"ionosphere.{CENTRE}.gim",
        platform=CENTRE,
        cadence="PT2H",
        level="L3",
        maturity="final",
        time_stamp="instant",
        shell_height_km=_SHELL_HEIGHT_KM,
        mapping="COSZ",
        simulated=1,
    )


def _weather(grid: Grid, times: np.ndarray, drivers: Drivers) -> np.ndarray:
    """The daily field, straight from noon to noon UT, shape (time, latitude, longitude)."""
    latitude, longitude = np.meshgrid(grid.latitude, grid.longitude, indexing="ij")
    weather = daily_field(drivers.rng("ionosphere"), drivers.days)
    maps = weather.maps(drivers.days_since_noon(times), latitude.ravel(), longitude.ravel())
    return maps.reshape(len(times), *latitude.shape)


def file_name(dataset: xr.Dataset) -> str:
    """`ssimg0610.16i`: centre, day of year and year, as the analysis centres name theirs."""
    day = dataset["time"].values[0].astype("datetime64[D]")
    number = int((day - day.astype("datetime64[Y]")).astype(int)) + 1
    return f"{CENTRE}g{number:03d}0.{str(day)[2:4]}i"


SIMULATOR = Simulator(
    title="Global map of vertical total electron content",
    place="grid",
    cadence=np.timedelta64(2, "h"),
    reader="tec_ionex",
    file_name=file_name,
    run=vtec_map,
    packed=True,
    reference="10.1029/2023SW003739",
)
