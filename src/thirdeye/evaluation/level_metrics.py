"""The measures of one group of cases, each a metric with its interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.gap_methods import group_limits
from thirdeye.evaluation.group_estimates import Flags
from thirdeye.evaluation.group_measures import MOST_CLASSES, GroupMeasure, group_measures
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.multiclass import auc_macro
from thirdeye.evaluation.proper_scores import mean_metric
from thirdeye.evaluation.proportion import proportion
from thirdeye.evaluation.rates import prevalence_metric, rate_metrics


def level_json(cases: CaseSet, rows: Flags, task: str, *, group: bool) -> dict[str, Any]:
    """One entry of "levels": counts, whether they suffice, and every measure.

    Args:
        cases: the whole set.
        rows: (n,) the group.
        task: of the set.
        group: True for what is no group of its own ("too few", "not recorded").
    """
    part = part_of(cases, rows)
    counts = part.membership.sum(axis=0)
    fields: dict[str, Any] = {"n": part.n, "n_patients": part.groups.count, "is_group": not group}
    fields |= {"n_by_class": dict(zip(cases.classes, counts.tolist(), strict=True))}
    if cases.positive is not None:
        events = int(counts[cases.positive])
        fields |= {"events": events, "non_events": part.n - events}
        few = min(events, part.n - events)
        what = "events" if events <= part.n - events else "non-events"
        unstable = f"{few} {what}, fewer than {MIN_EVENTS}" if few < MIN_EVENTS else None
    else:
        few = int(counts.min())
        name = cases.classes[int(counts.argmin())]
        unstable = f"{few} of class {name}, fewer than {MIN_EVENTS}" if few < MIN_EVENTS else None
    fields |= {"status": "unstable" if unstable else "ok", "reason": unstable}
    metrics = _binary(part) if task == "binary" else _several(part, task)
    return fields | {"metrics": [metric.as_json() for metric in metrics]}


def part_of(cases: CaseSet, rows: Flags) -> CaseSet:
    """Some cases of a set."""
    return replace(
        cases, membership=cases.membership[rows], probabilities=cases.probabilities[rows],
        groups=cases.groups.of(rows),
    )  # fmt: skip


def _binary(part: CaseSet) -> Iterator[Metric]:
    column = part.positive or 0
    truth, scores = part.membership[:, column], part.probabilities[:, column]
    known: dict[str, Any] = {"groups": part.groups, "level": part.level}
    yield prevalence_metric(truth, **known)
    yield auc(truth, scores, clusters=part.groups, level=part.level)
    yield observed_over_expected(truth, scores, **known)
    for point in part.thresholds:
        called = scores >= point.threshold
        for metric in rate_metrics(truth, called, **known):
            if metric.name != "accuracy":
                yield point.mark(metric)
        rate = proportion(called, name="selection_rate", clusters=part.groups, level=part.level)
        yield point.mark(rate)


def observed_over_expected(truth: Flags, scores: Any, *, groups: Clusters, level: float) -> Metric:
    """Events observed over the sum of probabilities: calibration in the large, 1 is ideal.

    Args:
        truth: (n,).
        scores: (n,) probabilities.
        groups: patient of each row.
        level: confidence level.
    """
    expected = float(np.mean(scores))
    name, convention = (
        "observed_over_expected",
        ("events over the sum of probabilities; 1 is ideal; interval from that of the event rate"),
    )
    counts: dict[str, Any] = {"n_pos": int(truth.sum()), "n_neg": int((~truth).sum())}
    if expected <= 0:
        why = "all probabilities are zero"
        return undefined(name, why, n=truth.size, level=level, convention=convention, **counts)
    rate = proportion(truth, name=name, clusters=groups, level=level, convention=convention)
    few = min(counts["n_pos"], counts["n_neg"])
    if few < MIN_EVENTS:
        counts |= {
            "status": "unstable",
            "reason": f"{few} cases of the smaller class, fewer than {MIN_EVENTS}",
        }
    low, high = (None if limit is None else limit / expected for limit in (rate.ci_low, rate.ci_high))
    return rate.with_(value=(rate.value or 0.0) / expected, ci_low=low, ci_high=high, **counts)


def _several(part: CaseSet, task: str) -> Iterator[Metric]:
    names, groups, level = list(part.classes), part.groups, part.level
    yield auc_macro(part.membership, part.probabilities, classes=names, clusters=groups, level=level)
    everyone = np.ones(part.n, dtype=bool)
    for measure in group_measures(part, task):
        if measure.name in ("accuracy", "sensitivity"):
            hits = measure.values[measure.eligible[:, 0], 0]
            among = groups.of(measure.eligible[:, 0]) if hits.size else None
            one = proportion(
                hits, name=measure.name, clusters=among, level=level, empty="no case of the class"
            )
            yield one.with_(class_name=measure.class_name)
        elif measure.name == "balanced_accuracy":
            yield _mean_of_recalls(measure, everyone, level)
        elif measure.name == "mean_absolute_error":
            yield mean_metric(measure.values[:, 0], name=measure.name, clusters=groups, level=level)
        elif measure.name == "auc" and len(names) <= MOST_CLASSES:
            one = auc(measure.eligible[:, 0], measure.values[:, 0], clusters=groups, level=level)
            yield one.with_(class_name=measure.class_name)


def _mean_of_recalls(measure: GroupMeasure, rows: Flags, level: float) -> Metric:
    estimate = measure.estimate(rows)
    fields: dict[str, Any] = {
        "n": int(rows.sum()),
        "level": level,
        "convention": "mean of the recalls of all classes",
    }
    if estimate is None:
        return undefined(measure.name, "a class is absent", **fields)
    fields |= {"value": estimate.value, "n_clusters": estimate.n_clusters}
    limits = group_limits(measure, rows, estimate, level) if 0 < estimate.value < 1 else None
    if limits is None:
        return Metric(name=measure.name, status="degenerate", reason="no variance: no interval", **fields)
    few = measure.smallest(rows)
    if few < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"a class has {few} patients, fewer than {MIN_EVENTS}"}
    return Metric(
        name=measure.name, ci_low=limits[0], ci_high=limits[1], ci_method="delta_method_logit_t", **fields
    )
