"""A learning curve in one plain sentence, and as a block of evaluation.json."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from thirdeye.evaluation.learning_curve import FURTHEST, TREND_LEVEL, LearningCurve
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.verdict import WORDS

Outcome = Literal["rising", "levelling", "flat", "undetermined"]

FLAT = 0.01  # a gain below this would be noticed by nobody
FACTORS = (2, 4)
TARGETS = (0.7, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99)
MOST_TARGETS = 2
DRAWN_AT = 41  # numbers of cases at which the curve is kept for drawing


def learning_verdict(curve: LearningCurve) -> dict[str, str]:
    """`outcome` for programs and `verdict` for people.

    "rising": more cases would be expected to help, by more than chance; "levelling": it rose, and may have
    come to its end; "flat": twice as many would add less than `FLAT`; "undetermined": cannot be told.
    """
    word = WORDS.get(curve.name, curve.name)
    gain = curve.gain(2)
    if curve.refusal is not None or gain.value is None:
        return _said("undetermined", f"Whether more cases would help cannot be told: {curve.refusal}.")
    low, high = gain.ci_low or 0.0, gain.ci_high or 0.0
    figures = f"{_rounded(gain.value)} ({_rounded(low)} to {_rounded(high)}) {word}"
    if high < FLAT:
        return _said("flat", f"The curve is flat: twice as many cases would be expected to add {figures}.")
    if curve.trend_p >= TREND_LEVEL:
        return _said(
            "undetermined",
            f"Whether more cases would help cannot be told: {word} does not clearly rise with the cases "
            f"there are, and twice as many could add up to {_rounded(high)}.",
        )
    expected = f"Twice as many cases would be expected to add {figures}."
    if low < FLAT / 10:
        return _said("levelling", f"{expected} The curve may have come to its end already.")
    return _said("rising", expected)


def learning_curve_block(curve: LearningCurve) -> dict[str, Any]:
    """Everything of a curve that evaluation.json holds, JSON-ready."""
    law = curve.law
    return learning_verdict(curve) | {
        "measure": curve.name,
        "points": [
            {"n_patients": int(p.n), "value": p.value, "standard_error": p.standard_error}
            for p in curve.points
        ],
        "law": {
            "form": "value = 1 - (floor + scale * (n / at) ** -rate)",
            "floor": float(law.floor[0]), "scale": float(law.scale[0]), "rate": float(law.rate[0]),
            "at": law.at,
        },
        "trend_p": curve.trend_p,
        "misfit_p": curve.misfit_p,
        "predictions": [
            {
                "factor": factor,
                "value": curve.value_at(factor * curve.largest).as_json(),
                "gain": curve.gain(factor).as_json(),
            }
            for factor in FACTORS
        ],
        "cases_needed": [metric.as_json() for metric in _needed(curve)],
        "curve": _drawn(curve),
    }  # fmt: skip


def _needed(curve: LearningCurve) -> list[Metric]:
    reached = curve.value_at(curve.largest).value or 0.0
    wanted = [target for target in TARGETS if target > reached]
    return [curve.cases_for(target) for target in wanted[:MOST_TARGETS]]


def _drawn(curve: LearningCurve) -> dict[str, list[float]]:
    furthest = curve.largest * (FURTHEST if curve.refusal is None else 1.0)
    n = np.geomspace(curve.points[0].n, furthest, DRAWN_AT)
    value, low, high = curve.band(n.tolist())
    named = {"n_patients": n, "value": value, "ci_low": low, "ci_high": high}
    return {name: [round(float(number), 5) for number in numbers] for name, numbers in named.items()}


def _said(outcome: Outcome, sentence: str) -> dict[str, str]:
    return {"outcome": outcome, "verdict": sentence}


def _rounded(value: float) -> str:
    return f"{max(value, 0.0):.3f}"
