"""Compiled loops of satellite orbits: positions between nodes, light time, angles of sight.

Kept apart so that importing the doors (`sampled_orbit`, `geometry`) does not import numba. The machine code is cached
once per installation; the loops release the interpreter lock.
"""

from __future__ import annotations

import numpy as np
from numba import njit

NODES = 11
"""Nodes of one interpolation: a polynomial of degree 10."""

EARTH_ROTATION = 7.2921151467e-5
"""Rotation rate of the Earth [rad/s] (IS-GPS-200, table 20-IV)."""

LIGHT = 299_792_458.0
"""Speed of light [m/s]."""


@njit(cache=True, nogil=True)
def lagrange_weights(x, weights):
    """Fill `weights` (NODES) for the place `x`, counted in steps from the first node."""
    nearest = round(x)
    weights[:] = 0.0
    if x == nearest and 0 <= nearest < NODES:
        weights[int(nearest)] = 1.0
        return
    product, factor = 1.0, 1.0  # factor: (-1)^(n-k) / (k! (n-k)!) for k = 0, then by recursion
    for k in range(NODES):
        product *= x - k
        factor /= -k if k > 0 else 1.0
    for k in range(NODES):
        weights[k] = product * factor / (x - k)
        factor *= -(NODES - 1.0 - k) / (k + 1.0)


@njit(cache=True, nogil=True)
def interpolate(
    time, wanted, first_arc, arc_from, arc_to, arc_start, arc_step, arc_node, arc_count, origin, nodes, out
):
    """Fill `out` (time, satellite, 3) with Earth-fixed positions.

    `time`, `arc_*` times and `origin` in integer nanoseconds. Satellite s = `wanted[column]` (-1: unknown) has the arcs
    `first_arc[s]` to before `first_arc[s + 1]`, in order of time and without overlap; arc a serves times
    `arc_from[a] <= t < arc_to[a]` from the nodes `arc_node[a]` and following (`arc_count[a]` of them, at least NODES),
    the first of them at `arc_start[a]`, each `arc_step[a]` later. Nodes are in the frame that does not turn, aligned
    with the Earth-fixed one at `origin`.
    """
    weights, last_x = np.zeros(NODES), np.nan
    pointer = np.zeros(wanted.shape[0], dtype=np.int64)
    for column in range(wanted.shape[0]):
        pointer[column] = first_arc[wanted[column]] if wanted[column] >= 0 else 0
    for row in range(time.shape[0]):
        t = time[row]
        angle = EARTH_ROTATION * ((t - origin) * 1e-9)
        cosine, sine = np.cos(angle), np.sin(angle)
        for column in range(wanted.shape[0]):
            out[row, column, :] = np.nan
            s = wanted[column]
            if s < 0:
                continue
            low, high = first_arc[s], first_arc[s + 1]
            arc = pointer[column]
            if arc > low and t < arc_to[arc - 1]:
                arc = low
            while arc < high and t >= arc_to[arc]:
                arc += 1
            pointer[column] = min(arc, high - 1)
            if arc == high or t < arc_from[arc]:
                continue
            elapsed, step = t - arc_start[arc], arc_step[arc]
            cell = elapsed // step
            window = min(max(cell - (NODES - 1) // 2, 0), arc_count[arc] - NODES)
            x = (cell - window) + (elapsed - cell * step) / step
            if x != last_x:
                lagrange_weights(x, weights)
                last_x = x
            node, px, py, pz = arc_node[arc] + window, 0.0, 0.0, 0.0
            for k in range(NODES):
                weight = weights[k]
                px += weight * nodes[node + k, 0]
                py += weight * nodes[node + k, 1]
                pz += weight * nodes[node + k, 2]
            out[row, column, 0] = cosine * px + sine * py
            out[row, column, 1] = cosine * py - sine * px
            out[row, column, 2] = pz


@njit(cache=True, nogil=True)
def sent(early, late, early_s, late_s, receiver, out):
    """Fill `out` (time, satellite, 3): where a satellite was when what is received now was sent, in the frame of now.

    `early` and `late` are its Earth-fixed positions `early_s` and `late_s` [s] before reception, each in the frame of
    its own time; they bracket the time of sending.
    """
    for row in range(early.shape[0]):
        for column in range(early.shape[1]):
            ax, ay, az = early[row, column, 0], early[row, column, 1], early[row, column, 2]
            bx, by, bz = late[row, column, 0], late[row, column, 1], late[row, column, 2]
            x, y, z = bx, by, bz
            for _ in range(2):
                tau = np.sqrt((x - receiver[0]) ** 2 + (y - receiver[1]) ** 2 + (z - receiver[2]) ** 2) / LIGHT
                share = (tau - early_s) / (late_s - early_s)
                px, py = ax + share * (bx - ax), ay + share * (by - ay)
                turn = EARTH_ROTATION * tau
                x, y, z = px + turn * py, py - turn * px, az + share * (bz - az)
            out[row, column, 0] = x
            out[row, column, 1] = y
            out[row, column, 2] = z


@njit(cache=True, nogil=True)
def sight(positions, receiver, east, north, up, elevation, azimuth, distance):
    """Fill elevation and azimuth [degree] and distance [m] (n) of `positions` (n, 3) as seen from `receiver`."""
    for k in range(positions.shape[0]):
        x, y, z = positions[k, 0] - receiver[0], positions[k, 1] - receiver[1], positions[k, 2] - receiver[2]
        e = x * east[0] + y * east[1] + z * east[2]
        n = x * north[0] + y * north[1] + z * north[2]
        u = x * up[0] + y * up[1] + z * up[2]
        flat = e * e + n * n
        distance[k] = np.sqrt(flat + u * u)
        elevation[k] = np.degrees(np.arctan2(u, np.sqrt(flat)))
        bearing = np.degrees(np.arctan2(e, n))
        azimuth[k] = bearing + 360.0 if bearing < 0.0 else bearing


@njit(cache=True, nogil=True)
def pierce(latitude, longitude, elevation, azimuth, shell, semi_major, flattening, pierced_latitude, pierced_longitude):
    """Fill where rays (n, all angles in rad) from the ellipsoid pierce the sphere of radius `shell` [m], in degrees."""
    squared = flattening * (2.0 - flattening)
    semi_minor = semi_major * (1.0 - flattening)
    second = squared / (1.0 - squared)
    sin_lat, cos_lat, sin_lon, cos_lon, x0, z0 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    last_latitude, last_longitude = np.nan, np.nan
    for k in range(latitude.shape[0]):
        if latitude[k] != last_latitude or longitude[k] != last_longitude:
            last_latitude, last_longitude = latitude[k], longitude[k]
            sin_lat, cos_lat = np.sin(last_latitude), np.cos(last_latitude)
            sin_lon, cos_lon = np.sin(last_longitude), np.cos(last_longitude)
            normal = semi_major / np.sqrt(1.0 - squared * sin_lat * sin_lat)
            x0, z0 = normal * cos_lat, normal * (1.0 - squared) * sin_lat
        sin_el, cos_el = np.sin(elevation[k]), np.cos(elevation[k])
        east, north = cos_el * np.sin(azimuth[k]), cos_el * np.cos(azimuth[k])
        across = cos_lat * sin_el - sin_lat * north  # away from the Earth's axis, in the receiver's meridian
        upward = sin_lat * sin_el + cos_lat * north
        along = x0 * across + z0 * upward
        reach = np.sqrt(along * along + shell * shell - x0 * x0 - z0 * z0) - along
        px, py, z = x0 + reach * across, reach * east, z0 + reach * upward
        x, y = cos_lon * px - sin_lon * py, sin_lon * px + cos_lon * py
        flat = np.sqrt(px * px + py * py)
        sine, cosine = z * semi_major, flat * semi_minor  # of the reduced latitude, but for their common length
        for _ in range(2):
            length = np.sqrt(sine * sine + cosine * cosine)
            sine, cosine = sine / length, cosine / length
            up, out = z + second * semi_minor * sine**3, flat - squared * semi_major * cosine**3
            sine, cosine = (1.0 - flattening) * up, out
        pierced_latitude[k] = np.degrees(np.arctan2(up, out))
        pierced_longitude[k] = np.degrees(np.arctan2(y, x))
