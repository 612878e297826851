"""Thresholds on the kinds of a taxonomy, fixed on held-out cases."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.taxonomy import levels_of
from thirdeye.evaluation.operating_point import choose_operating_points
from thirdeye.inference.fusion.levels import LevelDecision
from thirdeye.intake.vocabulary import recognise_positive
from thirdeye.journey.trust.held_out import HeldOut
from thirdeye.plan.plan import Plan


def decide_levels(held: HeldOut) -> list[dict[str, Any]] | None:
    """The levels of the plan's taxonomy with their thresholds; None where it has none."""
    if not held.plan.taxonomy:
        return None
    found = level_decisions(held.plan, held.probabilities, held.labels, held.patients)
    return [one.as_json() for one in found]


def level_decisions(
    plan: Plan, probabilities: NDArray[Any], labels: NDArray[np.int64], patients: NDArray[np.str_]
) -> list[LevelDecision]:
    """Each level, with operating points where it has two kinds of which one is known to be the disease.

    Args:
        plan: taxonomy and classes.
        probabilities: (n, K) of held-out cases.
        labels: (n,) class indices.
        patients: (n,).
    """
    found = []
    for level in levels_of(plan.taxonomy, plan.classes):
        known = recognise_positive(level.names, level.name) if len(level.groups) == 2 else None
        positive = None if known is None else known.name
        points: list[dict[str, Any]] = []
        if positive is not None:
            truth = level.labels(labels, plan.classes) == level.names.index(positive)
            scores = level.sum(probabilities, plan.classes)[:, level.names.index(positive)].clip(0, 1)
            if 0 < truth.sum() < len(truth):
                points = choose_operating_points(truth.astype(int), scores, clusters=patients)
        found.append(LevelDecision(level, positive, tuple(points)))
    return found
