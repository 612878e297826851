"""How the probabilities of cases with and without the condition are spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from thirdeye.report.clean import shorten
from thirdeye.report.figures.drawing import PANEL_IN, WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import INK, NETWORK, RULE, TRADITIONAL

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BINS = np.linspace(0, 1, 26)


@drawn
def two_class_distributions(
    with_condition: Sequence[float],
    without_condition: Sequence[float],
    *,
    names: tuple[str, str],
    thresholds: Mapping[str, float],
) -> Figure:
    """Two histograms that share an axis, cases with the condition above; thresholds run through both."""
    figure = new_figure(PANEL_IN, PANEL_IN)
    upper, lower = figure.subplots(2, 1, sharex=True)
    panels = ((upper, with_condition, TRADITIONAL, names[0]), (lower, without_condition, NETWORK, names[1]))
    for axes, values, colour, name in panels:
        axes.hist(values, bins=_BINS.tolist(), color=colour, alpha=0.75, linewidth=0)
        axes.set_title(f"{shorten(label(name), 30)} (n = {len(values):,})", fontsize=8.5)
        axes.set_ylabel("Cases")
        axes.grid(True, axis="y", color=RULE)
        axes.yaxis.get_major_locator().set_params(integer=True)
        for dash, (_, threshold) in zip(("-", (0, (4, 2))), thresholds.items(), strict=False):
            axes.axvline(threshold, color=INK, linewidth=1, linestyle=dash)
    for dash, (name, threshold) in zip(("-", (0, (4, 2))), thresholds.items(), strict=False):
        text = f"{shorten(label(name), 24)} ({threshold:.3g})"
        lower.plot([], [], color=INK, linewidth=1, linestyle=dash, label=text)
    lower.set(xlim=(-0.01, 1.01), xlabel="Predicted probability")
    lower.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    if thresholds:
        figure.legend(
            *lower.get_legend_handles_labels(), loc="outside lower left", ncols=2, columnspacing=1.4
        )
    return figure


@drawn
def class_distributions(
    values: Sequence[Sequence[float]], names: Sequence[str], *, x: str, shares: bool = True
) -> Figure:
    """One row per class: quartile box, median, and every case as a faint tick; `shares` are percentages."""
    rows = len(names)
    figure = new_figure(WIDE_IN, max(1.6, 0.75 + 0.3 * rows))
    axes = figure.add_subplot()
    for row, series in enumerate(values):
        if not len(series):
            axes.text(0.01, row, "no case", va="center", fontsize=7.5)
            continue
        low, middle, high = np.percentile(series, [25, 50, 75])
        axes.plot(series, np.full(len(series), row), "|", color=NETWORK, alpha=0.3, markersize=8)
        axes.plot([low, high], [row, row], color=NETWORK, linewidth=5, alpha=0.55, solid_capstyle="butt")
        axes.plot([middle], [row], "o", color=INK, markersize=4)
    axes.set_yticks(
        range(rows),
        [f"{shorten(label(name), 28)} (n = {len(v):,})" for name, v in zip(names, values, strict=True)],
    )
    axes.set(xlim=(-0.01, 1.01), ylim=(rows - 0.4, -0.6), xlabel=x)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks, [f"{100 * t:g}%" if shares and t else f"{t:g}" for t in ticks])
    axes.grid(True, axis="x", color=RULE)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure
