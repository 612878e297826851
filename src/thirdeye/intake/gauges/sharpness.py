"""How sharp a picture is, and how noisy."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.intake.gauges.gauge import GAUGES
from thirdeye.intake.gauges.views import piece, value_range

_LEAST_PX = 8


@GAUGES.register("sharpness")
def gauge(image: Image) -> dict[str, float]:
    """Variance of the Laplacian over that of the picture, and noise.

    ``sharpness``: logarithm to base 10 of the variance of the Laplacian (Pech-Pacheco et al. 2000) over the
    variance of the values, so that contrast cancels; about -2 where blurred, 0 and more where sharp.
    ``noise``: standard deviation of the noise after Immerkaer (1996), in per cent of the value range.
    NaN where the picture is flat or smaller than 8 pixels.
    """
    values = piece(image)
    low, high = value_range(image)
    if min(values.shape) < _LEAST_PX or high <= low:
        return {"sharpness": math.nan, "noise": math.nan}
    values = (values - np.float32(low)) * np.float32(1 / (high - low))
    spread = float(values.var())
    if spread <= 0:
        return {"sharpness": math.nan, "noise": math.nan}
    across, down = second_difference(values), second_difference(values.T).T
    laplacian = across[1:-1] + down[:, 1:-1]
    curvature = max(float(laplacian.var()), 1e-12)
    return {
        "sharpness": round(math.log10(curvature / spread), 4),
        "noise": round(100 * immerkaer(across), 4),
    }


def second_difference(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w - 2) second differences along each row."""
    return np.asarray(values[:, :-2] - 2 * values[:, 1:-1] + values[:, 2:])


def immerkaer(across: NDArray[np.float32]) -> float:
    """Standard deviation of the noise: J. Immerkaer, Comput Vis Image Underst 64:300 (1996).

    Args:
        across: second differences along the rows; those of them down the columns are Immerkaer's mask.
    """
    response = across[:-2] - 2 * across[1:-1] + across[2:]
    return float(np.abs(response).mean()) * math.sqrt(math.pi / 2) / 6
