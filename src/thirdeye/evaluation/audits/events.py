"""events: too few cases of a class, or an area that is known too roughly; and how many would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from thirdeye.errors import UsageError
from thirdeye.evaluation.audits.audit import Audit
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.sample_size import Cases, cases_for_auc_interval

MIN_CASES = 100  # of each class (Vergouwe 2005, J Clin Epidemiol 58; Collins 2016, Stat Med 35)
HALF_WIDTH = 0.05  # of the interval of an area under the curve, above which it is called rough


def few_events(cases: CaseSet, metrics: Sequence[Metric] = ()) -> list[Audit]:
    """Fewer than `MIN_CASES` cases of a class, or an interval wider than wanted, with what would suffice.

    Args:
        cases: the set.
        metrics: of the set; the area under the curve with the widest interval is looked at.
    """
    counts = cases.membership.sum(axis=0)
    few = {name: int(n) for name, n in zip(cases.classes, counts, strict=True) if n < MIN_CASES}
    widest = max(_areas(metrics), key=_half_width, default=None)
    rough = widest is not None and _half_width(widest) > HALF_WIDTH
    if not few and not rough:
        return []
    sentences, numbers = [], {"counts": few, "minimum": MIN_CASES, "target_half_width": HALF_WIDTH}
    if few:
        named = ", ".join(f"{name} ({n})" for name, n in few.items())
        sentences.append(f"Fewer than {MIN_CASES} cases of {named}: expect wide intervals.")
    if widest is not None:
        said, reached = _precision(widest, rough)
        sentences.append(said)
        numbers |= reached
    return [Audit("events", "warning", " ".join(sentences), numbers)]


def _areas(metrics: Sequence[Metric]) -> list[Metric]:
    wanted = [m for m in metrics if m.name == "auc" and m.operating_point is None]
    return [m for m in wanted if m.value is not None and m.ci_low is not None and m.ci_high is not None]


def _half_width(metric: Metric) -> float:
    return ((metric.ci_high or 0.0) - (metric.ci_low or 0.0)) / 2


def _precision(metric: Metric, rough: bool) -> tuple[str, dict[str, Any]]:
    """What the interval reaches, and the cases with which it would reach `HALF_WIDTH`."""
    half = _half_width(metric)
    of_class = f" of {metric.class_name}" if metric.class_name else ""
    sentence = f"The AUC{of_class} is known to within {half:.3f} on either side"
    numbers: dict[str, Any] = {"measure": "auc", "class": metric.class_name, "half_width": half}
    needed = _needed(metric) if rough else None
    if needed is None:
        return sentence + ".", numbers
    numbers |= {
        "cases_needed": needed.total, "with_condition": round(needed.diseased),
        "without_condition": round(needed.healthy),
    }  # fmt: skip
    return (
        f"{sentence}; to within {HALF_WIDTH:g} it would take about {needed.total:,} cases "
        f"({needed.diseased:,.0f} with and {needed.healthy:,.0f} without the condition) in place of "
        f"{metric.n:,}.",
        numbers,
    )


def _needed(metric: Metric) -> Cases | None:
    """By Hanley and McNeil's variance at the same mix of cases; None where it cannot be planned with."""
    if not metric.n_pos or not metric.n_neg or metric.value is None:
        return None
    try:
        return cases_for_auc_interval(
            metric.value, half_width=HALF_WIDTH, healthy_per_diseased=metric.n_neg / metric.n_pos,
            level=metric.level,
        )  # fmt: skip
    except UsageError:
        return None
