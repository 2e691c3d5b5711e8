"""Between the nodes and epochs of ionosphere maps: bilinear in place, linear in time, on request with the Sun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from soap.core.errors import BadParameter
from soap.core.time import NS

if TYPE_CHECKING:
    import xarray as xr

_BLOCK = 1 << 15
"""Points evaluated at once; their work arrays stay in the processor's cache."""

_DAY_NS = 86_400 * 10**9


def interpolate_schaer_1998(
    maps, map_times, latitudes, longitudes, times, at_latitude, at_longitude, *, rotated: bool = True,
    max_gap_hours: float = 6.0,
) -> np.ndarray:  # fmt: skip
    r"""
    Values of a series of maps at any times and places.

    Parameters
    ----------
    maps : array, shape (map, latitude, longitude)
        E.g. VTEC [TECU]; NaN where a map has no value.
    map_times : array of datetime64, shape (map,)
        Epochs, strictly rising.
    latitudes, longitudes : arrays [degree]
        The grid: even steps, latitude rising, longitude eastward (it may cross 180 degrees).
    times, at_latitude, at_longitude : arrays that broadcast together
        Where to evaluate: datetime64, latitude of the maps' own kind (geocentric for IONEX) and longitude [degree].
    rotated : bool
        With the Sun: each of the two maps is read at the longitude that had, at its epoch, the local time of the
        point, :math:`\lambda' = \lambda + (t - T_i) \cdot 360°/24\,h` (the standard's preferred way; a regional
        grid loses a strip at its edges). Otherwise at the point itself (what RTKLIB and Orekit do).
    max_gap_hours : float
        Two maps farther apart than this are not interpolated between.

    Returns
    -------
    array, broadcast shape, unit of the maps
        NaN outside the span of the maps, in a gap, outside a regional grid, at a place or time that is none (NaN,
        NaT), and where a node with weight has no value. Beyond the last row of a global grid (87.5 degrees in IONEX)
        that row is used.

    Raises
    ------
    BadParameter
        When the grid is not even or the shapes disagree.

    References
    ----------
    .. [1] S. Schaer, W. Gurtner, J. Feltens, "IONEX: The IONosphere Map EXchange Format Version 1," Proc. IGS
       Analysis Centers Workshop, Darmstadt, 233-247, 1998, section 3 (equations 1 to 3).
    """
    grid = _Grid.of(maps, map_times, latitudes, longitudes)
    times, at_latitude, at_longitude = np.broadcast_arrays(
        np.asarray(times, dtype=NS).view(np.int64), np.asarray(at_latitude, float), np.asarray(at_longitude, float)
    )
    if not max_gap_hours > 0:
        raise BadParameter(f"max_gap_hours is {max_gap_hours}; it must be above 0.")
    gap_ns = int(max_gap_hours * 3600e9)
    time, latitude, longitude = np.ravel(times), np.ravel(at_latitude), np.ravel(at_longitude)
    values = np.empty(time.shape)
    for start in range(0, len(values), _BLOCK):
        part = slice(start, start + _BLOCK)
        values[part] = _block(grid, time[part], latitude[part], longitude[part], rotated, gap_ns)
    return values.reshape(times.shape)


def vtec_at(
    field: xr.Dataset, times, latitude, longitude, *, rotated: bool = True, variable: str = "vtec"
) -> np.ndarray:
    """Values of one variable of a checked `field` at times (datetime64) and places [degree].

    See `interpolate_schaer_1998`; raises `BadParameter` when the field has no such variable.
    """
    if variable not in field:
        raise BadParameter(f"The field has no {variable!r}; it has {', '.join(map(str, field.data_vars))}.")
    time, south_north, west_east = (field[name].values for name in ("time", "latitude", "longitude"))
    return interpolate_schaer_1998(
        field[variable].values, time, south_north, west_east, times, latitude, longitude, rotated=rotated
    )


@dataclass(frozen=True)
class _Grid:
    """Maps flattened for gathering; a grid that goes round the Earth is closed by its first meridian."""

    nodes: np.ndarray
    times: np.ndarray
    shape: tuple[int, int]
    south: float
    west: float
    step: tuple[float, float]
    goes_round: bool
    has_caps: bool

    @classmethod
    def of(cls, maps, map_times, latitudes, longitudes) -> _Grid:
        maps = np.asarray(maps, float)
        latitudes, longitudes = np.asarray(latitudes, float), np.asarray(longitudes, float)
        times = np.asarray(map_times, dtype=NS).view(np.int64)
        if (
            maps.shape != (len(times), len(latitudes), len(longitudes))
            or min(maps.shape) < 1
            or min(maps.shape[1:]) < 2
        ):
            raise BadParameter(
                f"Maps of shape {maps.shape} do not fit {len(times)} times, {len(latitudes)} latitudes and"
                f" {len(longitudes)} longitudes (at least 1, 2 and 2)."
            )
        if (np.diff(times) <= 0).any():
            raise BadParameter("The epochs of the maps do not rise strictly.")
        eastward = longitudes + 360.0 * np.concatenate([[0], np.cumsum(np.diff(longitudes) < 0)])
        steps = (_even_step(latitudes, "Latitude"), _even_step(eastward, "Longitude"))
        span = eastward[-1] - eastward[0]
        if abs(span + steps[1] - 360.0) < 1e-6:
            maps, span = np.concatenate([maps, maps[:, :, :1]], axis=2), 360.0
        goes_round = abs(span - 360.0) < 1e-6
        reach = min(-latitudes[0], latitudes[-1]) + steps[0]
        return cls(
            np.ravel(maps), times, maps.shape[1:], latitudes[0], eastward[0], steps, goes_round,
            goes_round and reach >= 90.0 - 1e-6,
        )  # fmt: skip


def _even_step(axis: np.ndarray, word: str) -> float:
    step = (axis[-1] - axis[0]) / (len(axis) - 1)
    if not step > 0 or not np.allclose(np.diff(axis), step, rtol=0, atol=1e-6):
        raise BadParameter(f"{word} must rise in even steps; it runs {axis[:4]} … {axis[-1]}.")
    return float(step)


def _block(grid: _Grid, times, latitude, longitude, rotated: bool, gap_ns: int) -> np.ndarray:
    """Values at the points of one block, 1-D arrays."""
    earlier = np.clip(np.searchsorted(grid.times, times, side="right") - 1, 0, max(len(grid.times) - 2, 0))
    later = np.minimum(earlier + 1, len(grid.times) - 1)
    t0, t1 = grid.times[earlier], grid.times[later]
    length = np.maximum(t1 - t0, 1)
    outside = (times < t0) | (times > t1) | ((length > gap_ns) & (times != t0) & (times != t1))
    share = (times - t0) / length
    row, up = _cell((latitude - grid.south) / grid.step[0], grid.shape[0], grid.has_caps)
    value = np.zeros(len(times))
    for index, epoch, weight in ((earlier, t0, 1.0 - share), (later, t1, share)):
        turned = longitude + (times - epoch) * (360.0 / _DAY_NS) if rotated else longitude
        column, right = _cell(np.mod(turned - grid.west, 360.0) / grid.step[1], grid.shape[1], grid.goes_round)
        corner = (index * grid.shape[0] + row) * grid.shape[1] + column
        value += np.where(weight == 0.0, 0.0, _weighted(grid, corner, up, right, weight))
    value[outside] = np.nan
    return value


def _cell(position: np.ndarray, count: int, held: bool) -> tuple[np.ndarray, np.ndarray]:
    """Lower node and share of the way to the next; the share is NaN off the grid unless the edge is `held`."""
    if held:
        position = np.clip(position, 0.0, count - 1.0)
    off = ~((position >= -1e-9) & (position <= count - 1 + 1e-9))
    position = np.where(off, 0.0, np.clip(position, 0.0, count - 1.0))
    node = np.minimum(position.astype(np.int64), count - 2)
    return node, np.where(off, np.nan, position - node)


def _weighted(grid: _Grid, corner, up, right, weight) -> np.ndarray:
    """Bilinear value times `weight`; a node without value matters only where its weight is not zero."""
    nodes, width = grid.nodes, grid.shape[1]
    southern = nodes[corner] * (1 - right) + nodes[corner + 1] * right
    northern = nodes[corner + width] * (1 - right) + nodes[corner + width + 1] * right
    value = (southern * (1 - up) + northern * up) * weight
    unsure = np.flatnonzero(np.isnan(value) & ~np.isnan(up + right))
    if len(unsure):
        a, b = up[unsure], right[unsure]
        share = np.stack([(1 - a) * (1 - b), (1 - a) * b, a * (1 - b), a * b])
        four = nodes[corner[unsure] + np.array([[0], [1], [width], [width + 1]])]
        value[unsure] = np.where(share == 0, 0.0, share * four).sum(axis=0) * weight[unsure]
    return value
