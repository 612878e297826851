"""AUC and its intervals against scikit-learn, DeLong written out, and simulation."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.auc import auc, delong, exact_bound, hanley_mcneil_variance


def delong_by_pairs(labels, scores):
    sick, well = scores[labels == 1], scores[labels == 0]
    pairs = (sick[:, None] > well) + 0.5 * (sick[:, None] == well)
    return pairs.mean(axis=1).var(ddof=1) / sick.size + pairs.mean(axis=0).var(ddof=1) / well.size


@pytest.mark.parametrize("decimals", [0, 1, 8])
def test_value_and_variance(rng, decimals):
    labels = (rng.random(200) < 0.3).astype(int)
    scores = np.round(rng.normal(size=200) + labels, decimals)
    found = auc(labels, scores)
    assert found.value == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    variance = delong_by_pairs(labels, scores)
    area, own = delong(scores[labels == 1], scores[labels == 0])
    assert area == pytest.approx(found.value, abs=1e-15)
    assert own == pytest.approx(variance, rel=1e-10)
    assert found.ci_high - found.value == pytest.approx(1.959963984540054 * variance**0.5, rel=1e-9)
    assert (found.status, found.ci_method, found.n_pos) == ("ok", "delong", labels.sum())


def test_order_of_rows_does_not_matter(rng):
    labels, scores = rng.integers(0, 2, 80), np.round(rng.normal(size=80), 1)
    shuffled = rng.permutation(80)
    assert auc(labels, scores) == auc(labels[shuffled], scores[shuffled])


def test_mirrored_scores_mirror_the_interval(rng):
    labels, scores = rng.integers(0, 2, 80), rng.normal(size=80)
    one, other = auc(labels, scores), auc(labels, -scores)
    assert (1 - other.value, 1 - other.ci_high) == pytest.approx((one.value, one.ci_low))


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_is_undefined(label):
    found = auc([label] * 12, np.linspace(0, 1, 12))
    assert (found.value, found.status) == (None, "undefined")
    assert "one class only" in found.reason


def test_complete_separation_gets_an_exact_bound():
    found = auc([0] * 30 + [1] * 20, np.arange(50))
    assert (found.value, found.status, found.ci_high) == (1.0, "degenerate", 1.0)
    assert found.ci_low == pytest.approx(0.025 ** (1 / 20))
    worst = auc([1] * 20 + [0] * 30, np.arange(50))
    assert (worst.value, worst.ci_low) == (0.0, 0.0)
    assert worst.ci_high == pytest.approx(1 - found.ci_low)


def test_exact_bound_covers_what_it_promises(rng):
    """With the true AUC at the bound, complete separation comes up in at most 2.5 % of samples."""
    bound = exact_bound(4)
    assert bound**4 == pytest.approx(0.025)
    shift = 2**0.5 * NormalDist().inv_cdf(bound)  # two normal curves with that AUC
    well, sick = rng.normal(size=(4000, 4)), rng.normal(shift, 1, size=(4000, 4))
    separated = (sick.min(axis=1) > well.max(axis=1)).mean()
    assert 0 < separated <= 0.025


def test_constant_scores_are_degenerate_without_an_interval():
    found = auc([0, 1] * 20, [0.5] * 40)
    assert (found.value, found.status, found.ci_low) == (0.5, "degenerate", None)


def test_one_positive_has_no_interval():
    found = auc([1] + [0] * 20, np.r_[0.55, np.linspace(0, 1, 20)])
    assert (found.status, found.ci_low) == ("unstable", None)
    assert 0 < found.value < 1


def test_few_positives_are_unstable(rng):
    labels = np.r_[np.ones(5), np.zeros(50)]
    assert auc(labels, rng.normal(size=55)).status == "unstable"


def test_limits_stay_within_zero_and_one(rng):
    labels = np.r_[np.ones(12), np.zeros(12)]
    scores = np.r_[np.arange(12) + 9.5, np.arange(12)]
    found = auc(labels, scores)
    assert found.ci_high == 1.0
    assert found.value < 1


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_score_that_is_no_number_is_refused(bad):
    with pytest.raises(DataRefused, match="row 2"):
        auc([0, 1, 1], [0.1, 0.2, bad])


def test_lengths_must_agree():
    with pytest.raises(UsageError, match="3 cases"):
        auc([0, 1, 1], [0.1, 0.2])


def test_hanley_mcneil_is_near_delong_for_normal_scores(rng):
    labels = np.r_[np.ones(2000), np.zeros(2000)]
    scores = rng.normal(size=4000) + labels
    area, variance = delong(scores[:2000], scores[2000:])
    assert hanley_mcneil_variance(area, 2000, 2000) == pytest.approx(variance, rel=0.1)


def test_interval_covers_the_truth(rng):
    """Two normal curves one standard deviation apart: AUC = Phi(1 / sqrt 2)."""
    labels, inside = np.r_[np.ones(60), np.zeros(60)], 0
    for _ in range(400):
        found = auc(labels, rng.normal(size=120) + labels)
        inside += found.ci_low <= 0.7602499389 <= found.ci_high
    assert 0.92 <= inside / 400 <= 0.98
