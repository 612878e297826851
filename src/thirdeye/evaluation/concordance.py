"""Do those with the higher risk have the event earlier? Harrell's and Uno's C."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import check_scores
from thirdeye.evaluation.kaplan_meier import censoring_curve, check_survival
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined

Array = NDArray[np.float64]
Weighting = Literal["harrell", "uno"]
_BLOCK = 512  # rows of pairs at a time, so that memory stays flat


@dataclass(frozen=True)
class PairCounts:
    """Pairs of which it is known who had the event first, each with its weight.

    Args:
        concordant, discordant, tied: sums over pairs; ties are of the risk.
        own_score, own_pairs: (n,) sums over the pairs that a case is part of.
    """

    concordant: float
    discordant: float
    tied: float
    own_score: Array
    own_pairs: Array


def concordance(
    time: Any, event: Any, risk: Any, *, weighting: Weighting = "harrell", tau: float | None = None,
    level: float = 0.95,
) -> Metric:  # fmt: skip
    """C index with the infinitesimal jackknife's interval.

    Args:
        time: (n,) of event or censoring, 0 or later.
        event: (n,) of 0 (censored) and 1.
        risk: (n,) finite; higher means the event is expected earlier. Predicted times, or probabilities of
            survival, point the other way and must be negated.
        weighting: "harrell" counts pairs alike (1982); "uno" weights them by 1 / G(t-)^2, G the probability
            of not being censored (Uno et al. 2011, Stat Med 30).
        tau: pairs whose earlier event comes after it are left out; None keeps all.
        level: confidence level.

    Raises:
        UsageError: an unknown weighting.
    """
    if weighting not in ("harrell", "uno"):
        raise UsageError(f"weighting='{weighting}': choose harrell or uno")
    times, events = check_survival(time, event)
    risks = check_scores(risk, times.size, what="risk")
    counts = pair_counts(times, events, risks, weighting=weighting, tau=tau)
    pairs = counts.concordant + counts.discordant + counts.tied
    fields: dict[str, Any] = {
        "name": f"c_index_{weighting}", "n": times.size, "n_pos": int(events.sum()),
        "n_neg": int((~events).sum()), "n_units": times.size, "n_clusters": times.size, "level": level,
        "convention": "ties of the risk count half; at equal times events come before censorings"
        + ("" if tau is None else f"; events after {tau:g} left out"),
    }  # fmt: skip
    if pairs <= 0:
        return undefined(reason="no pair of cases can be compared: no event before another's end", **fields)
    value = (counts.concordant + counts.tied / 2) / pairs
    error = float(np.sqrt((((counts.own_score - value * counts.own_pairs) / pairs) ** 2).sum()))
    if int(events.sum()) < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"fewer than {MIN_EVENTS} events"}
    half = two_sided_z(level) * error
    return Metric(
        value=value, ci_low=max(0.0, value - half), ci_high=min(1.0, value + half),
        ci_method="infinitesimal_jackknife", details={"standard_error": error}, **fields,
    )  # fmt: skip


def pair_counts(
    times: Array, events: NDArray[np.bool_], risks: Array, *, weighting: Weighting, tau: float | None
) -> PairCounts:
    """All comparable pairs: the earlier one had an event, or both have one time and one of them an event."""
    weights = np.ones(times.size)
    if weighting == "uno":
        free = censoring_curve(times, events).before(times)
        weights = np.where(free > 0, 1 / np.maximum(free, 1e-300) ** 2, 0.0)
    first = np.flatnonzero(events if tau is None else events & (times <= tau))
    totals = np.zeros(3)
    own_score, own_pairs = np.zeros(times.size), np.zeros(times.size)
    for start in range(0, first.size, _BLOCK):
        rows = first[start : start + _BLOCK]
        later = (times > times[rows, None]) | ((times == times[rows, None]) & ~events)
        weighted = later * weights[rows, None]
        above, equal = risks[rows, None] > risks, risks[rows, None] == risks
        score = weighted * (above + 0.5 * equal)
        totals += [(weighted * above).sum(), (weighted * ~(above | equal)).sum(), (weighted * equal).sum()]
        own_score[rows] += score.sum(axis=1)
        own_pairs[rows] += weighted.sum(axis=1)
        own_score += score.sum(axis=0)
        own_pairs += weighted.sum(axis=0)
    return PairCounts(float(totals[0]), float(totals[1]), float(totals[2]), own_score, own_pairs)
