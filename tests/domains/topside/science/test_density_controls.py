"""Densities along an orbit: crests and bubbles pass, a single value far above both sides does not."""

import numpy as np

from soap.domains.topside import NAMES, QUALITY_CONTROLS
from soap.formats import Reading
from soap.observations import Quality, track
from soap.services.quality_control import judged


def marks(density):
    n = len(density)
    times = np.datetime64("2018-08-26", "ns") + np.arange(n) * np.timedelta64(3, "s")
    latitude = np.linspace(-65, 65, n)
    one = track(times, latitude, np.full(n, 100.0), np.full(n, 507.0), {"electron_density": density}, names=NAMES,
                collection_id="topside.cses_01.lap_1.l2", platform="cses_01")  # fmt: skip
    (after,) = judged("x", Reading((one,)), QUALITY_CONTROLS).observations
    np.testing.assert_array_equal(after["electron_density"].values, density)
    return np.flatnonzero(after["electron_density_quality"].values & np.uint8(Quality.SPIKE)).tolist()


def half_orbit(n=700, seed=0):
    """Two crests either side of the equator, and the noise of a probe."""
    latitude = np.linspace(-65, 65, n)
    shape = 1 + 6 * np.exp(-(((latitude - 15) / 7) ** 2)) + 5 * np.exp(-(((latitude + 13) / 7) ** 2))
    return 2e10 * shape * np.random.default_rng(seed).lognormal(0, 0.03, n)


def test_crests_pass():
    assert marks(half_orbit()) == []


def test_bubbles_pass_whatever_their_width():
    """Depletions of up to three decades, 1 to 40 samples wide, with walls of single samples between them."""
    rng = np.random.default_rng(5)
    for _ in range(50):
        density = half_orbit(seed=int(rng.integers(1 << 30)))
        at = 250
        while at < 450:
            width = int(rng.choice([1, 2, 3, 8, 40]))
            density[at : at + width] *= 10 ** -rng.uniform(0.3, 3.0) * rng.lognormal(
                0, 0.5, len(density[at : at + width])
            )
            at += width + int(rng.choice([1, 2, 5, 30]))
        assert marks(density) == []


def test_a_sudden_blob_of_several_samples_passes():
    density = half_orbit()
    density[340:346] *= 10
    assert marks(density) == []


def test_a_single_value_far_above_both_sides_is_marked():
    for at, times in ((50, 10), (130, 10), (600, 10), (200, 40), (360, 20)):  # more is needed beside a crest
        density = half_orbit()
        density[at] *= times
        assert marks(density) == [at]
