"""Curves as JSON arrays, thinned so that their shape stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.calibration_error import N_BINS, Forecast
from thirdeye.evaluation.distributions import normal_two_sided_p
from thirdeye.evaluation.hosmer_lemeshow import hosmer_lemeshow
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import Metric, number
from thirdeye.evaluation.precision_recall import precision_recall_curve
from thirdeye.evaluation.reliability import (
    Binning,
    brier_decomposition,
    calibration_error,
    reliability_curve,
    spiegelhalter_z,
)
from thirdeye.evaluation.roc import roc_curve

MAX_POINTS = 500


def thin(x: NDArray[np.float64], y: NDArray[np.float64], *, at_most: int = MAX_POINTS) -> NDArray[np.intp]:
    """Rows to keep: corners of the line first; if they are too many, evenly along its length, ends included.

    Args:
        x, y: (n,) points of a line in order.
        at_most: rows to keep, at least 2.
    """
    if x.size <= 2:
        return np.arange(x.size)
    dx, dy = np.diff(x), np.diff(y)
    turn = np.abs(dx[1:] * dy[:-1] - dx[:-1] * dy[1:]) > 1e-15
    keep = np.flatnonzero(np.concatenate([[True], turn, [True]]))
    if keep.size <= at_most:
        return keep
    length = np.append(0, np.cumsum(np.abs(np.diff(x[keep])) + np.abs(np.diff(y[keep]))))
    stops = np.searchsorted(length, np.linspace(0, length[-1], at_most))
    return keep[np.unique(np.minimum(stops, keep.size - 1))]


def curves_of(
    truth: NDArray[np.bool_],
    probabilities: NDArray[np.float64],
    *,
    groups: Clusters,
    level: float,
    at_most: int = MAX_POINTS,
) -> dict[str, Any]:
    """ROC, precision-recall and reliability curves, JSON-ready; null where one class is absent.

    Args:
        truth: (n,) labels.
        probabilities: (n,) from 0 to 1.
        groups: patient of each row.
        level: confidence level of the reliability curve's intervals.
        at_most: points of a curve.
    """
    both = bool(truth.any() and not truth.all())
    return {
        "roc": _roc(truth, probabilities, at_most) if both else None,
        "pr": _pr(truth, probabilities, at_most) if truth.any() else None,
        "reliability": reliability_curve(truth, probabilities, n_bins=N_BINS, clusters=groups, level=level),
    }


def _roc(truth: NDArray[np.bool_], scores: NDArray[np.float64], at_most: int) -> dict[str, Any]:
    curve = roc_curve(truth, scores)
    keep = thin(1 - curve.specificity, curve.sensitivity, at_most=at_most)
    return {
        "thresholds": [None, *curve.thresholds[keep][1:].tolist()],
        "sensitivity": curve.sensitivity[keep].tolist(),
        "specificity": curve.specificity[keep].tolist(),
    }


def _pr(truth: NDArray[np.bool_], scores: NDArray[np.float64], at_most: int) -> dict[str, Any]:
    curve = precision_recall_curve(truth, scores)
    keep = thin(curve.recall, curve.precision, at_most=at_most)
    return {
        "thresholds": curve.thresholds[keep].tolist(),
        "precision": curve.precision[keep].tolist(),
        "recall": curve.recall[keep].tolist(),
        "baseline": curve.baseline,
    }


def calibration_of(
    forecast: Forecast, errors: Mapping[str, Metric], *, groups: Clusters, level: float
) -> dict[str, Any]:
    """Bins, calibration errors with both binnings, the parts of the Brier score and Spiegelhalter's test.

    Args:
        forecast: probabilities and what they are of.
        errors: expected calibration errors by name, from `calibration_error_metrics`.
        groups: patient of each row.
        level: confidence level of the bins' intervals.
    """
    truth, values = forecast.truth, forecast.probabilities
    block: dict[str, Any] = {"class": forecast.class_name} if forecast.class_name is not None else {}
    block |= {"kind": forecast.kind, "n": int(truth.size), "n_clusters": groups.count}
    block |= {name: metric.as_json() for name, metric in errors.items()}
    for binning in get_args(Binning):
        known: dict[str, Any] = {"n_bins": N_BINS, "binning": binning}
        block[f"mce_{binning}_{N_BINS}"] = calibration_error(truth, values, **known)[1]
        block[f"bins_{binning}"] = reliability_curve(truth, values, clusters=groups, level=level, **known)
    block["brier_decomposition"] = brier_decomposition(truth, values, n_bins=N_BINS)
    z = spiegelhalter_z(truth, values)
    block |= {"spiegelhalter_z": z, "spiegelhalter_p": None if z is None else normal_two_sided_p(z)}
    block["hosmer_lemeshow"] = _hosmer_lemeshow(truth, values)
    return block


def _hosmer_lemeshow(truth: NDArray[np.bool_], values: NDArray[np.float64]) -> dict[str, Any]:
    """The test on cases that the model was not fitted to: as many degrees of freedom as groups."""
    found = hosmer_lemeshow(truth, values, fitted_here=False)
    return {
        "chi2": number(found.chi2),
        "df": found.df,
        "p": number(found.p),
        "groups": found.groups,
        "convention": "deciles of probability, equal ones merged; secondary: large sets reject any model",
    }
