"""Calibration error as a metric: its interval comes from resampled gaps in fixed bins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import Statistic, Weights, bootstrap_metric
from thirdeye.evaluation.bootstrap_statistics import sum_by_cluster
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.reliability import Binning, bin_probabilities, calibration_error

N_BINS = 10
CONVENTION = (
    "mean gap between event rate and mean probability over filled bins, 0 is ideal; biased upwards in small "
    "sets, and so is its interval"
)


@dataclass(frozen=True)
class Forecast:
    """Probabilities and what they are of.

    Args:
        truth: (n,) whether it happened.
        probabilities: (n,) from 0 to 1.
        kind: "positive_class", "top_label" or "one_vs_rest".
        class_name: the class, where there are several.
    """

    truth: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    kind: str
    class_name: str | None = None


def calibration_error_statistic(forecasts: Sequence[Forecast], groups: Clusters) -> Statistic:
    """Both calibration errors of each forecast in each resample, (b, 2 f), with the bins of the data."""
    columns = [
        sum_by_cluster(_gaps(forecast, binning), groups)
        for forecast in forecasts
        for binning in get_args(Binning)
    ]
    sizes = np.bincount(groups.codes, minlength=groups.count).astype(np.float32)
    held = np.concatenate([*columns, sizes[:, None]], axis=1).astype(np.float32)

    def statistic(weights: Weights) -> NDArray[np.float64]:
        totals = weights @ held
        gaps = np.abs(totals[:, :-1]).reshape(len(totals), -1, N_BINS).sum(axis=2)
        return (gaps / totals[:, -1:]).astype(np.float64)

    return statistic


def _gaps(forecast: Forecast, binning: Binning) -> NDArray[np.float64]:
    bins = bin_probabilities(forecast.truth, forecast.probabilities, n_bins=N_BINS, binning=binning)
    gaps = np.zeros((forecast.truth.size, N_BINS))
    gaps[np.arange(forecast.truth.size), bins.of] = forecast.probabilities - forecast.truth
    return gaps


def calibration_error_metrics(
    forecast: Forecast, draws: NDArray[np.float64], *, n_clusters: int, level: float
) -> dict[str, Metric]:
    """Expected calibration error with both binnings, by name.

    Args:
        forecast: the probabilities.
        draws: (B, 2) resampled errors in the order of the binnings.
        n_clusters: resampled units.
        level: confidence level.
    """
    n = forecast.truth.size
    metrics = {}
    for which, binning in enumerate(get_args(Binning)):
        name = f"ece_{binning}_{N_BINS}"
        value, _ = calibration_error(forecast.truth, forecast.probabilities, n_bins=N_BINS, binning=binning)
        metrics[name] = bootstrap_metric(
            name, value, draws[:, which], reason="no case", n=n, n_clusters=n_clusters, groups_of=n,
            level=level, convention=CONVENTION, class_name=forecast.class_name,
        )  # fmt: skip
    return metrics
