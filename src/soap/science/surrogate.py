"""Surrogate catalogues: what earthquakes with no bearing on the series would look like.

Each moves *events*, never station-event pairs: all stations of an event and all events of a cluster stay together,
because one earthquake seen by many stations and one storm seen by all of them is one piece of evidence. Draws come in
batches, each with its own generator spawned from the seed, so that they do not depend on who computes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from soap.core.errors import BadParameter
from soap.science.association import Association, Catalogue, Network, associate
from soap.science.placement import place_clusters
from soap.science.superpose import Arrangements

BATCH = 1000
"""Surrogates per batch, and so per generator."""

LEAST_CLUSTERS = 5
"""Fewest clusters among which places can be dealt anew."""


def _batches(n: int, seed: int) -> Iterator[tuple[np.random.Generator, int]]:
    if n < 1:
        raise BadParameter(f"{n} surrogates were asked for; 1 or more are needed, 1000 are usual.")
    sizes = [min(BATCH, n - done) for done in range(0, n, BATCH)]
    for child, size in zip(np.random.SeedSequence(seed).spawn(len(sizes)), sizes, strict=True):
        yield np.random.default_rng(child), size


def circular_shift(catalogue: Catalogue, network: Network, n: int, seed: int) -> Iterator[Arrangements]:
    """The whole catalogue moved by one number of days against all series at once; the primary surrogate.

    Keeps everything within the catalogue and within the network (clusters, autocorrelation, storms common to all
    stations); breaks only their alignment. All `n_days - 1` distinct shifts when `n` reaches that number, in order,
    else a random choice without repeats. Events pushed past the end come in again at the start; lags that would cross
    the seam are missing, as they are at the ends of the observed series. Small shifts are *not* left out: with every
    shift present the rank of the observed alignment is exactly uniform under a stationary null, and leaving out its
    neighbours, which resemble it, would make p too small. H. W. Lotwick, B. W. Silverman, J. R. Stat. Soc. B 44,
    406-413, 1982, doi:10.1111/j.2517-6161.1982.tb01221.x.
    """
    association, distinct = associate(catalogue, network), network.n_days - 1
    if distinct < 1:
        raise BadParameter(f"A series of {network.n_days} day(s) has no distinct circular shift; give 2 days or more.")
    shifts = np.arange(1, distinct + 1)
    if n < distinct:
        shifts = np.random.default_rng(np.random.SeedSequence(seed)).choice(shifts, n, replace=False)
    for low in range(0, len(shifts), BATCH):
        day = (catalogue.day[:, None] + shifts[None, low : low + BATCH]) % network.n_days
        yield Arrangements.of_days(day, association)


def random_times(
    catalogue: Catalogue, network: Network, n: int, seed: int, *, within_days: int | None = None
) -> Iterator[Arrangements]:
    """Clusters moved in time as rigid blocks, each on its own; places and stations stay.

    The first event of a cluster is dealt a day uniform in the whole period, or with `within_days` in the one of the
    equal intervals of about that length in which it fell; the others keep their distances in days, and wrap around the
    end. Intervals keep the slow changes of coverage and of the rate of earthquakes (A. Amarasingham et al., J.
    Neurophysiol. 107, 517-531, 2012, doi:10.1152/jn.00633.2011).
    """
    association = associate(catalogue, network)
    first = np.full(catalogue.n_clusters, network.n_days)
    np.minimum.at(first, catalogue.cluster, catalogue.day)
    low, high = _intervals(first, network.n_days, within_days)
    behind = catalogue.day - first[catalogue.cluster]
    for rng, size in _batches(n, seed):
        dealt = rng.integers(low[:, None], high[:, None], size=(len(first), size))
        yield Arrangements.of_days((dealt[catalogue.cluster] + behind[:, None]) % network.n_days, association)


def _intervals(day: np.ndarray, n_days: int, within_days: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Half-open range of days in which each day may be dealt anew."""
    count = max(1, round(n_days / within_days)) if within_days else 1
    edges = np.round(np.linspace(0, n_days, count + 1)).astype(np.int64)
    interval = np.searchsorted(edges, day, side="right") - 1
    return edges[interval], edges[interval + 1]


def random_epicentres(catalogue: Catalogue, network: Network, n: int, seed: int) -> Iterator[Arrangements]:
    """Clusters moved to other places as rigid blocks, each on its own; times stay, stations are found anew.

    A place is that of a randomly chosen cluster of the catalogue, displaced at random by about 100 km, where the
    cluster has as many station-event pairs as it had (see `soap.science.placement`). It is dealt from the catalogue's
    own places, not from the globe: under the null hypothesis places are exchangeable among clusters, and only among
    them. Give the catalogue of the whole region: the places of events in some zone alone crowd around the stations.
    Conservative where clusters have many pairs: such a cluster finds its match mostly near its own place.

    M. Parrot, Ann. Geophys. 55, 2012, doi:10.4401/ag-5270.
    """
    if reason := why_not_applicable("random_epicentres", catalogue):
        raise BadParameter(reason)
    places = place_clusters(catalogue, network, np.random.default_rng(np.random.SeedSequence(seed)))
    day = catalogue.day[:, None]
    for rng, size in _batches(n, seed):
        dealt = rng.integers(0, places.n_candidates[:, None], size=(catalogue.n_clusters, size))
        yield Arrangements(day, places.rows(dealt), places.association)


def per_event_negative_control(catalogue: Catalogue, network: Network, n: int, seed: int) -> Iterator[Arrangements]:
    """NOT a valid surrogate: every event dealt its own day, its cluster torn apart. For showing what that does."""
    alone = Catalogue(
        catalogue.time_days, catalogue.latitude, catalogue.longitude, catalogue.radius_km, np.arange(len(catalogue))
    )
    return random_times(alone, network, n, seed)


def pair_permutation_negative_control(
    catalogue: Catalogue, network: Network, n: int, seed: int
) -> Iterator[Arrangements]:
    """NOT a valid surrogate: every station-event pair dealt its own day, as if pairs were independent evidence.

    They are not: one storm is in all stations of an event. The spread of such surrogates is far too small, and chance
    looks significant. Kept as the documented negative control; compare with `pairs_as_events`.
    """
    pairs = pairs_as_events(associate(catalogue, network))
    day = np.repeat(catalogue.day, associate(catalogue, network).stations_per_event)
    for rng, size in _batches(n, seed):
        yield Arrangements.of_days(rng.integers(0, network.n_days, size=(len(day), size)), pairs)


def pairs_as_events(association: Association) -> Association:
    """Every station-event pair as an event of its own with one station."""
    return Association(np.arange(association.n_pairs + 1), association.station, association.day_offset)


Surrogate = Callable[[Catalogue, Network, int, int], Iterator[Arrangements]]

SURROGATES: dict[str, Surrogate] = {
    "circular_shift": circular_shift,
    "random_times": random_times,
    "random_epicentres": random_epicentres,
}
"""The valid surrogates by name, the primary first."""


def why_not_applicable(kind: str, catalogue: Catalogue) -> str:
    """The reason why this surrogate says nothing about this catalogue; empty when it does."""
    if kind == "random_epicentres" and catalogue.n_clusters < LEAST_CLUSTERS:
        return (
            f"random_epicentres deals the clusters' places anew and needs {LEAST_CLUSTERS} clusters or more;"
            f" this catalogue has {catalogue.n_clusters}. Use circular_shift and random_times."
        )
    return ""
