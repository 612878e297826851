"""A hundred cases as a hundred marks: found, missed, false alarm, rightly passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.figures.drawing import PANEL_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import GROUND, MUTED, TRADITIONAL, WRONG

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Hundred:
    """What happens to a hundred cases; the four counts add up to 100."""

    found: int
    missed: int
    false_alarms: int
    passed: int


def of_hundred(*, prevalence: float, sensitivity: float, specificity: float) -> Hundred:
    """Natural frequencies (Gigerenzer and Hoffrage 1995) from three proportions, rounded to whole cases."""
    diseased = round(100 * prevalence)
    found = round(diseased * sensitivity)
    passed = round((100 - diseased) * specificity)
    return Hundred(found, diseased - found, 100 - diseased - passed, passed)


@drawn
def hundred_figure(hundred: Hundred, *, title: str) -> Figure:
    """Ten rows of ten marks; shape and colour tell the four outcomes apart, counts stand in the legend."""
    figure = new_figure(PANEL_IN, 2.5)
    axes = figure.add_subplot()
    kinds = (
        (hundred.found, "o", TRADITIONAL, TRADITIONAL, "found"),
        (hundred.missed, "X", WRONG, WRONG, "missed"),
        (hundred.false_alarms, "o", GROUND, TRADITIONAL, "false alarms"),
        (hundred.passed, ".", MUTED, MUTED, "rightly passed"),
    )
    position = 0
    for count, marker, face, edge, name in kinds:
        places = range(position, position + count)
        size = {"o": 6.5, "X": 7, ".": 4}[marker]
        axes.plot(
            [place % 10 for place in places],
            [place // 10 for place in places],
            marker,
            markerfacecolor=face,
            markeredgecolor=edge,
            markersize=size,
            label=f"{count} {name}",
        )
        position += count
    axes.set(xlim=(-0.6, 9.6), ylim=(9.6, -0.6), aspect="equal", title=label(title))
    axes.axis("off")
    axes.set_anchor("W")
    axes.legend(loc="center left", bbox_to_anchor=(1.04, 0.5), labelspacing=1.1)
    return figure
