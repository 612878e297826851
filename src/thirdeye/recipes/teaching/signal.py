"""Signal-detection theory: how far apart two kinds of cases are, whatever the threshold.

Source: Green DM, Swets JA. Signal detection theory and psychophysics. Wiley 1966; the lecture's slide. Both
kinds of cases give normally distributed evidence of one spread; d' is the distance of their means in it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri


def sensitivity_index(sensitivity: float, specificity: float) -> float:
    """d' = z(hits) - z(false alarms); both rates strictly between 0 and 1."""
    return float(ndtri(sensitivity) - ndtri(1 - specificity))


def criterion(sensitivity: float, specificity: float) -> float:
    """c: where the threshold lies: 0 halfway between the means, above 0 for who says "ill" reluctantly."""
    return float(-0.5 * (ndtri(sensitivity) + ndtri(1 - specificity)))


def area(d_prime: float) -> float:
    """Area under the ROC curve that a d' gives."""
    return float(ndtr(d_prime / np.sqrt(2)))


def hits(false_alarms: ArrayLike, d_prime: float) -> NDArray[np.float64]:
    """Sensitivity at each rate of false alarms, along the ROC curve of a d'."""
    return np.asarray(ndtr(ndtri(np.asarray(false_alarms, dtype=float)) + d_prime))
