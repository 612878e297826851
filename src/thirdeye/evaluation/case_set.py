"""A set of cases to be evaluated: labels, probabilities and who belongs together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.bootstrap import N_RESAMPLES
from thirdeye.evaluation.distributions import check_level
from thirdeye.evaluation.inputs import (
    Clusters,
    check_class_indices,
    check_clusters,
    check_probability_matrix,
)
from thirdeye.evaluation.predictive_value import check_prevalence
from thirdeye.evaluation.threshold import Threshold, read_thresholds

TASKS = ("binary", "multiclass", "multilabel", "ordinal")


@dataclass(frozen=True)
class CaseSet:
    """Checked input of an evaluation.

    Args:
        membership: (n, K) whether the case has the label; one True in a row unless the task is multi-label.
        probabilities: (n, K) calibrated, columns in `classes` order.
        classes: names.
        positive: column of the positive class (binary only).
        groups: patient of each row; each row on its own where no patient is known.
        thresholds: operating points, fixed before.
        level: confidence level.
        n_resamples, seed: of every bootstrap.
        prevalences: of the condition where the reader will be used, as stated; the first is reported.
    """

    membership: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    classes: tuple[str, ...]
    positive: int | None
    groups: Clusters
    thresholds: tuple[Threshold, ...]
    level: float = 0.95
    n_resamples: int = N_RESAMPLES
    seed: int = 0
    prevalences: tuple[float, ...] = ()

    @property
    def n(self) -> int:
        """Cases."""
        return len(self.membership)

    @property
    def labels(self) -> NDArray[np.int64]:
        """(n,) class numbers; meaningful unless the task is multi-label."""
        return self.membership.argmax(axis=1)

    @property
    def predicted(self) -> NDArray[np.int64]:
        """(n,) most probable class; the earlier class where two are equal."""
        return self.probabilities.argmax(axis=1)


def read_case_set(
    *, labels: Any, probabilities: Any, classes: Sequence[str], task: str, positive: str | None,
    clusters: Any, operating_points: Sequence[Mapping[str, Any]] = (), level: float = 0.95,
    n_resamples: int = N_RESAMPLES, seed: int = 0, prevalences: Sequence[float] = (),
) -> CaseSet:  # fmt: skip
    """Checks everything that comes in; see `evaluate_set` for the arguments.

    Raises:
        UsageError: shapes, names or task that do not fit together.
        DataRefused: a label or probability that cannot be one.
    """
    if task not in TASKS:
        raise UsageError(f"no task is called '{task}'; there are {', '.join(TASKS)}")
    if len(classes) < (1 if task == "multilabel" else 2) or len(set(classes)) < len(classes):
        raise UsageError(f"expected distinct class names, two or more, got {list(classes)}")
    membership = (
        _multilabel(labels, len(classes)) if task == "multilabel" else _exclusive(labels, len(classes))
    )
    values = check_probability_matrix(
        probabilities, len(membership), len(classes), sums_to_one=task != "multilabel"
    )
    return CaseSet(
        membership, values, tuple(classes), _positive(classes, task, positive),
        check_clusters(clusters, len(membership)), _thresholds(operating_points, classes, positive, task),
        check_level(level), n_resamples, seed, _prevalences(prevalences, task),
    )  # fmt: skip


def _prevalences(prevalences: Sequence[float], task: str) -> tuple[float, ...]:
    if prevalences and task != "binary":
        raise UsageError(f"a prevalence is stated for a yes-or-no question; the task here is {task}")
    return tuple(dict.fromkeys(check_prevalence(share) for share in prevalences))


def _thresholds(
    points: Sequence[Mapping[str, Any]], classes: Sequence[str], positive: str | None, task: str
) -> tuple[Threshold, ...]:
    read = read_thresholds(points, classes=classes)
    for point in read:
        if task == "binary" and point.class_name not in (None, positive):
            raise UsageError(f"operating point '{point.name}' cuts '{point.class_name}', not '{positive}'")
        if task != "binary" and point.class_name is None:
            raise UsageError(f"operating point '{point.name}' must name the class whose probability it cuts")
    return tuple(replace(point, class_name=None) if task == "binary" else point for point in read)


def _exclusive(labels: Any, k: int) -> NDArray[np.bool_]:
    return check_class_indices(labels, k)[:, None] == np.arange(k)


def _multilabel(labels: Any, k: int) -> NDArray[np.bool_]:
    values = np.asarray(labels)
    if values.ndim != 2 or values.shape[1] != k or len(values) == 0:
        raise UsageError(
            f"labels: expected one row of {k} labels for each case, got an array of {values.shape}"
        )
    wrong = np.argwhere((values != 0) & (values != 1))
    if len(wrong):
        row, column = wrong[0]
        raise DataRefused(f"labels: expected 0 or 1, got {values[row, column]} in row {row}, column {column}")
    return values == 1


def _positive(classes: Sequence[str], task: str, positive: str | None) -> int | None:
    if task != "binary":
        return None
    if len(classes) != 2 or positive is None or positive not in classes:
        raise UsageError(
            f"a binary task needs two classes and its positive one, got {list(classes)}, {positive!r}"
        )
    return list(classes).index(positive)
