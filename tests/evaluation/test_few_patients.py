"""Intervals of means over few patients: as wide as they have to be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from thirdeye.evaluation.bootstrap import bootstrap_metric, widened_level

PATIENTS, PARTS = 12, 1000


def test_the_level_is_that_of_the_t_distribution_and_one_patient_fewer() -> None:
    wanted = 1 - 2 * stats.norm.cdf(-np.sqrt(12 / 11) * stats.t.ppf(0.975, 11))
    assert widened_level(12) == pytest.approx(wanted)
    assert widened_level(5) > widened_level(12) > widened_level(10_000) > 0.95
    assert widened_level(10_000) == pytest.approx(0.95, abs=1e-4)
    assert 0.999 < widened_level(3) <= widened_level(2) < 1


def test_mean_dice_of_twelve_patients_is_covered() -> None:
    """Of 1,000 test parts with means of beta(12, 2.2); the standard error of a share is 0.008."""
    rng = np.random.default_rng(2)
    weights = rng.multinomial(PATIENTS, np.full(PATIENTS, 1 / PATIENTS), size=2000) / PATIENTS
    held = {True: 0, False: 0}
    for values in rng.beta(12, 2.2, (PARTS, PATIENTS)):
        for widened in held:
            found = bootstrap_metric(
                "dice", values.mean(), weights @ values, reason="", n=PATIENTS, n_clusters=PATIENTS,
                groups_of=PATIENTS, widened=widened,
            )  # fmt: skip
            assert found.ci_low is not None
            assert found.ci_high is not None
            held[widened] += found.ci_low <= 12 / 14.2 <= found.ci_high
    assert held[False] < 0.92 * PARTS  # what was wrong
    assert 0.925 * PARTS < held[True] < 0.965 * PARTS
