from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.transform.landmarks.decode import decode, heat_of


def _blobs(places: NDArray[np.float64], sides: tuple[int, int], spread: float) -> NDArray[np.float32]:
    rows, columns = np.indices(sides) + 0.5
    maps = [np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * spread**2)) for x, y in places]
    return np.stack([one / one.sum() for one in maps]).astype(np.float32)


@pytest.mark.parametrize("method", ["local_mean", "dark"])
@pytest.mark.parametrize("spread", [1.0, 1.7])
def test_a_blob_is_found_to_a_tenth_of_a_cell(method: str, spread: float) -> None:
    places = np.random.default_rng(1).uniform((8, 14), (20, 26), (25, 2))
    found, certainty = decode(_blobs(places, (36, 28), spread), spread, method)
    assert np.abs(found - places).max() < 0.1
    assert (certainty > 0.97).all()


def test_a_second_blob_far_away_lowers_the_certainty_but_not_the_place() -> None:
    one, other = _blobs(np.array([[10.3, 12.6], [40.0, 40.0]]), (56, 56), 1.0)
    found, certainty = decode((0.7 * one + 0.3 * other)[None], 1.0, "local_mean")
    np.testing.assert_allclose(found[0], [10.3, 12.6], atol=0.05)
    assert certainty[0] == pytest.approx(0.7, abs=0.01)


def test_a_blob_at_the_corner_stays_on_the_map() -> None:
    heat = _blobs(np.array([[0.5, 0.5]]), (20, 20), 1.0)
    for method in ("local_mean", "dark"):
        found, _ = decode(heat, 1.0, method)
        assert found.min() >= 0
        assert found.max() < 1.5


def test_a_flat_map_is_uncertain() -> None:
    found, certainty = decode(np.full((1, 40, 40), 1 / 1600, np.float32), 1.0, "dark")
    assert np.isfinite(found).all()
    assert certainty[0] < 0.05


def test_softmax_against_scipy() -> None:
    from scipy.special import softmax

    logits = np.random.default_rng(0).normal(0, 30, (2, 3, 4, 5)).astype(np.float32)
    np.testing.assert_allclose(
        heat_of(logits), softmax(logits.reshape(2, 3, 20), axis=-1).reshape(logits.shape), atol=1e-6
    )


def test_a_map_taught_as_a_picture_is_cut_off_at_zero() -> None:
    heat = heat_of(np.array([[[-1.0, 3.0], [1.0, 0.0]]], np.float32), is_choice=False)
    np.testing.assert_allclose(heat, [[[0, 0.75], [0.25, 0]]], atol=1e-6)


def test_an_unknown_decoder_is_named() -> None:
    with pytest.raises(UsageError, match="dark"):
        decode(np.ones((1, 4, 4), np.float32) / 16, 1.0, "darkk")
