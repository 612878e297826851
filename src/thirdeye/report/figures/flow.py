"""The case flow: from everything that was found to what was trained on and tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.figures.drawing import WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import GROUND, INK, MUTED, NETWORK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE = 0.19  # inches per line of text


@dataclass(frozen=True)
class Station:
    """A box of the flow: a heading and the lines under it."""

    title: str
    lines: tuple[str, ...]


@drawn
def flow_figure(found: Station, excluded: Station | None, parts: Sequence[Station]) -> Figure:
    """`found` on top, `excluded` beside it, `parts` in a row below, arrows between."""
    top = _LINE * (1.6 + max(len(found.lines), len(excluded.lines) if excluded else 0))
    bottom = _LINE * (1.6 + max((len(part.lines) for part in parts), default=1))
    gap = 0.45
    height = top + gap + bottom + 0.06
    figure = new_figure(WIDE_IN, height, bare=True)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0, WIDE_IN), ylim=(height, 0))
    axes.axis("off")
    width = 3.1
    left = (WIDE_IN - width) / 2 if excluded is None else WIDE_IN * 0.5 - width - 0.25
    _box(axes, found, left, 0.03, width, top)
    if excluded is not None:
        start = left + width
        _box(axes, excluded, start + 0.5, 0.03, width, top, muted=True)
        _arrow(axes, (start, 0.03 + top / 2), (start + 0.5, 0.03 + top / 2))
    centre = left + width / 2
    each = (WIDE_IN - 0.06 - 0.25 * (len(parts) - 1)) / max(len(parts), 1)
    for index, part in enumerate(parts):
        x = 0.03 + index * (each + 0.25)
        _elbow(axes, (centre, 0.03 + top), (x + each / 2, 0.03 + top + gap))
        _box(axes, part, x, 0.03 + top + gap, each, bottom)
    return figure


def _box(
    axes: Axes, station: Station, x: float, y: float, width: float, height: float, *, muted: bool = False
) -> None:
    from matplotlib.patches import Rectangle

    edge = MUTED if muted else NETWORK
    dash = (0, (4, 3)) if muted else "-"
    axes.add_patch(
        Rectangle((x, y), width, height, facecolor=GROUND, edgecolor=edge, linewidth=1, linestyle=dash)
    )
    axes.text(x + 0.12, y + _LINE * 0.95, label(station.title), weight="bold", va="center", fontsize=8.5)
    for index, line in enumerate(station.lines):
        axes.text(
            x + 0.12,
            y + _LINE * (1.95 + index),
            label(line),
            va="center",
            fontsize=8,
            color=INK if not muted else MUTED,
        )


def _elbow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    middle = (start[1] + end[1]) / 2
    axes.plot([start[0], start[0], end[0]], [start[1], middle, middle], color=MUTED, linewidth=1)
    _arrow(axes, (end[0], middle), end)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    arrow = {"arrowstyle": "-|>", "color": MUTED, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=arrow)
