"""Recalibration: the updates against statsmodels, honest out of fold, and no ranking changed."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

from thirdeye.errors import UsageError
from thirdeye.evaluation.calibration import calibration_metrics
from thirdeye.evaluation.recalibration import (
    CrossFitted,
    Update,
    cross_fit,
    fit_update,
    log_loss,
    recommended,
)

K = 2


def shifted(
    n: int = 900, *, intercept: float = -1.0, slope: float = 0.6, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities (n, 2) whose true log odds are `intercept` + `slope` times those given."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(0, 2, n)
    labels = (rng.random(n) < 1 / (1 + np.exp(-(intercept + slope * odds)))).astype(int)
    given = 1 / (1 + np.exp(-odds))
    return labels, np.column_stack([1 - given, given])


def binary(method: str, labels: np.ndarray, given: np.ndarray) -> Update:
    found = fit_update(method, labels, given, task="binary", positive=1)
    assert found is not None
    return found


def test_both_updates_are_statsmodels_fits() -> None:
    labels, given = shifted()
    odds = np.log(given[:, 1] / given[:, 0])
    both = sm.GLM(labels, sm.add_constant(odds), family=sm.families.Binomial()).fit()
    assert binary("intercept_slope", labels, given).parameters == pytest.approx(
        {"intercept": both.params[0], "slope": both.params[1]}, rel=1e-5
    )
    alone = sm.GLM(labels, np.ones(len(odds)), family=sm.families.Binomial(), offset=odds).fit()
    assert binary("intercept", labels, given).parameters["intercept"] == pytest.approx(
        alone.params[0], rel=1e-5
    )


def test_isotonic_follows_sklearn_within_its_blocks() -> None:
    labels, given = shifted(3000)
    ours = binary("isotonic", labels, given).apply(given, positive=1)[:, 1]
    theirs = IsotonicRegression(out_of_bounds="clip").fit(given[:, 1], labels).predict(given[:, 1])
    assert np.abs(ours - theirs).mean() < 0.02


@pytest.mark.parametrize("method", ["intercept", "intercept_slope"])
def test_the_auc_is_not_changed(method: str) -> None:
    labels, given = shifted()
    updated = binary(method, labels, given).apply(given, positive=1)
    assert roc_auc_score(labels, updated[:, 1]) == pytest.approx(
        roc_auc_score(labels, given[:, 1]), abs=1e-12
    )
    assert np.allclose(updated.sum(axis=1), 1)


def test_out_of_fold_probabilities_are_calibrated() -> None:
    labels, given = shifted(4000)
    found = cross_fit("intercept_slope", labels, given, task="binary", positive=1)
    assert isinstance(found, CrossFitted)
    intercept, slope, _ = calibration_metrics(labels, found.probabilities[:, 1])
    assert intercept.ci_low < 0 < intercept.ci_high
    assert slope.ci_low < 1 < slope.ci_high


def test_no_patient_is_on_both_sides_of_a_fold() -> None:
    """Pure noise learnt by heart would look calibrated in the sample; out of fold it must not."""
    rng = np.random.default_rng(2)
    labels = np.repeat(rng.integers(0, 2, 700), 2)
    given = np.repeat(rng.random(700), 2)
    patients = np.repeat(np.arange(700), 2)
    table = np.column_stack([1 - given, given])
    found = cross_fit("isotonic", labels, table, task="binary", positive=1, clusters=patients)
    alone = cross_fit("isotonic", labels, table, task="binary", positive=1)
    assert isinstance(found, CrossFitted)
    assert isinstance(alone, CrossFitted)
    by_patient = log_loss(labels, found.probabilities, task="binary").mean()
    by_image = log_loss(labels, alone.probabilities, task="binary").mean()
    assert by_patient > by_image


@pytest.mark.parametrize(
    ("method", "n", "why"), [("intercept", 12, "needs 10 cases"), ("isotonic", 600, "needs 500 cases")]
)
def test_too_few_cases_are_said(method: str, n: int, why: str) -> None:
    labels, given = shifted(n)
    assert why in str(cross_fit(method, labels, given, task="binary", positive=1))


def test_a_reader_that_ranks_backwards_gets_no_slope() -> None:
    labels, given = shifted(400, slope=-1.0)
    assert fit_update("intercept_slope", labels, given, task="binary", positive=1) is None
    assert "no finite, rising fit" in str(
        cross_fit("intercept_slope", labels, given, task="binary", positive=1)
    )


def test_one_class_has_no_update() -> None:
    labels, given = shifted(100)
    assert fit_update("intercept", np.ones_like(labels), given, task="binary", positive=1) is None


def three_classes(n: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    given = rng.dirichlet([2, 2, 2], n)
    true = given**0.5 * [1.0, 2.0, 0.5]
    true /= true.sum(axis=1, keepdims=True)
    return np.array([rng.choice(3, p=row) for row in true]), given


def test_many_classes_find_the_shift_that_was_made() -> None:
    labels, given = three_classes()
    found = fit_update("intercept_slope", labels, given, task="multiclass", positive=None)
    assert found is not None
    assert found.parameters["slope"] == pytest.approx(0.5, abs=0.08)
    intercept = np.array(found.parameters["intercept"])
    assert intercept - intercept[0] == pytest.approx(np.log([1, 2, 0.5]), abs=0.15)
    assert np.allclose(found.apply(given).sum(axis=1), 1)
    before, after = (log_loss(labels, one, task="multiclass").mean() for one in (given, found.apply(given)))
    assert after < before
    assert fit_update("isotonic", labels, given, task="multiclass", positive=None) is None


def test_labels_that_go_together_are_updated_one_by_one() -> None:
    first, second = shifted(seed=1), shifted(seed=2, intercept=1.0)
    labels = np.column_stack([first[0], second[0]])
    given = np.column_stack([first[1][:, 1], second[1][:, 1]])
    found = fit_update("intercept", labels, given, task="multilabel", positive=None)
    assert found is not None
    alone = binary("intercept", *second)
    assert found.parameters["labels"][1] == pytest.approx(alone.parameters)


def test_what_serves_best_is_the_simplest_that_helps() -> None:
    labels, given = shifted(2000)
    good = np.column_stack([1 - given[:, 1], given[:, 1]])
    losses = {"none": log_loss(labels, good, task="binary")}
    for method in ("intercept", "intercept_slope", "isotonic"):
        found = cross_fit(method, labels, good, task="binary", positive=1)
        assert isinstance(found, CrossFitted)
        losses[method] = log_loss(labels, found.probabilities, task="binary")
    assert recommended(losses) == "intercept_slope"
    right, calibrated = shifted(2000, intercept=0.0, slope=1.0)
    same = log_loss(right, calibrated, task="binary")
    assert recommended({"none": same, "intercept": same + 1e-4}) is None


def test_an_unknown_method() -> None:
    labels, given = shifted(50)
    with pytest.raises(UsageError, match="no recalibration is called 'magic'"):
        fit_update("magic", labels, given, task="binary", positive=1)
