"""How gradients stand to the middle of the picture: histograms of gradient divergence.

Source: Moura DC, Guevara Lopez MA, Int J Comput Assist Radiol Surg 2013;8:561-574, one of the rivals of
Arevalo J et al., Comput Methods Programs Biomed 2016;127:248-257. The idea is from memory; rings and bins are
chosen here. A round mass that is brighter than what is around it has all its gradients point to the middle;
spicules turn them across.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.handcrafted.gradient import central_differences, clipped_unit

RINGS, BINS = 4, 8


def gradient_divergence(grey: NDArray[np.float32]) -> NDArray[np.float64]:
    """(RINGS * BINS,) of one block of unit length, clipped at 0.2; zeros where the picture is flat.

    Args:
        grey: (S, S) in 0..1. Rings of one width lie around the middle; what lies beyond the last belongs to
            it. Bins are of the angle between the gradient and the line to the middle, 0 to 180 degrees, and
            hold the magnitude.
    """
    rows, columns = (one.astype(np.float64) for one in central_differences(grey))
    side = grey.shape[0]
    y, x = (side - 1) / 2 - np.mgrid[:side, :side]
    distance, magnitude = np.hypot(y, x), np.hypot(rows, columns)
    straight = (rows * y + columns * x) / (distance * magnitude).clip(1e-12)
    angle = np.arccos(straight.clip(-1, 1))
    bins = np.minimum((angle / np.pi * BINS).astype(np.intp), BINS - 1)
    rings = np.minimum((distance / (side / 2) * RINGS).astype(np.intp), RINGS - 1)
    held = np.bincount((rings * BINS + bins).ravel(), weights=magnitude.ravel(), minlength=RINGS * BINS)
    return clipped_unit(held.astype(np.float64)) if held.any() else np.zeros(RINGS * BINS)
