"""The share of points that lie within a distance of the reference, for every distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from thirdeye.report.clean import shorten
from thirdeye.report.figures.band import Band, draw_band
from thirdeye.report.figures.drawing import PANEL_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import CLASS_DASHES, MUTED, NETWORK, RULE, TRADITIONAL
from thirdeye.report.figures.roc import Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = (TRADITIONAL, MUTED)


@drawn
def sdr_figure(
    own: Curve, others: Sequence[Curve], *, unit: str, tolerances: Sequence[float], band: Band | None = None
) -> Figure:
    """Share against distance: the network with its band, others dashed; tolerances are upright lines.

    Args:
        own: distance and share of the network.
        others: of the techniques that it is compared with, and of other people.
        unit: of the distance, for the axis.
        tolerances: at which success rates are given.
        band: pointwise, of the network.
    """
    figure = new_figure(PANEL_IN, PANEL_IN)
    axes = figure.add_subplot()
    reach = max(own.x)
    for tolerance in tolerances:
        if tolerance <= reach:
            axes.axvline(tolerance, color=RULE, linewidth=0.9)
    draw_band(axes, band)
    axes.plot(own.x, own.y, color=NETWORK, linewidth=1.8, label=shorten(label(own.name), 30))
    for index, curve in enumerate(others):
        axes.plot(
            curve.x,
            curve.y,
            color=_COLOURS[index % len(_COLOURS)],
            linestyle=CLASS_DASHES[1 + index % (len(CLASS_DASHES) - 1)],
            linewidth=1.3,
            label=shorten(label(curve.name), 34),
        )
    axes.set(xlim=(0, reach), ylim=(-0.015, 1.015), xlabel=f"Distance from the expert's point ({unit})")
    axes.set_ylabel("Points within that distance")
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    axes.grid(True, axis="y")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower left", ncols=1)
    return figure
