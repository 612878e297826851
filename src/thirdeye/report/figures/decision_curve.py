"""The decision curve: what the reader is worth at the probability at which one would act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thirdeye.report.clean import shorten
from thirdeye.report.figures.band import Band, draw_band
from thirdeye.report.figures.drawing import WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.markers import draw_marker
from thirdeye.report.figures.palette import MUTED, NETWORK, RULE, TRADITIONAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Benefit:
    """Net benefit per case at each threshold probability, of equal length, with the band of the reader's."""

    thresholds: Sequence[float]
    model: Sequence[float]
    treat_all: Sequence[float]
    band: Band | None
    prevalence: float


@dataclass(frozen=True)
class Mark:
    """An operating point on the curve: its name, threshold probability and net benefit per case."""

    name: str
    threshold: float
    benefit: float


@drawn
def decision_figure(benefit: Benefit, marks: Sequence[Mark] = ()) -> Figure:
    """Net benefit per 100 cases against threshold probability, with acting always and never beside it."""
    figure = new_figure(WIDE_IN, 3.5)
    axes = figure.add_subplot()
    x = np.asarray(benefit.thresholds)
    band = benefit.band
    if band is not None:
        draw_band(axes, Band(band.x, [100 * v for v in band.low], [100 * v for v in band.high]))
    axes.axhline(0, color=MUTED, linewidth=1.1, label="act on nobody")
    everybody = 100 * np.asarray(benefit.treat_all)
    axes.plot(x, everybody, color=TRADITIONAL, linestyle=(0, (5, 2)), label="act on everybody")
    axes.plot(x, 100 * np.asarray(benefit.model), color=NETWORK, label="act where the network says so")
    for marker, mark in zip("osD^v", marks, strict=False):
        _mark(axes, mark, marker)
    top = 100 * max(benefit.prevalence, 0.01)
    axes.set(
        xlim=(0, 1), ylim=(-0.14 * top, 1.12 * top),
        xlabel="Threshold probability: act at this risk or above",
        ylabel="Net benefit per 100 cases",
    )  # fmt: skip
    axes.set_xticks([0, 0.1, 0.25, 0.5, 0.75, 1], ["0", "10%", "25%", "50%", "75%", "100%"])
    axes.grid(True, color=RULE)
    figure.legend(loc="outside right upper", handlelength=2.2)
    return figure


def _mark(axes: Axes, mark: Mark, marker: str) -> None:
    named = f"{shorten(label(mark.name), 26)} ({100 * mark.threshold:.3g}%)"
    draw_marker(axes, mark.threshold, 100 * mark.benefit, marker, label=named)
