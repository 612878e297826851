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

    def sentence(self, units: str, positive: str) -> str:
        """The four counts in words: "Of 100 images, 21 have “cancer”: 20 are found and 1 is missed. ..."

        Args:
            units: what is counted ("images").
            positive: the class that is looked for.
        """
        diseased = self.found + self.missed
        have = "has" if diseased == 1 else "have"
        first = f"Of 100 {units}, {diseased or 'fewer than one'} {have if diseased else 'has'} “{positive}”"
        halves = (self._with(diseased), self._without(100 - diseased))
        return f"{first}{halves[0]}.{halves[1]}"

    def _with(self, diseased: int) -> str:
        if not diseased:
            return ""
        if diseased == 1:
            return f", which is {'found' if self.found else 'missed'}"
        if not self.missed or not self.found:
            return f": all are {'found' if self.found else 'missed'}"
        return f": {self.found} {_are(self.found)} found and {self.missed} {_are(self.missed)} missed"

    def _without(self, healthy: int) -> str:
        if not healthy:
            return " Fewer than one is without it."
        if healthy == 1:
            return f" The one without it is {'a false alarm' if self.false_alarms else 'rightly passed'}."
        number = self.false_alarms
        kind = "a false alarm" if number < 2 else "false alarms"
        return f" Of the {healthy} without it, {none(number)} {_are(number)} {kind}."


def none(number: int) -> str:
    """A count; "none" in the place of 0."""
    return str(number or "none")


def false_alarms(number: int) -> str:
    """``no false alarms``, ``1 false alarm``, ``12 false alarms``."""
    return f"{number or 'no'} false {'alarm' if number == 1 else 'alarms'}"


def _are(number: int) -> str:
    return "are" if number > 1 else "is"


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
        (hundred.found, "o", TRADITIONAL, TRADITIONAL, f"{none(hundred.found)} found"),
        (hundred.missed, "X", WRONG, WRONG, f"{none(hundred.missed)} missed"),
        (hundred.false_alarms, "o", GROUND, TRADITIONAL, false_alarms(hundred.false_alarms)),
        (hundred.passed, ".", MUTED, MUTED, f"{none(hundred.passed)} rightly passed"),
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
            label=name,
        )
        position += count
    axes.set(xlim=(-0.6, 9.6), ylim=(9.6, -0.6), aspect="equal", title=label(title))
    axes.axis("off")
    axes.set_anchor("W")
    axes.legend(loc="center left", bbox_to_anchor=(1.04, 0.5), labelspacing=1.1)
    return figure
