"""What sets, certainty and deferral are worth on cases that had no part in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.certainty import decided
from thirdeye.evaluation.conformal import ALL_CASES, EACH_CLASS, SetRule
from thirdeye.evaluation.conformal_coverage import coverage_metric, mean_set_size, set_sizes
from thirdeye.evaluation.deferral_effect import effect_of_deferral
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.risk_coverage import compare_certainties, risk_curve
from thirdeye.inference import certainty, conformal
from thirdeye.inference.conformal import Asked, questions, rules_of
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.scoring import Scored
from thirdeye.journey.trust.uncertainty import losses_of, set_groups
from thirdeye.plan.plan import Plan

FEWEST_SHOWN = 20  # patients of a group whose coverage is told
UNCERTAINTY = "uncertainty"


def join_uncertainty(
    entry: dict[str, Any], scored: Scored, plan: Plan, manifest: Manifest, *, patients_known: bool
) -> None:
    """Write "uncertainty" into one entry of "sets", where the reader has rules.

    Args:
        entry: of `set_evidence`.
        scored: cases that no rule was fixed on.
        plan: task, classes, seed.
        manifest: of the reader, with its rules.
        patients_known: whether rows of one patient are known to be of one patient.
    """
    clusters = scored.patients if patients_known else None
    found = {
        "sets": _sets(scored, plan, manifest, clusters),
        "certainty": _certainty(scored, plan, manifest, clusters),
    }
    kept = {name: one for name, one in found.items() if one}
    if kept:
        entry[UNCERTAINTY] = kept


def _sets(scored: Scored, plan: Plan, manifest: Manifest, clusters: Any) -> dict[str, Any] | None:
    rules = rules_of(manifest.trust)
    if not rules:
        return None
    asked = questions(plan.task, plan.classes)
    known = manifest.trust[conformal.NAME]
    groups = set_groups(
        scored.material.rows.iloc[scored.rows], clusters, fewest=FEWEST_SHOWN,
        without=known.get("no_groups", ()),
    )  # fmt: skip
    measured = [
        _rule(rule, number, asked[number], scored, clusters, groups)
        for number, rule in rules
        if rule.scope in (ALL_CASES, EACH_CLASS) or rule.scope in groups
    ]
    return {"coverage": known["coverage"], "guarantee": known.get("guarantee"), "rules": measured}


def _rule(
    rule: SetRule, number: int, asked: Asked, scored: Scored, clusters: Any,
    groups: Mapping[str, NDArray[np.bool_]],
) -> dict[str, Any]:  # fmt: skip
    table, truth = asked.probabilities(scored.network), asked.labels(scored.labels)
    own = rule.scope in groups
    rows = groups[rule.scope] if own else np.full(len(truth), True)
    inside = rule.sets(table)
    covered = inside[np.arange(len(truth)), truth]

    def measure(part: NDArray[np.bool_], n: int | None, name: str | None = None) -> dict[str, Any]:
        of = None if clusters is None else clusters[part]
        return coverage_metric(
            covered[part], clusters=of, coverage=rule.coverage, n_calibration=n, class_name=name
        ).as_json()

    by_class = [
        (k, name, rule.patients[k] if rule.scope == EACH_CLASS and rule.thresholds[k] is not None else None)
        for k, name in enumerate(asked.classes)
    ]
    return {
        "scope": rule.scope, "question": asked.scope, "score": rule.score,
        "overall": measure(rows, None if rule.scope == EACH_CLASS else rule.patients[0]),
        "by_class": [measure(rows & (truth == k), n, name) for k, name, n in by_class],
        "always": [name for k, name, _ in by_class if rule.thresholds[k] is None],
        "size": mean_set_size(inside[rows], clusters=None if clusters is None else clusters[rows]).as_json(),
        "sizes": {
            name: set_sizes(inside[rows & (truth == k)])
            for k, name, _ in by_class
            if (rows & (truth == k)).any()
        },
        "by_group": []
        if own
        else [{"group": name, "coverage": measure(part, None)} for name, part in groups.items()],
    }  # fmt: skip


def _certainty(scored: Scored, plan: Plan, manifest: Manifest, clusters: Any) -> dict[str, Any] | None:
    form = manifest.trust.get(certainty.NAME)
    if not form:
        return None
    told = certainty.Told(scored.network, scored.by_view, scored.members)
    found = certainty.certainties(told, manifest)
    losses = losses_of(scored.labels, scored.network, manifest)
    if form["method"] not in found:
        return None
    compared = compare_certainties(losses, found, clusters=clusters, seed=plan.seed)
    rules = [
        {**rule, **_deferral(scored, manifest, found[form["method"]] < rule["below"], losses, clusters)}
        for rule in form["rules"]
    ]
    return {
        "method": form["method"], "deferred": form["deferred"],
        "areas": {name: metric.as_json() for name, metric in compared.areas.items()},
        "differences": {name: metric.as_json() for name, metric in compared.differences.items()},
        "curves": {name: risk_curve(losses, one) for name, one in found.items()},
        "rules": rules,
    }  # fmt: skip


def _deferral(
    scored: Scored, manifest: Manifest, left: NDArray[np.bool_], losses: NDArray[np.float64], clusters: Any
) -> dict[str, Any]:
    positive = truth = None
    if manifest.positive is not None:
        table = certainty.positive_last(scored.network, manifest)
        threshold = certainty.decision_threshold(manifest)
        positive = decided(table, task=manifest.task, threshold=threshold) == 1
        truth = scored.labels == manifest.classes.index(manifest.positive)
    groups = check_clusters(clusters, len(left))
    found = effect_of_deferral(left, losses, clusters=groups, truth=truth, positive=positive)
    return {name: [metric.as_json() for metric in metrics] for name, metrics in found.items()}
