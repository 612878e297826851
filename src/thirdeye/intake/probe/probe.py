"""One probe: features in, how well they tell the classes out, with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.multiclass import auc_macro
from thirdeye.intake.probe.folds import deal_folds
from thirdeye.intake.probe.ridge import out_of_fold, reduced, standardise
from thirdeye.intake.probe.target import Target

LEVEL = 0.95
JUDGED_LEVEL = 0.99  # several questions are asked of one dataset, and folds share their training rows
MOST_FEATURES = 128


@dataclass(frozen=True)
class Probe:
    """What a model told about the classes, never having seen the patient.

    Args:
        scores: (n, k) out of fold.
        overall: AUC of the positive class, or the macro AUC of several.
        of_classes: AUC of each class that is asked for (see `Target.asked`).
        told_best: column of the class that is told best.
        low: lower limit of that class's AUC at `JUDGED_LEVEL`, which holds for all classes together
            (Bonferroni); 0 where there is no interval.
    """

    scores: NDArray[np.float64]
    overall: Metric
    of_classes: tuple[Metric, ...]
    told_best: int
    low: float

    @property
    def best(self) -> Metric:
        """AUC of the class that is told best."""
        return max(self.of_classes, key=lambda metric: metric.value or 0.0)


def ask(features: NDArray[np.generic], target: Target, *, seed: int) -> Probe:
    """Can these features tell the classes of patients that the model has not seen?

    Args:
        features: (n, p), rows as in `target`.
        target: what is asked.
        seed: of the folds.
    """
    return ask_prepared(reduced(standardise(features), MOST_FEATURES), target, seed=seed)


def ask_prepared(columns: NDArray[np.float32], target: Target, *, seed: int) -> Probe:
    """As `ask`, of columns whose scale is meant (principal components)."""
    folds = deal_folds(target.membership, target.groups, seed=seed)
    return judge(out_of_fold(columns, target.membership, folds), target)


def judge(scores: NDArray[np.float64], target: Target) -> Probe:
    """The AUCs of out-of-fold scores, (n, k), with intervals over patients."""
    asked = target.asked
    strict = 1 - (1 - JUDGED_LEVEL) / len(asked)
    of_classes, lows = [], []
    for column in asked:
        has, score = target.membership[:, column], scores[:, column]
        metric = auc(has, score, clusters=target.groups, level=LEVEL)
        of_classes.append(metric.with_(class_name=target.classes[column]))
        lows.append(auc(has, score, clusters=target.groups, level=strict).ci_low or 0.0)
    best = int(np.argmax([metric.value or 0.0 for metric in of_classes]))
    return Probe(scores, _overall(scores, target, of_classes), tuple(of_classes), asked[best], lows[best])


def _overall(scores: NDArray[np.float64], target: Target, of_classes: list[Metric]) -> Metric:
    if len(of_classes) == 1:
        return of_classes[0]
    return auc_macro(
        target.membership, scores, classes=list(target.classes), clusters=target.groups, level=LEVEL
    )


def in_words(metric: Metric) -> str:
    """``"0.83 (95 % interval 0.80 to 0.86)"``."""
    if metric.value is None:
        return "not defined"
    if metric.ci_low is None or metric.ci_high is None:
        return f"{metric.value:.2f}"
    return f"{metric.value:.2f} (95 % interval {metric.ci_low:.2f} to {metric.ci_high:.2f})"
