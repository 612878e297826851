"""Histograms of gradient divergence: against a loop over pixels, and on pictures whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from thirdeye.transform.handcrafted.divergence import BINS, RINGS, gradient_divergence
from thirdeye.transform.handcrafted.gradient import clipped_unit

SIDE = 64


def disc(*, bright: bool) -> np.ndarray:
    rows, columns = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    inside = np.hypot(rows, columns) / (SIDE / 2)
    picture = 1 - inside if bright else inside
    return picture.clip(0, 1).astype(np.float32)


def test_a_bright_disc_points_to_the_middle_and_a_dark_one_away() -> None:
    for bright, place in ((True, 0), (False, BINS - 1)):
        found = gradient_divergence(disc(bright=bright)).reshape(RINGS, BINS)
        assert (found.sum(axis=1) > 0).all()
        assert found[:, place].sum() == pytest.approx(found.sum(), rel=0.02)


def test_it_is_what_a_loop_over_pixels_counts() -> None:
    grey = np.random.default_rng(0).random((20, 20)).astype(np.float32)
    held = np.zeros((RINGS, BINS))
    for row in range(20):
        for column in range(20):
            down = float(grey[row + 1, column] - grey[row - 1, column]) if 0 < row < 19 else 0.0
            right = float(grey[row, column + 1] - grey[row, column - 1]) if 0 < column < 19 else 0.0
            y, x = 9.5 - row, 9.5 - column
            size = math.hypot(down, right)
            if size == 0:
                continue
            straight = (down * y + right * x) / (size * math.hypot(y, x))
            ring = min(int(math.hypot(y, x) / 10 * RINGS), RINGS - 1)
            held[ring, min(int(math.acos(max(-1.0, min(1.0, straight))) / math.pi * BINS), BINS - 1)] += size
    assert gradient_divergence(grey) == pytest.approx(clipped_unit(held.ravel()), abs=1e-6)


def test_a_flat_picture_says_nothing() -> None:
    assert not gradient_divergence(np.full((SIDE, SIDE), 0.4, np.float32)).any()
