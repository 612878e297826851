"""Size against AUC, and operating points in ROC space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from thirdeye.report.figures.drawing import WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import CLASS_COLOURS, GROUND, INK, MUTED, NETWORK, TRADITIONAL, WRONG
from thirdeye.report.literature.lines import Dot, Pair
from thirdeye.report.literature.spread import name_dots

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALE = 0.3  # of what asks another question
_KINDS = {
    "network": ("o", NETWORK, "network alone"),
    "doctor with network": ("D", TRADITIONAL, "doctor with network"),
    "doctor": ("s", TRADITIONAL, "doctor"),
    "own": ("*", WRONG, "your study"),
}


@drawn
def size_figure(dots: Sequence[Dot]) -> Figure:
    """The AUC of each study over the number of cases that it rests on, with intervals where there are any."""
    figure = new_figure(WIDE_IN, 4.4)
    axes = figure.add_subplot()
    groups = list(dict.fromkeys(dot.group for dot in dots if not dot.own))
    for dot in dots:
        colour = WRONG if dot.own else CLASS_COLOURS[groups.index(dot.group) % len(CLASS_COLOURS)]
        _draw_dot(axes, dot, colour)
    for index, group in enumerate(groups):
        axes.plot([], [], "o", color=CLASS_COLOURS[index % len(CLASS_COLOURS)], label=label(group))
    axes.set_xscale("log")
    lowest = min([dot.auc if dot.low is None else dot.low for dot in dots], default=0.5)
    axes.set(
        ylim=(max(0.0, min(lowest, 0.75) - 0.02), 1.012), ylabel="AUC", xlabel="Cases in the test (log scale)"
    )
    if dots:
        axes.set_xlim(min(dot.cases for dot in dots) / 1.6, max(dot.cases for dot in dots) * 3)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.grid(True, axis="y")
    axes.legend(loc="lower right", ncols=2)
    name_dots(axes, [(dot.name, dot.cases, dot.auc, dot.own) for dot in dots])
    return figure


def _draw_dot(axes: Axes, dot: Dot, colour: str) -> None:
    if dot.low is not None and dot.high is not None:
        axes.plot([dot.cases, dot.cases], [dot.low, dot.high], color=colour, linewidth=1.1,
                  alpha=0.7 if dot.related or dot.own else PALE)  # fmt: skip
    marker = "*" if dot.own else "^" if dot.bound else "o"
    strength = 1 if dot.related or dot.own else PALE
    axes.plot([dot.cases], [dot.auc], marker, color=colour, alpha=strength, markersize=12 if dot.own else 6.5,
              markeredgecolor=GROUND, markeredgewidth=0.7, zorder=5 if dot.own else 3)  # fmt: skip


@drawn
def plane_figure(pairs: Sequence[Pair]) -> Figure:
    """Sensitivity against false alarms of every published operating point; the busy corner, enlarged."""
    figure = new_figure(WIDE_IN, 4.4)
    axes = figure.add_subplot()
    for kind, (marker, colour, text) in _KINDS.items():
        chosen = [pair for pair in pairs if pair.kind == kind]
        for pair in chosen:
            face = colour if pair.known else GROUND
            axes.plot([1 - pair.specificity], [pair.sensitivity], marker, color=colour, markerfacecolor=face,
                      markersize=12 if kind == "own" else 6.5, clip_on=False, zorder=4,
                      alpha=1 if pair.related else PALE)  # fmt: skip
        if chosen:
            axes.plot([], [], marker, color=colour, label=label(text))
    _corner(axes, pairs)
    name_dots(axes, [(p.name, 1 - p.specificity, p.sensitivity, p.kind == "own") for p in pairs])
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower right")
    return figure


def _corner(axes: Axes, pairs: Sequence[Pair]) -> None:
    """From no false alarms to the worst, from the lowest sensitivity to all found."""
    right = max([1 - pair.specificity for pair in pairs] + [0.2]) + 0.05
    bottom = min([pair.sensitivity for pair in pairs] + [0.8]) - 0.03
    axes.set(xlim=(-0.008, min(right, 1.01)), ylim=(max(bottom, -0.01), 1.008))
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_xlabel("False alarms (1 − specificity)", color=INK)
    axes.set_ylabel("Sensitivity")
    axes.grid(True)
