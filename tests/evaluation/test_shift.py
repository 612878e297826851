"""Differences between two sets of cases, against hand-computed values and independent implementations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.paired import unpaired_auc
from thirdeye.evaluation.shift import (
    auc_sentence,
    independent_auc_difference,
    prevalence_difference,
    standardised_difference,
    standardised_difference_of_shares,
)


def zeros_and_ones(ones: int, n: int) -> np.ndarray:
    return np.repeat([1, 0], [ones, n - ones])


def test_prevalence_difference_is_newcombe_s_published_example() -> None:
    """Newcombe 1998, table II, 56/70 against 48/80, method 10: 0.0524 to 0.3339."""
    found = prevalence_difference(zeros_and_ones(48, 80), zeros_and_ones(56, 70))
    assert found.difference.value == pytest.approx(0.2)
    assert found.difference.ci_low == pytest.approx(0.0524, abs=1e-4)
    assert found.difference.ci_high == pytest.approx(0.3339, abs=1e-4)
    pooled = 104 / 150
    z = 0.2 / np.sqrt(pooled * (1 - pooled) * (1 / 80 + 1 / 70))
    assert found.p_value == pytest.approx(2 * norm.sf(z))


def test_a_patient_with_several_images_widens_the_interval() -> None:
    first, second = zeros_and_ones(48, 80), zeros_and_ones(56, 70)
    plain = prevalence_difference(first, second).difference
    pairs = prevalence_difference(
        np.repeat(first, 2), np.repeat(second, 2), first_clusters=np.repeat(np.arange(80), 2),
        second_clusters=np.repeat(np.arange(70), 2),
    )  # fmt: skip
    assert pairs.difference.value == pytest.approx(0.2)
    assert pairs.difference.n_clusters == 150
    width = pairs.difference.ci_high - pairs.difference.ci_low
    assert width == pytest.approx(plain.ci_high - plain.ci_low, rel=0.05)
    spread = 0.6 * 0.4 / 79 + 0.8 * 0.2 / 69  # ratio estimators with I / (I - 1)
    assert width == pytest.approx(2 * norm.ppf(0.975) * np.sqrt(spread))


def test_equal_and_empty_prevalences() -> None:
    found = prevalence_difference(np.zeros(20), np.zeros(30))
    assert (found.difference.value, found.p_value) == (0.0, None)
    assert found.difference.ci_low < 0 < found.difference.ci_high


def test_auc_difference_is_the_unpaired_test_on_the_scores() -> None:
    rng = np.random.default_rng(3)
    sets = []
    for n, shift in ((120, 1.5), (90, 0.8)):
        labels = rng.random(n) < 0.4
        sets.append((labels, rng.normal(size=n) + shift * labels))
    metrics = [auc(*one).as_json() for one in sets]
    found = independent_auc_difference(*metrics)
    expected = unpaired_auc(*sets[1], *sets[0])
    assert found.difference.value == pytest.approx(expected.difference)
    assert found.p_value == pytest.approx(expected.p_value)
    assert found.difference.details["df"] == pytest.approx(expected.df)


def test_an_auc_without_a_value_or_variance() -> None:
    one_class = auc([1, 1, 1], [0.1, 0.2, 0.3]).as_json()
    perfect = auc([0] * 10 + [1] * 10, range(20)).as_json()
    other = auc([0, 1] * 20, np.arange(40) % 7).as_json()
    assert independent_auc_difference(other, one_class).difference.status == "undefined"
    shown = independent_auc_difference(perfect, other)
    assert shown.difference.status == "degenerate"
    assert shown.difference.ci_low is None
    assert "has no interval" in auc_sentence(perfect, other, shown, "x")
    undefined = independent_auc_difference(other, one_class)
    assert "cannot be compared" in auc_sentence(other, one_class, undefined, "x")


@pytest.mark.parametrize(("second", "words"), [(0.6, "less well"), (0.95, "better"), (0.81, "within chance")])
def test_the_sentence_follows_the_interval(second: float, words: str) -> None:
    def made(value: float) -> dict[str, object]:
        return {
            "name": "auc", "value": value, "n": 500, "n_clusters": 500, "status": "ok", "reason": None,
            "details": {"standard_error": 0.02},
        }  # fmt: skip

    found = independent_auc_difference(made(0.8), made(second))
    assert words in auc_sentence(made(0.8), made(second), found, "hospital b")


def test_standardised_difference_by_hand() -> None:
    found = standardised_difference([1, 2, 3, 4, 5] * 4, [3, 4, 5, 6, 7] * 4, name="age")
    spread = np.sqrt(np.var([1, 2, 3, 4, 5] * 4, ddof=1))
    assert found.value == pytest.approx(2 / spread)
    error = np.sqrt(40 / 400 + found.value**2 / 80)
    assert found.ci_high - found.value == pytest.approx(norm.ppf(0.975) * error)


def test_unknown_values_are_counted_and_constants_are_undefined() -> None:
    found = standardised_difference([1, 2, np.nan] * 5, [2, 3, 4] * 5, name="age")
    assert found.n_excluded == {"unknown": 5}
    assert standardised_difference([1] * 9, [1] * 9, name="age").status == "degenerate"
    assert standardised_difference([1] * 9, [2] * 9, name="age").status == "undefined"
    assert standardised_difference([np.nan] * 9, [2] * 9, name="age").status == "undefined"
    assert standardised_difference([1, 2], [2, 3], name="age").status == "unstable"


def test_shares_of_two_categories_are_the_usual_formula() -> None:
    """Austin 2009: (p2 - p1) / sqrt((p1 q1 + p2 q2) / 2)."""
    found = standardised_difference_of_shares({"f": 30, "m": 70}, {"f": 60, "m": 40}, name="sex")
    assert found.value == pytest.approx(0.3 / np.sqrt((0.3 * 0.7 + 0.6 * 0.4) / 2))


def test_shares_of_three_categories_by_hand() -> None:
    found = standardised_difference_of_shares(
        {"a": 10, "b": 30, "c": 60}, {"a": 25, "b": 25, "c": 50}, name="x"
    )
    # Yang and Dalton: T = (0.05, 0.1) for the levels b and c, S the mean of both covariances
    s11, s22, s12 = (0.21 + 0.1875) / 2, (0.24 + 0.25) / 2, (-0.18 - 0.125) / 2
    t1, t2 = 0.05, 0.1
    squared = (t1 * t1 * s22 - 2 * t1 * t2 * s12 + t2 * t2 * s11) / (s11 * s22 - s12 * s12)
    assert found.value == pytest.approx(squared**0.5)


def test_shares_of_three_categories_do_not_depend_on_the_one_left_out() -> None:
    first, second = {"a": 10, "b": 30, "c": 60}, {"a": 30, "b": 30, "c": 40}
    turned = [{"c": one["a"], "b": one["b"], "a": one["c"]} for one in (first, second)]
    found = standardised_difference_of_shares(first, second, name="x").value
    assert found == pytest.approx(standardised_difference_of_shares(*turned, name="x").value)
    same = standardised_difference_of_shares({"a": 5}, {"a": 9}, name="x")
    assert (same.value, same.status) == (0.0, "degenerate")
    apart = standardised_difference_of_shares({"a": 5}, {"b": 9}, name="x")
    assert apart.status == "undefined"
