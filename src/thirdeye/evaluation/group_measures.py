"""The measures that groups are compared by, each knowing how to be had of any group of cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.group_estimates import (
    Estimate,
    Flags,
    Floats,
    area_of,
    combined,
    held_clusters,
    mean_of,
)
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import MIN_EVENTS
from thirdeye.evaluation.threshold import Threshold

Family = Literal["performance", "prevalence_dependent", "described"]
Kind = Literal["share", "area", "mean"]
MOST_CLASSES = 12  # with more, classes are not compared one by one
TERMS = {
    "sensitivity": "equal opportunity difference",
    "false_positive_rate": "false-positive-rate gap",
    "selection_rate": "demographic parity difference",
    "ppv": "predictive parity difference",
    "calibration_in_the_large": "calibration gap",
}


@dataclass(frozen=True, kw_only=True)
class GroupMeasure:
    """One measure as columns over the cases of a set; its value is the mean of the columns' values.

    Args:
        name: of the measure ("sensitivity").
        kind: "share" and "mean": the mean of `values` over the `eligible`; "area": the AUC of `values`, with
            `eligible` the truth.
        family: "performance" is tested for the verdict; "prevalence_dependent" differs wherever the condition
            is more common in one group, and is tested apart; "described" is given without a test.
        eligible: (n, C).
        values: (n, C).
        groups: patient of each row.
        columns: names of the columns, where there are several.
        threshold: operating point of a thresholded measure.
        class_name: the class it is about.
        truth: (n,) of a measure that needs cases and non-cases, though it is a mean over both.
    """

    name: str
    kind: Kind
    family: Family
    eligible: Flags
    values: Floats
    groups: Clusters
    columns: tuple[str, ...] = ()
    threshold: Threshold | None = None
    class_name: str | None = None
    truth: Flags | None = None

    @property
    def term(self) -> str:
        """What the field calls a gap in it."""
        return TERMS.get(self.name, f"{self.name.replace('_', ' ')} gap")

    @property
    def among_several(self) -> bool:
        """Whether the value is a mean over columns."""
        return self.values.shape[1] > 1

    def estimate(self, rows: Flags) -> Estimate | None:
        """Of some rows, (n,); None where a column has no value there."""
        width = self.values.shape[1]
        found = []
        for column in range(width):
            eligible, values = self.eligible[:, column], self.values[:, column]
            if self.kind == "area":
                one = area_of(eligible, values, rows, self.groups)
            else:
                one = mean_of(values, rows & eligible, self.groups)
            if one is None:
                return None
            found.append((1 / width, one))
        if width == 1:
            return found[0][1]
        joint = combined(found, self.groups.count)
        return replace(joint, n=int(rows.sum()), n_clusters=held_clusters(self.groups, rows))

    def smallest(self, rows: Flags) -> int:
        """The fewest patients of any kind that the value rests on there."""
        kinds = [self.eligible[:, c] for c in range(self.eligible.shape[1])]
        if self.kind == "area":
            kinds += [~one for one in kinds]
        if self.truth is not None:
            kinds += [self.truth, ~self.truth]
        return min(held_clusters(self.groups, rows & one) for one in kinds)

    def common(self, first: Flags, second: Flags) -> GroupMeasure | None:
        """The measure over the columns with enough patients in both groups; None where none is left.

        A measure of one column stays as it is.
        """
        if not self.among_several:
            return self
        kept = [
            c for c in range(self.values.shape[1])
            if min(self._of(c).smallest(first), self._of(c).smallest(second)) >= MIN_EVENTS
        ]  # fmt: skip
        if len(kept) < 2:
            return None
        names = tuple(self.columns[c] for c in kept)
        return replace(self, eligible=self.eligible[:, kept], values=self.values[:, kept], columns=names)

    def _of(self, column: int) -> GroupMeasure:
        part = slice(column, column + 1)
        return replace(self, eligible=self.eligible[:, part], values=self.values[:, part], columns=())


def group_measures(cases: CaseSet, task: str) -> list[GroupMeasure]:
    """What groups of a set are compared by, for its task."""
    return list(_binary(cases) if task == "binary" else _several(cases, task))


def _binary(cases: CaseSet) -> Iterator[GroupMeasure]:
    column = cases.positive or 0
    truth, scores = cases.membership[:, column], cases.probabilities[:, column]
    everyone = np.ones(cases.n, dtype=bool)
    yield _measure(cases, "auc", "area", "performance", truth, scores)
    residual = truth - scores
    yield replace(
        _measure(cases, "calibration_in_the_large", "mean", "performance", everyone, residual), truth=truth
    )
    for point in cases.thresholds:
        called = scores >= point.threshold
        rates: tuple[tuple[str, Family, Flags, Flags], ...] = (
            ("sensitivity", "performance", truth, called),
            ("false_positive_rate", "performance", ~truth, called),
            ("ppv", "prevalence_dependent", called, truth),
            ("npv", "prevalence_dependent", ~called, ~truth),
            ("selection_rate", "prevalence_dependent", everyone, called),
        )
        for name, family, eligible, values in rates:
            yield _measure(cases, name, "share", family, eligible, values, threshold=point)


def _several(cases: CaseSet, task: str) -> Iterator[GroupMeasure]:
    names, everyone = cases.classes, np.ones(cases.n, dtype=bool)
    yield replace(
        _measure(cases, "auc_macro", "area", "performance", cases.membership, cases.probabilities),
        columns=names,
    )
    if task == "multilabel":
        right = ((cases.probabilities >= 0.5) == cases.membership).all(axis=1)
        yield _measure(cases, "accuracy", "share", "prevalence_dependent", everyone, right)
    else:
        yield from _calls(cases, task)
    if len(names) <= MOST_CLASSES:
        yield from _by_class(cases, task)


def _calls(cases: CaseSet, task: str) -> Iterator[GroupMeasure]:
    """Of the most probable class."""
    everyone, right = np.ones(cases.n, dtype=bool), cases.labels == cases.predicted
    hits = np.repeat(right[:, None], len(cases.classes), axis=1)
    recalls = _measure(cases, "balanced_accuracy", "mean", "performance", cases.membership, hits)
    yield replace(recalls, columns=cases.classes)
    yield _measure(cases, "accuracy", "share", "prevalence_dependent", everyone, right)
    if task == "ordinal":
        away = np.abs(cases.labels - cases.predicted)
        yield _measure(cases, "mean_absolute_error", "mean", "prevalence_dependent", everyone, away)


def _by_class(cases: CaseSet, task: str) -> Iterator[GroupMeasure]:
    """The sensitivity of each class; for labels that do not exclude each other the AUC of each."""
    for column, name in enumerate(cases.classes):
        truth = cases.membership[:, column]
        if task == "multilabel":
            one = _measure(cases, "auc", "area", "performance", truth, cases.probabilities[:, column])
        else:
            one = _measure(cases, "sensitivity", "share", "performance", truth, cases.predicted == column)
        yield replace(one, class_name=name)


def _measure(
    cases: CaseSet, name: str, kind: Kind, family: Family, eligible: NDArray[np.bool_], values: NDArray,
    *, threshold: Threshold | None = None,
) -> GroupMeasure:  # fmt: skip
    shape = (cases.n, -1)
    return GroupMeasure(
        name=name, kind=kind, family=family, eligible=np.asarray(eligible, bool).reshape(shape),
        values=np.asarray(values, np.float64).reshape(shape), groups=cases.groups, threshold=threshold,
    )  # fmt: skip
