from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from thirdeye.errors import DataRefused
from thirdeye.training.landmarks.regression import fit_regression, mean_shape


def test_as_scikit_learn_and_the_better_description_is_taken() -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(0, 1, (60, 8))
    places = (rows @ rng.normal(0, 0.1, (8, 6)) + 0.5).reshape(60, 3, 2) + rng.normal(0, 0.01, (60, 3, 2))
    described = {"noise": rng.normal(0, 1, (60, 8)), "good": rows}
    fitted, error = fit_regression(described, places, groups=np.arange(60) // 2, seed=1)
    assert fitted.features == "good"
    assert error == pytest.approx(0.0137, abs=0.001)  # as GroupKFold with Ridge gives it
    centred = rows - rows.mean(axis=0)
    scale = np.sqrt((centred**2).sum(axis=1).mean())
    penalty = fitted.strength * np.trace(centred @ centred.T / scale**2) / 60
    other = Ridge(alpha=penalty).fit(centred / scale, places.reshape(60, -1))
    new = rng.normal(0, 1, (5, 8))
    mine = fitted.predict(new).reshape(5, -1)
    assert mine == pytest.approx(other.predict((new - rows.mean(axis=0)) / scale), abs=1e-9)


def test_missing_points_and_one_patient() -> None:
    rng = np.random.default_rng(3)
    places = rng.random((20, 3, 2))
    places[:5, 1] = np.nan
    fitted, _ = fit_regression({"rows": rng.normal(0, 1, (20, 4))}, places, groups=np.arange(20))
    assert np.isfinite(fitted.predict(rng.normal(0, 1, (3, 4)))).all()
    with pytest.raises(DataRefused, match="two patients"):
        fit_regression({"rows": rng.normal(0, 1, (20, 4))}, places, groups=np.zeros(20))


def test_the_mean_shape() -> None:
    places = np.array([[[0.0, 0.2], [np.nan, np.nan]], [[0.4, 0.4], [np.nan, np.nan]]])
    assert mean_shape(places) == pytest.approx(np.array([[0.2, 0.3], [np.nan, np.nan]]), nan_ok=True)
