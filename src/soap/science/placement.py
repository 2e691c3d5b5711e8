"""New places for clusters of earthquakes, matched in their number of stations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.core.place import EARTH_RADIUS_KM, unit_vectors
from soap.science.association import Association, Catalogue, Network, day_offsets, zone_cosine

TRIALS = 1000
"""Places tried for each cluster."""

KEPT = 200
"""Most candidate places kept for each cluster."""

LEAST_CANDIDATES = 20
"""Fewest candidate places; where fewer match exactly, the nearest in number of pairs are taken."""

JITTER_KM = 100.0
"""Standard deviation, along each horizontal axis, of the displacement from the other cluster's place."""


@dataclass(frozen=True)
class Places:
    """Candidate places of each cluster, and the stations of its events there.

    Row `first[e] + j` of `association` holds the stations of event e at candidate j of its cluster `cluster[e]`.
    """

    association: Association
    n_candidates: np.ndarray
    first: np.ndarray
    cluster: np.ndarray

    def rows(self, candidate: np.ndarray) -> np.ndarray:
        """Rows of `association` (event, arrangement) for the `candidate` (cluster, arrangement) of each cluster."""
        return self.first[:, None] + candidate[self.cluster]


def anchors(catalogue: Catalogue) -> np.ndarray:
    """Index of the event of each cluster with the largest zone, the first of equals."""
    order = np.lexsort((np.arange(len(catalogue)), -catalogue.radius_km, catalogue.cluster))
    return order[np.searchsorted(catalogue.cluster[order], np.arange(catalogue.n_clusters))]


def rotated(vectors: np.ndarray, origin: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """`vectors` (event, 3) carried by the shortest rotations that take `origin` (3) to each of `targets` (place, 3).

    Shape (place, event, 3); distances and angles between the vectors stay (Rodrigues' formula).
    """
    axis = np.cross(origin, targets)[:, None, :]  # length sin(angle)
    cosine = (targets @ origin)[:, None, None]
    along = (axis * vectors).sum(axis=-1, keepdims=True)
    return cosine * vectors + np.cross(axis, vectors) + axis * along / np.maximum(1.0 + cosine, 1e-12)


def jittered(vectors: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Unit `vectors` (place, 3) displaced at random by `JITTER_KM` along each of two horizontal axes."""
    step = rng.standard_normal(vectors.shape) * (JITTER_KM / EARTH_RADIUS_KM)
    step -= (step * vectors).sum(axis=1, keepdims=True) * vectors
    moved = vectors + step
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def place_clusters(catalogue: Catalogue, network: Network, rng: np.random.Generator) -> Places:
    """Candidate places for every cluster, where it has the number of station-event pairs that it had."""
    epicentres = unit_vectors(catalogue.latitude, catalogue.longitude)
    stations = unit_vectors(network.latitude, network.longitude).T
    limits = zone_cosine(catalogue.radius_km)
    pairs_before = ((epicentres @ stations) >= limits[:, None]).sum(axis=1)
    anchor = anchors(catalogue)
    members = np.split(np.argsort(catalogue.cluster, kind="stable"), np.cumsum(np.bincount(catalogue.cluster))[:-1])
    counts: list[np.ndarray] = []
    found: list[tuple[np.ndarray, np.ndarray]] = []
    n_candidates, first, rows = np.zeros(len(anchor), dtype=np.int64), np.zeros(len(catalogue), dtype=np.int64), 0
    for cluster, events in enumerate(members):
        wanted = pairs_before[events].sum()
        if not wanted:  # in nobody's zone before, and so after: stays
            n_candidates[cluster] = 1
            first[events] = rows + np.arange(len(events))
            rows += len(events)
            counts.append(np.zeros(len(events), dtype=np.int64))
            continue
        # Its own place stays among the candidates: without it, max |z| cries wolf (docs/explanation/surrogates.md).
        targets = jittered(epicentres[rng.choice(anchor, TRIALS)], rng)
        moved = rotated(epicentres[events], epicentres[anchor[cluster]], targets)
        inside = (moved @ stations) >= limits[events][:, None]  # (place, event, station)
        inside = inside[_matching(inside.sum(axis=(1, 2)), wanted)]
        n_candidates[cluster] = len(inside)
        first[events] = rows + np.arange(len(events)) * len(inside)
        rows += inside.shape[0] * inside.shape[1]
        inside = inside.swapaxes(0, 1)
        event, _, station = np.nonzero(inside)
        counts.append(inside.sum(axis=2).ravel())
        found.append((events[event], station))
    nobody = np.empty(0, dtype=np.int64)
    event, station = (np.concatenate([nobody, *(part[i] for part in found)]) for i in (0, 1))
    start = np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64)
    offset = day_offsets(catalogue.time_days[event], network.longitude[station], network.local_days)
    return Places(Association(start, station.astype(np.int32), offset), n_candidates, first, catalogue.cluster)


def _matching(pairs: np.ndarray, wanted: int) -> np.ndarray:
    """Indices of the places with the wanted number of pairs; of the nearest in number where those are too few."""
    gap = np.abs(pairs - wanted)
    exact = np.flatnonzero(gap == 0)[:KEPT]
    return exact if len(exact) >= LEAST_CANDIDATES else np.argsort(gap, kind="stable")[:LEAST_CANDIDATES]
