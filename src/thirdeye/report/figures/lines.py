"""Values in the order of time: lines with their intervals, side by side for several measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.figures.drawing import drawn, label, new_figure
from thirdeye.report.figures.palette import CLASS_COLOURS, GROUND, MUTED, RULE, WRONG

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_NAMES = 8  # of the horizontal axis
WIDTH_IN = 7.4


@dataclass(frozen=True)
class Line:
    """One value at each place; None where there is none.

    Args:
        name: in the legend.
        values: (n,).
        low, high: (n,) interval of each; empty without.
        outside: places of values beyond their limits, drawn as crosses.
    """

    name: str
    values: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    outside: Sequence[int] = ()


@dataclass(frozen=True)
class Panel:
    """One measure.

    Args:
        title: of it.
        lines: drawn over each other.
        names: (n,) of the places.
        percent: whether values are shares, 0 to 1.
        reference: a dashed line.
        limits: (n,) between which values are expected, drawn as a band; empty without.
    """

    title: str
    lines: tuple[Line, ...]
    names: tuple[str, ...]
    percent: bool = False
    reference: float | None = None
    limits: tuple[tuple[float, float] | None, ...] = ()


@drawn
def lines_figure(panels: Sequence[Panel], *, height_in: float = 2.9) -> Figure:
    """A panel for each measure; the legend stands below all of them."""
    figure = new_figure(WIDTH_IN, height_in)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for place, panel in zip(axes, panels, strict=True):
        _panel(place, panel)
    handles, names = axes[0].get_legend_handles_labels()
    if len(names) > 1:
        figure.legend(handles, names, loc="outside lower center", ncols=len(names), handlelength=2.2)
    return figure


def _panel(axes: Axes, panel: Panel) -> None:
    axes.set_title(label(panel.title))
    places = range(len(panel.names))
    if panel.reference is not None:
        axes.axhline(panel.reference, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    _limits(axes, panel)
    for number, line in enumerate(panel.lines):
        _line(axes, line, CLASS_COLOURS[number], (number - (len(panel.lines) - 1) / 2) * 0.14)
    step = max(1, -(-len(panel.names) // MOST_NAMES))
    axes.set_xticks(
        list(places)[::step], [label(name) for name in panel.names[::step]], rotation=35, ha="right"
    )
    axes.grid(True, axis="y", color=RULE)
    if panel.percent:
        axes.set_ylim(-0.03, 1.03)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])


def _limits(axes: Axes, panel: Panel) -> None:
    known = [(at, pair) for at, pair in enumerate(panel.limits) if pair is not None]
    if known:
        at = [one for one, _ in known]
        axes.fill_between(
            at, [p[0] for _, p in known], [p[1] for _, p in known], color=MUTED, alpha=0.18, lw=0
        )


def _line(axes: Axes, line: Line, colour: str, beside: float) -> None:
    known = [(at, value) for at, value in enumerate(line.values) if value is not None]
    many = len(line.values) > 60
    axes.plot(
        [at + (0 if many else beside) for at, _ in known], [value for _, value in known], color=colour,
        linewidth=1.3, marker=None if many else "o", markersize=4, markerfacecolor=GROUND,
        markeredgewidth=1.2, label=label(line.name),
    )  # fmt: skip
    for one, low, high in zip(range(len(line.values)), line.low, line.high, strict=False):
        if low is not None and high is not None:
            axes.plot([one + beside] * 2, [low, high], color=colour, linewidth=1, alpha=0.75)
    beyond = [(at + beside, value) for at, value in known if at in line.outside]
    axes.plot([at for at, _ in beyond], [value for _, value in beyond], "X", color=WRONG, markersize=7)
