"""IONEX 1.0, the exchange format of ionosphere maps.

Spec    S. Schaer, W. Gurtner, J. Feltens, "IONEX: The IONosphere Map EXchange Format Version 1", Proc. IGS Analysis
        Centers Workshop, Darmstadt, 233-247, 1998
Beware  latitudes run from north to south in the file and are geocentric; 9999 is a missing value; the last map of a
        day is 24:00, the first of the next; seconds may read 60 and hours 24; many files of the IGS combination end
        without the END OF FILE label.
"""

from __future__ import annotations

import re

import numpy as np

from soap.core.errors import BadFile, BadObservation
from soap.domains.ionosphere.formats.tec_ionex.centre import identify
from soap.domains.ionosphere.formats.tec_ionex.header import Header, read_header
from soap.domains.ionosphere.formats.tec_ionex.lines import Lines
from soap.domains.ionosphere.formats.tec_ionex.maps import Maps, read_maps
from soap.domains.ionosphere.formats.tec_ionex.write import write
from soap.domains.ionosphere.names import NAMES
from soap.formats.reader import Reader, Reading, scan_by_reading
from soap.formats.source import Source
from soap.observations import field

_FIRST_LINE = re.compile(rb" {1,7}\d{1,2}\.\d.{8,14}I(?:ONOSPHERE MAPS)?.{20,40}IONEX VERSION / TYPE")


def sniff(head: bytes, name: str) -> bool:
    """True when the first line is that of an IONEX file."""
    return _FIRST_LINE.match(head) is not None


def read(source: Source) -> Reading:
    """All TEC maps of the file as one `field` (`vtec`, and `vtec_rms` where given), latitudes from south to north.

    Raises `BadFile` for anything that is not IONEX 1, is cut inside a map, or holds maps at several heights.
    """
    if not sniff(source.head, source.name):
        raise BadFile("The first line is not that of an IONEX file", file=source.name)
    lines = Lines.of(source)
    header = read_header(lines)
    maps = read_maps(lines, header)
    centre = identify(header, source.name)
    latitude, longitude, columns = _northward_and_eastward(header, maps)
    try:
        dataset = field(
            maps.times,
            latitude,
            longitude,
            columns,
            names=NAMES,
            collection_id=f"ionosphere.{centre.platform}.gim",
            platform=centre.platform,
            level="L3",
            maturity=centre.maturity,
            simulated=int(header.simulated),
            **_attributes(header),
        )
    except BadObservation as error:
        raise BadFile(str(error), file=source.name) from error
    return Reading((dataset,), notes=(*header.notes, *maps.notes, *centre.notes))


def _northward_and_eastward(header: Header, maps: Maps):
    """Axes and columns with rising latitude and, from the western edge on, eastward longitude in -180..180."""
    latitude, longitude = header.latitude.values, header.longitude.values
    columns = {name: values for name, values in (("vtec", maps.vtec), ("vtec_rms", maps.rms)) if values is not None}
    if latitude[0] > latitude[-1]:
        latitude, columns = latitude[::-1], {name: values[:, ::-1, :] for name, values in columns.items()}
    if longitude[0] > longitude[-1]:
        longitude, columns = longitude[::-1], {name: values[..., ::-1] for name, values in columns.items()}
    if longitude[0] >= -180 and longitude[-1] <= 180:
        return latitude, longitude, columns
    if longitude[-1] - longitude[0] >= 360 - 1e-6:  # round the Earth: begin at -180, drop the meridian given twice
        keep = longitude < longitude[0] + 360 - 1e-6
        order = np.argsort(_folded(longitude[keep]), kind="stable")
        return latitude, _folded(longitude[keep])[order], {n: v[..., keep][..., order] for n, v in columns.items()}
    return latitude, _folded(longitude), columns


def _folded(longitude: np.ndarray) -> np.ndarray:
    return np.round((longitude + 180.0) % 360.0 - 180.0, 6)


def _attributes(header: Header) -> dict:
    attributes = {
        "mapping": header.mapping,
        "shell_height_km": header.shell_height_km,
        "base_radius_km": header.base_radius_km,
        "latitude_kind": "geocentric",
        "elevation_cutoff_deg": header.elevation_cutoff_deg,
        "observables": header.observables,
        "program": header.program,
        "agency": header.agency,
    }
    if header.interval_s > 0:
        attributes["cadence"] = _duration(header.interval_s)
    return attributes


def _duration(seconds: int) -> str:
    for length, unit in ((3600, "H"), (60, "M")):
        if seconds % length == 0:
            return f"PT{seconds // length}{unit}"
    return f"PT{seconds}S"


READER = Reader(
    name="tec_ionex",
    title="IONEX 1.0 maps of total electron content",
    shape="field",
    level="L3",
    status="nominal",
    spec="S. Schaer, W. Gurtner, J. Feltens, IONEX Version 1, Proc. IGS Analysis Centers Workshop, Darmstadt, 1998",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    write=write,
    limits="one shell height; height maps and code biases of the header are left out (height maps with a note)",
)
