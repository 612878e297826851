"""Area under a part of the ROC, raw and with McClish's correction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.roc import roc_curve

Array = NDArray[np.float64]
Focus = Literal["specificity", "sensitivity"]


@dataclass(frozen=True)
class PartialArea:
    """Area over a range of one axis.

    Args:
        value: raw area, 0 to the width of the range.
        corrected: McClish 1989 (Med Decis Making 9): 0.5 for chance, 1 for perfect; None below the diagonal.
        focus: the axis that the range is on.
        low, high: the range, 0 to 1.
    """

    value: float
    corrected: float | None
    focus: Focus
    low: float
    high: float


def partial_auc(labels: Any, scores: Any, *, focus: Focus, low: float, high: float) -> PartialArea:
    """Area under the empirical ROC where `focus` lies between `low` and `high`.

    Args:
        labels: (n,) of 0 and 1, both present.
        scores: (n,) finite, higher meaning more likely positive.
        focus: "specificity" integrates sensitivity over 1 - specificity; "sensitivity" integrates specificity
            over sensitivity.
        low, high: the range on that axis, 0 <= low < high <= 1.

    Raises:
        UsageError: a range or focus that cannot be.
    """
    if focus not in ("specificity", "sensitivity"):
        raise UsageError(f"focus='{focus}': choose specificity or sensitivity")
    if not 0 <= low < high <= 1:
        raise UsageError(f"a partial AUC needs 0 <= low < high <= 1, got {low} to {high}")
    curve = roc_curve(labels, scores)
    if focus == "specificity":
        across, up = 1 - curve.specificity, curve.sensitivity
    else:
        across, up = 1 - curve.sensitivity[::-1], curve.specificity[::-1]
    area = _area(across, up, 1 - high, 1 - low)
    return PartialArea(area, _corrected(area, 1 - high, 1 - low), focus, low, high)


def _area(across: Array, up: Array, start: float, end: float) -> float:
    """Trapezoids of the polygon between two places, which are interpolated."""
    edges = [_height(across, up, start, right=True), _height(across, up, end, right=False)]
    inside = (across > start) & (across < end)
    x = np.concatenate([[start], across[inside], [end]])
    y = np.concatenate([edges[:1], up[inside], edges[1:]])
    return float(np.trapezoid(y, x))


def _height(across: Array, up: Array, at: float, *, right: bool) -> float:
    """Height of the polygon; on a vertical edge its upper end seen from the right, else the lower."""
    here = np.flatnonzero(across == at)
    if here.size:
        return float(up[here[-1] if right else here[0]])
    return float(np.interp(at, across, up))


def _corrected(area: float, start: float, end: float) -> float | None:
    chance = (end**2 - start**2) / 2
    most = end - start
    if area < chance - 1e-12:  # chance itself is 0.5, whatever the rounding
        return None
    return 0.5 * (1 + (area - chance) / (most - chance))
