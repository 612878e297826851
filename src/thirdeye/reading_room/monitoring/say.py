"""Numbers of the monitoring as people read them, in their language."""

from __future__ import annotations

from collections.abc import Callable

from thirdeye.evaluation.metric import Metric

PLAIN = frozenset(
    ["auc", "auc_difference", "brier", "brier_difference", "calibration_intercept", "calibration_slope",
     "expected_over_observed"]
)  # fmt: skip
Say = Callable[..., str]


def in_words(metric: Metric | None, language: str, say: Say) -> str:
    """A metric with its interval, such as "0.86 (0.82 to 0.89)" or "57 % (48 to 66)".

    Args:
        metric: None and undefined ones are said to be unknown.
        language: "en" or "fr".
        say: see `thirdeye.reading_room.web.words.translator`.
    """
    if metric is None or metric.value is None:
        return say("monitoring.unknown")
    plain = metric.name in PLAIN
    value = _number(metric.value, plain=plain, seconds=metric.name.endswith("_s"), language=language)
    unit = "" if plain else "s" if metric.name.endswith("_s") else "%"
    said = f"{value}{chr(0xA0)}{unit}" if unit else value
    if metric.ci_low is not None and metric.ci_high is not None:
        low, high = (
            _number(end, plain=plain, seconds=metric.name.endswith("_s"), language=language)
            for end in (metric.ci_low, metric.ci_high)
        )
        said += " " + say("monitoring.interval", low=low, high=high)
    return said + (f"{chr(0xA0)}†" if metric.status == "unstable" else "")


def p_in_words(p: float | None, language: str) -> str:
    """A p-value, such as "0.013" or "< 0.001"."""
    if p is None:
        return "–"
    return _comma("< 0.001" if p < 0.001 else f"{p:.3f}", language)


def _number(value: float, *, plain: bool, seconds: bool, language: str) -> str:
    if seconds:
        return f"{value:.0f}"
    text = f"{value:.2f}" if plain else f"{100 * value:.0f}"
    return _comma(text.replace("-", "−") if text not in ("-0.00", "-0") else text[1:], language)


def _comma(text: str, language: str) -> str:
    return text.replace(".", ",") if language == "fr" else text
