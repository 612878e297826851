"""Calibration over time: quiet in control, loud after a change."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.audits.drift import drifted
from thirdeye.evaluation.calibration import calibration_metrics
from thirdeye.evaluation.drift import calibration_drift


def stream(n, shift_from=None, shift=1.0, seed=0):
    """Calibrated probabilities; from `shift_from` on the outcome is likelier than they say."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-0.5, 1.2, n)
    true = odds + (0 if shift_from is None else np.where(np.arange(n) >= shift_from, shift, 0))
    return (rng.random(n) < 1 / (1 + np.exp(-true))).astype(int), 1 / (1 + np.exp(-odds))


def test_a_stream_in_control_raises_few_alarms():
    alarms = windows = 0
    for seed in range(20):
        labels, probabilities = stream(1000, seed=seed)
        drift = calibration_drift(labels, probabilities, np.arange(1000), window=200, step=200)
        windows += len(drift.windows)
        alarms += len(drift.alarms)
    assert windows == 100
    assert alarms <= 4  # three measures at three standard errors: below one in a hundred


def test_a_change_is_seen_after_it_happened():
    labels, probabilities = stream(2000, shift_from=1000)
    drift = calibration_drift(labels, probabilities, np.arange(2000), window=200, step=200)
    loud = [bool(window.outside) for window in drift.windows]
    assert loud == [False] * 5 + [True] * 5
    late = drift.windows[-1]
    assert "calibration_intercept" in late.outside
    assert "expected_over_observed" in late.outside
    audit = drifted(drift)[0]
    assert (audit.id, audit.severity) == ("calib.drift", "warning")
    assert "5 of 10 windows" in audit.sentence


def test_order_is_by_time_and_not_by_row():
    labels, probabilities = stream(1000, shift_from=500)
    mixed = np.random.default_rng(1).permutation(1000)
    one = calibration_drift(labels, probabilities, np.arange(1000))
    two = calibration_drift(labels[mixed], probabilities[mixed], mixed)
    assert [w.metrics for w in one.windows] == [w.metrics for w in two.windows]


def test_windows_overlap_by_half_and_are_the_plain_measures():
    labels, probabilities = stream(500)
    drift = calibration_drift(labels, probabilities, np.arange(500), window=200)
    assert [(w.first, w.last) for w in drift.windows] == [(0, 199), (100, 299), (200, 399), (300, 499)]
    assert list(drift.windows[1].metrics) == calibration_metrics(labels[100:300], probabilities[100:300])


def test_a_reference_moves_the_limits():
    labels, probabilities = stream(400, shift_from=0)
    ratio = float(probabilities.mean() / labels.mean())
    asked = {"calibration_intercept": 1.0, "expected_over_observed": ratio}
    assert calibration_drift(labels, probabilities, np.arange(400), window=400).alarms
    assert not calibration_drift(labels, probabilities, np.arange(400), window=400, reference=asked).alarms


def test_a_window_with_few_events_says_nothing():
    labels, probabilities = stream(300)
    labels[:] = 0
    labels[::60] = 1
    drift = calibration_drift(labels, probabilities, np.arange(300), window=300)
    assert drift.windows[0].limits == {}
    assert drift.alarms == ()
    assert drifted(drift) == []


def test_quiet_is_information():
    labels, probabilities = stream(1000, seed=3)
    audit = drifted(calibration_drift(labels, probabilities, np.arange(1000), step=200))[0]
    assert audit.severity == "info"
    assert "all 5 windows" in audit.sentence


@pytest.mark.parametrize("given", [{"window": 1}, {"step": 0}, {"sigmas": 0}])
def test_impossible_windows_are_refused(given):
    labels, probabilities = stream(300)
    with pytest.raises(UsageError):
        calibration_drift(labels, probabilities, np.arange(300), **given)
    with pytest.raises(UsageError):
        calibration_drift(labels, probabilities, np.arange(200))
