"""One plain sentence about the gaps of an attribute: shown, not shown, or not to be seen in so few cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from thirdeye.evaluation.gap import POWER, Gap
from thirdeye.evaluation.gap_family import AttributeGaps

Outcome = Literal["gap_shown", "no_gap_shown", "not_tested"]
WORDS = {
    "auc": "AUC",
    "auc_macro": "macro AUC",
    "sensitivity": "sensitivity",
    "false_positive_rate": "false-positive rate",
    "calibration_in_the_large": "calibration",
    "balanced_accuracy": "balanced accuracy",
}
AREAS = ("auc", "auc_macro")
MOST_NAMED = 3


def gap_verdict(found: AttributeGaps, *, tests: int, alpha: float = 0.05) -> dict[str, Any]:
    """`outcome` for programs, `verdict` for people; `headline`, the surest gap alone, where one is shown.

    Args:
        found: the gaps with adjusted p values.
        tests: of the whole family.
        alpha: level of the family.
    """
    tested = [gap for gap in found.gaps if gap.measure.family == "performance" and gap.p_adjusted is not None]
    column = found.attribute.column
    if not tested:
        return {
            "outcome": "not_tested",
            "verdict": f"{column}: nothing could be tested; the groups are too small.",
        }
    shown = sorted(
        (gap for gap in tested if (gap.p_adjusted or 0.0) <= alpha), key=lambda gap: gap.p_adjusted or 0.0
    )
    if shown:
        more = f"; and {len(shown) - MOST_NAMED} more" if len(shown) > MOST_NAMED else ""
        said = "; ".join(map(_sentence, shown[:MOST_NAMED]))
        return {
            "outcome": "gap_shown",
            "headline": f"{column}: {_sentence(shown[0])}.",
            "verdict": f"{column}: a gap is shown. {said}{more}.",
        }
    return {
        "outcome": "no_gap_shown",
        "verdict": f"{column}: no gap shown. {_seen(tested, tests, alpha)}",
    }


def _sentence(gap: Gap) -> str:
    return (
        f"{_word(gap)} {_value(gap, gap.first)} in {gap.level} against {_value(gap, gap.second)} in "
        f"{gap.against} (difference {_signed(gap)}, adjusted p {_p(gap.p_adjusted or 0.0)})"
    )


def _word(gap: Gap) -> str:
    word = WORDS.get(gap.measure.name, gap.measure.name.replace("_", " "))
    if gap.measure.class_name:
        word += f" for {gap.measure.class_name}"
    point = gap.difference.operating_point
    return word + (f" at {point}" if point else "")


def _value(gap: Gap, value: float | None) -> str:
    if value is None:
        return "undefined"
    return f"{value:.3f}" if gap.measure.name in AREAS else f"{100 * value:.1f} %"


def _signed(gap: Gap) -> str:
    metric = gap.difference
    if metric.value is None or metric.ci_low is None or metric.ci_high is None:
        return "without an interval"
    scale, digits = (1, 3) if gap.measure.name in AREAS else (100, 1)
    unit = "" if scale == 1 else " points"
    numbers = [f"{scale * x:+.{digits}f}" for x in (metric.value, metric.ci_low, metric.ci_high)]
    return f"{numbers[0]}{unit}, interval {numbers[1]} to {numbers[2]}"


def _seen(tested: Sequence[Gap], tests: int, alpha: float) -> str:
    """The smallest gaps that these data would have shown: from the best to the most wanting comparison."""
    found: dict[str, list[float]] = {}
    for gap in tested:
        size = gap.detectable(tests, alpha=alpha)
        if size is not None and gap.measure.name in WORDS:
            found.setdefault(gap.measure.name, []).append(size)
    parts = [f"{WORDS[name]} {_span(name, sizes)}" for name, sizes in found.items()]
    if not parts:
        return "What the data could have seen is not known."
    return (
        f"The data could have seen ({POWER:.0%} power, all tests counted) a gap of: {'; '.join(parts)}. "
        "Smaller ones cannot be excluded."
    )


def _span(name: str, sizes: Sequence[float]) -> str:
    scale, digits, unit = (1, 2, "") if name in AREAS else (100, 0, " points")
    low, high = (f"{scale * size:.{digits}f}" for size in (min(sizes), max(sizes)))
    return f"{low}{unit}" if low == high else f"{low} to {high}{unit}, by group"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"
