"""Obuchowski's areas written out by cluster, and simulated patients."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.clustered import cluster_sums, independent_pairs, obuchowski_covariance
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.roc import placements


def obuchowski_written_out(labels, scores, patients):
    sick, well = labels == 1, labels == 0
    pairs = (scores[sick][:, None] > scores[well]) + 0.5 * (scores[sick][:, None] == scores[well])
    area, v10, v01 = pairs.mean(), pairs.mean(axis=1), pairs.mean(axis=0)
    m, n, names = sick.sum(), well.sum(), np.unique(patients)
    s10 = s01 = s11 = 0.0
    with_sick = with_well = 0
    for name in names:
        mine_sick, mine_well = patients[sick] == name, patients[well] == name
        x = v10[mine_sick].sum() - mine_sick.sum() * area
        y = v01[mine_well].sum() - mine_well.sum() * area
        s10, s01, s11 = s10 + x * x, s01 + y * y, s11 + x * y
        with_sick, with_well = with_sick + mine_sick.any(), with_well + mine_well.any()
    s10 *= with_sick / ((with_sick - 1) * m)
    s01 *= with_well / ((with_well - 1) * n)
    s11 *= names.size / (names.size - 1)
    return area, s10 / m + s01 / n + 2 * s11 / (m * n)


def test_formula_written_out(clustered):
    labels, scores, patients = clustered
    area, variance = obuchowski_written_out(labels, scores, patients)
    found = auc(labels, scores, clusters=patients)
    assert found.value == pytest.approx(area, rel=1e-12)
    assert found.details["standard_error"] == pytest.approx(variance**0.5, rel=1e-10)
    assert (found.ci_method, found.n_clusters) == ("obuchowski_1997", 80)


def test_one_row_for_each_patient_is_delong(rng):
    labels, scores = rng.integers(0, 2, 100), np.round(rng.normal(size=100), 1)
    groups = check_clusters(np.arange(100), 100)
    sums = cluster_sums(placements(labels, scores), groups)
    plain = auc(labels, scores)
    assert obuchowski_covariance(sums, sums) == pytest.approx(plain.details["standard_error"] ** 2, rel=1e-10)
    assert auc(labels, scores, clusters=np.arange(100)).ci_method == "delong"


def test_copied_images_do_not_narrow_the_interval(rng):
    labels = rng.integers(0, 2, 100)
    scores = rng.normal(size=100) + labels
    single = auc(labels, scores)
    copied = auc(np.repeat(labels, 5), np.repeat(scores, 5), clusters=np.repeat(np.arange(100), 5))
    naive = auc(np.repeat(labels, 5), np.repeat(scores, 5))
    width = single.ci_high - single.ci_low
    assert copied.ci_high - copied.ci_low == pytest.approx(width, rel=1e-6)
    assert naive.ci_high - naive.ci_low < 0.5 * width


def test_clustered_interval_covers_where_the_naive_one_does_not(rng):
    patients = np.repeat(np.arange(40), 6)
    truth = np.repeat(np.r_[np.ones(20), np.zeros(20)], 6)
    inside = {"clustered": 0, "naive": 0}
    for _ in range(200):
        scores = truth + rng.normal(size=40)[patients] + 0.3 * rng.normal(size=240)
        for name, who in (("clustered", patients), ("naive", None)):
            found = auc(truth, scores, clusters=who)
            inside[name] += found.ci_low <= 0.7507 <= found.ci_high  # Phi(1 / sqrt(2 * 1.09))
    assert inside["clustered"] >= 180
    assert inside["naive"] <= 150


def test_one_patient_gives_a_value_without_an_interval():
    found = auc([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], clusters=["a"] * 4)
    assert (found.value, found.ci_low, found.status) == (0.75, None, "unstable")


def test_separated_patients_are_bounded_by_their_number_not_by_their_images():
    labels, patients = np.repeat([0, 1], 60), np.repeat(np.arange(12), 10)
    found = auc(labels, np.arange(120), clusters=patients)
    assert found.status == "degenerate"
    assert found.ci_low == pytest.approx(0.025 ** (1 / 6))


@pytest.mark.parametrize(
    ("labels", "patients", "pairs"),
    [([0, 0, 1, 1], [0, 1, 2, 3], 2), ([0, 1, 0, 1], [0, 0, 1, 1], 1), ([0, 1, 1], [0, 0, 0], 0)],
)
def test_independent_pairs_share_no_patient(labels, patients, pairs):
    groups = check_clusters(patients, len(labels))
    assert independent_pairs(placements(labels, np.arange(len(labels))), groups) == pairs
