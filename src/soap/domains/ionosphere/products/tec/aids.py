"""Files that TEC is computed with beside the observations: orbits, biases, maps to compare with, coordinates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from soap.core.errors import BadFile
from soap.core.time import NS
from soap.domains.ionosphere.formats import open_biases, open_coordinates, open_orbits, tec_ionex
from soap.domains.ionosphere.science.gnss.code_bias import CodeBiases
from soap.domains.ionosphere.science.gnss.coordinates import StationCoordinates
from soap.domains.ionosphere.science.gnss.network_bias import NetworkBiases
from soap.domains.ionosphere.science.gnss.orbit import Orbits
from soap.formats import Source
from soap.formats.derivation import Aid, OpenedAids

if TYPE_CHECKING:
    import xarray as xr

AIDS = (
    Aid("orbits", "orbits of the days: SP3, or RINEX navigation", required=True),
    Aid("bias", "code biases of satellites: SINEX-BIAS, or DCB of CODE"),
    Aid("ionex", "maps of the days, to compare with"),
    Aid("coordinates", "where the stations stand: SINEX"),
)


@dataclass(frozen=True)
class Network:
    """Biases of satellites that several receivers of a day agree on, and these in words."""

    biases: NetworkBiases
    text: str


@dataclass(frozen=True)
class Aids:
    """The files, opened."""

    orbits: Orbits
    biases: CodeBiases | None
    maps: xr.Dataset | None
    coordinates: StationCoordinates | None
    network: Network | None = None
    """Biases of satellites that several receivers agree on, where no file gives them."""


def open_aids(files: Mapping[str, Sequence[Source]]) -> OpenedAids:
    """`Aids` from the files by aid's name; `BadFile` where one is not what it is given for."""
    orbits = open_orbits(files.get("orbits", ()))
    biases = open_biases(files["bias"]) if files.get("bias") else None
    coordinates = open_coordinates(files["coordinates"]) if files.get("coordinates") else None
    notes = [note for one in (orbits, biases, coordinates) if one is not None for note in one.notes]
    return OpenedAids(Aids(orbits, biases, _maps(files.get("ionex", ())), coordinates), tuple(notes))


def _maps(sources: Sequence[Source]) -> xr.Dataset | None:
    """IONEX files of days that follow each other as one series of maps, each time once."""
    import xarray as xr

    days: list[xr.Dataset] = []
    for source in sources:
        if not tec_ionex.sniff(source.head, source.name):
            raise BadFile("It is no IONEX file", file=source.name, next_step="Maps to compare with come from IONEX.")
        days += tec_ionex.read(source).observations
    if not days:
        return None
    first = days[0]
    for day, source in zip(days, sources, strict=True):
        if any(not np.array_equal(day[axis].values, first[axis].values) for axis in ("latitude", "longitude")):
            raise BadFile(
                "Its maps are on another grid than the first file's", file=source.name,
                next_step="Give maps of one centre, or one file at a time.",
            )  # fmt: skip
    time = np.concatenate([day["time"].values for day in days])
    vtec = np.concatenate([day["vtec"].values for day in days])
    time, at = np.unique(time.astype(NS), return_index=True)
    return xr.Dataset(
        {"vtec": (("time", "latitude", "longitude"), vtec[at])},
        {"time": time, "latitude": first["latitude"].values, "longitude": first["longitude"].values},
        dict(first.attrs),
    )
