from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.covariance import covariance, figures, pseudovalues
from thirdeye.evaluation.readers.merit import AUC, recomputed, sensitivity_at
from thirdeye.evaluation.readers.readings import Readings


def test_unbiased_is_right_on_average() -> None:
    """Over many samples the mean estimate equals the observed covariance of the AUCs."""
    rng = np.random.default_rng(3)
    truth = np.arange(20) < 8
    areas, estimates = [], []
    for _ in range(12_000):
        common = rng.normal(0, 1, (1, 1, 20)) + truth
        ratings = common + rng.normal(0, 1, (2, 1, 20))
        study = Readings(ratings, truth, ("a", "b"), ("r",), tuple(map(str, range(20))))
        areas.append(figures(study, AUC).ravel())
        estimates.append(covariance(study, AUC, "unbiased"))
    observed, mean = np.cov(np.array(areas).T), np.mean(estimates, axis=0)
    assert np.allclose(mean, observed, rtol=0.06)


def test_unbiased_by_brute_force(made: Readings) -> None:
    gap = made.ratings.copy()
    gap[0, 1, :4] = np.nan
    gap[1, 2, 15:20] = np.nan
    study = Readings(gap, made.truth, made.tests, made.readers, made.cases)
    found = covariance(study, AUC, "unbiased")
    cells = gap.reshape(6, -1)
    sick, well = np.flatnonzero(made.truth), np.flatnonzero(~made.truth)
    for a, b in ((0, 0), (1, 5), (2, 3)):
        won = {
            cell: {
                (i, j): (cells[cell, i] > cells[cell, j]) + 0.5 * (cells[cell, i] == cells[cell, j])
                for i in sick for j in well
                if not np.isnan(cells[cell, i]) and not np.isnan(cells[cell, j])
            }
            for cell in {a, b}
        }  # fmt: skip
        product = np.mean(list(won[a].values())) * np.mean(list(won[b].values()))
        apart = [
            first * second
            for (i, j), first in won[a].items()
            for (k, m), second in won[b].items()
            if i != k and j != m
        ]
        assert found[a, b] == pytest.approx(product - np.mean(apart), abs=1e-12)


def test_jackknife_by_leaving_out(made: Readings) -> None:
    found = covariance(made, AUC, "jackknife")
    n = len(made.cases)
    kept = ~np.eye(n, dtype=bool)
    left = np.array(
        [
            [AUC.value(made.ratings[t, r, row], made.truth[row]) for row in kept]
            for t in range(2) for r in range(3)
        ]
    )  # fmt: skip
    assert np.allclose(found, (n - 1) ** 2 / n * np.cov(left))


def test_leave_one_out_is_what_recomputing_gives(made: Readings) -> None:
    ratings, truth = made.ratings[0, 0], made.truth
    for merit in (AUC, sensitivity_at(0.5)):
        assert np.allclose(
            merit.leave_one_out(ratings, truth)[merit.counts(truth)],
            recomputed(merit.value)(ratings, truth)[merit.counts(truth)],
        )


def test_pseudovalues_average_to_the_jackknife_estimate(made: Readings) -> None:
    values = pseudovalues(made, AUC)
    assert np.allclose(values.mean(axis=2), figures(made, AUC))  # the AUC's jackknife has no bias


def test_refusals(made: Readings) -> None:
    with pytest.raises(UsageError, match="use jackknife"):
        covariance(made, sensitivity_at(1.0), "delong")
    with pytest.raises(UsageError, match="choose jackknife, delong, unbiased"):
        covariance(made, AUC, "bootstrap")  # type: ignore[arg-type]
    gap = made.ratings.copy()
    gap[0, 0, made.truth] = np.nan
    with pytest.raises(
        DataRefused, match="reader 'ann' read no diseased or no healthy case with test 'film'"
    ):
        figures(Readings(gap, made.truth, made.tests, made.readers, made.cases), AUC)
