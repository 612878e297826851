"""The 2x2 table, the table of many classes, and what follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.inputs import check_binary, check_class_indices, check_length
from thirdeye.evaluation.scalars import check_count


@dataclass(frozen=True)
class TwoByTwo:
    """Test against reference: true and false positives and negatives, whole numbers from 0."""

    tp: int
    fp: int
    fn: int
    tn: int

    def __post_init__(self) -> None:
        for cell in (
            "tp",
            "fp",
            "fn",
            "tn",
        ):  # Python's whole numbers: products of four cells overflow others
            object.__setattr__(self, cell, check_count(f"the cell {cell}", getattr(self, cell)))

    @property
    def n(self) -> int:
        """All cases."""
        return self.tp + self.fp + self.fn + self.tn

    def measures(self) -> dict[str, float | None]:
        """Closed forms of the table; None where undefined (0/0), infinite where a ratio has no bound."""
        tp, fp, fn, tn, n = self.tp, self.fp, self.fn, self.tn, self.n
        sensitivity, specificity = ratio(tp, tp + fn), ratio(tn, tn + fp)
        odds = (tp + 0.5) * (tn + 0.5) / ((fp + 0.5) * (fn + 0.5))
        youden = None if sensitivity is None or specificity is None else sensitivity + specificity - 1
        return {
            "n": n,
            "prevalence": ratio(tp + fn, n),
            "accuracy": ratio(tp + tn, n),
            "balanced_accuracy": None if youden is None else (youden + 1) / 2,
            "sensitivity": sensitivity,
            "specificity": specificity,
            "ppv": ratio(tp, tp + fp),
            "npv": ratio(tn, tn + fn),
            "lr_pos": _likelihood_ratio_positive(sensitivity, specificity),
            "lr_neg": None if not specificity or sensitivity is None else (1 - sensitivity) / specificity,
            "dor": ratio(tp * tn, fp * fn, unbounded=True),
            "dor_haldane": odds if n else None,
            "f1": ratio(2 * tp, 2 * tp + fp + fn),
            "mcc": self._mcc(),
            "youden": youden,
        }

    def _mcc(self) -> float | None:
        margins = (self.tp + self.fp) * (self.tp + self.fn) * (self.tn + self.fp) * (self.tn + self.fn)
        return ratio(self.tp * self.tn - self.fp * self.fn, math.sqrt(margins))


def ratio(above: float, below: float, *, unbounded: bool = False) -> float | None:
    """above / below; None for 0/0, and for x/0 too unless the measure is `unbounded`: then infinity."""
    if below == 0:
        return math.inf if unbounded and above > 0 else None
    return above / below


def _likelihood_ratio_positive(sensitivity: float | None, specificity: float | None) -> float | None:
    if sensitivity is None or specificity is None:
        return None
    return ratio(sensitivity, 1 - specificity, unbounded=True)


def predictive_values(
    sensitivity: float, specificity: float, *, prevalence: float
) -> tuple[float | None, float | None]:
    """Positive and negative predictive value at a stated prevalence, by Bayes' theorem.

    Args:
        sensitivity, specificity, prevalence: 0 to 1.

    Raises:
        UsageError: a number outside 0 to 1.
    """
    if not all(0 <= share <= 1 for share in (sensitivity, specificity, prevalence)):
        raise UsageError(
            "sensitivity, specificity and prevalence lie between 0 and 1, "
            f"got {sensitivity}, {specificity}, {prevalence}"
        )
    sick, well = prevalence, 1 - prevalence
    ppv = ratio(sensitivity * sick, sensitivity * sick + (1 - specificity) * well)
    npv = ratio(specificity * well, specificity * well + (1 - sensitivity) * sick)
    return ppv, npv


def two_by_two(labels: Any, calls: Any) -> TwoByTwo:
    """The table of (n,) labels and (n,) positive calls, both of 0 and 1."""
    truth, called = check_binary(labels), check_binary(calls)
    check_length("calls", called, truth.size)
    tp, fp = int((truth & called).sum()), int((~truth & called).sum())
    return TwoByTwo(tp, fp, int(truth.sum()) - tp, int((~truth).sum()) - fp)


def confusion_matrix(labels: Any, predicted: Any, *, k: int) -> NDArray[np.int64]:
    """Counts, (k, k): truth in rows, predicted class in columns.

    Args:
        labels, predicted: (n,) class numbers from 0 to `k` - 1.
        k: number of classes, absent ones included.
    """
    truth, calls = check_class_indices(labels, k), check_class_indices(predicted, k)
    check_length("predicted", calls, truth.size)
    return np.bincount(truth * k + calls, minlength=k * k).reshape(k, k)


def class_totals(labels: Any, predicted: Any, *, k: int) -> NDArray[np.float32]:
    """What each case adds to the hits, truth and predicted totals of each class, (n, 3 k)."""
    true_class, called = check_class_indices(labels, k), check_class_indices(predicted, k)
    check_length("predicted", called, true_class.size)
    truth, calls = true_class[:, None] == np.arange(k), called[:, None] == np.arange(k)
    return np.concatenate([truth & calls, truth, calls], axis=1).astype(np.float32)


# The measures below take totals of each class with any leading shape, so that one call serves a thousand
# resamples: hits, truth and predicted are (..., K) counts. They return NaN where undefined.


def balanced_accuracy(hits: NDArray[Any], truth: NDArray[Any]) -> NDArray[np.float64]:
    """Mean of the classes' recalls, (...,); NaN when a class is absent."""
    return _divide(hits, truth).mean(axis=-1)


def f1_of_classes(hits: NDArray[Any], truth: NDArray[Any], predicted: NDArray[Any]) -> NDArray[np.float64]:
    """F1 of each class, (..., K); NaN for a class neither present nor predicted."""
    return _divide(2 * hits, truth + predicted)


def mcc(hits: NDArray[Any], truth: NDArray[Any], predicted: NDArray[Any]) -> NDArray[np.float64]:
    """Matthews' correlation for K classes (Gorodkin's R_K), (...,); NaN when a column is constant."""
    hits, truth, predicted = (np.asarray(part, dtype=np.float64) for part in (hits, truth, predicted))
    n = truth.sum(axis=-1)
    above = hits.sum(axis=-1) * n - (truth * predicted).sum(axis=-1)
    spread = (n**2 - (predicted**2).sum(axis=-1)) * (n**2 - (truth**2).sum(axis=-1))
    return _divide(above, np.sqrt(spread))


def _divide(above: NDArray[Any], below: NDArray[Any]) -> NDArray[np.float64]:
    blank = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    return np.divide(above, below, out=blank, where=below > 0)
