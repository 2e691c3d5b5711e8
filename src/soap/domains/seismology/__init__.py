"""Seismology: earthquake catalogues."""

from soap.domains.seismology.formats import (
    quake_comcat_csv,
    quake_fdsn_text,
    quake_geojson,
    quake_pycsep_csv,
    quake_quakeml,
    quake_usgs_kaggle_csv,
)
from soap.domains.seismology.names import NAMES

READERS = (
    quake_comcat_csv.READER,
    quake_fdsn_text.READER,
    quake_geojson.READER,
    quake_pycsep_csv.READER,
    quake_quakeml.READER,
    quake_usgs_kaggle_csv.READER,
)
METHODS = ()
SIMULATORS: dict = {}

__all__ = ["METHODS", "NAMES", "READERS", "SIMULATORS"]
