from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.conformal import SetRule, fewest_patients, fit_sets, patient_quantile, unbroken
from thirdeye.evaluation.inputs import check_clusters


def _cases(rng: np.random.Generator, n: int, k: int = 3) -> tuple[np.ndarray, np.ndarray]:
    table = rng.dirichlet(np.full(k, 0.7), n)
    labels = np.array([rng.choice(k, p=row) for row in 0.7 * table + 0.3 / k])
    return labels, table


def test_the_quantile_is_the_ceil_n_plus_1_times_coverage_smallest() -> None:
    scores = np.arange(1.0, 20.0)  # 19 cases: ceil(20 x 0.9) = 18
    assert patient_quantile(scores[::-1].copy(), check_clusters(None, 19), 0.9) == 18
    assert patient_quantile(scores[:9], check_clusters(None, 9), 0.9) == 9
    assert patient_quantile(scores[:8], check_clusters(None, 8), 0.9) == np.inf
    assert (fewest_patients(0.9), fewest_patients(0.95), fewest_patients(0.5)) == (9, 19, 1)


def test_a_patient_counts_once_however_many_cases_there_are() -> None:
    scores = np.concatenate([np.arange(1.0, 20.0), np.full(500, 0.5)])
    patients = np.concatenate([np.arange(19), np.full(500, 99)])  # one patient with 500 easy cases
    groups = check_clusters(patients, scores.size)
    assert patient_quantile(scores, groups, 0.9) == 18  # 20 patients: 0.9 x 21 = 18.9 of weight
    assert patient_quantile(scores, check_clusters(None, scores.size), 0.9) == 0.5


def test_halves_of_a_patient_by_hand() -> None:
    # four patients, the last with two cases: weights 1, 1, 1, 1/2, 1/2; needed 0.6 x 5 = 3
    scores, patients = np.array([1.0, 4.0, 3.0, 2.0, 5.0]), np.array([0, 1, 2, 3, 3])
    assert patient_quantile(scores, check_clusters(patients, 5), 0.6) == 4  # 1, 1.5, 2.5, 3.5
    assert patient_quantile(scores, check_clusters(patients, 5), 0.5) == 3


def test_classes_have_thresholds_of_their_own(rng) -> None:
    labels, table = _cases(rng, 400)
    rule = fit_sets(labels, table, by_class=True, coverage=0.8)
    for k in range(3):
        own = labels == k
        expected = np.sort(1 - table[own, k])[int(np.ceil((own.sum() + 1) * 0.8)) - 1]
        assert rule.thresholds[k] == pytest.approx(expected)
        assert rule.patients[k] == own.sum()
    assert SetRule.from_json(rule.as_json()) == rule


def test_a_class_with_too_few_patients_is_in_every_set(rng) -> None:
    labels, table = _cases(rng, 100)
    labels[labels == 2] = 1
    labels[:8] = 2
    rule = fit_sets(labels, table, by_class=True)
    assert rule.thresholds[2] is None
    assert rule.sets(table)[:, 2].all()


@pytest.mark.parametrize("score", ["lac", "aps", "raps", "contiguous"])
@pytest.mark.parametrize("by_class", [False, True])
def test_coverage_holds_on_average_over_many_samples(score: str, by_class: bool) -> None:
    rng, found = np.random.default_rng(5), []
    for _ in range(300):
        labels, table = _cases(rng, 160)
        rule = fit_sets(labels[:80], table[:80], score=score, by_class=by_class, coverage=0.85)
        found.append(rule.sets(table[80:])[np.arange(80), labels[80:]].mean())
    assert np.mean(found) >= 0.85 - 3 * np.std(found) / 300**0.5
    assert np.mean(found) <= 0.93  # and sets are not all classes


def test_coverage_holds_for_cases_of_new_patients() -> None:
    """Patients with many cases are harder: a quantile over cases covers more than a new patient's case."""
    rng, by_patient, by_case = np.random.default_rng(6), [], []
    for _ in range(400):
        sizes = rng.choice([1, 12], 61, p=[0.8, 0.2])
        level = rng.normal(0, 1, 61) + np.where(sizes > 1, -2, 0)
        patients = np.repeat(np.arange(61), sizes)
        p = 1 / (1 + np.exp(-level[patients] + rng.normal(0, 0.3, patients.size)))
        table, labels = np.column_stack([1 - p, p]), np.ones(patients.size, int)
        known = patients < 60
        new = rng.choice(np.flatnonzero(~known))
        for found, clusters in ((by_patient, patients[known]), (by_case, None)):
            rule = fit_sets(labels[known], table[known], clusters=clusters, coverage=0.8)
            found.append(bool(rule.sets(table[[new]])[0, 1]))
    assert np.mean(by_patient) == pytest.approx(0.8, abs=3 * (0.16 / 400) ** 0.5 + 0.02)
    assert np.mean(by_case) > 0.88


def test_sets_of_ordered_classes_have_no_gaps(rng) -> None:
    labels, table = _cases(rng, 200, 5)
    rule = fit_sets(labels, table, score="contiguous", by_class=True)
    inside = rule.sets(table)
    assert (np.abs(np.diff(np.pad(inside, ((0, 0), (1, 1))).astype(int), axis=1)).sum(axis=1) <= 2).all()
    assert unbroken(np.array([[True, False, True, False]])).tolist() == [[True, True, True, False]]


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="do not fit"):
        fit_sets([0, 1], [[0.5, 0.5]])
    with pytest.raises(UsageError, match="coverage"):
        fit_sets([0], [[0.5, 0.5]], coverage=1)
    with pytest.raises(UsageError, match="no score"):
        fit_sets([0], [[0.5, 0.5]], score="best")
