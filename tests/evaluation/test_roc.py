"""The curve and the placements against scikit-learn and pairs counted one by one."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_curve as reference_curve

from thirdeye.evaluation.roc import count_scores, placements, roc_curve


@pytest.fixture
def cases(rng):
    labels = rng.integers(0, 2, 60)
    return labels, np.round(rng.normal(size=60) + labels, 1)


def test_counts_hold_every_case_once(cases):
    counts = count_scores(*cases)
    assert (np.diff(counts.scores) > 0).all()
    assert counts.n_pos == cases[0].sum()
    assert counts.n_pos + counts.n_neg == 60
    at = np.searchsorted(counts.scores, cases[1][7])
    same = cases[1] == cases[1][7]
    assert counts.positives[at] + counts.negatives[at] == same.sum()


def test_curve_matches_scikit_learn(cases):
    false_rate, true_rate, thresholds = reference_curve(*cases, drop_intermediate=False)
    curve = roc_curve(*cases)
    assert curve.sensitivity == pytest.approx(true_rate)
    assert 1 - curve.specificity == pytest.approx(false_rate)
    assert curve.thresholds[1:] == pytest.approx(thresholds[1:])


def test_thresholds_mean_at_or_above(cases):
    labels, scores = cases
    curve = roc_curve(labels, scores)
    for threshold, sensitivity in zip(curve.thresholds, curve.sensitivity, strict=True):
        assert (scores[labels == 1] >= threshold).mean() == pytest.approx(sensitivity)


def test_placements_count_pairs(cases):
    labels, scores = cases
    found = placements(labels, scores)
    sick, well = scores[labels == 1], scores[labels == 0]
    pairs = (sick[:, None] > well) + 0.5 * (sick[:, None] == well)
    assert found.auc == pytest.approx(pairs.mean())
    assert found.values[labels == 1] == pytest.approx(pairs.mean(axis=1))
    assert found.values[labels == 0] == pytest.approx(pairs.mean(axis=0))


@pytest.mark.data
@pytest.mark.parametrize("score", ["s100b", "ndka"])
def test_interpolated_points_as_proc(known, score: str) -> None:
    case, columns = known[f"operating.asah.{score}"]["value"], known.columns(f"operating.asah.{score}")
    curve = roc_curve(columns["outcome"], columns[score])
    assert curve.sensitivity_at(0.9) == pytest.approx(case["sens_at_spec90_interpolated"])
    assert curve.specificity_at(0.9) == pytest.approx(case["spec_at_sens90_interpolated"])


def test_the_line_goes_through_every_attained_point() -> None:
    rng = np.random.default_rng(3)
    labels = np.arange(60) % 3 == 0
    curve = roc_curve(labels, np.round(rng.normal(labels, 1), 1))
    for sensitivity, specificity in zip(curve.sensitivity, curve.specificity, strict=True):
        best = curve.sensitivity[np.isclose(curve.specificity, specificity)].max()
        assert curve.sensitivity_at(specificity) == pytest.approx(best)
        best = curve.specificity[np.isclose(curve.sensitivity, sensitivity)].max()
        assert curve.specificity_at(sensitivity) == pytest.approx(best)
