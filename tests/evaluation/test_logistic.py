"""Newton's method where it is easy and where there is no solution."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.logistic import CLIP, fit_logistic, logit


def test_matches_statsmodels_with_an_offset(rng):
    x, offset = rng.normal(size=200), rng.normal(size=200)
    y = rng.random(200) < 1 / (1 + np.exp(-(0.3 + x + offset)))
    design = np.column_stack([np.ones(200), x])
    fit = fit_logistic(design, y, offset=offset, clusters=check_clusters(None, 200))
    expected = sm.GLM(y, design, offset=offset, family=sm.families.Binomial()).fit()
    assert fit.coefficients == pytest.approx(expected.params, rel=1e-6)
    assert fit.covariance == pytest.approx(expected.cov_params(), rel=1e-5)


def test_far_away_solutions_are_reached():
    y = np.array([True] * 995 + [False] * 5)
    fit = fit_logistic(
        np.ones((1000, 1)), y, offset=np.full(1000, -12.0), clusters=check_clusters(None, 1000)
    )
    assert fit.coefficients[0] == pytest.approx(12 + np.log(995 / 5))


def test_separated_classes_have_no_solution():
    design = np.column_stack([np.ones(4), [1.0, 2.0, 3.0, 4.0]])
    assert (
        fit_logistic(design, np.array([False, False, True, True]), clusters=check_clusters(None, 4)) is None
    )


def test_log_odds_are_clipped_and_counted():
    values, clipped = logit(np.array([0.0, 0.5, 1.0]))
    assert clipped == 2
    assert values == pytest.approx([np.log(CLIP / (1 - CLIP)), 0, -np.log(CLIP / (1 - CLIP))])
