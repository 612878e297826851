"""Resampling by weights against resampling by rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from thirdeye.errors import UsageError
from thirdeye.evaluation.bootstrap import (
    bca_interval,
    bootstrap_metric,
    jackknife,
    percentile_interval,
    resample,
    resampling_weights,
)


def mean_statistic(values):
    return lambda weights: ((weights @ values) / weights.sum(axis=1))[:, None].astype(float)


def test_weights_draw_as_many_clusters_as_there_are():
    weights = np.concatenate(list(resampling_weights(50, n_resamples=300, seed=2)))
    assert weights.shape == (300, 50)
    assert set(weights.sum(axis=1)) == {50.0}
    assert weights.mean() == 1
    assert weights.var() == pytest.approx(1 - 1 / 50, abs=0.05)


def test_chunks_do_not_change_the_draws(monkeypatch):
    whole = np.concatenate(list(resampling_weights(40, n_resamples=30, seed=2)))
    monkeypatch.setattr("thirdeye.evaluation.bootstrap.CHUNK_ELEMENTS", 100)
    parts = list(resampling_weights(40, n_resamples=30, seed=2))
    assert len(parts) == 15
    assert (np.concatenate(parts) == whole).all()


def test_strata_keep_their_sizes():
    strata = np.array([0] * 10 + [1] * 30)
    weights = next(resampling_weights(40, n_resamples=20, strata=strata))
    assert set(weights[:, :10].sum(axis=1)) == {10.0}


def test_the_seed_decides():
    statistic = mean_statistic(np.arange(20.0))
    one, same, other = (resample([statistic], 20, n_resamples=50, seed=seed)[0] for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_statistics_share_their_resamples():
    values = np.arange(20.0)
    one, other = resample([mean_statistic(values), mean_statistic(-values)], 20, n_resamples=50)
    assert one == pytest.approx(-other)


def test_bca_matches_scipy(rng):
    values = rng.exponential(size=60)
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=20000, method="BCa", rng=rng
    ).confidence_interval
    statistic = mean_statistic(values)
    draws = resample([statistic], 60, n_resamples=20000, seed=5)[0][:, 0]
    found = bca_interval(draws, values.mean(), jackknife(statistic, 60)[:, 0])
    assert found == pytest.approx((expected.low, expected.high), abs=0.02)
    plain = percentile_interval(draws)
    assert found[0] > plain[0] + 0.005  # skewed to the right: BCa moves up


def test_bca_without_draws_on_both_sides_gives_none():
    assert bca_interval(np.ones(100), 2.0, np.ones(10)) is None


def test_jackknife_leaves_one_out():
    values = np.array([1.0, 2.0, 6.0])
    assert jackknife(mean_statistic(values), 3)[:, 0].tolist() == [4.0, 3.5, 1.5]


@pytest.mark.parametrize("arguments", [{"n_clusters": 0}, {"n_clusters": 3, "n_resamples": 0}])
def test_nothing_to_draw_is_refused(arguments):
    with pytest.raises(UsageError, match=": 0 cannot be"):
        next(resampling_weights(**arguments))


KNOWN = {"reason": "0/0", "n": 40, "groups_of": 20}


def test_metric_counts_undefined_resamples():
    draws = np.r_[np.linspace(0, 1, 90), np.full(10, np.nan)]
    found = bootstrap_metric("mcc", 0.5, draws, n_clusters=40, **KNOWN)
    assert found.details["n_resamples_undefined"] == 10
    assert (found.ci_low, found.ci_high) == pytest.approx((0.025, 0.975))


@pytest.mark.parametrize(
    ("value", "draws", "n_clusters", "status"),
    [
        (np.nan, np.ones(10), 40, "undefined"),
        (1.0, np.ones(10), 40, "degenerate"),
        (0.5, np.r_[np.full(9, np.nan), 0.5], 40, "unstable"),
        (0.5, np.linspace(0, 1, 10), 1, "unstable"),
    ],
)
def test_metric_says_why_it_has_no_interval(value, draws, n_clusters, status):
    found = bootstrap_metric("mcc", value, draws, n_clusters=n_clusters, **KNOWN)
    assert (found.status, found.ci_low) == (status, None)
    assert found.reason
