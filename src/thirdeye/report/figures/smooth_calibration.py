"""The smooth calibration curve with its band, and the cases that it rests on beneath."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thirdeye.report.clean import shorten
from thirdeye.report.figures.band import Band, draw_band
from thirdeye.report.figures.drawing import PANEL_IN, drawn, label, new_figure, unit_square
from thirdeye.report.figures.palette import MUTED, NETWORK, RULE, TRADITIONAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class SmoothCurve:
    """Smoothed event rate over probability, and cases in bars.

    Args:
        x, y: probability and smoothed rate, of equal length.
        band: of the rate.
        edges: of the bars, one more than there are counts.
        with_outcome, without_outcome: cases in each bar.
    """

    x: Sequence[float]
    y: Sequence[float]
    band: Band | None
    edges: Sequence[float]
    with_outcome: Sequence[int]
    without_outcome: Sequence[int]


@drawn
def smooth_calibration_figure(curve: SmoothCurve, *, outcome: str, names: tuple[str, str]) -> Figure:
    """Observed against predicted; below, bars upwards with and downwards without the outcome."""
    figure = new_figure(PANEL_IN, PANEL_IN + 0.75)
    grid = figure.add_gridspec(2, 1, height_ratios=[5, 1.25])
    axes = figure.add_subplot(grid[0])
    unit_square(axes, x="", y=f"Observed frequency of {outcome}")
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    draw_band(axes, curve.band)
    axes.plot(curve.x, curve.y, color=NETWORK)
    axes.set_xticklabels([])
    _bars(figure.add_subplot(grid[1], sharex=axes), curve, names)
    return figure


def _bars(axes: Axes, curve: SmoothCurve, names: tuple[str, str]) -> None:
    edges = np.asarray(curve.edges)
    middle, width = (edges[1:] + edges[:-1]) / 2, np.diff(edges) * 0.86
    up, down = np.asarray(curve.with_outcome), -np.asarray(curve.without_outcome)
    axes.bar(middle, up, width, color=TRADITIONAL, alpha=0.8, linewidth=0)
    axes.bar(middle, down, width, color=NETWORK, alpha=0.8, linewidth=0)
    axes.axhline(0, color=MUTED, linewidth=0.7)
    most = max(int(up.max(initial=0)), int(-down.min(initial=0)), 1)
    axes.set(ylim=(-1.35 * most, 1.35 * most), xlabel="Predicted probability", ylabel="Cases")
    axes.set_yticks([-most, 0, most], [f"{most:,}", "0", f"{most:,}"])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    for name, y, colour, va in ((names[0], 0.97, TRADITIONAL, "top"), (names[1], 0.03, NETWORK, "bottom")):
        axes.text(
            0.5, y, shorten(label(name), 34), transform=axes.transAxes, ha="center", va=va, fontsize=7.5,
            color=colour,
        )  # fmt: skip
    axes.grid(True, axis="y", color=RULE)
