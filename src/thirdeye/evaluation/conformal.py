"""Conformal prediction sets: thresholds from cases that were not learnt from, patients as what is exchanged.

Vovk, Gammerman & Shafer 2005. Where a patient brings several cases, each of them weighs one over their
number (Lee, Barber & Willett 2023, hierarchical conformal prediction): the promise is then about a case drawn
at random from a new patient, it holds for any number of cases a patient, and no case is thrown away, as
drawing one case of each patient would. With one case a patient it is the usual quantile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.conformal_scores import score_of
from thirdeye.evaluation.inputs import Clusters, check_class_indices, check_clusters
from thirdeye.evaluation.scalars import check_number

ALL_CASES = "all cases"
EACH_CLASS = "each class"
ROUNDING = 1e-9


@dataclass(frozen=True)
class SetRule:
    """Which classes a set holds.

    Args:
        scope: for whom the coverage is promised: "all cases", "each class", or a group ("sex: female").
        coverage: promised share, above 0 and below 1.
        score: key of `conformal_scores.SCORES`.
        thresholds: (K) largest score of each class within the set; None where there were too few patients to
            tell, so that every set holds the class.
        patients: (K) patients that each threshold rests on.
    """

    scope: str
    coverage: float
    score: str
    thresholds: tuple[float | None, ...]
    patients: tuple[int, ...]

    def sets(self, probabilities: Any) -> NDArray[np.bool_]:
        """(n, K) True for the classes within the set of each case.

        Args:
            probabilities: (n, K).
        """
        limits = np.array([np.inf if one is None else one for one in self.thresholds])
        inside = score_of(self.score, probabilities) <= limits + ROUNDING
        return unbroken(inside) if self.score == "contiguous" else inside

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "scope": self.scope, "coverage": self.coverage, "score": self.score,
            "thresholds": list(self.thresholds), "patients": list(self.patients),
        }  # fmt: skip

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> SetRule:
        """The rule that `as_json` wrote."""
        return cls(
            str(form["scope"]), float(form["coverage"]), str(form["score"]), tuple(form["thresholds"]),
            tuple(form["patients"]),
        )  # fmt: skip


def unbroken(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Sets of ordered classes with their gaps filled; sets only grow, so coverage does not fall."""
    from_below = np.maximum.accumulate(inside, axis=1)
    from_above = np.maximum.accumulate(inside[:, ::-1], axis=1)[:, ::-1]
    return from_below & from_above


def fit_sets(
    labels: Any, probabilities: Any, *, coverage: float = 0.9, score: str = "lac", clusters: Any = None,
    by_class: bool = False, scope: str | None = None,
) -> SetRule:  # fmt: skip
    """Thresholds under which sets hold the true class as often as promised.

    The cases must not have been learnt from. For a case of a new patient drawn as these were the promise
    holds on average over such samples (`coverage_range` says how far one sample may lie off).

    Args:
        labels: (n,) class numbers.
        probabilities: (n, K) from 0 to 1.
        coverage: promised share, above 0 and below 1.
        score: key of `conformal_scores.SCORES`.
        clusters: (n,) patient of each case; None: each case on its own.
        by_class: a threshold for each class from its own cases, so that the promise holds within each
            (Vovk's Mondrian predictor); else one threshold for all.
        scope: what to call it; None: by `by_class`.

    Raises:
        UsageError: lengths that do not fit, or a coverage out of range.
    """
    check_number("the coverage", coverage, 0, 1, inside=True)
    table = score_of(score, probabilities)
    truth = check_class_indices(labels, table.shape[1])
    if len(table) != truth.size:
        raise UsageError(f"{truth.size} labels and {len(table)} rows of probabilities do not fit together")
    groups = check_clusters(clusters, truth.size)
    own = table[np.arange(truth.size), truth]
    parts = [truth == k for k in range(table.shape[1])] if by_class else [np.full(truth.size, True)]
    each = [groups.of(part) for part in parts]
    found = [(_threshold(own[part], one, coverage), one.count) for part, one in zip(parts, each, strict=True)]
    found = found if by_class else found * table.shape[1]
    name = scope or (EACH_CLASS if by_class else ALL_CASES)
    return SetRule(name, coverage, score, tuple(q for q, _ in found), tuple(n for _, n in found))


def _threshold(scores: NDArray[np.float64], groups: Clusters, coverage: float) -> float | None:
    found = patient_quantile(scores, groups, coverage) if scores.size else np.inf
    return float(found) if np.isfinite(found) else None


def patient_quantile(scores: NDArray[np.float64], groups: Clusters, coverage: float) -> float:
    """The smallest score at or below which lies `coverage` of the patients, with one more counted beyond all.

    A patient counts in parts, one for each case. With one case a patient it is the ceil((n + 1) coverage)-th
    smallest score; infinite where there are too few patients for that (fewer than 9 for a coverage of 0.9).

    Args:
        scores: (n,) of the true classes.
        groups: patient of each.
        coverage: above 0 and below 1.
    """
    order = np.argsort(scores, kind="stable")
    weights = 1 / np.bincount(groups.codes, minlength=groups.count)[groups.codes]
    reached = np.flatnonzero(np.cumsum(weights[order]) >= coverage * (groups.count + 1) - ROUNDING)
    return float(scores[order[reached[0]]]) if reached.size else np.inf


def fewest_patients(coverage: float) -> int:
    """Patients below which no finite threshold can promise that coverage (9 for 0.9, 19 for 0.95)."""
    return int(np.ceil(coverage / (1 - coverage) - ROUNDING))
