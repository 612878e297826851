"""Cases as points of a plane, coloured by class; of several labels at once a panel each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from thirdeye.report.clean import shorten
from thirdeye.report.figures.drawing import WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import CLASS_COLOURS, NETWORK, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = ("o", "^", "s", "D", "v", "P", "X", "h")
MOST_PANELS = 6
Points = Sequence[tuple[float, float]]


@drawn
def case_map_figure(points: Points, belongs: Sequence[Sequence[int]], groups: Sequence[str]) -> Figure:
    """All cases in one panel, each of one group, by colour and shape.

    Args:
        points: x and y of each, 0 to 1.
        belongs: of each the number of its group, alone in a list.
        groups: names, at most eight.
    """
    figure = new_figure(WIDE_IN, 0.62 * WIDE_IN)
    axes = figure.add_subplot()
    for number, name in enumerate(groups):
        own = [point for point, held in zip(points, belongs, strict=True) if number in held]
        text = f"{shorten(label(name), 36)} ({len(own)})"
        colour, marker = CLASS_COLOURS[number % len(CLASS_COLOURS)], MARKERS[number % len(MARKERS)]
        axes.scatter(*_columns(own), s=16, color=colour, marker=marker, alpha=0.8, linewidths=0, label=text)
    _bare(axes)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower left", ncols=min(3, len(groups)))
    return figure


@drawn
def case_panels_figure(points: Points, belongs: Sequence[Sequence[int]], groups: Sequence[str]) -> Figure:
    """A panel for each of the first six labels: the cases that have it over those that have not.

    Args:
        points, groups: as of `case_map_figure`.
        belongs: of each the numbers of its labels.
    """
    shown = list(groups[:MOST_PANELS])
    columns = min(3, len(shown))
    rows = math.ceil(len(shown) / columns)
    figure = new_figure(WIDE_IN, WIDE_IN / 3.2 * rows)
    for number, name in enumerate(shown):
        axes = figure.add_subplot(rows, columns, number + 1)
        with_it = [point for point, held in zip(points, belongs, strict=True) if number in held]
        without = [point for point, held in zip(points, belongs, strict=True) if number not in held]
        axes.scatter(*_columns(without), s=9, color=RULE, linewidths=0)
        axes.scatter(*_columns(with_it), s=11, color=NETWORK, marker="^", linewidths=0)
        axes.set_title(f"{shorten(label(name), 26)} ({len(with_it)})")
        _bare(axes)
    return figure


def _columns(points: Points) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _bare(axes: Axes) -> None:
    """A frame without numbers: they would mean nothing."""
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(True)
