"""Measures from plain columns: labels and scores, calls or probabilities in, metrics with intervals out.

What `evaluate_set` puts into evaluation.json, for whoever has columns and no study. Columns may be lists,
numpy arrays or pandas Series; labels are 0 and 1, or class numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from thirdeye.evaluation.bootstrap import N_RESAMPLES, resample
from thirdeye.evaluation.bootstrap_statistics import totals_statistic
from thirdeye.evaluation.calibration import calibration_metrics
from thirdeye.evaluation.calibration_error import (
    Forecast,
    calibration_error_metrics,
    calibration_error_statistic,
)
from thirdeye.evaluation.call_agreement import call_agreement
from thirdeye.evaluation.class_areas import class_area_metrics
from thirdeye.evaluation.confusion import class_totals
from thirdeye.evaluation.distributions import check_level
from thirdeye.evaluation.inputs import (
    check_binary,
    check_class_indices,
    check_clusters,
    check_length,
    check_probabilities,
    check_probability_matrix,
    check_scores,
)
from thirdeye.evaluation.likelihood_ratio import Calls, ratio_metrics
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.multiclass import auc_macro, auc_of_classes, one_hot
from thirdeye.evaluation.proper_scores import brier, brier_columns, brier_scaled, log_loss
from thirdeye.evaluation.ranked_evidence import ranked_metrics
from thirdeye.evaluation.ranked_resamples import ranked_statistic
from thirdeye.evaluation.rates import composite_metrics, rate_metrics, units_of
from thirdeye.evaluation.smooth_band import smooth_draws, smooth_metrics, smooth_of


def ranking_measures(
    labels: Any, scores: Any, *, clusters: Any = None, level: float = 0.95, n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> list[Metric]:  # fmt: skip
    """AUC, average precision, area under precision-recall, partial areas raw and corrected.

    Args:
        labels: (n,) of 0 and 1.
        scores: (n,) finite, of any scale; higher means more likely positive.
        clusters: (n,) patient of each row; None where rows are independent.
        level: confidence level.
        n_resamples, seed: of the bootstrap, which draws patients.
    """
    check_level(level)
    truth = check_binary(labels)
    values, groups = check_scores(scores, truth.size), check_clusters(clusters, truth.size)
    statistic = ranked_statistic(truth, values, groups)
    draws = resample([statistic], groups.count, n_resamples=n_resamples, seed=seed)[0]
    whole = statistic(np.ones((1, groups.count), dtype=np.float32))
    return ranked_metrics(truth, values, draws, whole, groups=groups, level=level)


def call_measures(
    labels: Any, called: Any, *, clusters: Any = None, level: float = 0.95, n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> list[Metric]:  # fmt: skip
    """Sensitivity, specificity, predictive values, accuracy, ratios, Youden, F1, MCC, kappa, AC1.

    Args:
        labels: (n,) of 0 and 1.
        called: (n,) of 0 and 1: whether the case was called positive.
        clusters, level, n_resamples, seed: as `ranking_measures`.
    """
    check_level(level)
    truth, said = check_binary(labels), check_binary(called)
    check_length("called", said, truth.size)
    groups = check_clusters(clusters, truth.size)
    columns = class_totals(truth, said, k=2)
    totals = columns.sum(axis=0, dtype=np.float64)
    statistic = totals_statistic(columns, groups)
    draws = resample([statistic], groups.count, n_resamples=n_resamples, seed=seed)[0]
    known: dict[str, Any] = {"n_clusters": groups.count, "level": level}
    return [
        *rate_metrics(truth, said, groups=groups, level=level),
        *ratio_metrics(Calls(truth, said, groups, level)),
        *composite_metrics(totals, draws, units=units_of(truth, groups, k=2), positive=1, **known),
        *call_agreement(totals, draws, **known),
    ]


def probability_measures(
    labels: Any, probabilities: Any, *, clusters: Any = None, level: float = 0.95,
    n_resamples: int = N_RESAMPLES, seed: int = 0,
) -> list[Metric]:  # fmt: skip
    """Brier score, logarithmic loss, calibration intercept and slope, E:O, ECE of both kinds, ICI to Emax.

    Args:
        labels: (n,) of 0 and 1.
        probabilities: (n,) from 0 to 1.
        clusters, level, n_resamples, seed: as `ranking_measures`.
    """
    check_level(level)
    truth = check_binary(labels)
    values, groups = check_probabilities(probabilities, truth.size), check_clusters(clusters, truth.size)
    forecast = Forecast(truth, values, "positive_class")
    statistics = [
        totals_statistic(brier_columns(truth, values), groups),
        calibration_error_statistic([forecast], groups),
    ]  # fmt: skip
    draws = resample(statistics, groups.count, n_resamples=n_resamples, seed=seed)
    found = smooth_of(forecast, level)
    bands = smooth_draws(forecast, groups, n_resamples=n_resamples, seed=seed) if found else np.empty((0, 0))
    known: dict[str, Any] = {"clusters": groups, "level": level}
    errors = calibration_error_metrics(forecast, draws[1], n_clusters=groups.count, level=level)
    return [
        brier(truth, values, **known),
        brier_scaled(truth, values, draws[0], **known),
        log_loss(truth, values, **known),
        *calibration_metrics(truth, values, **known),
        *errors.values(),
        *smooth_metrics(forecast, bands, found=found, groups=groups, level=level),
    ]


def class_measures(
    labels: Any, probabilities: Any, *, k: int, clusters: Any = None, level: float = 0.95
) -> list[Metric]:
    """AUC of each class against the rest; macro, weighted and micro; Hand and Till's M.

    Args:
        labels: (n,) class numbers from 0 to `k` - 1.
        probabilities: (n, k), rows summing to 1.
        k: number of classes, absent ones included.
        clusters, level: as `ranking_measures`.
    """
    check_level(level)
    truth = check_class_indices(labels, k)
    values = check_probability_matrix(probabilities, truth.size, k, sums_to_one=True)
    groups, membership = check_clusters(clusters, truth.size), one_hot(truth, k)
    names: list[str] = [str(number) for number in range(k)]
    known: dict[str, Any] = {"classes": names, "clusters": groups, "level": level}
    return [
        auc_macro(membership, values, **known),
        *class_area_metrics(membership, values, groups=groups, level=level, exclusive=True),
        *auc_of_classes(membership, values, **known),
    ]
