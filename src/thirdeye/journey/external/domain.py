"""Can a simple model tell whether an image is the study's or from elsewhere? Then the two look unlike."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.auc import auc
from thirdeye.intake.probe.folds import deal_folds
from thirdeye.intake.probe.ridge import out_of_fold, reduced, standardise

MOST_FEATURES = 128
LEAST = 20  # images of either side
_WORDS = (
    (0.6, "To the network, external images look much like those of the study."),
    (0.8, "To the network, external images look somewhat unlike those of the study."),
    (0.95, "To the network, external images look clearly unlike those of the study."),
    (1.1, "To the network, nearly every external image can be told from one of the study."),
)


def domain_classifier(
    own: NDArray[np.float32],
    other: NDArray[np.float32],
    *,
    own_patients: NDArray[Any],
    other_patients: NDArray[Any],
    seed: int,
) -> dict[str, Any]:
    """AUC, out of fold and by patient, of a ridge regression that tells external images from the test part's.

    Both sides are images that the network did not learn from, so that having been learnt is no clue.

    Args:
        own, other: (n, C) and (m, C) the network's features.
        own_patients, other_patients: of each row.
        seed: of the folds.
    """
    if min(len(own), len(other)) < LEAST:
        few = min(len(own), len(other))
        return {"auc": None, "verdict": f"Not asked: {few} images on one side, fewer than {LEAST}."}
    features = reduced(standardise(np.concatenate([own, other])), MOST_FEATURES)
    external = np.arange(len(features)) >= len(own)
    names = [*(f"own {p}" for p in own_patients), *(f"other {p}" for p in other_patients)]
    groups = np.unique(names, return_inverse=True)[1].astype(np.int64)
    membership = np.column_stack([~external, external])
    scores = out_of_fold(features, membership, deal_folds(membership, groups, seed=seed))[:, 1]
    metric = auc(external, scores, clusters=groups, name="auc_domain")
    value = metric.value or 0.0
    verdict = next(words for limit, words in _WORDS if value < limit)
    if value >= _WORDS[1][0]:
        verdict += " Its probabilities may not hold there; trust calibration on external data alone."
    return {"auc": metric.as_json(), "verdict": verdict}
