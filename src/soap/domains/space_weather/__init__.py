"""Space weather: geomagnetic and solar indices, quiet and disturbed days."""

from soap.domains.space_weather.formats import (
    index_ap_iri,
    index_ap_noaa,
    index_celestrak,
    index_celestrak_csv,
    index_dst,
    index_f107_list,
    index_kp_gfz,
    index_kp_tab,
    index_kp_wdc,
    index_rc_h5,
)
from soap.domains.space_weather.names import NAMES
from soap.domains.space_weather.science import quiet_days, storm_veto

READERS = (
    index_ap_iri.READER,
    index_ap_noaa.READER,
    index_celestrak.READER,
    index_celestrak_csv.READER,
    index_dst.READER,
    index_f107_list.READER,
    index_kp_gfz.READER,
    index_kp_tab.READER,
    index_kp_wdc.READER,
    index_rc_h5.READER,
)
METHODS = (quiet_days.METHOD, storm_veto.METHOD)
SIMULATORS: dict = {}

__all__ = ["METHODS", "NAMES", "READERS", "SIMULATORS"]
