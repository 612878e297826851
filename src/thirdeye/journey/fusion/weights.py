"""How much each view of a case should weigh, from held-out cases."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from thirdeye.inference.fusion.pooling import evidence, pool
from thirdeye.training.selection import Truth, log_loss

FEWEST = 20  # cases that show a view
_PRIOR = 1.0  # standard deviation of the log of a weight


def fit_weights(
    probabilities: NDArray[np.floating], of_image: NDArray[np.integer], views: NDArray[np.str_], truth: Truth
) -> dict[str, float]:
    """Weight of each view, the mean of which is 1; the most likely ones under a weak prior at equal weights.

    Args:
        probabilities: (n, K) calibrated, of images that were not learnt from.
        of_image: (n,) case of each.
        views: (n,) name of each one's view.
        truth: of the cases.
    """
    names = sorted(set(views))
    said = evidence(probabilities, multilabel=truth.task == "multilabel")
    place = np.searchsorted(names, views)

    def cost(theta: NDArray[np.float64]) -> float:
        share = np.exp(theta[:-1])[place]
        total = np.bincount(of_image, weights=share)
        mixed = np.column_stack([np.bincount(of_image, weights=share * c) / total for c in said.T])
        return (
            log_loss(np.exp(theta[-1]) * mixed, truth) * len(total)
            + 0.5 * float((theta**2).sum()) / _PRIOR**2
        )

    found = minimize(cost, np.zeros(len(names) + 1), method="L-BFGS-B", bounds=[(-4, 4)] * (len(names) + 1))
    raised = np.exp(found.x[:-1])
    return {name: float(value) for name, value in zip(names, raised / raised.mean(), strict=True)}


def pooled_by_weights(
    probabilities: NDArray[np.floating],
    of_image: NDArray[np.integer],
    views: Sequence[str],
    weights: dict[str, float],
    *,
    multilabel: bool,
) -> NDArray[np.float64]:
    """(C, K) evidence with the weights of the views."""
    return pool(
        "weights", probabilities, of_image, positive=None, multilabel=multilabel, views=views, weights=weights
    )
