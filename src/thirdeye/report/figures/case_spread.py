"""How one number is spread over the cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from thirdeye.report.figures.drawing import PANEL_IN, drawn, new_figure
from thirdeye.report.figures.palette import INK, NETWORK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_BARS = 24


@drawn
def case_spread_figure(values: Sequence[float], *, x: str) -> Figure:
    """Bars of how many cases have which value; below them a tick per case, the middle half and the median.

    Args:
        values: (n,) of the cases, 0 or above, one or more.
        x: what they are, with the unit.
    """
    figure = new_figure(PANEL_IN, PANEL_IN)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(5, 1))
    reach = max(float(np.max(values)), 1e-9)
    bars = int(np.clip(np.sqrt(len(values)) * 2, 6, _MOST_BARS))
    upper.hist(values, bins=np.linspace(0, reach, bars + 1).tolist(), color=NETWORK, alpha=0.75, linewidth=0)
    upper.set_ylabel("Cases")
    upper.grid(True, axis="y")
    upper.yaxis.get_major_locator().set_params(integer=True)
    low, middle, high = np.percentile(values, [25, 50, 75])
    lower.plot(values, np.zeros(len(values)), "|", color=NETWORK, alpha=0.35, markersize=12)
    lower.plot([low, high], [0, 0], color=NETWORK, linewidth=5, alpha=0.55, solid_capstyle="butt")
    lower.plot([middle], [0], "o", color=INK, markersize=4.5)
    lower.set(xlim=(0, reach * 1.03), ylim=(-1, 1), xlabel=x)
    lower.set_yticks([])
    lower.spines["left"].set_visible(False)
    return figure
