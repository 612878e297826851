"""What the images of a case say together: late fusion of their calibrated evidence. Pure numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError

Table = NDArray[np.float64]
FLOOR = 1e-6
METHODS = ("mean", "noisy_or", "weights")
TITLES = {
    "mean": "mean of the images' evidence",
    "noisy_or": "any image suffices (noisy-or)",
    "weights": "each view with a weight of its own",
    "attention": "attention over the images' features",
    "early": "views as the channels of one picture",
}


def evidence(probabilities: NDArray[np.floating], *, multilabel: bool) -> Table:
    """(n, K) evidence of probabilities (n, K): log odds of a label, or logs centred over the classes."""
    clipped = np.clip(np.asarray(probabilities, dtype=float), FLOOR, 1 - FLOOR)
    if multilabel:
        return np.asarray(np.log(clipped / (1 - clipped)))
    logs = np.log(clipped)
    return np.asarray(logs - logs.mean(axis=1, keepdims=True))


def pool(
    method: str,
    probabilities: NDArray[np.floating],
    of_image: NDArray[np.integer],
    *,
    positive: int | None,
    multilabel: bool,
    views: Sequence[str] = (),
    weights: Mapping[str, float] | None = None,
) -> Table:
    """Evidence (C, K) of C cases from the calibrated probabilities (n, K) of their images.

    Args:
        method: "mean" (the mean of the images' evidence), "noisy_or" (1 less the product of what speaks
            against it; Pearl 1988) or "weights" (a mean in which each view has its weight).
        probabilities: (n, K) of the images.
        of_image: (n,) case of each image, 0 to C - 1, every case at least once.
        positive: column of the positive class (binary), else None.
        multilabel: whether the columns are labels of their own.
        views: (n,) name of each image's view; for "weights".
        weights: view to its weight, 0 or more; a view without one gets the mean weight.

    Raises:
        UsageError: the method is unknown.
    """
    if method == "noisy_or":
        return _noisy_or(probabilities, of_image, positive=positive, multilabel=multilabel)
    if method not in METHODS:
        raise UsageError(f"images are pooled by {', '.join(METHODS)}, not by '{method}'")
    share = np.ones(len(of_image))
    if method == "weights" and weights:
        usual = float(np.mean(list(weights.values())))
        share = np.array([weights.get(view, usual) for view in views])
        nothing = np.bincount(of_image, weights=share)[of_image] <= 0
        share[nothing] = 1.0
    said = evidence(probabilities, multilabel=multilabel)
    total = np.bincount(of_image, weights=share)
    return np.column_stack([np.bincount(of_image, weights=share * column) / total for column in said.T])


def _noisy_or(
    probabilities: NDArray[np.floating],
    of_image: NDArray[np.integer],
    *,
    positive: int | None,
    multilabel: bool,
) -> Table:
    against = np.log1p(-np.clip(np.asarray(probabilities, dtype=float), FLOOR, 1 - FLOOR))
    none = np.column_stack(
        [np.bincount(of_image, weights=column) for column in against.T]
    )  # log of "in no image"
    some = np.log(-np.expm1(none))
    if positive is not None:
        pair = np.empty((len(none), 2))
        pair[:, positive], pair[:, 1 - positive] = some[:, positive], none[:, positive]
        return pair
    return np.asarray(some - none) if multilabel else np.asarray(some - some.mean(axis=1, keepdims=True))
