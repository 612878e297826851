"""Values with their intervals, one under the other: stages, comparisons, classes, subgroups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.clean import shorten
from thirdeye.report.figures.drawing import WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import GROUND, MUTED, NETWORK, RULE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Row:
    """A labelled value; `value` None draws `text` alone, low and high None draw no whisker."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    colour: str = NETWORK
    hollow: bool = False


@drawn
def interval_figure(
    rows: Sequence[Row], *, x: str, reference: float | None = None, reference_name: str = ""
) -> Figure:
    """A dot and a whisker per row, the number written beside it; `reference` is a dashed line."""
    figure = new_figure(WIDE_IN, max(1.2, 0.65 + 0.29 * len(rows)))
    axes = figure.add_subplot()
    if reference is not None:
        axes.axvline(reference, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    for index, row in enumerate(rows):
        if row.low is not None and row.high is not None:
            axes.plot([row.low, row.high], [index, index], color=row.colour, linewidth=1.4)
        if row.value is not None:
            fill = GROUND if row.hollow else row.colour
            axes.plot(
                [row.value],
                [index],
                "o",
                color=row.colour,
                markersize=6,
                markerfacecolor=fill,
                markeredgewidth=1.3,
            )
        axes.annotate(
            label(row.text),
            (1.015, index),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=8,
            annotation_clip=False,
        )
    axes.set_yticks(range(len(rows)), [shorten(label(row.name), 44) for row in rows])
    axes.set(
        ylim=(len(rows) - 0.4, -0.6), xlabel=x + (f" (dashed: {reference_name})" if reference_name else "")
    )
    axes.grid(True, axis="x", color=RULE)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure
