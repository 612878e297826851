"""Figures of reader studies: change of each reader, risk against coverage, ways of working, marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.clean import shorten
from thirdeye.report.figures.drawing import PANEL_IN, WIDE_IN, drawn, label, new_figure, unit_square
from thirdeye.report.figures.markers import draw_cross
from thirdeye.report.figures.palette import (
    CLASS_COLOURS,
    GROUND,
    MUTED,
    NETWORK,
    RIGHT,
    RULE,
    TRADITIONAL,
    WRONG,
)
from thirdeye.report.figures.roc import Curve, draw_curves

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_NAMED = 24


@dataclass(frozen=True)
class Change:
    """A reader's figure before and after."""

    name: str
    before: float
    after: float


@dataclass(frozen=True)
class Way:
    """A way of working: false alarms and sensitivity as (value, low, high); one of a series has no cross."""

    name: str
    x: tuple[float, float | None, float | None]
    y: tuple[float, float | None, float | None]
    in_series: bool = False


@drawn
def change_figure(changes: Sequence[Change], *, x: str, before: str, after: str) -> Figure:
    """An arrow for each reader from one test to the other: green up, red down."""
    named = len(changes) <= MOST_NAMED
    figure = new_figure(WIDE_IN, 1.1 + (0.27 if named else 0.09) * len(changes))
    axes = figure.add_subplot()
    for row, change in enumerate(changes):
        colour = RIGHT if change.after > change.before else WRONG if change.after < change.before else MUTED
        if change.after != change.before:
            arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.4, "shrinkA": 3, "shrinkB": 0}
            axes.annotate("", (change.after, row), (change.before, row), arrowprops=arrow)
        axes.plot([change.before], [row], "o", color=MUTED, markersize=5, markerfacecolor=GROUND)
        axes.plot([change.after], [row], "o", color=colour, markersize=0.5)  # the arrow alone sets no limits
    axes.set_yticks(range(len(changes)), [shorten(label(one.name), 30) for one in changes] if named else [])
    axes.set(
        ylim=(len(changes) - 0.4, -0.6),
        xlabel=f"{x}: from {label(before)} (ring) to {label(after)} (arrow head)",
    )
    if not named:
        axes.set_yticks([])
        axes.set_ylabel(f"{len(changes)} readers, largest gain on top")
    axes.grid(True, axis="x", color=RULE)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure


@drawn
def risk_figure(
    coverage: Sequence[float], risk: Sequence[float], rules: Sequence[tuple[str, float, float]] = ()
) -> Figure:
    """Share of wrong decisions among the cases that the machine decides; a ring for each rule of deferral."""
    figure = new_figure(PANEL_IN, PANEL_IN * 0.85)
    axes = figure.add_subplot()
    axes.plot(coverage, risk, color=NETWORK, linewidth=1.6)
    for name, x, y in rules:
        axes.plot([x], [y], "o", color=TRADITIONAL, markersize=6, markerfacecolor=GROUND, markeredgewidth=1.4)
        axes.annotate(label(name), (x, y), xytext=(-7, 4), textcoords="offset points", fontsize=8, ha="right")
    top = max([*risk, 0.01]) * 1.18
    axes.set(xlim=(0, 1.015), ylim=(0, top), xlabel="Coverage: share of cases that the network decides",
             ylabel="Risk: share of these decided wrongly")  # fmt: skip
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    axes.yaxis.set_major_formatter(_percent)
    axes.grid(True)
    return figure


@drawn
def ways_figure(ways: Sequence[Way], curve: Curve | None = None) -> Figure:
    """Every way of working in the ROC plane with its interval, over the network's curve."""
    figure = new_figure(PANEL_IN, PANEL_IN)
    axes = figure.add_subplot()
    unit_square(axes, x="False alarms (1 − specificity)", y="Sensitivity")
    if curve is not None:
        draw_curves(axes, [curve])
    for way, marker, colour in zip(ways, "osD^vPX<>", (*CLASS_COLOURS[1:], MUTED), strict=False):
        if not way.in_series:
            draw_cross(axes, way.x, way.y, colour=colour, linewidth=0.9)
        axes.plot([way.x[0]], [way.y[0]], marker, color=colour, markersize=6, markerfacecolor=GROUND,
                  markeredgewidth=1.4, label=shorten(label(way.name), 34))  # fmt: skip
    axes.legend(loc="lower right", fontsize=7, handlelength=1.6)
    return figure


@drawn
def marks_figure(curves: Sequence[Curve], *, x: str, y: str, unit: bool) -> Figure:
    """FROC (`unit` False: false marks per case) or AFROC curves; the mean is the last."""
    figure = new_figure(PANEL_IN, PANEL_IN)
    axes = figure.add_subplot()
    if unit:
        unit_square(axes, x=x, y=y)
    else:
        axes.set(xlabel=x, ylabel=y, ylim=(-0.015, 1.015))
        axes.set_xlim(0, 1.04 * max(max(curve.x) for curve in curves) or 1)
        axes.yaxis.set_major_formatter(_percent)
        axes.grid(True)
    for curve in curves[:-1]:
        axes.plot(curve.x, curve.y, color=MUTED, linewidth=0.8, alpha=0.8)
    axes.plot([], [], color=MUTED, linewidth=0.8, label="each reader")
    axes.plot(curves[-1].x, curves[-1].y, color=NETWORK, linewidth=2, label=label(curves[-1].name))
    axes.legend(loc="lower right", handlelength=2)
    return figure


def _percent(value: float, _: float) -> str:
    return f"{100 * value:g}%"
