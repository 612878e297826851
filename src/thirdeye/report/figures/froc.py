"""The FROC curve: lesions found against false alarms per image, with its operating points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thirdeye.report.clean import shorten
from thirdeye.report.figures.band import Band, draw_band
from thirdeye.report.figures.drawing import drawn, label, new_figure
from thirdeye.report.figures.markers import Ranged, draw_cross, draw_marker
from thirdeye.report.figures.palette import CLASS_COLOURS, CLASS_DASHES, INK, NETWORK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOWEST, HIGHEST = 1 / 16, 16.0
WIDTH_IN, HEIGHT_IN = 6.6, 4.2
MOST_CURVES = 8
_TICKS = {1 / 8: "1/8", 1 / 4: "1/4", 1 / 2: "1/2", 1: "1", 2: "2", 4: "4", 8: "8"}
_MARKERS = "osD^v"


@dataclass(frozen=True)
class FrocLine:
    """A curve: attained points of false alarms per image and share of lesions found, both rising.

    `last` is how far the false alarms go; from the last point on the curve is level until there.
    """

    name: str
    false_per_image: Sequence[float]
    sensitivity: Sequence[float]
    last: float


@dataclass(frozen=True)
class FrocPoint:
    """An operating point: false alarms per image and share found, each (value, low, high)."""

    name: str
    false_per_image: Ranged
    sensitivity: Ranged


@drawn
def froc_figure(
    lines: Sequence[FrocLine], points: Sequence[FrocPoint] = (), band: Band | None = None
) -> Figure:
    """A step line per class, the first one heavy; `band` bounds the first.

    False alarms are drawn on a logarithmic scale from 1/16 to 16 an image.
    """
    figure = new_figure(WIDTH_IN, HEIGHT_IN)
    axes = figure.add_subplot()
    axes.set(
        xscale="log", xlim=(LOWEST, HIGHEST), ylim=(-0.015, 1.015), xlabel="False alarms per image",
        ylabel="Lesions found",
    )  # fmt: skip
    axes.set_xticks(list(_TICKS), list(_TICKS.values()))
    axes.set_xticks([], minor=True)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    axes.grid(True)
    draw_band(axes, band)
    for index, line in enumerate(lines[:MOST_CURVES]):
        x, y = _steps(line)
        axes.step(
            x, y, where="post", color=NETWORK if index == 0 else CLASS_COLOURS[index % len(CLASS_COLOURS)],
            linewidth=2.0 if index == 0 else 1.2, linestyle=CLASS_DASHES[index % len(CLASS_DASHES)],
            label=shorten(label(line.name), 28),
        )  # fmt: skip
    for marker, point in zip(_MARKERS, points, strict=False):
        if point.false_per_image[0] > 0:
            draw_cross(axes, _inside(point.false_per_image), point.sensitivity, colour=INK, linewidth=1)
            draw_marker(
                axes, float(np.clip(point.false_per_image[0], LOWEST, HIGHEST)), point.sensitivity[0], marker,
                label=shorten(label(point.name), 34),
            )  # fmt: skip
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right upper", handlelength=2.2)
    return figure


def _steps(line: FrocLine) -> tuple[list[float], list[float]]:
    """Points within the drawn range: the curve enters at its height there, and ends where it ends."""
    x, y = np.asarray(line.false_per_image, float), np.asarray(line.sensitivity, float)
    before = y[x <= LOWEST]
    start = float(before[-1]) if before.size else 0.0
    inside = (x > LOWEST) & (x <= HIGHEST)
    xs, ys = [LOWEST, *x[inside].tolist()], [start, *y[inside].tolist()]
    end = min(max(line.last, LOWEST), HIGHEST)
    return [*xs, max(end, xs[-1])], [*ys, ys[-1]]


def _inside(values: Ranged) -> Ranged:
    """Limits cut to the drawn range."""
    value, low, high = values
    ends = (None if end is None else float(np.clip(end, LOWEST, HIGHEST)) for end in (low, high))
    first, second = ends
    return value, first, second
