"""McNemar against statsmodels and scipy; Tango by its definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats
from statsmodels.stats.contingency_tables import mcnemar as reference

from thirdeye.errors import UsageError
from thirdeye.evaluation.mcnemar import mcnemar, tango_interval, tango_z

PAIRS = [(1, 8), (0, 5), (7, 7), (40, 22), (1, 0)]


@pytest.mark.parametrize(("b", "c"), PAIRS)
def test_matches_statsmodels(b, c):
    found, table = mcnemar(b, c), [[20, b], [c, 30]]
    assert found.p_exact == pytest.approx(reference(table, exact=True).pvalue)
    plain = reference(table, exact=False, correction=False)
    assert (found.chi2, found.p) == pytest.approx((plain.statistic, plain.pvalue))
    corrected = reference(table, exact=False, correction=True)
    if b != c:  # statsmodels corrects a difference of zero to one
        assert (found.chi2_cc, found.p_cc) == pytest.approx((corrected.statistic, corrected.pvalue))


@pytest.mark.parametrize(("b", "c"), PAIRS)
def test_mid_p_counts_the_observed_table_half(b, c):
    smaller = min(b, c)
    point = stats.binom.pmf(smaller, b + c, 0.5)
    expected = 1 - point / 2 if b == c else 2 * (stats.binom.cdf(smaller, b + c, 0.5) - point / 2)
    assert mcnemar(b, c).p_midp == pytest.approx(expected)


def test_no_discordant_pair():
    found = mcnemar(0, 0)
    assert (found.chi2, found.p_cc, found.p_exact) == (None, None, 1.0)
    low, high = tango_interval(0, 0, 100)
    assert -0.05 < low < 0 < high < 0.05


def score_by_optimisation(b, c, n, difference):
    """Tango's statistic with the nuisance probability found numerically."""

    def minus_likelihood(q):
        p = q + difference
        return -(b * np.log(p) + c * np.log(q) + (n - b - c) * np.log(1 - p - q))

    low, high = max(0, -difference) + 1e-12, (1 - difference) / 2 - 1e-12
    q = optimize.minimize_scalar(
        minus_likelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-13}
    ).x
    return (b - c - n * difference) / np.sqrt(n * (2 * q + difference - difference**2))


@pytest.mark.parametrize(("b", "c", "n"), [(12, 9, 120), (3, 15, 60), (1, 1, 40)])
def test_tango_limits_solve_the_score_equation(b, c, n):
    low, high = tango_interval(b, c, n)
    assert score_by_optimisation(b, c, n, low) == pytest.approx(1.959964, abs=1e-4)
    assert score_by_optimisation(b, c, n, high) == pytest.approx(-1.959964, abs=1e-4)


def test_swapping_the_tests_mirrors_the_interval():
    low, high = tango_interval(3, 11, 50)
    assert tango_interval(11, 3, 50) == pytest.approx((-high, -low))


def test_all_pairs_discordant_reach_the_end():
    low, high = tango_interval(10, 0, 10)
    assert high == 1
    assert 0.4 < low < 1
    assert tango_interval(0, 10, 10) == pytest.approx((-1, -low))


def test_hypothesis_of_the_observed_difference_scores_zero():
    assert tango_z(12, 9, 120, 3 / 120) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("b", "c", "n"), [(-1, 2, 10), (6, 6, 10), (0, 0, 0)])
def test_impossible_counts_are_refused(b, c, n):
    with pytest.raises(UsageError, match=f"b = {b}|cannot be"):
        tango_interval(b, c, n)
    if b < 0:
        with pytest.raises(UsageError, match="discordant pairs: -1 cannot be"):
            mcnemar(b, c)
