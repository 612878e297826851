"""Predictive values at a stated prevalence, with the intervals of the likelihood ratios that they come from.

A set in which the condition is more frequent than in practice flatters the positive predictive value. By
Bayes' theorem the odds after a positive call are the odds before it times LR+, after a negative call times
LR-; the limits of the ratios therefore are the limits of the predictive values (Mercaldo, Lau & Zhou 2007,
Statistics in Medicine 26:2170, the logit interval).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from thirdeye.errors import UsageError
from thirdeye.evaluation.confusion import predictive_values, ratio
from thirdeye.evaluation.likelihood_ratio import Calls, ratio_metrics
from thirdeye.evaluation.metric import Metric, undefined
from thirdeye.evaluation.threshold import Threshold

PrevalenceOrigin = Literal["stated", "round"]
ROUND = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
PLACES = 61
LOWEST, HIGHEST = 0.001, 0.9


def check_prevalence(prevalence: float) -> float:
    """The prevalence itself.

    Raises:
        UsageError: it does not lie between 0 and 1.
    """
    if isinstance(prevalence, bool) or not 0 < float(prevalence) < 1:
        raise UsageError(f"a prevalence lies between 0 and 1, got {prevalence!r}; for 5 % give 0.05")
    return float(prevalence)


def predictive_metrics(
    calls: Calls, prevalence: float, *, origin: PrevalenceOrigin = "stated"
) -> tuple[Metric, Metric]:
    """Positive and negative predictive value at a prevalence, "ppv_at_prevalence" and "npv_at_prevalence".

    Args:
        calls: of one operating point.
        prevalence: above 0 and below 1.
        origin: "stated" by a person, or one of the "round" ones shown for orientation.

    Raises:
        UsageError: a prevalence that cannot be.
    """
    return _at(calls, _ratios(calls), check_prevalence(prevalence), origin)


def adjusted_headline(calls: Calls, prevalence: float) -> list[Metric]:
    """ "ppv" and "npv" as they are to be reported where the cases were not drawn from practice.

    Args:
        calls: of one operating point.
        prevalence: that was stated.
    """
    pair = predictive_metrics(calls, prevalence)
    return [metric.with_(name=metric.name.removesuffix("_at_prevalence")) for metric in pair]


Ratios = Mapping[str, Metric]


def _ratios(calls: Calls) -> Ratios:
    return {metric.name: metric for metric in ratio_metrics(calls)}


def _at(calls: Calls, ratios: Ratios, share: float, origin: PrevalenceOrigin) -> tuple[Metric, Metric]:
    details = {"prevalence": share, "prevalence_origin": origin}
    return (
        _positive(calls, ratios["lr_pos"], share).with_(details=details),
        _negative(calls, ratios["lr_neg"], share).with_(details=details),
    )


def _convention(share: float) -> str:
    return f"by Bayes' theorem at a prevalence of {100 * share:.4g} %, not that of the set"


def _positive(calls: Calls, lr: Metric, share: float) -> Metric:
    odds = share / (1 - share)
    return _turned(calls, lr, "ppv_at_prevalence", 0, share, lambda limit: _probability(odds * limit), "low")


def _negative(calls: Calls, lr: Metric, share: float) -> Metric:
    odds = share / (1 - share)
    return _turned(
        calls, lr, "npv_at_prevalence", 1, share, lambda limit: 1 - _probability(odds * limit), "high"
    )


def _turned(
    calls: Calls, lr: Metric, name: str, which: int, share: float, turn: Any, first: Literal["low", "high"]
) -> Metric:
    table = calls.table
    fields = calls.fields | {"name": name, "convention": _convention(share)}
    sens, spec = ratio(table.tp, table.tp + table.fn), ratio(table.tn, table.fp + table.tn)
    if sens is None or spec is None:
        return undefined(reason="one class only: predictive values cannot be adjusted", **fields)
    value = predictive_values(sens, spec, prevalence=share)[which]
    if value is None:
        called = "positive" if which == 0 else "negative"
        return undefined(reason=f"no case was called {called}", **fields)
    limits = [None if limit is None else turn(limit) for limit in (lr.ci_low, lr.ci_high)]
    low, high = limits if first == "low" else limits[::-1]
    method = None if lr.ci_method is None else f"bayes_{lr.ci_method}"
    status, reason = (lr.status, lr.reason) if lr.status != "undefined" else ("degenerate", lr.reason)
    return Metric(
        value=value, ci_low=low, ci_high=high, ci_method=method, status=status, reason=reason, **fields
    )


def _probability(odds: float) -> float:
    return 1.0 if math.isinf(odds) else odds / (1 + odds)


def predictive_block(
    points: Sequence[tuple[Threshold, Calls]], *, of_set: float, stated: Sequence[float]
) -> dict[str, Any]:
    """The block "predictive_values" of a set, JSON-ready.

    Args:
        points: operating points with their calls.
        of_set: prevalence among the cases.
        stated: prevalences that a person named; the first is the one to report.
    """
    shares: list[tuple[float, PrevalenceOrigin]] = [(share, "stated") for share in stated]
    shares += [(share, "round") for share in ROUND if share not in stated]
    held = [(point, calls, _ratios(calls)) for point, calls in points]
    metrics = [
        point.mark(metric).as_json()
        for point, calls, ratios in held
        for share, origin in shares
        for metric in _at(calls, ratios, share, origin)
    ]
    return {
        "prevalence_of_set": of_set,
        "headline": "stated" if stated else "set",
        "stated": list(stated),
        "metrics": metrics,
        "curves": [
            {"operating_point": point.name, "class": point.class_name} | _curve(calls, ratios)
            for point, calls, ratios in held
        ],
    }


def _curve(calls: Calls, ratios: Ratios) -> dict[str, Any]:
    """Both values over prevalences spread evenly in their logarithm."""
    shares = np.geomspace(LOWEST, HIGHEST, PLACES).tolist()
    pairs = [_at(calls, ratios, share, "round") for share in shares]
    held: dict[str, Any] = {"prevalence": shares}
    for which, name in enumerate(("ppv", "npv")):
        held[name] = [pair[which].value for pair in pairs]
        held[f"{name}_low"] = [pair[which].ci_low for pair in pairs]
        held[f"{name}_high"] = [pair[which].ci_high for pair in pairs]
    return held
