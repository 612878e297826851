"""A Gaussian as scipy's; in every second image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_it_is_a_gaussian(marked: NDArray[np.uint8]) -> None:
    from scipy.ndimage import gaussian_filter

    result = Augmenter([("blur", 5.0)]).apply(marked, {"blur": {"sigma_percent": 3.0}})
    expected = gaussian_filter(marked.astype(float), (0.03 * 64, 0.03 * 64, 0), mode="mirror")
    assert np.abs(result - expected).max() < 2.5


def test_every_second_image_stays_sharp() -> None:
    rng = np.random.default_rng(0)
    drawn = [operations.get("blur").draw(rng, 2.0)["sigma_percent"] for _ in range(1000)]
    assert abs(np.mean(np.array(drawn) == 0) - 0.5) < 0.05
    assert max(drawn) <= 2
