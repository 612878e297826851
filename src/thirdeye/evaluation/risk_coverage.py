"""Measures of certainty compared: how fast risk falls as uncertain cases are left out.

Geifman & El-Yaniv 2017. Intervals and differences come from resampling patients.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.bootstrap import N_RESAMPLES, Statistic, Weights, percentile_interval, resample
from thirdeye.evaluation.inputs import Clusters, check_clusters, check_scores, check_squarable
from thirdeye.evaluation.metric import MIN_EVENTS, Metric

Array = NDArray[np.float64]
AURC = (
    "area under the risk-coverage curve: the mean share of wrong decisions over all coverages; cases of "
    "equal certainty share their risk"
)
DRAWN_POINTS = 101


@dataclass(frozen=True)
class Compared:
    """Measures of certainty on the same cases.

    Args:
        areas: "aurc" of each, in the order given; lower is better.
        differences: "aurc_difference" of each but the first, less the first's.
    """

    areas: Mapping[str, Metric]
    differences: Mapping[str, Metric]

    @property
    def best(self) -> str:
        """The first, unless another is lower by more than chance: then the lowest of those."""
        first = next(iter(self.areas))
        better = [
            name for name, gap in self.differences.items() if gap.ci_high is not None and gap.ci_high < 0
        ]
        return min(better, key=lambda name: self.areas[name].value or 0.0, default=first)


def compare_certainties(
    losses: Any, certainties: Mapping[str, Any], *, clusters: Any = None, level: float = 0.95,
    n_resamples: int = N_RESAMPLES, seed: int = 0,
) -> Compared:  # fmt: skip
    """Areas under the risk-coverage curves with intervals, and paired differences from the first.

    Differences have intervals of a level raised for their number (Bonferroni), since the best is sought.

    Args:
        losses: (n,) 0 to 1, of each decision.
        certainties: name to (n,), the simplest first.
        clusters: (n,) patient of each case; None: each case on its own.
        level: of the intervals.
        n_resamples, seed: of the bootstrap over patients.

    Raises:
        UsageError: no measure, or lengths that do not fit.
    """
    if not certainties:
        raise UsageError("there is no measure of certainty to compare")
    loss = check_squarable("losses", losses)
    groups = check_clusters(clusters, loss.size)
    known = {name: check_scores(one, loss.size, what=name) for name, one in certainties.items()}
    statistics = [_area_statistic(loss, one, groups) for one in known.values()]
    whole = [float(one(np.ones((1, groups.count), np.float32))[0, 0]) for one in statistics]
    draws = [one[:, 0] for one in resample(statistics, groups.count, n_resamples=n_resamples, seed=seed)]
    fields = {"n": loss.size, "n_clusters": groups.count, "convention": AURC, **_quality(loss, groups)}
    names = list(known)
    areas = {
        name: _metric("aurc", value, drawn, level=level, **fields)
        for name, value, drawn in zip(names, whole, draws, strict=True)
    }
    strict = 1 - (1 - level) / max(1, len(names) - 1)
    gaps = {
        name: _metric("aurc_difference", value - whole[0], drawn - draws[0], level=strict, **fields)
        for name, value, drawn in zip(names[1:], whole[1:], draws[1:], strict=True)
    }
    return Compared(areas, gaps)


def _metric(name: str, value: float, draws: Array, *, level: float, **fields: Any) -> Metric:
    low, high = percentile_interval(draws, level=level)
    return Metric(
        name=name, value=value, ci_low=low, ci_high=high, ci_method="bootstrap_percentile_by_patient",
        level=level, **fields,
    )  # fmt: skip


def _quality(loss: Array, groups: Clusters) -> dict[str, Any]:
    wrong = int(np.count_nonzero(loss))
    if wrong in (0, loss.size) or groups.count < 2:
        return {"status": "degenerate", "reason": f"{wrong} of {loss.size} decisions are wrong"}
    if min(wrong, loss.size - wrong) < MIN_EVENTS:
        return {"status": "unstable", "reason": f"rests on {wrong} wrong decisions of {loss.size}"}
    return {}


def _area_statistic(loss: Array, certainty: Array, groups: Clusters) -> Statistic:
    order = np.argsort(-certainty, kind="stable")
    sorted_loss, codes = loss[order], groups.codes[order]
    last = np.append(np.flatnonzero(np.diff(certainty[order])), loss.size - 1)  # of each run of ties

    def statistic(weights: Weights) -> NDArray[np.float64]:
        each = weights[:, codes].astype(np.float64)
        decided, wrong = np.cumsum(each, axis=1)[:, last], np.cumsum(each * sorted_loss, axis=1)[:, last]
        risk = np.divide(wrong, decided, out=np.zeros_like(wrong), where=decided > 0)
        share = np.diff(decided, axis=1, prepend=0.0)
        total = decided[:, -1:]
        return np.asarray((risk * share).sum(axis=1, keepdims=True) / total)

    return statistic


def risk_curve(losses: Any, certainty: Any) -> dict[str, list[float]]:
    """The curve at up to 101 coverages, for a figure; cases of equal certainty share their risk.

    Args:
        losses: (n,) 0 to 1.
        certainty: (n,).

    Returns:
        "coverage" (rising, the last is 1) and "risk".
    """
    loss = check_squarable("losses", losses)
    known = check_scores(certainty, loss.size, what="certainty")
    order = np.argsort(-known, kind="stable")
    last = np.searchsorted(-known[order], -known[order], side="right")  # of each run of ties
    risk = np.cumsum(loss[order])[last - 1] / last
    places = np.unique(np.round(np.linspace(1, loss.size, min(DRAWN_POINTS, loss.size))).astype(int))
    return {
        "coverage": [round(float(place) / loss.size, 6) for place in places],
        "risk": [round(float(risk[place - 1]), 6) for place in places],
    }
