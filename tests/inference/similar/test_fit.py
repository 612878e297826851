from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from thirdeye.inference.similar.fit import COMPONENTS, fit_basis


def _rows(n: int = 200, width: int = 12) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, n)
    rows = rng.normal(size=(n, width)) * np.linspace(5, 0.5, width)
    rows[:, 8] += 3 * labels
    return rows, labels


def test_whitened_components_are_scikit_learns() -> None:
    rows, labels = _rows()
    mean, basis = fit_basis(rows, labels, "whitened")
    expected = PCA(12, whiten=True, svd_solver="full").fit_transform(rows)
    found = (rows - mean) @ basis[:, :12]
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-4)
    assert basis.shape == (12, COMPONENTS)
    assert not basis[:, 12:].any()


def test_plain_components_keep_distances() -> None:
    rows, labels = _rows()
    mean, basis = fit_basis(rows, labels, "cosine")
    found = (rows - mean) @ basis
    assert found[0] @ found[1] == pytest.approx((rows - mean)[0] @ (rows - mean)[1], rel=1e-4)


def test_a_taught_basis_makes_classes_round_and_far_apart() -> None:
    rows, labels = _rows()

    def gap(metric: str) -> float:
        mean, basis = fit_basis(rows, labels, metric)
        ours = (rows - mean) @ basis
        one, other = ours[labels == 0], ours[labels == 1]
        within = np.concatenate([one - one.mean(0), other - other.mean(0)]).std()
        return float(np.linalg.norm(one.mean(0) - other.mean(0)) / within)

    assert gap("taught") > 1.5 * gap("cosine")


def test_fewer_rows_than_components() -> None:
    rows, labels = _rows(9)
    mean, basis = fit_basis(rows, labels, "taught")
    assert np.isfinite(basis).all()
    assert np.isfinite(mean).all()
    assert int((np.abs(basis).sum(axis=0) > 0).sum()) == 2
