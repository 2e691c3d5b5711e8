"""The noise level, against noise of known size."""

import numpy as np
import pytest

from soap.science.quality_control.noise import difference_noise


@pytest.mark.parametrize("sigma", [0.01, 1.0, 250.0])
def test_gaussian_noise_on_a_slow_field(sigma):
    rng = np.random.default_rng(1)
    field = 30_000 + 200 * sigma * np.sin(np.arange(86_400) / 13_750)
    level = difference_noise(np.diff(field + rng.normal(0, sigma, 86_400))[None])
    assert level == pytest.approx([sigma], rel=0.02)


def test_spikes_steps_and_gaps_do_not_matter():
    values = np.random.default_rng(1).normal(0, 1, (3, 5000))
    values[0, ::100] += 500
    values[1, 2500:] += 300
    values[2, 1000:1400] = np.nan
    assert difference_noise(np.diff(values)) == pytest.approx([1, 1, 1], rel=0.06)


def test_rows_are_as_if_alone_and_too_few_tell_nothing():
    rng = np.random.default_rng(1)
    differences = rng.normal(0, 1, (40, 60))
    for row, gaps in enumerate(rng.integers(0, 60, 40)):
        differences[row, :gaps] = np.nan
    alone = [1.4826 * np.nanmedian(np.abs(row)) / np.sqrt(2) if np.isfinite(row).sum() >= 12 else np.nan
             for row in differences]  # fmt: skip
    assert np.isnan(alone).any()
    assert difference_noise(differences) == pytest.approx(alone, nan_ok=True)
