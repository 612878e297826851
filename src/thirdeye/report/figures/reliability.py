"""The reliability diagram: does 30% mean 30 of a hundred? With intervals and the number behind each point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.figures.drawing import PANEL_IN, drawn, new_figure, unit_square
from thirdeye.report.figures.palette import GROUND, MUTED, NETWORK, RULE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Bin:
    """Cases of similar probability: mean probability, observed frequency with interval, and how many."""

    probability: float
    frequency: float
    low: float | None
    high: float | None
    n: int


@drawn
def reliability_figure(bins: Sequence[Bin], *, outcome: str = "the condition") -> Figure:
    """Observed frequency against predicted probability, above the count of cases in each bin."""
    figure = new_figure(PANEL_IN, PANEL_IN + 0.75)
    grid = figure.add_gridspec(2, 1, height_ratios=[5, 1])
    axes = figure.add_subplot(grid[0])
    unit_square(axes, x="", y=f"Observed frequency of {outcome}")
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    for item in bins:
        if item.low is not None and item.high is not None:
            axes.plot([item.probability] * 2, [item.low, item.high], color=NETWORK, linewidth=1)
    axes.plot(
        [item.probability for item in bins],
        [item.frequency for item in bins],
        color=NETWORK,
        linewidth=0.9,
        marker="o",
        markersize=5,
        markerfacecolor=GROUND,
        markeredgewidth=1.3,
    )
    axes.set_xticklabels([])
    counts = figure.add_subplot(grid[1])
    counts.vlines(
        [item.probability for item in bins], 0, [item.n for item in bins], color=NETWORK, linewidth=5
    )
    counts.set(xlim=axes.get_xlim(), xlabel="Predicted probability", ylabel="Cases")
    counts.set_ylim(0, max([item.n for item in bins], default=1) * 1.15)
    counts.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    counts.grid(True, axis="y", color=RULE)
    return figure
