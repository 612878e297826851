"""The network against each technique, and what the traditional one leans on, for evaluation.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from thirdeye.evaluation.compare import compare_models, with_adjusted
from thirdeye.evaluation.importance import importance_metric
from thirdeye.inference.calibration import apply
from thirdeye.journey.baseline import Baseline
from thirdeye.journey.material import Material, Rows
from thirdeye.journey.scoring import COMBINED, Scored
from thirdeye.plan.plan import Plan
from thirdeye.training.importance import held_out_sample, shuffled_logits
from thirdeye.training.learners import KINDS
from thirdeye.training.splits import distinct_splits
from thirdeye.transform.handcrafted.describe import feature_families

TOGETHER = "combination of network and traditional technique"
REPEATS = 3


def supplementary_comparisons(
    scored: Scored, baseline: Baseline, common: Mapping[str, Any], *, seed: int
) -> list[dict[str, Any]]:
    """The network against each learner and the simplest techniques, and both together against the network.

    Only the primary measure is compared; p is adjusted by Holm over all of them, since these are further
    questions beside the one that was fixed beforehand.

    Args:
        scored: the cases with all sources.
        baseline: the traditional technique and its rivals.
        common: labels, classes, task, positive and clusters, as `compare_models` takes them.
        seed: of the plan.
    """
    found = []
    if COMBINED in scored.others:
        entry = compare_models(
            **common, first=scored.others[COMBINED], second=scored.network, names=(TOGETHER, "network"),
            seed=seed, only_primary=True,
        )  # fmt: skip
        said = "A logistic regression on what both say of the validation cases gives each its weight."
        found.append(entry | {"kind": "combined", "source": COMBINED, "description": said})
    for rival in baseline.rivals:
        if rival.source not in scored.others:
            continue
        entry = compare_models(
            **common, first=scored.network, second=scored.others[rival.source],
            names=("network", rival.title), seed=seed, only_primary=True,
        )  # fmt: skip
        about = {"kind": rival.kind, "source": rival.source, "description": rival.description}
        found.append(entry | about)
    return with_adjusted(found)


def traditional_evidence(
    baseline: Baseline,
    development: Material,
    splits: list[tuple[Rows, Rows]],
    plan: Plan,
    *,
    patients_known: bool,
    seconds: float,
) -> dict[str, Any]:
    """The entry "traditional": the features, the learners, what was left out, and what counted.

    Args:
        baseline: fitted.
        development: the cases that it was fitted on.
        splits: as it was fitted.
        plan: task, classes, positive class, seed.
        patients_known: whether rows of one patient are known to be of one patient.
        seconds: aim for the importance of the families.
    """
    result, families = baseline.result, feature_families()
    return {
        "description": baseline.description,
        "n_features": baseline.features.shape[1],
        "chosen": [{"name": name, "n_folds": count} for name, count in result.chosen.most_common()],
        "techniques": [rival.as_json() for rival in baseline.rivals],
        "left_out": [{"kind": kind, "title": KINDS.get(kind).title} for kind in result.left_out],
        "importance": _importance(
            baseline, development, distinct_splits(splits), plan, families, patients_known, seconds
        ),
    }


def _importance(
    baseline: Baseline,
    development: Material,
    splits: Sequence[tuple[Rows, Rows]],
    plan: Plan,
    families: Mapping[str, Any],
    patients_known: bool,
    seconds: float,
) -> list[dict[str, Any]]:
    sample = held_out_sample(splits, development.patients, seed=plan.seed)
    rows = np.concatenate([holdout for _, holdout in sample])
    shuffled = shuffled_logits(
        baseline.result.folds, baseline.features, sample, families, repeats=REPEATS, seed=plan.seed,
        seconds=seconds,
    )  # fmt: skip
    whole = baseline.held_out(rows)
    entries = []
    for family, tables in shuffled.items():
        metric = importance_metric(
            labels=development.labels[rows],
            whole=whole,
            shuffled=[apply(baseline.calibration, table) for table in tables],
            classes=list(plan.classes),
            task=plan.task,
            positive=plan.positive,
            clusters=development.patients[rows] if patients_known else None,
        )
        entries.append({"family": family, "n_features": len(families[family]), "loss": metric.as_json()})
    return sorted(entries, key=lambda entry: -(entry["loss"]["value"] or 0.0))
