"""The band around a curve: where it would lie with other cases of the same kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.figures.palette import NETWORK

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Band:
    """Limits of a curve at places of x, all of equal length; places without limits are left out before."""

    x: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def draw_band(axes: Axes, band: Band | None, colour: str = NETWORK) -> None:
    """A pale area beneath the curve; nothing where there is no band."""
    if band is not None and len(band.x) > 1:
        axes.fill_between(band.x, band.low, band.high, color=colour, alpha=0.16, linewidth=0)
