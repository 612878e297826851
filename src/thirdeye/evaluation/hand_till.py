"""Many classes: areas under the ROC pair by pair (Hand & Till 2001)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from thirdeye.evaluation.auc import auc_of_counts
from thirdeye.evaluation.inputs import check_class_indices, check_probability_matrix, check_scores
from thirdeye.evaluation.roc import count_scores


def hand_till(labels: Any, probabilities: Any, *, k: int) -> float | None:
    """Hand and Till's M (2001): the mean over pairs of classes of how well each separates from the other.

    Args:
        labels: (n,) class numbers.
        probabilities: (n, k), rows summing to 1.
        k: number of classes.

    Returns:
        None when a class is absent.
    """
    truth = check_class_indices(labels, k)
    values = check_probability_matrix(probabilities, truth.size, k, sums_to_one=True)
    if np.unique(truth).size < k:
        return None
    areas = []
    for one, other in combinations(range(k), 2):
        rows = (truth == one) | (truth == other)
        areas.append(auc_of_counts(count_scores(truth[rows] == one, values[rows, one])))
        areas.append(auc_of_counts(count_scores(truth[rows] == other, values[rows, other])))
    return float(np.mean(areas))


def hand_till_single_score(labels: Any, scores: Any, *, k: int) -> float | None:
    """Hand and Till's M for one score shared by all classes, as pROC's multiclass.roc gives it.

    Each pair of classes is read in the direction in which its medians lie.

    Args:
        labels: (n,) class numbers.
        scores: (n,) finite.
        k: number of classes.

    Returns:
        None when a class is absent.
    """
    truth = check_class_indices(labels, k)
    values = check_scores(scores, truth.size)
    if np.unique(truth).size < k:
        return None
    areas = []
    for low, high in combinations(range(k), 2):
        rows = (truth == low) | (truth == high)
        area = auc_of_counts(count_scores(truth[rows] == high, values[rows]))
        rising = np.median(values[truth == low]) <= np.median(values[truth == high])
        areas.append(area if rising else 1 - area)
    return float(np.mean(areas))
