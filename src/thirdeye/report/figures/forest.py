"""A forest plot: groups one under the other, a panel for each measure, all of them as a dashed line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.clean import shorten
from thirdeye.report.figures.drawing import WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import GROUND, MUTED, NETWORK, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Point:
    """One value with its interval; `value` None leaves the place empty. `shaky` ones are drawn hollow."""

    value: float | None
    low: float | None = None
    high: float | None = None
    shaky: bool = False


@dataclass(frozen=True)
class Panel:
    """One measure of every group: its title, a point for each, and the value over all."""

    title: str
    points: tuple[Point, ...]
    overall: float | None = None


@drawn
def forest_figure(groups: Sequence[str], panels: Sequence[Panel]) -> Figure:
    """A row for each group, a panel for each measure; hollow dots rest on few cases."""
    figure = new_figure(WIDE_IN, max(1.35, 0.8 + 0.25 * len(groups)))
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for panel, place in zip(panels, axes, strict=True):
        _panel(place, panel)
    axes[0].set_yticks(range(len(groups)), [shorten(label(name), 34) for name in groups])
    axes[0].set_ylim(len(groups) - 0.4, -0.6)
    return figure


def _panel(axes: Axes, panel: Panel) -> None:
    axes.set_title(panel.title)
    if panel.overall is not None:
        axes.axvline(panel.overall, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    for index, point in enumerate(panel.points):
        if point.value is None:
            axes.text(
                0.5, index, "–", color=MUTED, ha="center", va="center", transform=axes.get_yaxis_transform()
            )
            continue
        if point.low is not None and point.high is not None:
            axes.plot([point.low, point.high], [index, index], color=NETWORK, linewidth=1.4)
        fill = GROUND if point.shaky else NETWORK
        (dot,) = axes.plot([point.value], [index], "o", color=NETWORK, markersize=5.5, markeredgewidth=1.3)
        dot.set_markerfacecolor(fill)
    axes.set_xlim(*_limits(panel))
    axes.grid(True, axis="x", color=RULE)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _limits(panel: Panel) -> tuple[float, float]:
    """What holds every interval with a margin, within 0 to 1."""
    seen = [x for p in panel.points for x in (p.value, p.low, p.high) if x is not None]
    if not seen:
        return 0.0, 1.0
    low, high = min([*seen, panel.overall or 1.0]), max([*seen, panel.overall or 0.0])
    room = max(0.02, 0.06 * (high - low))
    return max(low - room, -0.02), min(high + room, max(1.02, high + room if high > 1.02 else 1.02))
