"""The drawings of a traced run: arrays as squares, curves as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thirdeye.report.figures.drawing import PANEL_IN, WIDE_IN, drawn, new_figure
from thirdeye.report.figures.palette import (
    CLASS_COLOURS,
    CLASS_DASHES,
    GROUND,
    MUTED,
    NETWORK,
    TRADITIONAL,
)
from thirdeye.report.teaching.text import cell_text
from thirdeye.report.teaching.trace import Grid, Grids, Lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CELL_IN = 0.42
GAP_IN = 0.5
SMALLEST_IN = 1.5
LARGEST_IN = 1.75
NUMBERS_FADE = 0.6
WRITTEN = "#16191d"  # on the squares, whose colours do not change with the page's


@drawn
def grids_figure(part: Grids) -> Figure:
    """Arrays side by side: blue where positive, orange where negative, as strong as the number is large."""
    sides = [max(SMALLEST_IN, min(LARGEST_IN, CELL_IN * len(one.values[0]))) for one in part.grids]
    per_row = max(1, int((WIDE_IN + GAP_IN) // (max(sides) + GAP_IN)))
    across = min(per_row, len(part.grids))
    down = -(-len(part.grids) // per_row)
    figure = new_figure(across * (max(sides) + GAP_IN), down * (max(sides) + GAP_IN))
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for axes, one in zip(panels, part.grids, strict=False):
        _draw_grid(axes, one, numbers=part.numbers)
    for axes in panels[len(part.grids) :]:
        axes.set_axis_off()
    return figure


def _draw_grid(axes: Axes, one: Grid, *, numbers: bool) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    rows, columns = len(one.values), len(one.values[0])
    largest = max((abs(value) for row in one.values for value in row), default=1) or 1
    shades = LinearSegmentedColormap.from_list("signed", [TRADITIONAL, GROUND, NETWORK])
    reach = (1 + NUMBERS_FADE) * largest if numbers else largest  # pale enough to read the number
    axes.imshow(
        one.values,
        cmap=shades,
        vmin=-reach,
        vmax=reach,
        extent=(0, columns, rows, 0),
        interpolation="nearest",
    )
    if numbers:
        _write_numbers(axes, one)
    axes.set_axis_off()
    axes.set_title(one.name)


def _write_numbers(axes: Axes, one: Grid) -> None:
    """The number of each square, and the lines between them."""
    rows, columns = len(one.values), len(one.values[0])
    for y, row in enumerate(one.values):
        for x, value in enumerate(row):
            axes.text(x + 0.5, y + 0.5, cell_text(value), ha="center", va="center", color=WRITTEN, fontsize=8)
    for at in range(columns + 1):
        axes.plot([at, at], [0, rows], color=MUTED, linewidth=0.5)
    for at in range(rows + 1):
        axes.plot([0, columns], [at, at], color=MUTED, linewidth=0.5)


@drawn
def lines_figure(part: Lines) -> Figure:
    """Lines and points over one pair of axes."""
    figure = new_figure(1.3 * PANEL_IN, PANEL_IN * 0.85)
    axes = figure.subplots()
    for index, one in enumerate(part.lines):
        colour = CLASS_COLOURS[index % len(CLASS_COLOURS)]
        if one.marks:
            axes.plot(one.x, one.y, "o", color=colour, markersize=5, label=one.name)
        else:
            dash = CLASS_DASHES[index % len(CLASS_DASHES)]
            axes.plot(one.x, one.y, color=colour, linestyle=dash, label=one.name)
    if part.logarithmic:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel(part.x_name)
    axes.set_ylabel(part.y_name)
    axes.grid(True)
    if len(part.lines) > 1:
        axes.legend()
    return figure
