"""Predicted risk of an event before a horizon: time-dependent AUC, Brier score, IPA.

Cases that were censored before the horizon are made up for by the weights of those who were not (inverse
probability of censoring, Kaplan-Meier; Graf et al. 1999, Blanche et al. 2013).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import check_probabilities, check_scores
from thirdeye.evaluation.kaplan_meier import censoring_curve, check_survival, kaplan_meier
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined

Array = NDArray[np.float64]
_GROUPS = 200  # of the jackknife, beyond which cases are left out in groups


@dataclass(frozen=True)
class _Cases:
    times: Array
    events: NDArray[np.bool_]
    scores: Array

    def of(self, rows: NDArray[np.bool_]) -> _Cases:
        return _Cases(self.times[rows], self.events[rows], self.scores[rows])


def time_dependent_auc(time: Any, event: Any, risk: Any, *, horizon: float, level: float = 0.95) -> Metric:
    """AUC of those with an event up to `horizon` against those without one so far (cumulative/dynamic).

    Args:
        time, event: (n,) of event or censoring; 1 and 0.
        risk: (n,) finite, higher means the event is expected earlier.
        horizon: within the time of follow-up.
        level: confidence level.

    Raises:
        UsageError: a horizon beyond the last follow-up.
    """
    cases = _checked(time, event, risk, horizon, probabilities=False)
    convention = "cumulative cases, dynamic controls; weights by Kaplan-Meier of censoring; ties count half"
    return _metric("auc_time_dependent", cases, horizon, level, convention, lambda part: _auc(part, horizon))


def brier_survival(time: Any, event: Any, risk: Any, *, horizon: float, level: float = 0.95) -> Metric:
    """Mean squared error of the predicted probability of an event up to `horizon`.

    Args:
        time, event: as `time_dependent_auc`.
        risk: (n,) predicted probability of an event up to `horizon`, from 0 to 1.
        horizon, level: as `time_dependent_auc`.

    Returns:
        With the Brier score of the Kaplan-Meier curve ("null_brier") and IPA, 1 - Brier / null, in `details`.
    """
    cases = _checked(time, event, risk, horizon, probabilities=True)
    convention = "weights by Kaplan-Meier of censoring; lower is better"
    found = _metric("brier_survival", cases, horizon, level, convention, lambda part: _brier(part, horizon))
    if found.value is None:
        return found
    curve = kaplan_meier(cases.times, cases.events)
    flat = _Cases(cases.times, cases.events, np.full(cases.times.size, 1 - curve.at(horizon)))
    null = _brier(flat, horizon)
    ipa = 1 - found.value / null if null > 0 else None
    return found.with_(details={**found.details, "null_brier": null, "ipa": ipa})


def _checked(time: Any, event: Any, risk: Any, horizon: float, *, probabilities: bool) -> _Cases:
    times, events = check_survival(time, event)
    check = check_probabilities if probabilities else check_scores
    scores = check(risk, times.size, what="risk")
    if not 0 < horizon <= times.max():
        raise UsageError(
            f"the horizon {horizon:g} lies outside the time of follow-up, which ends at {times.max():g}"
        )
    return _Cases(times, events, scores)


def _weights(cases: _Cases, horizon: float) -> tuple[Array, Array]:
    """Weights of those with an event up to the horizon, and of those without one until after it."""
    free = censoring_curve(cases.times, cases.events)
    before, at = free.before(cases.times), free.at(horizon)
    had = cases.events & (cases.times <= horizon)
    with np.errstate(divide="ignore"):
        case = np.where(had, 1 / before, 0.0)
        control = np.where(cases.times > horizon, 1 / at if at > 0 else 0.0, 0.0)
    return case, control


def _auc(cases: _Cases, horizon: float) -> float:
    case, control = _weights(cases, horizon)
    rows, columns = np.flatnonzero(case), np.flatnonzero(control)
    if not rows.size or not columns.size:
        return float("nan")
    order = np.argsort(cases.scores[columns], kind="stable")
    scores, weights = cases.scores[columns][order], control[columns][order]
    total = np.concatenate([[0.0], np.cumsum(weights)])
    low = total[np.searchsorted(scores, cases.scores[rows], side="left")]
    high = total[np.searchsorted(scores, cases.scores[rows], side="right")]
    return float(case[rows] @ ((low + high) / 2) / (case[rows].sum() * total[-1]))


def _brier(cases: _Cases, horizon: float) -> float:
    case, control = _weights(cases, horizon)
    return float((case * (1 - cases.scores) ** 2 + control * cases.scores**2).mean())


def _metric(
    name: str, cases: _Cases, horizon: float, level: float, convention: str, value: Callable[[_Cases], float]
) -> Metric:
    had = int((cases.events & (cases.times <= horizon)).sum())
    left = int((cases.times > horizon).sum())
    fields: dict[str, Any] = {
        "name": name, "n": cases.times.size, "n_pos": had, "n_neg": left, "n_units": cases.times.size,
        "n_clusters": cases.times.size, "level": level, "convention": f"{convention}; horizon {horizon:g}",
    }  # fmt: skip
    if not had or not left:
        return undefined(
            reason=f"{had} events up to {horizon:g} and {left} cases followed beyond it: both are needed",
            **fields,
        )
    found, error = value(cases), _jackknife_error(cases, value)
    if min(had, left) < MIN_EVENTS:
        reason = f"fewer than {MIN_EVENTS} cases with an event, or followed beyond the horizon"
        fields |= {"status": "unstable", "reason": reason}
    half = two_sided_z(level) * error
    return Metric(
        value=found, ci_low=max(0.0, found - half), ci_high=min(1.0, found + half), ci_method="jackknife",
        details={"standard_error": error}, **fields,
    )  # fmt: skip


def _jackknife_error(cases: _Cases, value: Callable[[_Cases], float]) -> float:
    """Standard error by leaving out each case, or each of 200 groups where there are more."""
    n = cases.times.size
    group = np.arange(n) if n <= _GROUPS * 2 else np.random.default_rng(0).permutation(n) % _GROUPS
    count = int(group.max()) + 1
    left = np.array([value(cases.of(group != out)) for out in range(count)])
    left = left[np.isfinite(left)]
    return float(np.sqrt((left.size - 1) / left.size * ((left - left.mean()) ** 2).sum()))
