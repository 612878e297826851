"""The learning curve: measured points, the fitted curve with its band, and where it would lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.figures.drawing import WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import INK, MUTED, NETWORK, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_TICKS = 7
LEAST_HEIGHT = 0.05  # of the axis, in units of the measure: smaller differences are no news


@dataclass(frozen=True)
class MeasuredPoint:
    """A point: training patients, the value reached, and its interval."""

    n: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """The fitted curve at increasing `n`, with the limits of its band; all of equal length."""

    n: Sequence[float]
    value: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


@drawn
def learning_figure(points: Sequence[MeasuredPoint], line: Line | None, *, x: str, y: str) -> Figure:
    """Value against training patients on a logarithmic axis; beyond the last point the curve is dashed."""
    figure = new_figure(WIDE_IN, 3.4)
    axes = figure.add_subplot()
    last = max(point.n for point in points)
    if line is not None and line.n:
        _draw_line(axes, line, last)
    for point in points:
        axes.plot([point.n, point.n], [point.low, point.high], color=INK, linewidth=1)
    n, values = [point.n for point in points], [point.value for point in points]
    axes.plot(n, values, "o", color=INK, markersize=5, label="measured, with 95% interval")
    axes.set_xscale("log")
    _ticks(axes, n, last, furthest=max([last, *(line.n if line else ())]))
    axes.set(xlabel=x, ylabel=label(y))
    _heights(axes, [end for one in points for end in (one.low, one.high)], line)
    axes.grid(True, axis="y", color=RULE)
    axes.legend(loc="lower right")
    return figure


def _draw_line(axes: Axes, line: Line, last: float) -> None:
    axes.fill_between(line.n, line.low, line.high, color=NETWORK, alpha=0.13, linewidth=0)
    inside = [(n, v) for n, v in zip(line.n, line.value, strict=True) if n <= last * 1.001]
    beyond = [(n, v) for n, v in zip(line.n, line.value, strict=True) if n > last * 1.001]
    axes.plot(*zip(*inside, strict=True), color=NETWORK, label="fitted curve, with its band")
    if beyond:
        axes.plot(
            *zip(*(inside[-1:] + beyond), strict=True), color=NETWORK, linestyle=(0, (4, 2.5)),
            label="expected with more cases",
        )  # fmt: skip
        axes.axvline(last, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)))
        axes.annotate(
            " now", (last, 0.02), xycoords=("data", "axes fraction"), color=MUTED, fontsize=8, va="bottom"
        )


def _heights(axes: Axes, measured: Sequence[float], line: Line | None) -> None:
    """Room for all that is drawn, at least `LEAST_HEIGHT`; shares and areas have no marks above 1."""
    drawn_at = [*measured, *((*line.low, *line.high) if line is not None else ())]
    low, high = min(drawn_at), max(drawn_at)
    room = max(0.05 * (high - low), (LEAST_HEIGHT - (high - low)) / 2, 0)
    shares = low >= 0 and high <= 1
    top = min(high + room, 1 + 0.04 * (high - low + 2 * room)) if shares else high + room
    axes.set_ylim(low - room if not shares else max(low - room - (high + room - top), 0), top)
    axes.ticklabel_format(axis="y", useOffset=False)
    if shares:
        axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= 1 + 1e-9])
        axes.set_ylim(axes.get_ylim()[0], top)


def _ticks(axes: Axes, measured: Sequence[float], last: float, *, furthest: float) -> None:
    """At the measured numbers, and at two and four times the last."""
    ahead = [last * factor for factor in (2, 4) if last * factor <= furthest * 1.001]
    at = [*measured, *ahead]
    axes.set_xticks(at[-MOST_TICKS:], [f"{n:,.0f}" for n in at[-MOST_TICKS:]])
    axes.minorticks_off()
