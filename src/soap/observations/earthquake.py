"""An earthquake: origin, size, and who says so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.core.place import check_latlon
from soap.core.time import utc


@dataclass(frozen=True)
class Earthquake:
    """An earthquake as its source gives it.

    `time` is the origin time, UTC `datetime64[ns]`; `latitude`, `longitude` the epicentre [degree]; `depth_km` may be
    NaN; `magnitude` goes with `magnitude_type` (as the source writes it, lower case; "" when the source has none).
    `event_id` is the source's own identifier, lower case.
    """

    event_id: str
    time: np.datetime64
    latitude: float
    longitude: float
    depth_km: float
    magnitude: float
    magnitude_type: str = ""
    place: str = ""
    status: str = ""

    def __post_init__(self) -> None:
        latitude, longitude = check_latlon(self.latitude, self.longitude)
        object.__setattr__(self, "latitude", latitude)
        object.__setattr__(self, "longitude", longitude)
        object.__setattr__(self, "time", utc(self.time))
