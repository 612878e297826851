"""Late fusion against hand-computed values."""

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.inference.fusion.pooling import evidence, pool

P = np.array([[0.2, 0.8], [0.6, 0.4], [0.9, 0.1]])
OF = np.array([0, 0, 1])


def sigmoid(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))


def test_the_mean_is_that_of_the_log_odds() -> None:
    found = pool("mean", P, OF, positive=1, multilabel=False)
    odds = found[:, 1] - found[:, 0]
    np.testing.assert_allclose(odds, [(np.log(4) + np.log(4 / 6)) / 2, np.log(1 / 9)])


def test_noisy_or_is_one_less_the_product() -> None:
    found = pool("noisy_or", P, OF, positive=1, multilabel=False)
    np.testing.assert_allclose(np.exp(found[:, 1]), [1 - 0.2 * 0.6, 0.1])
    np.testing.assert_allclose(np.exp(found).sum(axis=1), 1)
    labels = pool("noisy_or", P, OF, positive=None, multilabel=True)
    np.testing.assert_allclose(sigmoid(labels[0, 0]), 1 - 0.8 * 0.4)


def test_weights_count_views_more_or_less_and_unknown_ones_as_usual() -> None:
    weights = {"a": 3.0, "b": 1.0}
    found = pool("weights", P, OF, positive=1, multilabel=False, views=["a", "b", "other"], weights=weights)
    odds = found[:, 1] - found[:, 0]
    np.testing.assert_allclose(odds, [(3 * np.log(4) + np.log(4 / 6)) / 4, np.log(1 / 9)])
    zero = pool(
        "weights", P, OF, positive=1, multilabel=False, views=["a", "a", "b"], weights={"a": 0.0, "b": 1}
    )
    assert np.isfinite(zero).all()


def test_one_image_alone_says_what_it_said() -> None:
    for method in ("mean", "noisy_or", "weights"):
        found = pool(method, P, np.arange(3), positive=1, multilabel=False, views=["", "", ""])
        np.testing.assert_allclose([sigmoid(b - a) for a, b in found], P[:, 1])


def test_many_classes_and_certainty_stay_finite() -> None:
    sure = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    assert np.isfinite(evidence(sure, multilabel=False)).all()
    for method in ("mean", "noisy_or"):
        found = pool(method, sure, np.zeros(2, int), positive=None, multilabel=False)
        assert np.isfinite(found).all()
        assert found.shape == (1, 3)
        assert found[0, 0] == pytest.approx(found[0, 1])


def test_an_unknown_way_is_refused() -> None:
    with pytest.raises(UsageError, match="median"):
        pool("median", P, OF, positive=1, multilabel=False)
