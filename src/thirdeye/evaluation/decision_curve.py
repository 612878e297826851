"""Decision curves: what a model is worth at the threshold at which a doctor would act.

Vickers & Elkin 2006 (Med Decis Making 26). Net benefit counts a true positive as 1 and a false positive as
the odds of the threshold; "treat all" and "treat none" are always drawn beside the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.inputs import check_binary, check_numbers, check_probabilities
from thirdeye.evaluation.kaplan_meier import check_survival, kaplan_meier

Array = NDArray[np.float64]


@dataclass(frozen=True)
class DecisionCurve:
    """Net benefit at each threshold; a case is treated when its probability is at or above it.

    Args:
        thresholds: (g,) above 0 and below 1.
        model, treat_all: (g,) net benefit per case; treating nobody is worth 0.
        prevalence: share of events that it was computed for.
    """

    thresholds: Array
    model: Array
    treat_all: Array
    prevalence: float


def decision_curve(
    labels: Any, probabilities: Any, thresholds: Any, *, prevalence: float | None = None
) -> DecisionCurve:
    """Net benefit of a model.

    Args:
        labels: (n,) of 0 and 1.
        probabilities: (n,) from 0 to 1, calibrated for the prevalence.
        thresholds: (g,) above 0 and below 1.
        prevalence: of the population, where the cases were sampled by outcome; None takes that of the cases.

    Raises:
        UsageError: a threshold or prevalence that cannot be.
        DataRefused: a prevalence was given and one class is missing.
    """
    truth = check_binary(labels)
    values = check_probabilities(probabilities, truth.size)
    at = _thresholds(thresholds)
    treated = values[None, :] >= at[:, None]
    if prevalence is None:
        share = float(truth.mean())
        hits, alarms = (treated & truth).mean(axis=1), (treated & ~truth).mean(axis=1)
    else:
        share = prevalence
        if not 0 < share < 1:
            raise UsageError(f"a prevalence lies between 0 and 1, got {share}")
        if truth.all() or not truth.any():
            raise DataRefused("a net benefit at a stated prevalence needs cases of both classes")
        hits = treated[:, truth].mean(axis=1) * share
        alarms = treated[:, ~truth].mean(axis=1) * (1 - share)
    odds = at / (1 - at)
    return DecisionCurve(at, hits - alarms * odds, share - (1 - share) * odds, share)


def survival_decision_curve(
    time: Any, event: Any, risk: Any, thresholds: Any, *, horizon: float
) -> DecisionCurve:
    """Net benefit of the predicted risk of an event before `horizon` (Vickers et al. 2008), by Kaplan-Meier.

    Args:
        time: (n,) of event or censoring, 0 or later.
        event: (n,) of 0 (censored) and 1.
        risk: (n,) predicted probability of an event before `horizon`.
        thresholds: (g,) above 0 and below 1.
        horizon: within the time of follow-up.

    Raises:
        UsageError: a threshold that cannot be, or a horizon beyond the last follow-up.
    """
    times, events = check_survival(time, event)
    values = check_probabilities(risk, times.size, what="risk")
    if not 0 < horizon <= times.max():
        raise UsageError(
            f"the horizon {horizon:g} lies outside the time of follow-up, which ends at {times.max():g}"
        )
    at = _thresholds(thresholds)
    overall = 1 - kaplan_meier(times, events).at(horizon)
    model = np.empty(at.size)
    for place, threshold in enumerate(at):
        treated = values >= threshold
        share = float(treated.mean())
        among = 1 - kaplan_meier(times[treated], events[treated]).at(horizon) if treated.any() else 0.0
        model[place] = share * (among - (1 - among) * threshold / (1 - threshold))
    return DecisionCurve(at, model, overall - (1 - overall) * at / (1 - at), overall)


def _thresholds(thresholds: Any) -> Array:
    at = np.atleast_1d(check_numbers("thresholds", thresholds))
    if at.ndim != 1 or not ((at > 0) & (at < 1)).all():
        raise UsageError("thresholds of a decision curve lie above 0 and below 1")
    return at
