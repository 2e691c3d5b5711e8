"""Superposed epoch analysis: this package against a plain numpy gather and a loop over pairs, in one run.

50 stations x 6,575 days, 5 % missing; 30 events per station (1,500 station-event pairs); lags -30 to +15; 10,000
surrogates. Two forms of the same work: *pairs*, every pair drawn its own day (the form that the gather and the loop can
do plainly), and *events*, 300 events of about 5 stations, stations averaged first, as studies use it. Then each kind of
surrogate whole: drawing, association of events with stations, statistic and p-values.

The gather runs on all surrogates, in blocks; the loop on a stated excerpt, scaled up. All are checked equal.

    python benchmarks/superpose.py [--json] [--repeat 5] [--loop-surrogates 20]
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from rows import command_line

from soap.core.place import unit_vectors
from soap.science.association import Association, Catalogue, Network, associate
from soap.science.epoch_test import epoch_test
from soap.science.superpose import Arrangements, SuperposedEpoch, superpose
from soap.science.surrogate import SURROGATES

STATIONS, DAYS, PER_STATION, SURROGATES_N, MISSING = 50, 6575, 30, 10_000, 0.05
PLAN = SuperposedEpoch()


def network(rng: np.random.Generator) -> Network:
    values = rng.standard_normal((STATIONS, DAYS))
    values[rng.random(values.shape) < MISSING] = np.nan
    return Network(values, rng.uniform(-45, 55, STATIONS), rng.uniform(70, 180, STATIONS))


def catalogue(rng: np.random.Generator, net: Network) -> Catalogue:
    """300 events, half of them in clusters of two, each with its 5 nearest stations in its zone: 1,500 pairs."""
    n = STATIONS * PER_STATION // 5
    cluster = np.concatenate([np.arange(n // 2), np.repeat(np.arange(n // 2, n // 2 + n // 4), 2)])
    latitude, longitude = rng.uniform(-45, 55, n), rng.uniform(70, 180, n)
    cosine = unit_vectors(latitude, longitude) @ unit_vectors(net.latitude, net.longitude).T
    fifth = np.sort(np.arccos(np.clip(cosine, -1, 1)), axis=1)[:, 4] * 6371.0
    return Catalogue(rng.uniform(0, DAYS, n), latitude, longitude, fifth + 1e-6, cluster)


def gather(values: np.ndarray, station: np.ndarray, day: np.ndarray, lags: np.ndarray) -> np.ndarray:
    """Mean over pairs at each lag, by numpy's indexing; `day` (pair, surrogate)."""
    padded = np.pad(values, ((0, 0), (-lags[0], lags[-1])), constant_values=np.nan)
    result = np.empty((day.shape[1], len(lags)))
    for low in range(0, day.shape[1], 100):
        columns = day[:, low : low + 100, None] + (lags - lags[0])
        result[low : low + 100] = np.nanmean(padded[station[:, None, None], columns], axis=0)
    return result


def pair_loop(values: np.ndarray, station: np.ndarray, day: np.ndarray, lags: np.ndarray) -> np.ndarray:
    """The same by a loop over pairs, a slice at a time."""
    padded = np.pad(values, ((0, 0), (-lags[0], lags[-1])), constant_values=np.nan)
    result = np.empty((day.shape[1], len(lags)))
    for surrogate in range(day.shape[1]):
        total, known = np.zeros(len(lags)), np.zeros(len(lags))
        for pair, row in enumerate(station):
            cut = padded[row, day[pair, surrogate] : day[pair, surrogate] + len(lags)]
            good = ~np.isnan(cut)
            total[good] += cut[good]
            known += good
        result[surrogate] = total / known
    return result


def median_s(work: Callable[[], object], repeat: int) -> float:
    """Median wall time of `repeat` runs, after one that is not counted (compilation, caches)."""
    work()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure(repeat: int, loop_surrogates: int) -> dict[str, float | int]:
    rng = np.random.default_rng(2016)
    net = network(rng)
    events = catalogue(rng, net)
    n_pairs = STATIONS * PER_STATION
    station = np.repeat(np.arange(STATIONS), PER_STATION)
    day = rng.integers(0, DAYS, (n_pairs, SURROGATES_N)).astype(np.int32)
    alone = Association(np.arange(n_pairs + 1), station.astype(np.int32), np.zeros(n_pairs, dtype=np.int32))
    pairs = Arrangements.of_days(day, alone)
    kept = Arrangements.of_days(day[: len(events)], associate(events, net))
    some = day[:, :loop_surrogates]

    ours = superpose(net, pairs, PLAN).mean
    start = time.perf_counter()
    plain = gather(net.values, station, day, PLAN.lags)
    gather_s = time.perf_counter() - start
    start = time.perf_counter()
    looped = pair_loop(net.values, station, some, PLAN.lags)
    loop_s = (time.perf_counter() - start) * SURROGATES_N / loop_surrogates
    np.testing.assert_allclose(ours, plain, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(ours[:loop_surrogates], looped, rtol=1e-12, atol=1e-14)

    result: dict[str, float | int] = {
        "cpu_count": os.cpu_count() or 0,
        "n_pairs": kept.association.n_pairs,
        "pairs_s": median_s(lambda: superpose(net, pairs, PLAN), repeat),
        "events_s": median_s(lambda: superpose(net, kept, PLAN), repeat),
        "numpy_gather_s": gather_s,
        "pair_loop_s": loop_s,
        "pair_loop_excerpt_surrogates": loop_surrogates,
    }
    for kind in SURROGATES:
        run = partial(epoch_test, net, events, PLAN, kind, n=SURROGATES_N, seed=1)
        result[f"{kind}_whole_s"] = median_s(run, repeat)
    result["gather_over_ours"] = result["numpy_gather_s"] / result["pairs_s"]
    result["loop_over_ours"] = result["pair_loop_s"] / result["pairs_s"]
    return result


def main() -> int:
    parser = command_line(__doc__, repeat=5)
    parser.add_argument("--loop-surrogates", type=int, default=20, help="excerpt for the loop over pairs")
    options = parser.parse_args()
    result = measure(options.repeat, options.loop_surrogates)
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:32s} {value:10.3f}" if isinstance(value, float) else f"{name:32s} {value:10d}")
    goals = {"pairs_s": 0.5, "events_s": 0.5} | {f"{kind}_whole_s": 5.0 for kind in SURROGATES}
    missed = [f"{name} {result[name]:.2f} s > {goal} s" for name, goal in goals.items() if result[name] > goal]
    if missed:
        print("missed: " + "; ".join(missed), file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
