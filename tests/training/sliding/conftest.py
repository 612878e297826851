"""Pictures of made-up tissue as a sliding classifier sees them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from thirdeye.dataset.phantoms_cells import CELLS, RADIUS, draw_tissue
from thirdeye.training.sliding.cases import SlidingCase
from thirdeye.transform.sliding.settings import SlidingSettings
from thirdeye.transform.sliding.tiles import Field
from thirdeye.transform.sliding.view import View

SIDE = 2 * RADIUS


@pytest.fixture
def tissue() -> Callable[..., list[SlidingCase]]:
    """Makes cases of made-up tissue: how many, seed, sides."""

    def make(count: int, seed: int, sides: tuple[int, int] = (128, 128)) -> list[SlidingCase]:
        cases = []
        for index in range(count):
            rng = np.random.default_rng([seed, index])
            pixels, found = draw_tissue(rng, sides, cells=2, lookalikes=2)
            middles = np.array([(row, column) for _, row, column in found]).reshape(-1, 2)
            kinds = np.array([CELLS.index(kind) + 1 for kind, _, _ in found], np.int64)
            cases.append(SlidingCase(pixels, middles, kinds, np.full(len(found), SIDE)))
        return cases

    return make


@pytest.fixture
def how() -> SlidingSettings:
    """Settings for cells at the scale of the pictures."""
    return SlidingSettings(View(1.0, 3), Field(48, 4), ((SIDE, SIDE),) * 2, 0.15 * SIDE, 0.6 * SIDE)
