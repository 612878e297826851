"""Chance in training: the spread, what the cases explain of it, and an interval with both."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from thirdeye.errors import UsageError
from thirdeye.evaluation.seed_variation import between_seed_sd, excess_sd, seed_interval, seed_verdict


def test_the_spread_has_the_chi_square_interval():
    values = [0.90, 0.91, 0.88, 0.93, 0.90]
    found = between_seed_sd(values)
    assert found.value == pytest.approx(np.std(values, ddof=1))
    df = 4
    low = found.value * np.sqrt(df / stats.chi2.ppf(0.975, df))
    high = found.value * np.sqrt(df / stats.chi2.ppf(0.025, df))
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high))
    assert found.n == 5


def test_one_training_has_no_spread_and_equal_ones_are_degenerate():
    assert between_seed_sd([0.9]).status == "undefined"
    same = between_seed_sd([0.9, 0.9, 0.9])
    assert same.status == "degenerate"
    assert same.ci_low is None


def test_what_the_cases_explain_is_taken_off():
    values = [0.80, 0.90]  # variance 0.005
    assert excess_sd(values, [0.05, 0.05]) == pytest.approx(np.sqrt(0.005 - 0.0025))
    assert excess_sd(values, [0.1, 0.1]) == 0.0
    with pytest.raises(UsageError):
        excess_sd(values, [0.1])


def test_the_excess_is_right_on_average():
    rng = np.random.default_rng(0)
    errors = np.full(8, 0.02)
    squares = [excess_sd(rng.normal(0.8, np.hypot(0.03, 0.02), 8), errors) ** 2 for _ in range(4000)]
    assert np.mean(squares) == pytest.approx(0.03**2, rel=0.1)


def test_the_interval_adds_both_variances():
    found = seed_interval([0.90], 0.03, 0.04, n_seeds=10, n=200)
    assert found.value == 0.90
    total = 0.05
    df = total**4 / (0.04**4 / 9)
    half = stats.t.ppf(0.975, df) * total
    assert found.ci_low == pytest.approx(0.90 - half)
    assert found.ci_high == 1.0  # kept within 0 to 1
    alone = seed_interval([0.80], 0.03, 0.0, n_seeds=10, n=200)
    assert (alone.ci_high - alone.ci_low) / 2 == pytest.approx(1.959964 * 0.03, rel=1e-4)


def test_few_trainings_give_a_wider_interval():
    widths = []
    for n_seeds in (2, 5, 50):
        found = seed_interval([0.7], 0.01, 0.04, n_seeds=n_seeds, n=100)
        widths.append(found.ci_high - found.ci_low)
    assert widths == sorted(widths, reverse=True)


def test_the_interval_covers_another_training_on_other_cases():
    rng = np.random.default_rng(1)
    error, sd, seeds, hits = 0.02, 0.03, 5, 0
    for _ in range(1500):
        cases = rng.normal(0, error)
        values = np.clip(0.75 + cases + rng.normal(0, sd, seeds), 0, 1)
        spread = between_seed_sd(values)
        found = seed_interval([values[0]], error, spread.value, n_seeds=seeds, n=100)
        hits += found.ci_low <= 0.75 <= found.ci_high
    assert 0.93 <= hits / 1500 <= 0.99


@pytest.mark.parametrize(
    ("error", "sd", "words"),
    [
        (0.03, 0.01, "the choice of cases weighs more"),
        (0.01, 0.03, "chance in training weighs more"),
    ],
)
def test_the_verdict_says_what_weighs_more(error, sd, words):
    interval = seed_interval([0.9], error, sd, n_seeds=4, n=100)
    said = seed_verdict(interval, between_seed_sd([0.9, 0.9 + sd, 0.9, 0.9 - sd]), of="whole trainings")
    assert words in said
    assert "4 whole trainings" in said


def test_nonsense_is_refused():
    with pytest.raises(UsageError):
        seed_interval([], 0.1, 0.1, n_seeds=3, n=10)
    with pytest.raises(UsageError):
        seed_interval([0.9], 0.1, 0.1, n_seeds=1, n=10)
    with pytest.raises(UsageError, match="finite"):
        between_seed_sd([0.9, float("nan")])
