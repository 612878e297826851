from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import StudyMismatch
from thirdeye.inference.similar.measure import Measure


def test_the_inner_product_is_the_mean_cosine_over_the_group() -> None:
    rng = np.random.default_rng(0)
    measure = Measure(
        rng.normal(size=(3, 5)).astype(np.float32), rng.normal(size=(3, 5, 4)).astype(np.float32)
    )
    features = rng.normal(size=(2, 15)).astype(np.float32)
    one, other = measure.vectors(features, (0, 2))
    cosines = []
    for m in (0, 2):
        a, b = ((row[5 * m : 5 * m + 5] - measure.mean[m]) @ measure.basis[m] for row in features)
        cosines.append(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    assert one @ other == pytest.approx(np.mean(cosines), abs=1e-6)
    assert one @ one == pytest.approx(1)


def test_features_of_another_network_are_refused() -> None:
    measure = Measure(np.zeros((2, 5), np.float32), np.zeros((2, 5, 4), np.float32))
    with pytest.raises(StudyMismatch, match="10 features"):
        measure.vectors(np.zeros((1, 12), np.float32), (0,))
