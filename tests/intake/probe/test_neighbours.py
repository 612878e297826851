from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from thirdeye.intake.probe.neighbours import neighbour_distance


def test_distances_equal_those_of_a_tree() -> None:
    features = np.random.default_rng(0).normal(size=(1500, 6)).astype(np.float32)
    expected = cKDTree(features).query(features, k=4)[0][:, 1:].mean(axis=1)
    np.testing.assert_allclose(neighbour_distance(features, neighbours=3), expected, atol=2e-3)


def test_fewer_pictures_than_neighbours() -> None:
    assert neighbour_distance(np.array([[0.0], [3.0]], np.float32), neighbours=5).tolist() == [3, 3]
