"""Confident learning: which labels a model contradicts that never saw the patient.

After Northcutt, Jiang & Chuang, J Artif Intell Res 70:1373 (2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OWN_AT_MOST = 0.6  # over the square of the number of classes: 0.15 for two, 0.07 for three
OTHER_AT_LEAST = 0.5


@dataclass(frozen=True)
class Suspects:
    """Labels that a model contradicts, the most suspicious first.

    Args:
        rows: (s,) rows of the input.
        own: (s,) probability of the given label.
        other: (s,) class that the model would say instead.
        other_probability: (s,) its probability.
        joint: (k, k) the confident joint: given label (rows) against confident label (columns), counts.
    """

    rows: NDArray[np.int64]
    own: NDArray[np.float64]
    other: NDArray[np.int64]
    other_probability: NDArray[np.float64]
    joint: NDArray[np.int64]


def confident_joint(
    given: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The confident label of each case (-1: none), and the counts of given against confident labels.

    A case is confidently of class j when its probability of j reaches the mean probability of j among the
    cases labelled j (equations 1 to 3); of several such classes the most probable counts.

    Args:
        given: (n,) class numbers.
        probabilities: (n, k) out of fold.
    """
    k = probabilities.shape[1]
    bars = np.array([probabilities[given == c, c].mean() if (given == c).any() else np.inf for c in range(k)])
    reached = np.where(probabilities >= bars, probabilities, -1.0)
    label = np.where(reached.max(axis=1) >= 0, reached.argmax(axis=1), -1)
    joint = np.zeros((k, k), dtype=np.int64)
    sure = label >= 0
    np.add.at(joint, (given[sure], label[sure]), 1)
    return label, joint


def find_suspects(given: NDArray[np.int64], probabilities: NDArray[np.float64]) -> Suspects:
    """Off the diagonal of the confident joint, and contradicted clearly.

    Clearly: the given label has at most `OWN_AT_MOST` / k**2, the other at least `OTHER_AT_LEAST`. Without
    this, a weak model accuses every hard case. Chosen on planted errors in public sets (see docs/checks.md).

    Args:
        given: (n,) class numbers.
        probabilities: (n, k) out of fold, calibrated.
    """
    label, joint = confident_joint(given, probabilities)
    everyone = np.arange(len(given))
    own = probabilities[everyone, given]
    said = probabilities[everyone, np.maximum(label, 0)]
    accused = (
        (label >= 0)
        & (label != given)
        & (own <= OWN_AT_MOST / probabilities.shape[1] ** 2)
        & (said >= OTHER_AT_LEAST)
    )
    rows = everyone[accused]
    rows = rows[np.argsort(own[rows], kind="stable")]
    return Suspects(rows, own[rows], label[rows], said[rows], joint)
