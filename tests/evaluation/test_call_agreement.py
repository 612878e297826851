from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from thirdeye.evaluation.agreement import gwet_ac1
from thirdeye.evaluation.call_agreement import call_agreement
from thirdeye.evaluation.confusion import class_totals, confusion_matrix


def test_values_as_elsewhere_and_intervals_around_them(rng):
    y = rng.choice(3, 200, p=[0.8, 0.15, 0.05])
    said = np.where(rng.random(200) < 0.7, y, rng.integers(0, 3, 200))
    totals = class_totals(y, said, k=3)
    draws = np.stack([totals[rng.integers(0, 200, 200)].sum(axis=0) for _ in range(300)]).astype(float)
    kappa, ac1 = call_agreement(totals.sum(axis=0, dtype=float), draws, n_clusters=200, level=0.95)
    assert kappa.value == pytest.approx(cohen_kappa_score(y, said))
    assert ac1.value == pytest.approx(gwet_ac1(confusion_matrix(y, said, k=3)))
    for metric in (kappa, ac1):
        assert metric.ci_low < metric.value < metric.ci_high
        assert metric.details["n_resamples"] == 300
    assert ac1.value > kappa.value  # the paradox of a frequent class


def test_one_and_the_same_class_is_undefined():
    totals = class_totals([1] * 5, [1] * 5, k=2).sum(axis=0, dtype=float)
    kappa, ac1 = call_agreement(totals, np.tile(totals, (4, 1)), n_clusters=5, level=0.95)
    assert (kappa.value, kappa.status) == (None, "undefined")
    assert ac1.value == 1
