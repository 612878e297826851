"""Predictive values against prevalence: what an alarm is worth where the condition is rarer or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.clean import shorten
from thirdeye.report.figures.band import Band, draw_band
from thirdeye.report.figures.drawing import WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import INK, MUTED, NETWORK, RULE, TRADITIONAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TICKS = {0.001: "0.1%", 0.01: "1%", 0.1: "10%", 0.5: "50%"}
MOST_PANELS = 4


@dataclass(frozen=True)
class Panel:
    """One operating point: lines of (prevalence, value) with bands for alarms (PPV) and for passing (NPV)."""

    name: str
    ppv: tuple[Sequence[float], Sequence[float]]
    npv: tuple[Sequence[float], Sequence[float]]
    ppv_band: Band | None
    npv_band: Band | None


@drawn
def predictive_figure(panels: Sequence[Panel], *, of_set: float, stated: Sequence[float] = ()) -> Figure:
    """A panel for each operating point; prevalence is logarithmic, the set's dotted, a stated one solid."""
    shown = panels[:MOST_PANELS]
    figure = new_figure(WIDE_IN, 3.0)
    row = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    for axes, panel in zip(row, shown, strict=True):
        _panel(axes, panel, of_set, stated)
    row[0].set_ylabel("Predictive value")
    figure.legend(*row[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, columnspacing=1.6)
    return figure


def _panel(axes: Axes, panel: Panel, of_set: float, stated: Sequence[float]) -> None:
    lines = (
        (panel.ppv, panel.ppv_band, TRADITIONAL, "-", "an alarm is right (PPV)"),
        (panel.npv, panel.npv_band, NETWORK, (0, (5, 2)), "passing is right (NPV)"),
    )
    for (x, y), band, colour, dash, name in lines:
        draw_band(axes, band, colour)
        axes.plot(x, y, color=colour, linestyle=dash, label=name)
    axes.axvline(of_set, color=MUTED, linewidth=1, linestyle=(0, (2, 2)), label="prevalence of this set")
    for at, prevalence in enumerate(stated):
        axes.axvline(prevalence, color=INK, linewidth=1, label="stated prevalence" if at == 0 else None)
    axes.set(xscale="log", xlim=(0.001, 0.9), ylim=(-0.02, 1.02), xlabel="Prevalence")
    axes.set_title(shorten(label(panel.name), 26), fontsize=8.5)
    axes.set_xticks(list(_TICKS), list(_TICKS.values()))
    axes.minorticks_off()
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    axes.grid(True, color=RULE)
