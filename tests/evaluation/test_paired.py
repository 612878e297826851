"""Paired differences against bootstrap, DeLong written out, and clusters of one."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.bootstrap import resample
from thirdeye.evaluation.bootstrap_statistics import auc_statistic
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.mcnemar import mcnemar, tango_interval
from thirdeye.evaluation.paired import normal_difference, paired_auc, paired_proportion, unpaired_auc


@pytest.fixture
def two_readers(rng):
    labels = (rng.random(250) < 0.4).astype(int)
    shared = rng.normal(size=250) + labels
    return labels, shared + 0.5 * rng.normal(size=250), np.round(shared + rng.normal(size=250), 1)


def components(labels, scores):
    sick, well = scores[labels == 1], scores[labels == 0]
    pairs = (sick[:, None] > well) + 0.5 * (sick[:, None] == well)
    return pairs.mean(axis=1), pairs.mean(axis=0)


def test_delong_written_out(two_readers):
    labels, *scores = two_readers
    one, other = (components(labels, s) for s in scores)
    s10, s01 = np.cov(one[0], other[0]), np.cov(one[1], other[1])
    covariance = s10 / one[0].size + s01 / one[1].size
    found = paired_auc(*two_readers)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    assert found.standard_error == pytest.approx(variance**0.5, rel=1e-10)
    assert found.covariance == pytest.approx(covariance[0, 1], rel=1e-10)
    assert found.statistic == pytest.approx(found.difference / variance**0.5)
    assert (found.ci_method, found.test) == ("delong_paired", "delong_paired_z")


def test_swapping_turns_the_sign(two_readers):
    labels, one, other = two_readers
    found, swapped = paired_auc(labels, one, other), paired_auc(labels, other, one)
    assert swapped.difference == pytest.approx(-found.difference)
    assert swapped.p_value == pytest.approx(found.p_value)


def test_clustered_difference_agrees_with_a_bootstrap_by_patient(clustered, rng):
    labels, scores, patients = clustered
    other = scores + rng.normal(size=patients.size)
    groups = check_clusters(patients, labels.size)
    draws = resample(
        [auc_statistic(labels, s, groups) for s in (scores, other)], groups.count, n_resamples=3000
    )
    found = paired_auc(labels, scores, other, clusters=patients)
    assert found.ci_method == "obuchowski_1997_paired"
    assert found.standard_error == pytest.approx((draws[0] - draws[1]).std(ddof=1), rel=0.08)


def test_identical_scores_have_no_variance(two_readers):
    labels, one, _ = two_readers
    found = paired_auc(labels, one, one)
    assert (found.difference, found.standard_error, found.p_value) == (0.0, None, None)


def test_monotone_transformation_changes_nothing(two_readers):
    labels, one, _ = two_readers
    assert paired_auc(labels, one, np.exp(one)).standard_error is None


def test_one_class_is_refused():
    with pytest.raises(UsageError, match="0 positive of 3"):
        paired_auc([0, 0, 0], [1, 2, 3], [3, 2, 1])


def test_independent_rows_use_mcnemar_and_tango(rng):
    first, second = rng.random(200) < 0.8, rng.random(200) < 0.7
    found = paired_proportion(first, second)
    b, c = (first & ~second).sum(), (~first & second).sum()
    assert (found.ci_low, found.ci_high) == tango_interval(b, c, 200)
    assert found.p_value == mcnemar(b, c).p_midp
    assert found.difference == pytest.approx(first.mean() - second.mean())


def test_few_discordant_pairs_use_the_exact_test():
    first, second = np.ones(40), np.r_[np.zeros(6), np.ones(34)]
    found = paired_proportion(first, second)
    assert (found.test, found.p_value) == ("mcnemar_exact", 2 / 2**6)


def test_copied_rows_bring_no_evidence(rng):
    first, second = rng.random(80) < 0.8, rng.random(80) < 0.65
    copies = [np.repeat(part, 5) for part in (first, second)]
    honest = paired_proportion(*copies, clusters=np.repeat(np.arange(80), 5))
    naive = paired_proportion(*copies)
    gaps = first.astype(float) - second
    assert honest.standard_error == pytest.approx(gaps.std(ddof=1) / 80**0.5, rel=1e-9)
    assert honest.p_value > 3 * naive.p_value


def test_one_cluster_has_no_interval():
    found = paired_proportion([1, 1, 0], [0, 1, 0], clusters=["a"] * 3)
    assert (found.difference, found.ci_low) == (pytest.approx(1 / 3), None)


def test_unpaired_uses_both_variances(two_readers):
    labels, one, other = two_readers
    paired, unpaired = paired_auc(*two_readers), unpaired_auc(labels, one, labels, other)
    assert unpaired.difference == pytest.approx(paired.difference)
    assert abs(unpaired.statistic) < abs(paired.statistic)  # the shared part no longer cancels
    assert unpaired.p_value > paired.p_value


def test_unpaired_needs_cases_and_variance():
    with pytest.raises(UsageError, match="two cases of each class"):
        unpaired_auc([0, 1], [1, 2], [0, 0, 1, 1], [1, 2, 1, 2])
    with pytest.raises(UsageError, match="no test"):
        unpaired_auc([0, 0, 1, 1], [1, 2, 3, 4], [0, 0, 1, 1], [1, 2, 3, 4])


def test_normal_difference_without_variance_keeps_the_values():
    found = normal_difference(0.8, 0.7, None, method="x", n=10, n_clusters=10)
    assert (found.difference, found.ci_method, found.test) == (pytest.approx(0.1), None, None)
