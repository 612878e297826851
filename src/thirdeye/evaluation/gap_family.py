"""All gaps of an attribute, and the adjustment of all tests of a set for their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from thirdeye.evaluation.attributes import FLOOR, NOT_RECORDED, TOO_FEW, Attribute
from thirdeye.evaluation.gap import Gap, gap_between
from thirdeye.evaluation.group_measures import GroupMeasure
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.multiplicity import adjusted

REST = "all others"
FAMILIES = ("performance", "prevalence_dependent")
MOST_PAIRED = 8  # with more levels, pairs are too many to be compared


@dataclass(frozen=True)
class AttributeGaps:
    """One attribute with its gaps.

    Args:
        attribute: the groups.
        gaps: each level against the rest; two levels against each other.
        largest: JSON-ready: the largest gap between any two levels of each measure, and equalised odds.
    """

    attribute: Attribute
    gaps: tuple[Gap, ...]
    largest: tuple[dict[str, Any], ...]


def attribute_gaps(
    attribute: Attribute, measures: Sequence[GroupMeasure], *, level: float = 0.95
) -> AttributeGaps:
    """Every level against all others with a recorded level; `TOO_FEW` is in the rest but is no level."""
    named = attribute.named
    recorded = np.isin(attribute.codes, [i for i, n in enumerate(attribute.levels) if n != NOT_RECORDED])
    gaps = []
    for code in _compared(attribute):
        rows = attribute.rows(code)
        others = recorded & ~rows
        name, rest = attribute.levels[code], _rest(attribute, code)
        gaps += [
            gap_between(m, rows, others, level=level, names=(name, rest)) for m in measures if others.any()
        ]
    largest = largest_gaps(attribute, measures, level=level) if 2 <= len(named) <= MOST_PAIRED else []
    return AttributeGaps(attribute, tuple(gaps), tuple(largest))


def _compared(attribute: Attribute) -> list[int]:
    """Levels that are set against the rest: of two that are all there is only the first."""
    named = list(attribute.named)
    absent = [
        i for i, name in enumerate(attribute.levels)
        if name == NOT_RECORDED and attribute.rows(i).sum() >= FLOOR
    ]  # fmt: skip
    if len(named) == 2 and TOO_FEW not in attribute.levels:
        named = named[:1]
    elif len(named) == 1 and TOO_FEW not in attribute.levels:
        named = []
    return named + absent


def _rest(attribute: Attribute, code: int) -> str:
    others = [name for i, name in enumerate(attribute.levels) if i != code and name != NOT_RECORDED]
    if attribute.levels[code] == NOT_RECORDED:
        return "recorded"
    return others[0] if len(others) == 1 else REST


def adjust_family(
    found: Sequence[AttributeGaps], *, alpha: float = 0.05
) -> tuple[list[AttributeGaps], dict[str, Any]]:
    """Holm's adjustment over all tests of each family, across attributes.

    Returns:
        The gaps with their adjusted p values, and what the families are.
    """
    changed: dict[int, Gap] = {}
    facts: dict[str, Any] = {"method": "holm", "alpha": alpha}
    for family in FAMILIES:
        tested = [
            gap
            for one in found
            for gap in one.gaps
            if gap.measure.family == family and gap.p_value is not None
        ]
        values = adjusted([gap.p_value for gap in tested], "holm")
        changed |= {id(gap): gap.adjusted(float(p)) for gap, p in zip(tested, values, strict=True)}
        facts[family] = {"tests": len(tested), "shown": int((values <= alpha).sum())}
    return [replace(one, gaps=tuple(changed.get(id(gap), gap) for gap in one.gaps)) for one in found], facts


def largest_gaps(
    attribute: Attribute, measures: Sequence[GroupMeasure], *, level: float = 0.95
) -> list[dict[str, Any]]:
    """Of each measure the two levels that lie furthest apart, with an interval that holds for all pairs.

    The pair is picked for its size, so that its own interval would be too favourable: each interval is at a
    level that makes those of all pairs hold together (Bonferroni). Nothing is tested here. Pairs of which one
    level is too small are left aside.
    """
    pairs = list(combinations(attribute.named, 2))
    each = 1 - (1 - level) / len(pairs)
    by_measure: dict[tuple[str, str | None, str | None], tuple[GroupMeasure, list[Gap]]] = {}
    for measure in measures:
        gaps = [_pair(attribute, measure, pair, each) for pair in pairs]
        kept = [gap for gap in gaps if gap.untested is None]
        if kept:
            point = measure.threshold.name if measure.threshold else None
            by_measure[(measure.name, measure.class_name, point)] = (measure, kept)
    found = [_largest(measure, kept, len(pairs), level) for measure, kept in by_measure.values()]
    return found + _equalised_odds(by_measure, len(pairs), level)


def _pair(attribute: Attribute, measure: GroupMeasure, pair: tuple[int, int], level: float) -> Gap:
    names = attribute.levels[pair[0]], attribute.levels[pair[1]]
    return gap_between(
        measure, attribute.rows(pair[0]), attribute.rows(pair[1]), level=level, names=names, tested=False
    )


def _largest(measure: GroupMeasure, gaps: Sequence[Gap], pairs: int, level: float) -> dict[str, Any]:
    top = max(gaps, key=lambda gap: abs(gap.difference.value or 0.0))
    metric = _positive(
        top.difference.with_(level=level, details=dict(top.difference.details) | {"pairs": pairs})
    )
    higher, lower = (top.level, top.against) if (top.difference.value or 0) >= 0 else (top.against, top.level)
    return {
        "name": measure.name,
        "class": measure.class_name,
        "term": measure.term,
        "operating_point": top.difference.operating_point,
        "higher": higher,
        "lower": lower,
        "difference": metric.with_(convention=f"{higher} minus {lower}; interval for all pairs").as_json(),
    }


def _positive(metric: Metric) -> Metric:
    """The difference turned so that it is not negative."""
    if metric.value is None or metric.value >= 0:
        return metric
    low, high = metric.ci_low, metric.ci_high
    return metric.with_(
        value=-metric.value,
        ci_low=None if high is None else -high,
        ci_high=None if low is None else -low,
    )


def _equalised_odds(
    by_measure: dict[tuple[str, str | None, str | None], tuple[GroupMeasure, list[Gap]]],
    pairs: int,
    level: float,
) -> list[dict[str, Any]]:
    """The larger of the two gaps in sensitivity and false-positive rate, at each operating point."""
    found = []
    for (name, class_name, point), (_, gaps) in by_measure.items():
        other = by_measure.get(("false_positive_rate", class_name, point))
        if name != "sensitivity" or point is None or other is None:
            continue
        both = [*gaps, *other[1]]
        top = max(both, key=lambda gap: abs(gap.difference.value or 0.0)).difference
        limits = [_absolute(gap.difference) for gap in both]
        metric = top.with_(
            name="equalised_odds_difference", value=abs(top.value or 0.0),
            ci_low=max(low for low, _ in limits), ci_high=max(high for _, high in limits), level=level,
            ci_method="largest_of_simultaneous_intervals", details={"pairs": pairs},
            convention="the largest gap between two groups in sensitivity or false-positive rate",
        )  # fmt: skip
        found.append(
            {"name": "equalised_odds", "class": None, "term": "equalised odds difference",
             "operating_point": point, "higher": None, "lower": None, "difference": metric.as_json()}
        )  # fmt: skip
    return found


def _absolute(metric: Metric) -> tuple[float, float]:
    """Limits of the absolute value."""
    low, high = metric.ci_low, metric.ci_high
    if low is None or high is None:
        return 0.0, 1.0
    return (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
