"""A station: where something is observed from the ground."""

from __future__ import annotations

from dataclasses import dataclass

from soap.core.place import check_latlon


@dataclass(frozen=True)
class Station:
    """A ground station.

    `code` is upper case in the scheme named by `code_scheme` (`iaga_code`, `ursi_code`, `marker_name`, …); place is
    geodetic WGS84 [degree], `height_m` above the ellipsoid or NaN; `place_grade` says how far the place can be
    trusted, in its source's words.
    """

    code: str
    latitude: float
    longitude: float
    height_m: float = float("nan")
    name: str = ""
    region: str = ""
    code_scheme: str = "iaga_code"
    place_grade: str = ""

    def __post_init__(self) -> None:
        latitude, longitude = check_latlon(self.latitude, self.longitude)
        object.__setattr__(self, "latitude", latitude)
        object.__setattr__(self, "longitude", longitude)
