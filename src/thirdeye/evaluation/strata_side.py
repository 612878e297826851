"""One side of the search for hidden strata: cases on which they are sought, or on which they are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.threshold import half

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Side:
    """Cases with what is known of them.

    Args:
        cases: labels, probabilities, patients and operating points.
        columns: metadata, name to the value of each case.
        facts: image facts, name to a number for each case; NaN where there is none.
        features: (n, C) of the network; None where they were not kept.
    """

    cases: CaseSet
    columns: Mapping[str, Sequence[Any]]
    facts: Mapping[str, Floats]
    features: NDArray[np.floating[Any]] | None = None

    @property
    def called(self) -> Flags:
        """(n,) binary: called positive at the first operating point."""
        point = (*self.cases.thresholds, half())[0]
        called: Flags = self.cases.probabilities[:, self.cases.positive or 0] >= point.threshold
        return called

    @property
    def wrong(self) -> Flags:
        """(n,) whether the call is wrong: at the first operating point; of the top class; of any label."""
        cases = self.cases
        if cases.positive is not None:
            return self.called != cases.membership[:, cases.positive]
        if self.exclusive:
            return cases.labels != cases.predicted
        missed: Flags = ((cases.probabilities >= 0.5) != cases.membership).any(axis=1)
        return missed

    @property
    def exclusive(self) -> bool:
        """Whether every case has one label."""
        return bool((self.cases.membership.sum(axis=1) == 1).all())

    @property
    def kinds(self) -> NDArray[np.int64]:
        """(n,) class by which errors are judged; 0 throughout where labels do not exclude each other."""
        return self.cases.labels if self.exclusive else np.zeros(self.cases.n, np.int64)

    @property
    def expected(self) -> Floats:
        """(n,) the chance of a wrong call by the network's own probability."""
        cases = self.cases
        if cases.positive is not None:
            chance = cases.probabilities[:, cases.positive]
            return np.where(self.called, 1 - chance, chance)
        if self.exclusive:
            top: Floats = 1 - cases.probabilities.max(axis=1)
            return top
        right: Floats = np.maximum(cases.probabilities, 1 - cases.probabilities).prod(axis=1)
        return 1 - right

    @property
    def excess(self) -> Floats:
        """(n,) error less the mean error of the case's class: harder than its kind, not of a hard kind."""
        wrong, kinds = self.wrong.astype(np.float64), self.kinds
        counts = np.maximum(np.bincount(kinds), 1)
        means = np.bincount(kinds, wrong) / counts
        return wrong - means[kinds]
