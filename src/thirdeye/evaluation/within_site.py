"""The AUC over all sites against the AUC within them: does the reader tell the disease, or the site?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from thirdeye.evaluation.attributes import FLOOR, Attribute, read_attribute
from thirdeye.evaluation.case_set import CaseSet, read_case_set
from thirdeye.evaluation.distributions import t_quantile, t_two_sided_p
from thirdeye.evaluation.group_estimates import combined, degrees_of_freedom
from thirdeye.evaluation.group_measures import GroupMeasure, group_measures
from thirdeye.evaluation.inputs import check_length, check_names
from thirdeye.evaluation.level_metrics import part_of
from thirdeye.evaluation.metric import MIN_EVENTS, Metric
from thirdeye.evaluation.rates import prevalence_metric

KINDS = ("site", "device")


def within_site_evidence(
    *, labels: Any, probabilities: Any, classes: Sequence[str], task: str, positive: str | None,
    clusters: Any, columns: Mapping[str, Sequence[Any]], level: float = 0.95,
) -> list[dict[str, Any]]:  # fmt: skip
    """Pooled AUC, mean AUC within a site, and their difference, for every column that names a source.

    Where the condition is more common at one site, a reader that knows the site ranks cases rightly without
    seeing the disease: pairs from different sites lift the pooled AUC above that within sites (Zech et al.
    2018, PLoS Med 15:e1002683). Both estimates share their cases; the interval of the difference counts that.

    Args:
        labels, probabilities, classes, task, positive, clusters: as for `evaluate_set`.
        columns: name to the value of each case; those that name no source are passed over.
        level: confidence level.

    Raises:
        UsageError: a column has another length; or as `evaluate_set`.
    """
    cases = read_case_set(
        labels=labels, probabilities=probabilities, classes=classes, task=task, positive=positive,
        clusters=clusters, level=level,
    )  # fmt: skip
    area = next(one for one in group_measures(cases, task) if one.kind == "area")
    found = []
    for name, values in columns.items():
        check_length(f"column '{name}'", check_names(name, values), cases.n)
        attribute = read_attribute(name, values, floor=FLOOR)
        if attribute.kind in KINDS and len(attribute.named) >= 2 and not attribute.cut_points:
            found.append(_of_column(cases, area, attribute, level))
    return [one for one in found if one is not None]


def _of_column(
    cases: CaseSet, area: GroupMeasure, attribute: Attribute, level: float
) -> dict[str, Any] | None:
    """None where fewer than two sites have enough cases of every class."""
    large = [code for code in attribute.named if area.smallest(attribute.rows(code)) >= MIN_EVENTS]
    inside = [area.estimate(attribute.rows(code)) for code in large]
    known = [one for one in inside if one is not None]
    if len(known) < 2:
        return None
    rows = np.isin(attribute.codes, large)
    pooled = area.estimate(rows)
    if pooled is None:
        return None
    count = area.groups.count
    within = combined([(1 / len(known), one) for one in known], count)
    joint = combined([(1.0, pooled), (-1.0, within)], count)
    freedom = degrees_of_freedom(within)
    n = int(rows.sum())
    metrics = {
        "pooled": _metric(area.name, pooled.value, pooled.variance, n, level, freedom),
        "within": _metric(f"{area.name}_within", within.value, within.variance, n, level, freedom),
        "difference": _metric(
            f"{area.name}_within_difference", joint.value, joint.variance, n, level, freedom
        ),
    }
    p = t_two_sided_p(joint.value / joint.variance**0.5, freedom) if joint.variance > 0 else None
    lifted = bool(metrics["difference"].ci_low is not None and metrics["difference"].ci_low > 0)
    return {
        "column": attribute.column,
        "sites": [attribute.levels[code] for code in large],
        "n": n,
        **{name: metric.as_json() for name, metric in metrics.items()},
        "p_value": p,
        "prevalence": _prevalence(cases, attribute),
        "lifted": lifted,
        "verdict": _verdict(attribute.column, pooled.value, within.value, metrics["difference"], lifted),
    }


def _metric(name: str, value: float, variance: float, n: int, level: float, freedom: float) -> Metric:
    fields: dict[str, Any] = {"n": n, "level": level, "convention": "plain mean of the AUCs of the sites"}
    if not name.endswith(("_within", "_difference")):
        fields["convention"] = "over all pairs of cases, those from different sites included"
    if variance <= 0:
        return Metric(
            name=name, value=value, status="degenerate", reason="no variance: no interval", **fields
        )
    half = t_quantile(0.5 + level / 2, freedom) * variance**0.5
    low, high = value - half, value + half
    if not name.endswith("_difference"):
        low, high = max(low, 0.0), min(high, 1.0)
    return Metric(name=name, value=value, ci_low=low, ci_high=high, ci_method="delong_components_t", **fields)


def _prevalence(cases: CaseSet, attribute: Attribute) -> list[dict[str, Any]]:
    """The share of the positive class (or of each class) at every site."""
    columns = range(len(cases.classes)) if cases.positive is None else [cases.positive]
    found = []
    for code in attribute.named:
        part = part_of(cases, attribute.rows(code))
        for column in columns:
            metric = prevalence_metric(part.membership[:, column], groups=part.groups, level=cases.level)
            named = metric.with_(class_name=cases.classes[column])
            found.append({"site": attribute.levels[code], "metric": named.as_json()})
    return found


def _verdict(column: str, pooled: float, within: float, difference: Metric, lifted: bool) -> str:
    figures = f"AUC {pooled:.3f} over all sites, {within:.3f} on average within a site"
    if difference.ci_low is None or difference.ci_high is None:
        return f"{column}: {figures}; the difference has no interval."
    gap = (
        f"difference {difference.value:+.3f}, interval {difference.ci_low:+.3f} to {difference.ci_high:+.3f}"
    )
    if lifted:
        return (
            f"{column}: {figures} ({gap}). Part of the pooled AUC comes from telling sites apart; "
            "the figure within sites is the honest one."
        )
    return f"{column}: {figures} ({gap}). It is not shown that telling sites apart lifts the AUC."
