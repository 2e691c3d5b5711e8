"""Writing half-orbits in the flat layout of CSES-01, with its types, shapes and attributes."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import xarray as xr

from soap.core.errors import BadObservation
from soap.domains.topside.formats.cses_l2_h5.identity import SIMULATED_MARK
from soap.domains.topside.formats.cses_l2_h5.layout import LAYOUTS, Layout
from soap.formats.reader import Reading
from soap.observations.quality import SUFFIX, Quality

_VERSE_START = np.datetime64("2009-01-01T00:00:00", "ns")
_UNITS = {"m-3": "m^-3"}


def writer(layout: Layout) -> Callable[[Reading], bytes]:
    """The `write` of a layout."""

    def write(reading: Reading) -> bytes:
        """The reading's one track of this product as HDF5 bytes, the same bytes each time.

        Times are kept to the millisecond, latitude and longitude as float32 (the file type's own), other values
        exactly. A value flagged as contaminated has FLAG_MT = 1. A simulated track carries the root attribute
        SIMULATED = 1. Raises `BadObservation` when the reading is no such track or has no orbit number.
        """
        wanted = {column.variable for column in layout.columns if column.required}
        tracks = [one for one in reading.observations if wanted <= set(map(str, one.data_vars))]
        if len(tracks) != 1 or tracks[0].attrs.get("shape") != "track":
            raise BadObservation(f"{layout.title} holds one track with {', '.join(sorted(wanted))}, not {len(tracks)}.")
        return _hdf5(layout, tracks[0])

    return write


def file_name(dataset: xr.Dataset) -> str:
    """The file name of a half-orbit in the mission's scheme, e.g.
    `SIMULATED_LEO_LAP_1_L02_A3_031190_20160413_130000_20160413_133500_000.h5`.

    The sensor is that of the collection id; raises `BadObservation` for a sensor that is not written here.
    """
    sensor = str(dataset.attrs["collection_id"]).split(".")[2]
    layout = next((one for one in LAYOUTS if one.sensor == sensor), None)
    if layout is None:
        known = ", ".join(one.sensor for one in LAYOUTS)
        raise BadObservation(f"No CSES file is named after the sensor {sensor!r}; there are {known}.")
    time = dataset["time"].values
    ends = (str(instant.astype("datetime64[s]")).replace("-", "").replace(":", "") for instant in (time[0], time[-1]))
    first, last = (end.replace("T", "_") for end in ends)
    orbit, digit = _orbit(dataset)
    platform = str(dataset.attrs["platform"]).upper()
    return f"{platform}_{layout.payload}_{layout.number}_L02_{layout.family}_{orbit:05d}{digit}_{first}_{last}_000.h5"


def _orbit(dataset: xr.Dataset) -> tuple[int, int]:
    number = int(dataset.attrs.get("orbit_number", -1))
    state = dataset.attrs.get("orbit_state")
    if not 0 <= number <= 99_999 or state not in ("ascending", "descending"):
        raise BadObservation(
            f"The track has the orbit number {number} and the state {state!r};"
            " a half-orbit needs 0 to 99999 and ascending or descending."
        )
    return number, int(state == "ascending")


def _hdf5(layout: Layout, dataset: xr.Dataset) -> bytes:
    import h5py

    milliseconds = np.rint((dataset["time"].values - _VERSE_START) / np.timedelta64(1, "ms")).astype(np.int64)
    if (np.diff(milliseconds) <= 0).any() or milliseconds[0] <= 0:
        raise BadObservation("CSES files keep milliseconds since 2009; these times are earlier or closer together.")
    number, digit = _orbit(dataset)
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver="earliest") as file:
        for name, value in (("ORBITNUM", number), ("ORBITTYPE", digit)):
            file.attrs[name] = np.array([value], dtype=np.int32)
        file.attrs["PAYLOADID"] = np.array([layout.payload.encode()])
        if dataset.attrs["simulated"]:
            file.attrs[SIMULATED_MARK] = np.array([1], dtype=np.int32)
        _put(file, "UTC_TIME", _compact(milliseconds))
        _put(file, "VERSE_TIME", milliseconds, "ms")
        _put(file, "GEO_LAT", dataset["latitude"].values.astype(np.float32), "degree")
        _put(file, "GEO_LON", dataset["longitude"].values.astype(np.float32), "degree")
        _put(file, "ALTITUDE", dataset["height_km"].values, "km")
        for column in layout.columns:
            if column.variable in dataset:
                units = dataset[column.variable].attrs["units"]
                _put(file, column.datasets[0], dataset[column.variable].values, _UNITS.get(units, units))
        _put(file, "FLAG_MT", _contaminated(layout, dataset).astype(np.int32))
    return buffer.getvalue()


def _put(file, name: str, values: np.ndarray, units: str = "") -> None:
    stored = file.create_dataset(name, data=values.reshape(-1, 1))
    if units:
        stored.attrs["units"] = np.array([units.encode()])


def _compact(milliseconds: np.ndarray) -> np.ndarray:
    """Milliseconds since 2009 as YYYYMMDDHHMMSSmmm."""
    instants = _VERSE_START + milliseconds.astype("timedelta64[ms]")
    digits = [
        str(instant)[:23].translate(str.maketrans("", "", "-:.T")) for instant in instants.astype("datetime64[ms]")
    ]
    return np.array(digits, dtype=np.int64)


def _contaminated(layout: Layout, dataset: xr.Dataset) -> np.ndarray:
    flags = [dataset[column.variable + SUFFIX].values for column in layout.columns if column.variable in dataset]
    return np.any([(flag & Quality.CONTAMINATED) != 0 for flag in flags], axis=0)
