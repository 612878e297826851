"""Views are turned back before they are averaged."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.transform.sliding.committee import DIHEDRAL, Committee, softmax

Array = NDArray[np.float32]


def _pointwise(tile: Array) -> Array:
    """A network that looks at single pixels, so that turning its input turns its answer."""
    return np.stack([tile[0, 0], 2 * tile[0, 1]])[None]


@pytest.mark.parametrize("view", DIHEDRAL)
def test_a_view_of_a_pointwise_network_changes_nothing(view: str) -> None:
    tile = np.random.default_rng(0).normal(size=(1, 2, 5, 7)).astype(np.float32)
    plain = Committee([_pointwise]).run(tile)
    np.testing.assert_allclose(Committee([_pointwise], [view]).run(tile), plain, atol=1e-6)


def test_members_vote_with_probabilities() -> None:
    tile = np.zeros((1, 2, 3, 3), np.float32)
    sure = lambda _: np.stack([np.full((3, 3), 9.0), np.zeros((3, 3))])[None].astype(np.float32)  # noqa: E731
    mean = Committee([sure, _pointwise]).run(tile)
    expected = (1 / (1 + np.exp(-9)) + 0.5) / 2
    np.testing.assert_allclose(mean[0], np.full((3, 3), expected), atol=1e-6)


def test_softmax_of_large_logits_is_finite() -> None:
    found = softmax(np.array([[1000.0], [999.0]], np.float32))
    np.testing.assert_allclose(found[:, 0], [1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))], atol=1e-6)
