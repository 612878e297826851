"""The architectures of one reader, each alone, and every two of them in a paired test."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.compare import compare_models, with_adjusted
from thirdeye.inference.calibration import Calibration, apply
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.scoring import Scored
from thirdeye.plan.plan import Plan

NETWORKS = "networks"


def each_alone(manifest: Manifest, members: NDArray[np.float32] | None) -> Mapping[str, NDArray[np.float64]]:
    """What every architecture of a reader says by itself; {} where there is one alone.

    Args:
        manifest: of the reader. Its calibration belongs to all together and is left out: measures of rank do
            not need it.
        members: (n, M, K) logits of each member; None where they were not kept.

    Returns:
        Architecture to (n, K) probabilities: the mean logits of its fine-tuned members, or of its frozen
        features where none was fine-tuned.
    """
    named = [one.get("architecture") for one in manifest.members]
    if members is None or len(set(named) - {None}) < 2:
        return {}
    own = members / np.array([one.get("say", 1.0) for one in manifest.members])[None, :, None]
    plain = Calibration("none", manifest.task)
    folds = np.array([int(one["fold"]) for one in manifest.members])
    found = {}
    for name in dict.fromkeys(named):
        mine = np.array([other == name for other in named])
        tuned = mine & (folds >= 0)
        found[str(name)] = apply(plain, own[:, tuned if tuned.any() else mine].mean(axis=1))
    return found


def join_networks(
    entry: dict[str, Any], scored: Scored, plan: Plan, manifest: Manifest, *, patients_known: bool
) -> None:
    """Write "networks" into the entry of a set: every two architectures on the same cases.

    The primary measure alone is compared; p is adjusted by Holm over all pairs.

    Args:
        entry: of `set_evidence`.
        scored: the set, with the logits of each member.
        plan: task, classes, positive class, seed.
        manifest: of the reader.
        patients_known: whether rows of one patient are known to be of one patient.
    """
    alone = each_alone(manifest, scored.members)
    found = [
        compare_models(
            labels=scored.labels, first=alone[one], second=alone[other], classes=list(plan.classes),
            task=plan.task, positive=plan.positive, clusters=scored.patients if patients_known else None,
            names=(_plain(one), _plain(other)), seed=plan.seed, only_primary=True,
        )
        for one, other in combinations(alone, 2)
    ]  # fmt: skip
    if found:
        entry[NETWORKS] = with_adjusted(found)


def _plain(name: str) -> str:
    """An architecture without the library that it comes from."""
    return name.rpartition(":")[2]
