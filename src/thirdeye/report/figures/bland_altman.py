"""Two measurements of the same thing: difference against mean (Bland & Altman 1986, Lancet 327:307)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.clean import shorten
from thirdeye.report.figures.drawing import PANEL_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import INK, MUTED, NETWORK, RULE, TRADITIONAL

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HIGH_IN = 3.1


@dataclass(frozen=True)
class Line:
    """A level of the figure with its interval, which may be missing: the bias, or a limit of agreement."""

    value: float
    low: float | None = None
    high: float | None = None


@drawn
def bland_altman_figure(
    means: Sequence[float],
    differences: Sequence[float],
    *,
    bias: Line,
    limits: tuple[Line, Line],
    x: str,
    y: str,
    title: str = "",
) -> Figure:
    """A dot per case, the bias as a line, the limits of agreement dashed, each in its pale interval.

    Args:
        means, differences: of each case, in one unit.
        bias: mean of the differences.
        limits: lower and upper limit of agreement.
        x, y: names of the axes, with the unit.
        title: over the figure; "" leaves it out.
    """
    figure = new_figure(PANEL_IN, _HIGH_IN)
    axes = figure.add_subplot()
    axes.axhline(0, color=RULE, linewidth=0.8)
    for line, colour, dash, name in (
        (bias, TRADITIONAL, "-", "bias"),
        (limits[1], MUTED, (0, (5, 3)), "limit"),
        (limits[0], MUTED, (0, (5, 3)), "limit"),
    ):
        if line.low is not None and line.high is not None:
            axes.axhspan(line.low, line.high, color=colour, alpha=0.12, linewidth=0)
        axes.axhline(line.value, color=colour, linewidth=1.2, linestyle=dash)
        axes.annotate(
            f"{name} {signed(line.value)}", (1.01, line.value),
            xycoords=("axes fraction", "data"), va="center", fontsize=7.5, color=INK, annotation_clip=False,
        )  # fmt: skip
    axes.plot(means, differences, "o", color=NETWORK, markersize=3.6, alpha=0.65, markeredgewidth=0)
    axes.set(xlabel=x, ylabel=y)
    if title:
        axes.set_title(shorten(label(title), 40))
    axes.grid(True, axis="x", color=RULE)
    axes.margins(x=0.06, y=0.12)
    return figure


def signed(value: float) -> str:
    """Three digits that matter, never a power of ten: +0.0123, −624, +1,240."""
    text = f"{value:+,.0f}" if abs(value) >= 100 else f"{value:+.3g}"
    return text.replace("-", "−")
