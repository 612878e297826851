"""The confusion matrix: what was true against what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from thirdeye.report.clean import shorten
from thirdeye.report.figures.drawing import PANEL_IN, WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import GROUND, INK, MUTED, NETWORK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_CLASSES_WITH_COUNTS = 24


@drawn
def confusion_figure(counts: Sequence[Sequence[int]], classes: Sequence[str]) -> Figure:
    """Counts by true class (rows) and class named by the network (columns), shaded by share of the row."""
    size = len(classes)
    side = min(WIDE_IN, max(PANEL_IN, 2.2 + 0.62 * size)) if size <= MOST_CLASSES_WITH_COUNTS else WIDE_IN
    figure = new_figure(side, side * 0.86)
    _panel(figure.add_subplot(), counts, classes)
    return figure


@drawn
def confusion_panels(
    tables: Sequence[Sequence[Sequence[int]]], classes: Sequence[str], titles: Sequence[str]
) -> Figure:
    """Small tables of two classes side by side, one for each operating point."""
    figure = new_figure(WIDE_IN, 2.75)
    panels = figure.subplots(1, len(tables), squeeze=False)[0]
    for axes, counts, title in zip(panels, tables, titles, strict=True):
        _panel(axes, counts, classes)
        axes.set_title(label(title), fontsize=8.5)
        axes.set_ylabel("Truth" if axes is panels[0] else "")
    return figure


def _panel(axes: Axes, counts: Sequence[Sequence[int]], classes: Sequence[str]) -> None:
    table, size = np.asarray(counts, dtype=float), len(classes)
    _shade(axes, table)
    if size <= MOST_CLASSES_WITH_COUNTS:
        _write_counts(axes, table)
    names = [shorten(label(name), 22 if 2 < size <= 10 else 16) for name in classes]
    small = 8 if size <= 12 else 6.5 if size <= MOST_CLASSES_WITH_COUNTS else 5.5
    slanted = size > 4 or max(map(len, names)) > 11
    axes.set_xticks(range(size), names, fontsize=small, rotation=40 if slanted else 0)
    if slanted:
        for text in axes.get_xticklabels():
            text.set(ha="right", rotation_mode="anchor")
    axes.set_yticks(range(size), names, fontsize=small)
    axes.set(xlabel="Network says", ylabel="Truth")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _shade(axes: Axes, table: np.ndarray) -> None:
    """One collection for all cells: a patch a cell would take seconds for forty classes."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgba

    totals = table.sum(axis=1, keepdims=True)
    shares = np.divide(table, totals, out=np.zeros_like(table), where=totals > 0)
    square = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    cells = [np.add(square, (column, row)) for row, column in np.ndindex(*table.shape)]
    colours = [
        to_rgba(NETWORK, 0.1 + 0.5 * share) if share else to_rgba(MUTED, 0.06) for share in shares.flat
    ]
    edge = 1.0 if len(table) <= MOST_CLASSES_WITH_COUNTS else 0.3
    axes.add_collection(PolyCollection(cells, facecolors=colours, edgecolors=GROUND, linewidths=edge))
    axes.set(xlim=(-0.5, len(table) - 0.5), ylim=(len(table) - 0.5, -0.5), aspect="equal")


def _write_counts(axes: Axes, table: np.ndarray) -> None:
    totals = table.sum(axis=1)
    small = 9 if len(table) <= 4 else 8 if len(table) <= 10 else 6
    for row, column in np.ndindex(*table.shape):
        value = int(table[row, column])
        weight = "bold" if row == column else "normal"
        colour = INK if value else MUTED
        text = f"{value:,}"
        if len(table) <= 8 and totals[row] and value:
            text += f"\n{100 * value / totals[row]:.0f}%"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=small, weight=weight)
