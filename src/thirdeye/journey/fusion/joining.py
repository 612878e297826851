"""Features and clinical variables in one table, fold by fold: nothing decides a case that taught it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.inference.fusion.model import Clinical
from thirdeye.inference.fusion.variables import Linear
from thirdeye.journey.fusion.candidates import Ground
from thirdeye.training.fusion.joining import fit_part
from thirdeye.transform.fusion.joined import Joined, joined_to_bytes

JOINED_FILE = "model/joined.npz"
Table = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """A model, and what it says of the held-out cases when it has not seen their patients.

    Args:
        model: for reading.
        logits: (n, K).
    """

    model: Linear | Joined
    logits: Table


def fit_joined(technique: str, ground: Ground, encoded: Table, *, images: bool) -> Fitted:
    """One model a fold, from its learning cases and the networks that have not learnt from its held-out ones.

    Args:
        technique: "svm" or "boosting".
        ground: cases, folds and features.
        encoded: (C, D) clinical columns of all cases.
        images: whether the features take part; else the columns decide alone.

    Raises:
        UsageError: every network has learnt from some case of every fold.
    """
    features = ground.case_features if images else np.empty((ground.cases.n, 0))
    logits = np.full((ground.cases.n, len(ground.truth.classes)), np.nan)
    parts = []
    for train, holdout in ground.splits:
        learnt, asked = (np.unique(ground.cases.of_image[rows]) for rows in (train, holdout))
        columns = ground.columns_of(holdout) if images else np.empty(0, np.int64)
        part = fit_part(
            technique, features[learnt][:, columns], encoded[learnt], ground.truth.at(learnt),
            columns=columns, seed=ground.seed,
        )  # fmt: skip
        logits[asked] = part.logits(features[asked], encoded[asked])
        parts.append(part)
    held = logits[ground.held]
    if not np.isfinite(held).all():
        raise UsageError(
            f"joining={technique}: some held-out cases were answered by no fold; use joining=logistic"
        )
    return Fitted(Joined(technique, tuple(parts)), held)


def keep_joined(study: Study, clinical: Clinical) -> dict[str, Any] | None:
    """Write models that do not fit into ``model.json`` beside it; None where there are none.

    Raises:
        StageFailed: the file cannot be written.
    """
    held = {"together": clinical.together, "alone": clinical.alone}
    models = {name: model for name, model in held.items() if isinstance(model, Joined)}
    if not models:
        study.path(JOINED_FILE).unlink(missing_ok=True)
        return None
    content = joined_to_bytes(models)
    with study.writing(JOINED_FILE) as path:
        path.write_bytes(content)
    technique = next(iter(models.values())).technique
    return {
        "technique": technique, "file": JOINED_FILE.split("/")[-1],
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
