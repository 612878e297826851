"""Calibration side by side: at home and elsewhere, or before and after an update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.clean import shorten
from thirdeye.report.figures.drawing import WIDE_IN, drawn, label, new_figure, unit_square
from thirdeye.report.figures.palette import GROUND, MUTED, NETWORK
from thirdeye.report.figures.reliability import Bin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Smooth:
    """A calibration curve without bins: predicted probability, observed frequency and its band."""

    probability: Sequence[float]
    frequency: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class Panel:
    """One set of cases: its name, cases of similar probability, and the smooth curve where there is one."""

    title: str
    bins: Sequence[Bin]
    smooth: Smooth | None
    colour: str = NETWORK


@drawn
def calibration_panels(panels: Sequence[Panel], *, outcome: str) -> Figure:
    """Observed frequency against predicted probability, one panel a set; the dashed diagonal is ideal."""
    figure = new_figure(WIDE_IN, WIDE_IN / max(2, len(panels)) + 0.35)
    for at, panel in enumerate(panels):
        axes = figure.add_subplot(1, len(panels), at + 1)
        y = f"Observed frequency of {outcome}" if at == 0 else ""
        unit_square(axes, x="Predicted probability", y=y)
        axes.set_title(shorten(label(panel.title), 42))
        _draw(axes, panel)
    return figure


def _draw(axes: Axes, panel: Panel) -> None:
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    if panel.smooth is not None:
        curve = panel.smooth
        axes.fill_between(
            curve.probability, curve.low, curve.high, color=panel.colour, alpha=0.16, linewidth=0
        )
        axes.plot(curve.probability, curve.frequency, color=panel.colour, linewidth=1.6)
    for item in panel.bins:
        if item.low is not None and item.high is not None:
            axes.plot([item.probability] * 2, [item.low, item.high], color=panel.colour, linewidth=0.9)
    axes.plot(
        [item.probability for item in panel.bins], [item.frequency for item in panel.bins], "o",
        color=panel.colour, markersize=4.5, markerfacecolor=GROUND, markeredgewidth=1.2,
    )  # fmt: skip
