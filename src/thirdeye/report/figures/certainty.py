"""Figures of certainty: coverage of prediction sets, their sizes, risk as uncertain cases are left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.clean import shorten
from thirdeye.report.figures.drawing import PANEL_IN, WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import (
    CLASS_COLOURS,
    CLASS_DASHES,
    GROUND,
    INK,
    MUTED,
    NETWORK,
    RULE,
    WRONG,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_ROWS = 16
_SIZE_COLOURS = (WRONG, NETWORK, "#3f93b8", "#a8862a", "#c4590f", "#9d4a73")
MOST_SIZES = len(_SIZE_COLOURS)


@dataclass(frozen=True)
class Covered:
    """A row: measured coverage with its interval, and the range that chance allows where one is promised."""

    name: str
    value: float
    low: float | None
    high: float | None
    least: float | None
    most: float | None
    text: str


@dataclass(frozen=True)
class RiskCurve:
    """A measure of certainty: its name, coverages and risks; the `chosen` one is heavy."""

    name: str
    coverage: Sequence[float]
    risk: Sequence[float]
    chosen: bool = False


@drawn
def coverage_figure(rows: Sequence[Covered], *, nominal: float) -> Figure:
    """Coverage of each row over the range that chance allows (bar); the dashed line is what was promised."""
    shown = rows[:MOST_ROWS]
    figure = new_figure(WIDE_IN, max(1.45, 0.85 + 0.31 * len(shown)))
    axes = figure.add_subplot()
    axes.axvline(nominal, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
    for index, row in enumerate(shown):
        if row.least is not None and row.most is not None:
            axes.barh(index, row.most - row.least, left=row.least, height=0.56, color=RULE, zorder=1)
        if row.low is not None and row.high is not None:
            axes.plot([row.low, row.high], [index, index], color=NETWORK, linewidth=1.4)
        axes.plot([row.value], [index], "o", color=NETWORK, markersize=6)
        axes.annotate(
            label(row.text), (1.015, index), xycoords=("axes fraction", "data"), va="center", fontsize=8,
            annotation_clip=False,
        )  # fmt: skip
    axes.set_yticks(range(len(shown)), [shorten(label(row.name), 34) for row in shown])
    ends = [nominal, *(x for r in shown for x in (r.value, r.low, r.least) if x is not None)]
    axes.set(ylim=(len(shown) - 0.4, -0.6), xlim=(max(0.0, min(ends) - 0.03), 1.01))
    axes.set_xlabel(
        "Cases whose set holds the true class (dashed: promised; grey: what chance allows around it)"
    )
    axes.xaxis.set_major_formatter(_percent)
    axes.grid(True, axis="x", color=RULE)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure


@drawn
def sizes_figure(classes: Sequence[str], sizes: Sequence[Sequence[int]]) -> Figure:
    """A stacked bar for each true class: how many of its cases have sets of no, one, two, ... classes."""
    from matplotlib.patches import Patch

    figure = new_figure(PANEL_IN, max(2.4, 1.25 + 0.3 * len(classes)))
    axes = figure.add_subplot()
    most = max((k for row in sizes for k, n in enumerate(row) if n), default=1)
    used = sorted({min(k, MOST_SIZES - 1) for row in sizes for k, n in enumerate(row) if n})
    for index, row in enumerate(sizes):
        left = 0.0
        for k in used:
            n = sum(row[k:]) if k == MOST_SIZES - 1 else (row[k] if k < len(row) else 0)
            width = n / max(1, sum(row))
            axes.barh(index, width, left=left, height=0.62, color=_SIZE_COLOURS[k], edgecolor=GROUND)
            left += width
    axes.set_yticks(range(len(classes)), [shorten(label(name), 22) for name in classes])
    axes.set(xlim=(0, 1), ylim=(len(classes) - 0.4, -0.6), xlabel="Share of the cases of each true class")
    axes.xaxis.set_major_formatter(_percent)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    handles = [Patch(color=_SIZE_COLOURS[k], label=_size_name(k, most)) for k in used]
    figure.legend(handles=handles, loc="outside upper left", ncols=3, handlelength=1, columnspacing=1.2)
    return figure


def _size_name(k: int, most: int) -> str:
    if k == MOST_SIZES - 1 and most > k:
        return f"{k} or more classes"
    return "no class" if k == 0 else "one class" if k == 1 else f"{k} classes"


@drawn
def certainty_figure(curves: Sequence[RiskCurve], rules: Sequence[tuple[str, float, float]] = ()) -> Figure:
    """Share of wrong decisions among the most certain cases: a line each measure, a ring each rule."""
    figure = new_figure(PANEL_IN, PANEL_IN * 0.9)
    axes = figure.add_subplot()
    for index, curve in enumerate(sorted(curves, key=lambda one: not one.chosen)):
        axes.plot(
            curve.coverage, curve.risk, label=label(curve.name),
            color=CLASS_COLOURS[index % len(CLASS_COLOURS)],
            linestyle=CLASS_DASHES[index % len(CLASS_DASHES)], linewidth=2.0 if curve.chosen else 1.2,
            zorder=3 if curve.chosen else 2,
        )  # fmt: skip
    for name, x, y in rules:
        axes.plot(
            [x], [y], "o", color=INK, markersize=6, markerfacecolor=GROUND, markeredgewidth=1.3, zorder=4
        )
        axes.annotate(label(name), (x, y), xytext=(0, 8), textcoords="offset points", fontsize=8, ha="center")
    late = [y for one in curves for x, y in zip(one.coverage, one.risk, strict=True) if x >= 0.1]
    top = max([*late, *(y for _, _, y in rules), 0.01]) * 1.25
    axes.set(xlim=(0, 1.015), ylim=(0, top), xlabel="Coverage: share of cases that the reader decides",
             ylabel="Risk: share of these decided wrongly")  # fmt: skip
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    axes.yaxis.set_major_formatter(_percent)
    axes.grid(True)
    figure.legend(
        *axes.get_legend_handles_labels(),
        loc="outside upper left",
        ncols=3,
        handlelength=2.2,
        columnspacing=1.2,
    )
    return figure


def _percent(value: float, _: float) -> str:
    return f"{100 * value:.3g}%"
