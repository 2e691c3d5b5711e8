"""Geomagnetic observatories: hourly means, minute and second values; the daily variation."""

from soap.domains.geomagnetism.formats import (
    magnetometer_iaga2002,
    magnetometer_impf,
    magnetometer_wdc_hourly,
    station_list_observatories,
)
from soap.domains.geomagnetism.names import NAMES
from soap.domains.geomagnetism.science import daily_range, diurnal_ratio, hourly_residual, simulate_observatory
from soap.domains.geomagnetism.science.quality_controls import QUALITY_CONTROLS

READERS = (
    magnetometer_wdc_hourly.READER,
    magnetometer_iaga2002.READER,
    magnetometer_impf.READER,
    station_list_observatories.READER,
)
METHODS = (daily_range.METHOD, diurnal_ratio.METHOD, hourly_residual.METHOD)
SIMULATORS = {"observatory": simulate_observatory.SIMULATOR}

__all__ = ["METHODS", "NAMES", "QUALITY_CONTROLS", "READERS", "SIMULATORS"]
