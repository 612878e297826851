"""The AUC of pixels: against scikit-learn, and its interval against the one over rows."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from thirdeye.errors import UsageError
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.pixel_auc import FURTHEST, STEPS, pixel_auc, pixel_counts


def pictures(count=12, side=30, seed=0):
    rng = np.random.default_rng(seed)
    marks = rng.random((count, side, side)) < rng.uniform(0.05, 0.3, (count, 1, 1))
    scores = rng.normal(0, 1.5, marks.shape) + 2 * marks + rng.normal(0, 0.7, (count, 1, 1)) - 1
    return scores.astype(np.float32), marks


def counted(scores, marks, known=None):
    return {
        f"image {i}": pixel_counts(s, m, None if known is None else known[i])
        for i, (s, m) in enumerate(zip(scores, marks, strict=True))
    }


def test_the_value_is_that_of_all_pixels():
    scores, marks = pictures()
    found = pixel_auc(counted(scores, marks), clusters=None)
    assert found.value == pytest.approx(roc_auc_score(marks.ravel(), scores.ravel()), abs=2e-5)
    assert (found.n, found.n_units) == (12, marks.size)


def test_the_interval_is_that_of_rows_in_clusters():
    scores, marks = pictures()
    step = 2 * FURTHEST / STEPS
    scores = (np.floor(scores / step) + 0.5) * step
    clusters = {f"image {i}": f"patient {i // 2}" for i in range(12)}
    found = pixel_auc(counted(scores, marks), clusters=clusters)
    rows = np.repeat([clusters[f"image {i}"] for i in range(12)], scores[0].size)
    expected = auc(marks.ravel().astype(int), scores.ravel(), clusters=rows)
    assert found.value == pytest.approx(expected.value, abs=1e-9)
    assert found.ci_low == pytest.approx(expected.ci_low, abs=1e-7)
    assert found.ci_high == pytest.approx(expected.ci_high, abs=1e-7)
    assert found.status == "unstable"  # six patients
    assert found.n_clusters == 6


def test_only_known_pixels_count():
    scores, marks = pictures()
    known = np.zeros(marks.shape, bool)
    known[:, 5:20, 3:25] = True
    found = pixel_auc(counted(np.where(known, scores, 9.0), marks, known), clusters=None)
    assert found.value == pytest.approx(roc_auc_score(marks[known], scores[known]), abs=1e-4)


def test_one_class_or_one_image_is_said():
    scores, marks = pictures()
    assert pixel_auc(counted(scores, marks & False), clusters=None).status == "undefined"
    alone = pixel_auc(counted(scores[:1], marks[:1]), clusters=None)
    assert (alone.status, alone.ci_low) == ("unstable", None)


def test_scores_that_do_not_fit_are_refused():
    with pytest.raises(UsageError, match="finite scores"):
        pixel_counts(np.zeros((3, 4)), np.zeros((4, 3), bool))
    with pytest.raises(UsageError, match="finite scores"):
        pixel_counts(np.full((2, 2), np.nan), np.zeros((2, 2), bool))
