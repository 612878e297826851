"""Recalibration to external data: offered in a block and a file of its own, never put into the reader."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.calibration import calibration_metrics
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.proper_scores import brier, mean_metric
from thirdeye.evaluation.recalibration import METHODS, CrossFitted, cross_fit, log_loss, recommended
from thirdeye.evaluation.reliability import reliability_curve
from thirdeye.evaluation.smooth_calibration import smooth_calibration
from thirdeye.journey.scoring import Scored
from thirdeye.plan.plan import Plan

RECALIBRATION_VERSION = 1
TITLES = {
    "none": "as the reader gives them",
    "intercept": "intercept updated",
    "intercept_slope": "intercept and slope updated",
    "isotonic": "isotonic regression",
}
NOTE = (
    "Fitted on these external cases; shown as each case gets it from an update that never saw its patient. "
    "The order of the cases, and with it the AUC, stays as it was. The reader itself is unchanged; operating "
    "points are the same cases at the threshold that the update makes of theirs."
)


def recalibrated(scored: Scored, plan: Plan, *, clusters: NDArray[Any] | None) -> dict[str, Any]:
    """The block "recalibrated" of a set.

    Args:
        scored: the external cases.
        plan: task, classes, positive class, seed.
        clusters: (n,) patients, or None.
    """
    labels, given = scored.labels, scored.network
    positive = None if plan.positive is None else plan.classes.index(plan.positive)
    found = {
        method: cross_fit(
            method, labels, given, task=plan.task, positive=positive, clusters=clusters, seed=plan.seed
        )
        for method in METHODS
    }
    fitted = {name: one for name, one in found.items() if isinstance(one, CrossFitted)}
    losses = {"none": log_loss(labels, given, task=plan.task)}
    losses |= {name: log_loss(labels, one.probabilities, task=plan.task) for name, one in fitted.items()}
    caution = _caution(labels, given, plan, clusters)
    tables = {"none": given} | {name: one.probabilities for name, one in fitted.items()}
    return {
        "note": NOTE,
        "recommended": recommended(losses, clusters) if fitted and not caution else None,
        "caution": caution,
        "methods": [
            {
                "method": name,
                "title": TITLES[name],
                "update": None if name == "none" else fitted[name].update.as_json(),
                "folds": None if name == "none" else fitted[name].folds,
                **_measured(labels, table, losses[name], plan, clusters),
            }
            for name, table in tables.items()
        ],
        "not_offered": {name: one for name, one in found.items() if isinstance(one, str)},
    }


def _caution(
    labels: NDArray[np.int64], table: NDArray[np.float64], plan: Plan, clusters: NDArray[Any] | None
) -> str:
    """Why no update can help, "" where one may: a reader that does not rank has nothing to recalibrate."""
    if plan.positive is None:
        return ""
    column = plan.classes.index(plan.positive)
    area = auc(_has(labels, column), table[:, column], clusters=clusters)
    low = area.value if area.ci_low is None else area.ci_low
    if low is None or low > 0.5:
        return ""
    return (
        "On these data the reader has not been shown to rank cases better than chance; no update of its "
        "probabilities makes up for that."
    )


def _measured(
    labels: NDArray[np.int64],
    table: NDArray[np.float64],
    loss: NDArray[np.float64],
    plan: Plan,
    clusters: NDArray[Any] | None,
) -> dict[str, Any]:
    """Calibration of one table of probabilities: of the positive class, else of each class."""
    losses = mean_metric(
        loss, name="log_loss", clusters=check_clusters(clusters, len(loss)), level=0.95,
        convention="in nats a case; for multi-label summed over the labels",
    )  # fmt: skip
    columns = range(len(plan.classes)) if plan.positive is None else [plan.classes.index(plan.positive)]
    metrics = [losses]
    for column in columns:
        truth, values = _has(labels, column), table[:, column]
        name = None if plan.positive is not None else plan.classes[column]
        here = [
            brier(truth, values, clusters=clusters),
            *calibration_metrics(truth, values, clusters=clusters),
        ]
        metrics += [metric.with_(class_name=name) for metric in here]
    block: dict[str, Any] = {"metrics": [metric.as_json() for metric in metrics]}
    if plan.positive is not None:
        block |= curve_of(_has(labels, columns[0]), table[:, columns[0]], clusters)
    return block


def curve_of(
    truth: NDArray[np.bool_], values: NDArray[np.float64], clusters: NDArray[Any] | None
) -> dict[str, Any]:
    """Bins of equal mass and, where it is defined, the smooth curve with its ICI, E50, E90 and Emax."""
    groups = check_clusters(clusters, truth.size)
    bins = reliability_curve(truth, values, n_bins=10, binning="equal_mass", clusters=groups, level=0.95)
    smooth = smooth_calibration(truth, values)
    if smooth is None:
        return {"bins": bins, "smooth": None}
    kept = np.unique(np.linspace(0, smooth.probability.size - 1, 100).round().astype(int))
    curve = {
        name: getattr(smooth, name)[kept].tolist() for name in ("probability", "event_rate", "low", "high")
    }
    distances = {name: getattr(smooth, name) for name in ("ici", "e50", "e90", "emax", "convention")}
    return {"bins": bins, "smooth": {**curve, **distances}}


def _has(labels: NDArray[np.int64], column: int) -> NDArray[np.bool_]:
    return labels == column if labels.ndim == 1 else labels[:, column] == 1


def recalibration_file(
    block: dict[str, Any], plan: Plan, source: dict[str, Any], calibration: dict[str, Any]
) -> dict[str, Any]:
    """The content of ``external/NAME/recalibration.json``.

    Args:
        block: from `recalibrated`.
        plan: task, classes, positive class.
        source: of the set: name, model_sha256, n, ...
        calibration: of the reader, over which the update is put.
    """
    return {
        "version": RECALIBRATION_VERSION,
        "notice": "An offer, never put into the reader: thirdeye read --recalibration FILE uses it.",
        "task": plan.task,
        "classes": list(plan.classes),
        "positive": plan.positive,
        "source": source,
        "calibration": calibration,
        "recommended": block["recommended"],
        "updates": {one["method"]: one["update"] for one in block["methods"] if one["update"] is not None},
        "not_offered": block["not_offered"],
    }
