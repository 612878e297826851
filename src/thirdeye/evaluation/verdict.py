"""One plain sentence about a paired comparison."""

from __future__ import annotations

from typing import Any, Literal

from thirdeye.evaluation.paired import PairedDifference
from thirdeye.evaluation.paired_measures import Measured

Outcome = Literal["better", "not_better", "worse", "undetermined"]

WORDS = {"auc": "AUC", "auc_macro": "macro AUC", "dice": "Dice", "froc_score": "FROC score", "ap50": "AP50"}


def verdict(measure: Measured, *, names: tuple[str, str], level: float, word: str = "") -> dict[str, Any]:
    """What the comparison says: `outcome` for programs and `verdict` for people.

    "better" needs an interval of the difference that lies above zero; one that holds zero is "not_better",
    which does not say that the two are equal.

    Args:
        measure: the primary measure, of which more is better.
        names: of the first and second model.
        level: confidence level.
        word: what the measure is called in the sentence, where its own name does not say enough.
    """
    first, second = names
    result = measure.result
    if result is None:
        reason = measure.first.reason or measure.second.reason
        sentence = f"The {first} cannot be compared with the {second}: {reason}."
        return {"outcome": "undetermined", "verdict": sentence}
    outcome = _outcome(result)
    openings = {
        "better": f"The {first} beats the {second}",
        "worse": f"The {first} does not beat the {second}; the {second} is better",
        "not_better": f"The {first} does not beat the {second}",
        "undetermined": f"The {first} has not been shown to beat the {second}",
    }
    figures = _figures(word or WORDS.get(measure.first.name, measure.first.name), result, level)
    return {"outcome": outcome, "verdict": f"{openings[outcome]}: {figures}."}


def _outcome(result: PairedDifference) -> Outcome:
    if result.ci_low is None or result.ci_high is None:
        return "undetermined" if result.difference else "not_better"
    if result.ci_low > 0:
        return "better"
    return "worse" if result.ci_high < 0 else "not_better"


def _figures(word: str, result: PairedDifference, level: float) -> str:
    text = f"{word} {result.first:.3f} against {result.second:.3f}, difference {result.difference:+.3f}"
    if result.ci_low is None or result.ci_high is None:
        return f"{text}, without an interval (n = {result.n})"
    interval = f"{100 * level:g} % interval {result.ci_low:+.3f} to {result.ci_high:+.3f}"
    p = "" if result.p_value is None else f", p {_p(result.p_value)}"
    return f"{text} ({interval}{p}, n = {result.n})"


def _p(value: float) -> str:
    if value < 0.001:
        return "< 0.001"
    return f"= {value:.3f}" if value < 0.1 else f"= {value:.2f}"
