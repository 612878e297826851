"""How far images lie from what the reader knows: held-out development images, and those of a part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from thirdeye.report.figures.drawing import WIDE_IN, drawn, new_figure
from thirdeye.report.figures.palette import INK, NETWORK, RULE, TRADITIONAL

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BINS = 30
_FARTHEST = 3.0  # times the edge; what is beyond is drawn there


@drawn
def envelope_figure(held_out: Sequence[float], part: Sequence[float], *, names: tuple[str, str]) -> Figure:
    """Two histograms that share an axis, as shares of images; the line is the edge."""
    figure = new_figure(WIDE_IN, 2.6)
    upper, lower = figure.subplots(2, 1, sharex=True)
    top = min(_FARTHEST, max(1.15, *held_out, *part))
    bins = np.linspace(0, top, _BINS + 1)
    pairs = ((upper, held_out, TRADITIONAL, names[0]), (lower, part, NETWORK, names[1]))
    for axes, values, colour, name in pairs:
        weights = np.full(len(values), 100 / max(1, len(values)))
        axes.hist(np.minimum(values, top), bins=bins.tolist(), weights=weights, color=colour, alpha=0.75)
        axes.set_title(name, fontsize=8.5)
        axes.set_ylabel("% of images")
        axes.grid(True, axis="y", color=RULE)
        axes.axvline(1.0, color=INK, linewidth=1)
    lower.set_xlim(0, top)
    lower.set_xlabel("Distance from what the reader knows (1: the edge, beyond which it gives no opinion)")
    return figure
