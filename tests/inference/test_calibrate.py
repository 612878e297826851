"""Calibration against known distortions, scikit-learn, and inputs that break naive fits."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.calibrate import fit_calibration
from thirdeye.inference.calibration import METHODS, Calibration, apply, sigmoid, softmax


def cases(
    n: int, *, slope: float = 1.0, shift: float = 0.0, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distorted binary logits (n, 2), labels, and the true probabilities."""
    random = np.random.default_rng(seed)
    true = random.normal(-0.5, 2.0, n)
    labels = (random.random(n) < sigmoid(true)).astype(int)
    logit = true * slope + shift
    return np.column_stack([np.zeros(n), logit]), labels, sigmoid(true)


@pytest.mark.parametrize(
    ("slope", "shift", "candidates"),
    [
        (3.0, 0.0, ["none", "temperature"]),
        (0.4, 0.0, ["none", "temperature"]),
        (2.0, 1.5, METHODS[:3]),
        (1.0, -2.0, METHODS),
    ],
)
def test_a_known_distortion_is_undone(slope: float, shift: float, candidates: list[str]) -> None:
    logits, labels, truth = cases(4000, slope=slope, shift=shift)
    fitted = fit_calibration(logits, labels, task="binary", candidates=candidates)
    assert np.abs(apply(fitted, logits)[:, 1] - truth).mean() < 0.02
    assert np.abs(sigmoid(logits[:, 1]) - truth).mean() > 0.05


def test_temperature_is_found() -> None:
    logits, labels, _ = cases(6000, slope=2.5)
    fitted = fit_calibration(logits, labels, task="binary", candidates=["temperature"])
    assert fitted.parameters["temperature"] == pytest.approx(2.5, rel=0.06)


@pytest.mark.parametrize("offset", [0.0, 3.0])
def test_a_network_that_ranks_well_on_a_small_scale_gets_probabilities_that_say_so(offset: float) -> None:
    """As many cases as a small validation part has; the logits of a network in its first steps."""
    logits, labels, truth = cases(60, slope=0.005, shift=offset, seed=3)
    fitted = fit_calibration(logits, labels, task="binary", candidates=METHODS[:3])
    found = apply(fitted, logits)[:, 1]
    assert np.abs(found - truth).mean() < 0.1
    peer = LogisticRegression(C=1.0).fit((logits[:, 1:] - offset) / 0.005 / 2, labels)
    assert np.corrcoef(found, peer.predict_proba((logits[:, 1:] - offset) / 0.005 / 2)[:, 1])[0, 1] > 0.99


def test_noise_on_a_small_scale_stays_noise() -> None:
    random = np.random.default_rng(1)
    logits = np.column_stack([np.zeros(60), random.normal(0, 0.005, 60)])
    fitted = fit_calibration(logits, random.integers(0, 2, 60), task="binary", candidates=METHODS[:3])
    assert np.ptp(apply(fitted, logits)[:, 1]) < 0.05


def test_classes_on_a_small_scale_are_told_apart_again() -> None:
    random = np.random.default_rng(2)
    true = random.normal(0, 2.0, (150, 4))
    labels = np.array([random.choice(4, p=row) for row in softmax(true)])
    logits = true * 0.004 + np.array([0.0, 1.0, 0.0, -1.0])
    fitted = fit_calibration(logits, labels, task="multiclass", candidates=METHODS[:3])
    assert np.abs(apply(fitted, logits) - softmax(true)).mean() < 0.07


def test_platt_agrees_with_logistic_regression_where_the_prior_is_drowned() -> None:
    logits, labels, _ = cases(5000, slope=1.7, shift=-0.8)
    fitted = fit_calibration(logits, labels, task="binary", candidates=["platt"])
    other = LogisticRegression(C=1e6).fit(logits[:, 1:], labels)
    assert fitted.parameters["slope"] == pytest.approx(other.coef_[0, 0], rel=0.01)
    assert fitted.parameters["intercept"] == pytest.approx(other.intercept_[0], abs=0.01)


def test_beta_bends_what_platt_cannot() -> None:
    random = np.random.default_rng(3)
    score = random.uniform(0.01, 0.99, 6000)
    truth = sigmoid(0.3 * np.log(score) - 2.5 * np.log(1 - score) - 0.5)
    labels = (random.random(6000) < truth).astype(int)
    logits = np.column_stack([np.zeros(6000), np.log(score / (1 - score))])
    fitted = fit_calibration(
        logits, labels, task="binary", candidates=["none", "temperature", "platt", "beta"]
    )
    assert fitted.method == "beta"
    assert np.abs(apply(fitted, logits)[:, 1] - truth).mean() < 0.02


def test_isotonic_agrees_with_scikit_learn() -> None:
    logits, labels, _ = cases(3000, slope=1.4)
    fitted = fit_calibration(logits, labels, task="binary", candidates=["isotonic"])
    other = IsotonicRegression(out_of_bounds="clip").fit_transform(logits[:, 1], labels)
    assert np.abs(apply(fitted, logits)[:, 1] - other).mean() < 0.02


@pytest.mark.parametrize("method", METHODS)
def test_ranking_is_never_turned_around(method: str) -> None:
    logits, labels, _ = cases(3000, slope=-1.0)  # even when the network is worse than chance
    fitted = fit_calibration(logits, labels, task="binary", candidates=[method])
    grid = np.linspace(-30, 30, 400)
    probability = apply(fitted, np.column_stack([-grid / 2, grid / 2]))[:, 1]
    assert (np.diff(probability) >= 0).all()
    assert ((probability > 0) & (probability < 1)).all()


def test_the_simpler_method_wins_ties() -> None:
    logits, labels, _ = cases(400, seed=4)
    assert fit_calibration(logits, labels, task="binary").method == "none"


def test_good_calibration_is_not_harmed_and_bad_one_helped_on_new_cases() -> None:
    fresh, truth = cases(20000, seed=99)[0], cases(20000, seed=99)[1]
    for slope, limit in ((1.0, 0.02), (3.0, -0.05)):
        logits, labels, _ = cases(150, slope=slope, seed=5)
        fitted = fit_calibration(logits, labels, task="binary", candidates=["none", "temperature", "platt"])
        raw = fresh * slope
        change = _log_loss(apply(fitted, raw), truth) - _log_loss(softmax(raw), truth)
        assert change < limit


def test_multiclass_undoes_temperature_and_class_shifts() -> None:
    random = np.random.default_rng(6)
    true = random.normal(0, 1.5, (3000, 5))
    labels = np.array([random.choice(5, p=row) for row in softmax(true)])
    logits = 2 * true + np.array([0, 1, -1, 2, 0])
    fitted = fit_calibration(logits, labels, task="multiclass")
    assert fitted.method == "platt"
    probability = apply(fitted, logits)
    assert np.abs(probability - softmax(true)).mean() < 0.02
    assert np.allclose(probability.sum(axis=1), 1)


def test_a_constant_added_to_all_logits_of_a_row_changes_nothing() -> None:
    random = np.random.default_rng(7)
    logits = random.normal(0, 2, (600, 4))
    labels = np.array([random.choice(4, p=row) for row in softmax(logits / 2)])
    for method in ("none", "temperature", "platt"):
        fitted = fit_calibration(logits, labels, task="multiclass", candidates=[method])
        shifted = logits + random.normal(0, 9, (600, 1))
        assert np.allclose(apply(fitted, logits), apply(fitted, shifted))


def test_multilabel_is_fitted_label_by_label() -> None:
    random = np.random.default_rng(8)
    true = random.normal(-1, 2, (4000, 3))
    labels = (random.random((4000, 3)) < sigmoid(true)).astype(int)
    fitted = fit_calibration(true * [3, 1, 1] + [0, 0, 2], labels, task="multilabel")
    assert fitted.method == "per_label"
    assert len(fitted.parameters["labels"]) == 3
    assert np.abs(apply(fitted, true * [3, 1, 1] + [0, 0, 2]) - sigmoid(true)).mean() < 0.02
    restored = Calibration.from_json(json.loads(json.dumps(fitted.as_json())))
    assert np.array_equal(apply(restored, true), apply(fitted, true))


@pytest.mark.parametrize("method", [*METHODS])
def test_json_round_trip_gives_the_same_numbers(method: str) -> None:
    logits, labels, _ = cases(2500, slope=2)
    fitted = fit_calibration(logits, labels, task="binary", candidates=[method])
    assert fitted.method == method
    restored = Calibration.from_json(json.loads(json.dumps(fitted.as_json(), allow_nan=False)))
    assert np.array_equal(apply(restored, logits), apply(fitted, logits))


def test_patients_stay_together_in_cross_validation() -> None:
    """40 patients x 25 identical rows: chance must not pass for evidence because rows repeat."""
    chosen = {"grouped": 0, "ungrouped": 0}
    for seed in range(6):
        logits, labels, _ = cases(40, slope=1.0, seed=seed)
        many, repeated, patient = (
            np.repeat(logits, 25, axis=0),
            np.repeat(labels, 25),
            np.repeat(np.arange(40), 25),
        )
        wanted = {"task": "binary", "candidates": ["none", "temperature", "platt"]}
        chosen["grouped"] += fit_calibration(many, repeated, groups=patient, **wanted).method != "none"
        chosen["ungrouped"] += fit_calibration(many, repeated, **wanted).method != "none"
    assert chosen["grouped"] < chosen["ungrouped"]


def test_unknown_patients_stand_alone() -> None:
    logits, labels, _ = cases(400, slope=3.0)
    alone = fit_calibration(logits, labels, task="binary")
    assert alone.method != "none"
    assert fit_calibration(logits, labels, task="binary", groups=np.array([""] * 400)).method != "none"


@pytest.mark.parametrize(
    "logit",
    [
        np.zeros(60),
        np.full(60, 800.0),
        np.r_[np.full(30, -500.0), np.full(30, 500.0)],
        np.r_[-np.arange(30.0), np.arange(30.0)],
    ],
    ids=["constant", "huge constant", "separable and huge", "separable"],
)
def test_degenerate_logits_give_finite_unsure_probabilities(logit: np.ndarray) -> None:
    labels = np.r_[np.zeros(30, int), np.ones(30, int)]
    for candidates in (METHODS, ["temperature"], ["platt"]):
        fitted = fit_calibration(
            np.column_stack([-logit / 2, logit / 2]), labels, task="binary", candidates=candidates
        )
        probability = apply(fitted, np.column_stack([-logit / 2, logit / 2]))
        assert np.isfinite(probability).all()
        assert ((probability > 0) & (probability < 1)).all()
        json.dumps(fitted.as_json(), allow_nan=False)


@pytest.mark.parametrize(("n", "labels"), [(3, [0, 1, 1]), (1, [0]), (30, [1] * 30), (0, [])])
def test_too_few_cases_leave_the_logits_alone(n: int, labels: list[int]) -> None:
    fitted = fit_calibration(np.zeros((n, 2)), np.array(labels, int), task="binary")
    assert (fitted.method, fitted.parameters) == ("none", {})


def test_wrong_input_is_named() -> None:
    with pytest.raises(UsageError, match="'spline'"):
        fit_calibration(np.zeros((4, 2)), np.zeros(4, int), task="binary", candidates=["spline"])
    with pytest.raises(UsageError, match=r"\(4, 3\)"):
        fit_calibration(np.zeros((4, 3)), np.zeros(4, int), task="binary")
    with pytest.raises(UsageError, match="0 to 2"):
        fit_calibration(np.zeros((4, 2)), np.array([0, 1, 2, 1]), task="binary")
    with pytest.raises(UsageError, match="1 of 3 rows"):
        apply(Calibration("none", "binary"), np.array([[0, 1], [np.nan, 0], [1, 1]]))
    with pytest.raises(StudyMismatch, match="'magic'"):
        Calibration.from_json({"method": "magic", "task": "binary"})


def _log_loss(probability: np.ndarray, labels: np.ndarray) -> float:
    return float(-np.log(probability[np.arange(len(labels)), labels]).mean())
