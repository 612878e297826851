"""Each statistic against scikit-learn on rows that were really drawn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from thirdeye.evaluation.bootstrap import resampling_weights
from thirdeye.evaluation.bootstrap_statistics import (
    auc_statistic,
    sum_by_cluster,
    totals_statistic,
)
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.ranked_resamples import ranked_statistic, read_ranked


@pytest.fixture
def drawn(clustered):
    labels, scores, patients = clustered
    groups = check_clusters(patients, labels.size)
    weights = next(resampling_weights(groups.count, n_resamples=25, seed=4))
    rows = [np.repeat(np.arange(labels.size), w[groups.codes].astype(int)) for w in weights]
    return labels, scores, groups, weights, rows


def test_auc(drawn):
    labels, scores, groups, weights, rows = drawn
    found = auc_statistic(labels, scores, groups)(weights)[:, 0]
    assert found == pytest.approx([roc_auc_score(labels[r], scores[r]) for r in rows], abs=1e-6)


def test_average_precision(drawn):
    labels, scores, groups, weights, rows = drawn
    found = read_ranked(ranked_statistic(labels, scores, groups)(weights)).areas["average_precision"]
    assert found == pytest.approx([average_precision_score(labels[r], scores[r]) for r in rows], abs=1e-5)


def test_totals(drawn):
    labels, _, groups, weights, rows = drawn
    found = totals_statistic(labels[:, None], groups)(weights)[:, 0]
    assert found.tolist() == [labels[r].sum() for r in rows]


def test_sums_by_cluster(drawn):
    labels, _, groups, _, _ = drawn
    expected = [labels[groups.codes == c].sum() for c in range(groups.count)]
    assert sum_by_cluster(labels[:, None], groups)[:, 0].tolist() == expected


def test_a_resample_of_one_class_is_nan_not_a_half():
    groups = check_clusters(None, 3)
    weights = np.array([[3, 0, 0], [0, 1, 2]], dtype=np.float32)
    found = auc_statistic([0, 1, 0], [0.1, 0.9, 0.2], groups)(weights)[:, 0]
    assert np.isnan(found[0])
    assert found[1] == 1
    ranked = read_ranked(ranked_statistic([0, 1, 0], [0.1, 0.9, 0.2], groups)(weights))
    assert np.isnan(ranked.areas["average_precision"][0])
