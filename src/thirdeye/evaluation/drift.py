"""Calibration over time: rolling windows of a stream, with control limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.calibration import calibration_metrics
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import check_binary, check_clusters, check_names, check_probabilities
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.scalars import check_count, check_number

WINDOW = 200  # cases
FEWEST_EVENTS = 10  # with and without the condition, below which a window says nothing
SIGMAS = 3.0  # of a window's own standard error (Shewhart's limits)
CALIBRATED: Mapping[str, float] = {
    "calibration_intercept": 0.0, "calibration_slope": 1.0, "expected_over_observed": 1.0,
}  # fmt: skip


@dataclass(frozen=True)
class DriftWindow:
    """Calibration of neighbouring cases of a stream.

    Args:
        first, last: places in the stream, from 0.
        metrics: calibration in the large, slope, expected over observed.
        limits: name to the limits between which it is expected; missing where the window says nothing.
        outside: names of those beyond their limits.
    """

    first: int
    last: int
    metrics: tuple[Metric, ...]
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    outside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drift:
    """Windows in their order.

    Args:
        windows: neighbours overlap where `step` is less than the window.
        reference: what is expected of each measure.
    """

    windows: tuple[DriftWindow, ...]
    reference: Mapping[str, float]

    @property
    def alarms(self) -> tuple[DriftWindow, ...]:
        """Windows with a measure outside its limits."""
        return tuple(window for window in self.windows if window.outside)


def calibration_drift(
    labels: Any, probabilities: Any, order: Any, *, window: int = WINDOW, step: int | None = None,
    clusters: Any = None, reference: Mapping[str, float] | None = None, sigmas: float = SIGMAS,
) -> Drift:  # fmt: skip
    """Calibration in rolling windows, each against control limits around the reference.

    Limits are `sigmas` standard errors of the window's own estimate from the reference; those of expected
    over observed are taken on the logarithm, which is symmetric.

    Args:
        labels: (n,) of 0 and 1.
        probabilities: (n,) from 0 to 1.
        order: (n,) times or numbers that sort; equals keep their order.
        window: cases in each, 2 or more.
        step: cases from one window to the next; None: half a window.
        clusters: (n,) patient of each row, or None.
        reference: name to the value in control; None: perfect calibration (0, 1, 1).
        sigmas: width of the limits; 3 gives one false alarm in about 370 independent estimates.

    Raises:
        UsageError: shapes that do not fit, or a window of less than two cases.
    """
    truth = check_binary(labels)
    values = check_probabilities(probabilities, truth.size)
    times = check_names("order", order)
    if times.dtype.kind == "O" and any(time is None for time in times.ravel()):
        raise UsageError("order: a case has none; leave it out, or say where it belongs")
    window = check_count("the window", window, 2)
    step = None if step is None else check_count("the step", step, 1)
    check_number("sigmas", sigmas, 0)
    if times.shape != truth.shape or window < 2 or (step is not None and step < 1) or sigmas <= 0:
        raise UsageError(
            f"expected an order for each of {truth.size} cases, windows of 2 or more and steps of 1 or more; "
            f"got {times.shape}, {window} and {step}"
        )
    codes = check_clusters(clusters, truth.size).codes
    sequence = np.argsort(times, kind="stable")
    wanted = {**CALIBRATED, **(reference or {})}
    windows = []
    for first in range(0, max(truth.size - window, 0) + 1, step or max(window // 2, 1)):
        rows = sequence[first : first + window]
        metrics = calibration_metrics(truth[rows], values[rows], clusters=_given(codes[rows]))
        windows.append(_judged(first, first + rows.size - 1, metrics, truth[rows], wanted, sigmas))
    return Drift(tuple(windows), wanted)


def _given(codes: NDArray[Any]) -> NDArray[Any]:
    return np.unique(codes, return_inverse=True)[1]


def _judged(
    first: int, last: int, metrics: list[Metric], truth: NDArray[np.bool_], wanted: Mapping[str, float],
    sigmas: float,
) -> DriftWindow:  # fmt: skip
    if min(int(truth.sum()), int((~truth).sum())) < FEWEST_EVENTS:
        return DriftWindow(first, last, tuple(metrics))
    limits = {
        metric.name: held
        for metric in metrics
        if (held := _limits(metric, wanted[metric.name], sigmas)) is not None
    }
    values = {metric.name: metric.value or 0.0 for metric in metrics}
    outside = tuple(name for name, (low, high) in limits.items() if not low <= values[name] <= high)
    return DriftWindow(first, last, tuple(metrics), limits, outside)


def _limits(metric: Metric, centre: float, sigmas: float) -> tuple[float, float] | None:
    if metric.value is None or metric.ci_low is None or metric.ci_high is None:
        return None
    z = two_sided_z(metric.level)
    if metric.name != "expected_over_observed":
        half = sigmas * (metric.ci_high - metric.ci_low) / 2 / z
        return centre - half, centre + half
    if not 0 < metric.ci_low <= metric.ci_high < float("inf"):
        return None
    factor = float(np.exp(sigmas * np.log(metric.ci_high / metric.ci_low) / 2 / z))
    return centre / factor, centre * factor
