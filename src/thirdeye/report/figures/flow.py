"""The case flow: from everything that was found to what was trained on, read, and how it was answered."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.figures.drawing import WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import GROUND, INK, MUTED, NETWORK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE = 0.19  # inches per line of text
_GAP, _ASIDE, _BETWEEN, _EDGE = 0.4, 0.5, 0.25, 0.03
_LETTER = 0.067  # inches, of a letter of middling width
_WIDE_TOP, _NARROW_TOP = 3.1, 2.3
_SLIGHT = 0.2  # inches; a smaller bend is only a kink
_NARROWEST_PAIR = 1.25  # inches; narrower outcomes stand one under the other


@dataclass(frozen=True)
class Station:
    """A box of the flow: a heading and the lines under it."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Branch:
    """A part of the data: its box, what happened to it one step after the other, and how that ended.

    Args:
        part: the box itself.
        steps: boxes under it, in order.
        outcomes: boxes side by side at the end.
        found: False for data that came from elsewhere, so that no arrow leads to them.
    """

    part: Station
    steps: tuple[Station, ...] = ()
    outcomes: tuple[Station, ...] = ()
    found: bool = True


@drawn
def flow_figure(found: Station, excluded: Station | None, parts: Sequence[Station | Branch]) -> Figure:
    """`found` on top, `excluded` beside it, `parts` in a row below with what became of them."""
    branches = [part if isinstance(part, Branch) else Branch(part) for part in parts]
    widths = _widths(branches)
    top = _height(found) if excluded is None else max(_height(found), _height(excluded))
    first = max((_height(branch.part) for branch in branches), default=_LINE)
    deepest = max(
        (_depth(branch, width) for branch, width in zip(branches, widths, strict=True)), default=0.0
    )
    height = 2 * _EDGE + top + _GAP + first + deepest
    figure = new_figure(WIDE_IN, height, bare=True)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0, WIDE_IN), ylim=(height, 0))
    axes.axis("off")
    centre = _found(axes, found, excluded, top)
    x = _EDGE
    for branch, width in zip(branches, widths, strict=True):
        y = _EDGE + top + _GAP
        if branch.found:
            _elbow(axes, (centre, _EDGE + top), (x + width / 2, y))
        _box(axes, branch.part, x, y, width, first)
        _below(axes, branch, x, y + first, width)
        x += width + _BETWEEN
    return figure


def _widths(branches: Sequence[Branch]) -> list[float]:
    """Parts that were read need more room than those that were learnt from."""
    weights = [1.7 if branch.outcomes else 1.0 for branch in branches]
    room = WIDE_IN - 2 * _EDGE - _BETWEEN * (len(branches) - 1)
    return [room * weight / sum(weights) for weight in weights]


def _height(station: Station) -> float:
    return _LINE * (1.6 + len(station.lines))


def _depth(branch: Branch, width: float) -> float:
    """How far a branch reaches below its part."""
    steps = sum(_GAP + _height(step) for step in branch.steps)
    heights = [_height(outcome) for outcome in branch.outcomes]
    if not heights:
        return steps
    if _side_by_side(branch, width):
        return steps + _GAP + max(heights)
    return steps + _GAP + sum(heights) + 0.12 * (len(heights) - 1)


def _side_by_side(branch: Branch, width: float) -> bool:
    """Only where no text would have to be cut."""
    each = (width - _BETWEEN * (len(branch.outcomes) - 1)) / len(branch.outcomes)
    texts = [text for outcome in branch.outcomes for text in (outcome.title, *outcome.lines)]
    return each >= _NARROWEST_PAIR and all(fitted(text, (each - 0.22) / 1.12) == text for text in texts)


def _found(axes: Axes, found: Station, excluded: Station | None, top: float) -> float:
    """Draws both boxes of the top; returns where the arrows down begin."""
    width = _WIDE_TOP if excluded is None else _NARROW_TOP
    left = (WIDE_IN - width) / 2 if excluded is None else _EDGE
    _box(axes, found, left, _EDGE, width, top)
    if excluded is not None:  # reasons are long: they take what is left
        start = left + width
        _box(axes, excluded, start + _ASIDE, _EDGE, WIDE_IN - start - _ASIDE - _EDGE, top, muted=True)
        _arrow(axes, (start, _EDGE + top / 2), (start + _ASIDE, _EDGE + top / 2))
    return left + width / 2


def _below(axes: Axes, branch: Branch, x: float, y: float, width: float) -> None:
    """The steps of a branch from `y` downwards, then its outcomes."""
    middle = x + width / 2
    for step in branch.steps:
        _arrow(axes, (middle, y), (middle, y + _GAP))
        _box(axes, step, x, y + _GAP, width, _height(step))
        y += _GAP + _height(step)
    if not branch.outcomes:
        return
    if _side_by_side(branch, width):
        each = (width - _BETWEEN * (len(branch.outcomes) - 1)) / len(branch.outcomes)
        tallest = max(map(_height, branch.outcomes))
        for index, outcome in enumerate(branch.outcomes):
            left = x + index * (each + _BETWEEN)
            _elbow(axes, (middle, y), (left + each / 2, y + _GAP))
            _box(axes, outcome, left, y + _GAP, each, tallest)
        return
    _arrow(axes, (middle, y), (middle, y + _GAP))
    y += _GAP
    for outcome in branch.outcomes:
        _box(axes, outcome, x, y, width, _height(outcome))
        y += _height(outcome) + 0.12


def _box(
    axes: Axes, station: Station, x: float, y: float, width: float, height: float, *, muted: bool = False
) -> None:
    from matplotlib.patches import Rectangle

    edge = MUTED if muted else NETWORK
    dash = (0, (4, 3)) if muted else "-"
    axes.add_patch(
        Rectangle((x, y), width, height, facecolor=GROUND, edgecolor=edge, linewidth=1, linestyle=dash)
    )
    title = fitted(label(station.title), (width - 0.22) / 1.12)
    axes.text(x + 0.12, y + _LINE * 0.95, title, weight="bold", va="center", fontsize=8.5)
    for index, line in enumerate(station.lines):
        axes.text(
            x + 0.12,
            y + _LINE * (1.95 + index),
            fitted(label(line), width - 0.22),
            va="center",
            fontsize=8,
            color=INK if not muted else MUTED,
        )


def fitted(text: str, width_in: float) -> str:
    """`text` cut where it would leave its box; ideographs count as two letters."""
    room, used = width_in / _LETTER, 0.0
    for index, character in enumerate(text):
        used += 2.0 if unicodedata.east_asian_width(character) in "WF" else 1.0
        if used > room:
            return text[: max(index - 1, 1)].rstrip() + "…"
    return text


def _elbow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    if abs(start[0] - end[0]) < _SLIGHT:
        _arrow(axes, (end[0], start[1]), end)
        return
    middle = (start[1] + end[1]) / 2
    axes.plot([start[0], start[0], end[0]], [start[1], middle, middle], color=MUTED, linewidth=1)
    _arrow(axes, (end[0], middle), end)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    arrow = {"arrowstyle": "-|>", "color": MUTED, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=arrow)
