from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from thirdeye.inference.similar.search import BLOCK, largest, nearest


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_finds_what_scikit_learn_finds(kind: type) -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(BLOCK + 300, 24)).astype(kind)
    query = rng.normal(size=24).astype(np.float32)
    rows, values = nearest(vectors, query, 10)
    # with vectors of length 1 the nearest by distance are the nearest by inner product
    unit = vectors.astype(np.float64)
    assert rows.tolist() == np.argsort(-(unit @ query), kind="stable")[:10].tolist()
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    rows, _ = nearest(unit.astype(np.float32), query, 10)
    model = NearestNeighbors(n_neighbors=10).fit(unit)
    assert rows.tolist() == model.kneighbors(query[None] / np.linalg.norm(query))[1][0].tolist()
    assert (np.diff(values) <= 0).all()


def test_ties_and_what_does_not_count() -> None:
    values = np.array([1, 3, 3, -np.inf, 2], np.float32)
    assert largest(values, 3).tolist() == [1, 2, 4]
    assert largest(values, 9).tolist() == [1, 2, 4, 0]
    assert largest(np.full(3, -np.inf, np.float32), 2).tolist() == []
