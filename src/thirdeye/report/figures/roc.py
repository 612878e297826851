"""The ROC curve with its operating points, their intervals, and the AUC in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.clean import shorten
from thirdeye.report.figures.band import Band, draw_band
from thirdeye.report.figures.drawing import PANEL_IN, drawn, label, new_figure, unit_square
from thirdeye.report.figures.markers import draw_cross, draw_marker
from thirdeye.report.figures.palette import CLASS_COLOURS, CLASS_DASHES, INK, MUTED, TRADITIONAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_NAMED_CURVES = 8


@dataclass(frozen=True)
class Curve:
    """A line in the unit square: `x` and `y` of equal length, and how it is called in the legend.

    `low` and `high`, where given, bound a pointwise interval band of `y`.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str | None = None
    low: Sequence[float] = ()
    high: Sequence[float] = ()


@dataclass(frozen=True)
class Point:
    """An operating point; each coordinate is (value, low, high), with low and high None where unknown."""

    name: str
    x: tuple[float, float | None, float | None]
    y: tuple[float, float | None, float | None]


@dataclass(frozen=True)
class Cloud:
    """Many readers' points under one name: (false alarms, sensitivity) of each."""

    name: str
    points: Sequence[tuple[float, float]]


@drawn
def roc_figure(
    curves: Sequence[Curve],
    points: Sequence[Point] = (),
    cloud: Cloud | None = None,
    band: Band | None = None,
) -> Figure:
    """Sensitivity against false alarms: a line per curve, a cross per operating point, a dot per reader.

    `band` bounds the sensitivity of a single curve.
    """
    figure = new_figure(PANEL_IN, PANEL_IN)
    axes = figure.add_subplot()
    unit_square(axes, x="False alarms (1 − specificity)", y="Sensitivity")
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    draw_band(axes, band)
    draw_curves(axes, curves)
    for marker, point in zip("osD^v", points, strict=False):
        draw_point(axes, point, marker)
    if cloud is not None and cloud.points:
        x, y = zip(*cloud.points, strict=True)
        axes.plot(x, y, "o", color=TRADITIONAL, markersize=4.5, alpha=0.8, label=label(cloud.name))
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower right", handlelength=2.2)
    return figure


def draw_curves(axes: Axes, curves: Sequence[Curve]) -> None:
    """Lines told apart by colour and dash; beyond a handful all are thin and grey, and none is named."""
    many = len(curves) > MOST_NAMED_CURVES
    for index, curve in enumerate(curves):
        colour = MUTED if many else curve.colour or CLASS_COLOURS[index % len(CLASS_COLOURS)]
        dash = "-" if many or curve.colour else CLASS_DASHES[index % len(CLASS_DASHES)]
        if len(curve.low) == len(curve.x) > 0:
            axes.fill_between(curve.x, curve.low, curve.high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(
            curve.x,
            curve.y,
            color=colour,
            linestyle=dash,
            linewidth=0.8 if many else 1.6,
            label=None if many else shorten(label(curve.name), 26),
        )


def draw_point(axes: Axes, point: Point, marker: str) -> None:
    """A marker with a cross as wide and as high as its intervals."""
    draw_cross(axes, point.x, point.y, colour=INK, linewidth=1)
    draw_marker(axes, point.x[0], point.y[0], marker, label=shorten(label(point.name), 26))
