"""The map of the test part: where the network sees its cases, and of which class each is. No name of any."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.taxonomy import levels_of
from thirdeye.evaluation.case_map import case_map
from thirdeye.journey.scoring import Scored
from thirdeye.plan.plan import Plan

MOST_GROUPS = 8  # colours that can be told apart
OTHERS = "other classes"


def join_case_map(entry: dict[str, Any], scored: Scored, plan: Plan) -> None:
    """Add "case_map" to the entry of the test part, where features are at hand.

    Args:
        entry: of the test part in ``evaluation.json``.
        scored: its cases, with features.
        plan: classes, taxonomy and seed.
    """
    if scored.features is None:
        return
    found = case_map(scored.features, seed=plan.seed)
    if found is None:
        return
    level, groups, belongs = _groups(scored.labels[found.rows], plan)
    entry["case_map"] = {
        "method": "t-SNE",
        "perplexity": round(found.perplexity, 3),
        "seed": plan.seed,
        "n": len(found.rows),
        "n_of": len(scored.features),
        "trustworthiness": round(found.trusted, 4),
        "level": level,
        "groups": list(groups),
        "points": found.points.round(4).tolist(),
        "belongs": belongs,
    }


def _groups(labels: NDArray[np.int64], plan: Plan) -> tuple[str | None, tuple[str, ...], list[list[int]]]:
    """Name of a level, names of groups, and those of each case: of several labels several, or none."""
    if plan.task == "multilabel":
        return None, plan.classes, [np.flatnonzero(row).tolist() for row in labels]
    if len(plan.classes) <= MOST_GROUPS:
        return None, plan.classes, [[int(one)] for one in labels]
    levels = levels_of(plan.taxonomy, plan.classes) if plan.taxonomy else ()
    for level in reversed(levels):  # the finest that has few enough kinds
        if len(level.names) <= MOST_GROUPS:
            return level.name, level.names, [[int(one)] for one in level.labels(labels, plan.classes)]
    common = [k for k, _ in Counter(labels.tolist()).most_common(MOST_GROUPS - 1)]
    names = (*(plan.classes[k] for k in common), OTHERS)
    return None, names, [[common.index(k) if k in common else len(common)] for k in labels.tolist()]
