"""Pictures with structure, as photographs have it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter


@pytest.fixture
def scene() -> Callable[[int], Image.Image]:
    """A different picture of 120 x 96 pixels for each number: noise at several scales."""

    def make(number: int) -> Image.Image:
        rng = np.random.default_rng(number)
        pixels = sum(gaussian_filter(rng.normal(size=(96, 120)), s) * s for s in (1, 3, 8, 16))
        low, high = np.percentile(pixels, (0.5, 99.5))
        return Image.fromarray(np.clip((pixels - low) / (high - low) * 200 + 20, 0, 255).astype(np.uint8))

    return make
