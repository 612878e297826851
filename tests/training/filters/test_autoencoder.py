"""The auto-encoder: its slope against finite differences, and directions that it has to find."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from thirdeye.errors import UsageError
from thirdeye.training.filters.autoencoder import cost, learn_filters

SIDE = 6


def bars(n: int, seed: int) -> np.ndarray:
    """Patches that hold a few bars of one pixel, lying or standing, in noise."""
    rng = np.random.default_rng(seed)
    patches = rng.normal(0, 0.03, (n, SIDE, SIDE))
    for patch in patches:
        for _ in range(rng.integers(1, 3)):
            place, strength = rng.integers(SIDE), rng.choice((-1.0, 1.0))
            if rng.random() < 0.5:
                patch[place] += strength
            else:
                patch[:, place] += strength
    return patches.reshape(n, -1)


def test_the_slope_is_that_of_the_cost() -> None:
    rng = np.random.default_rng(1)
    white, units = rng.normal(size=(9, 5)), 3
    theta = rng.normal(0, 0.4, 2 * 5 * units + units + 5)
    _, slope = cost(theta, white, units)
    wanted = approx_fprime(theta, lambda one: cost(one, white, units)[0], 1e-6)
    assert slope == pytest.approx(wanted, abs=1e-4)


def test_the_cost_falls_and_even_patches_say_nothing() -> None:
    found = learn_filters(bars(600, 2), units=8, seed=0, iterations=40)
    assert found.filters.shape == (8, SIDE * SIDE)
    assert found.history[-1] < 0.8 * found.history[0]
    assert np.abs(found.filters.sum(axis=1)).max() < 1e-8


def test_it_finds_the_bars_that_random_filters_do_not() -> None:
    """A filter is a bar where its spread along rows or columns holds most of its energy."""

    def barred(filters: np.ndarray) -> float:
        one = filters.reshape(-1, SIDE, SIDE)
        energy = (one**2).sum(axis=(1, 2))
        along = SIDE * np.maximum((one.mean(axis=2) ** 2).sum(axis=1), (one.mean(axis=1) ** 2).sum(axis=1))
        return float((along / energy).mean())

    learnt = learn_filters(bars(1500, 3), units=24, seed=0).filters
    random = np.random.default_rng(0).normal(size=learnt.shape)
    assert barred(random) < 0.35
    assert barred(learnt) > 0.95


def test_the_same_seed_gives_the_same_filters() -> None:
    patches = bars(200, 4)
    first, again = (learn_filters(patches, units=4, seed=7, iterations=10).filters for _ in range(2))
    other = learn_filters(patches, units=4, seed=8, iterations=10).filters
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)


def test_flat_patches_are_refused() -> None:
    with pytest.raises(UsageError, match="20 patches of the pictures hold no structure"):
        learn_filters(np.full((20, 9), 0.4), units=2, seed=0)
