from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import average_precision_score

from thirdeye.errors import UsageError
from thirdeye.evaluation.retrieval import compare_retrieval, rank, retrieval_metrics


def _case(seed: int = 0, queries: int = 30, gallery: int = 50) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    similarity = rng.normal(size=(queries, gallery))
    relevant = rng.uniform(size=similarity.shape) < 0.3
    own = rng.uniform(size=similarity.shape) < 0.1
    return similarity + relevant, relevant, own


def test_average_precision_is_scikit_learns() -> None:
    similarity, relevant, own = _case()
    found = rank(similarity, relevant, own)
    expected = [
        average_precision_score(relevant[row, ~own[row]], similarity[row, ~own[row]]) for row in range(30)
    ]
    np.testing.assert_allclose(found.average_precision, expected, rtol=1e-12)


def test_precision_counts_the_first_k_that_are_not_the_own() -> None:
    similarity, relevant, own = _case(1)
    found = rank(similarity, relevant, own, ks=(1, 5))
    for row in range(30):
        order = [at for at in sorted(range(50), key=lambda at: -similarity[row, at]) if not own[row, at]]
        assert found.precision[5][row] == sum(relevant[row, at] for at in order[:5]) / 5
        assert found.precision[1][row] == relevant[row, order[0]]


def test_by_hand() -> None:
    similarity = [[0.9, 0.8, 0.7, 0.6], [0.1, 0.2, 0.3, 0.4]]
    relevant = [[True, False, True, False], [False, False, False, True]]
    own = [[True, False, False, False], [False, False, False, True]]
    found = rank(similarity, relevant, own, ks=(1, 2, 4))
    assert found.average_precision[0] == 0.5  # the only relevant candidate is the second of three
    assert (found.precision[1][0], found.precision[2][0]) == (0.0, 0.5)
    assert np.isnan(found.precision[4][0])  # three candidates
    assert found.by_chance[0] == pytest.approx(1 / 3)
    assert np.isnan(found.average_precision[1])  # what was relevant is the own
    assert found.without_relevant == 1


def test_ties_keep_the_order_of_the_gallery() -> None:
    found = rank(np.zeros((2, 3)), [[True, False, False], [False, False, True]], np.zeros((2, 3), bool))
    assert found.average_precision.tolist() == [1.0, pytest.approx(1 / 3)]


def test_left_out_queries_are_counted_and_a_random_order_is_told() -> None:
    similarity, relevant, own = _case(2)
    relevant[:3] = False
    metrics = {one.name: one for one in retrieval_metrics(rank(similarity, relevant, own))}
    assert metrics["precision_at_5"].n == 27
    assert metrics["precision_at_5"].n_excluded == {"no relevant case in the gallery": 3}
    shares = [relevant[row, ~own[row]].mean() for row in range(3, 30)]
    assert metrics["mean_average_precision"].details["by_chance"] == pytest.approx(np.mean(shares))


def test_nothing_to_measure_is_undefined() -> None:
    metrics = retrieval_metrics(rank(np.zeros((3, 4)), np.zeros((3, 4), bool), np.zeros((3, 4), bool)))
    assert {(one.status, one.value) for one in metrics} == {("undefined", None)}


def test_intervals_are_of_patients() -> None:
    """Doubling every query says nothing new, where both are known to be of one patient."""
    similarity, relevant, own = _case(3)
    plain = retrieval_metrics(rank(similarity, relevant, own))[1]
    twice = [np.repeat(table, 2, axis=0) for table in (similarity, relevant, own)]
    clustered = retrieval_metrics(rank(*twice), clusters=np.repeat(np.arange(30), 2))[1]
    assert plain.ci_low is not None
    assert clustered.ci_low == pytest.approx(plain.ci_low)
    naive = retrieval_metrics(rank(*twice))[1]
    assert naive.ci_low is not None
    assert naive.ci_low > plain.ci_low


def test_the_interval_of_a_difference_is_a_paired_t_like_one() -> None:
    similarity, relevant, own = _case(4)
    worse = np.random.default_rng(9).normal(size=similarity.shape)
    first, second = rank(similarity, relevant, own), rank(worse, relevant, own)
    measured = {one.first.name: one for one in compare_retrieval(first, second)}
    gaps = first.precision[5] - second.precision[5]
    result = measured["precision_at_5"].result
    assert result is not None
    assert result.difference == pytest.approx(gaps.mean())
    assert result.standard_error == pytest.approx(gaps.std(ddof=1) / np.sqrt(30))
    assert result.ci_low is not None
    assert result.ci_low > 0


def test_searches_of_other_queries_cannot_be_compared() -> None:
    similarity, relevant, own = _case(5)
    with pytest.raises(UsageError, match="same queries"):
        compare_retrieval(rank(similarity, relevant, own), rank(similarity[:9], relevant[:9], own[:9]))


@pytest.mark.parametrize(
    ("similarity", "said"), [(np.zeros((2, 3)), r"one shape"), (np.full((2, 2), np.nan), "not finite")]
)
def test_bad_input_is_refused(similarity: np.ndarray, said: str) -> None:
    with pytest.raises(UsageError, match=said.replace(" ", r"\s")):
        rank(similarity, np.zeros((2, 2), bool), np.zeros((2, 2), bool))


@pytest.mark.parametrize("patients", [4, 9, 10])
def test_few_patients_get_students_interval(patients: int) -> None:
    similarity, relevant, own = _case(3, queries=patients)
    (found,) = [one for one in retrieval_metrics(rank(similarity, relevant, own)) if "average" in one.name]
    values = rank(similarity, relevant, own).average_precision
    law = stats.t(patients - 1) if patients < 10 else stats.norm
    half = law.ppf(0.975) * values.std(ddof=1) / patients**0.5
    assert found.ci_high == pytest.approx(min(1, values.mean() + half))
    assert found.ci_low == pytest.approx(max(0, values.mean() - half))
    assert found.ci_method == ("t" if patients < 10 else "normal")
    assert (found.status == "unstable") == (patients < 10)


def test_the_difference_of_few_patients_is_a_paired_t_test() -> None:
    similarity, relevant, own = _case(4, queries=6)
    other = similarity + np.random.default_rng(5).normal(size=similarity.shape)
    first, second = rank(similarity, relevant, own), rank(other, relevant, own)
    measured = compare_retrieval(first, second)[-1].result
    expected = stats.ttest_rel(first.average_precision, second.average_precision)
    assert measured.p_value == pytest.approx(expected.pvalue)
    limits = expected.confidence_interval()
    assert (measured.ci_low, measured.ci_high) == pytest.approx((limits.low, limits.high))
