"""Points in figures: a hollow marker with its name, and a cross as wide and as high as its intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thirdeye.report.figures.palette import GROUND, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Ranged = tuple[float, float | None, float | None]  # value, lower limit, upper limit


def draw_marker(axes: Axes, x: float, y: float, marker: str, *, label: str) -> None:
    """A hollow marker, named in the legend."""
    axes.plot(
        [x], [y], marker=marker, markersize=6, markerfacecolor=GROUND, markeredgecolor=INK,
        markeredgewidth=1.2, linestyle="none", label=label,
    )  # fmt: skip


def draw_cross(axes: Axes, at_x: Ranged, at_y: Ranged, *, colour: str, linewidth: float) -> None:
    """A cross as wide and as high as the intervals; an arm without limits is left out."""
    (x, x_low, x_high), (y, y_low, y_high) = at_x, at_y
    if x_low is not None and x_high is not None:
        axes.plot([x_low, x_high], [y, y], color=colour, linewidth=linewidth)
    if y_low is not None and y_high is not None:
        axes.plot([x, x], [y_low, y_high], color=colour, linewidth=linewidth)
