"""Names beside crowded dots: each goes where it hides the least."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from thirdeye.report.clean import shorten
from thirdeye.report.figures.drawing import label
from thirdeye.report.figures.palette import INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points

_LETTER_PT, _LINE_PT, _DOT_PT = 3.9, 8.5, 4.0
_SPOTS = [(7, 0), (-7, 0), (7, 9), (-7, 9), (7, -9), (-7, -9), (0, 11), (0, -11),
          (12, 18), (-12, 18), (12, -18), (-12, -18), (18, 27), (18, -27), (24, 36), (24, -36)]  # fmt: skip


def name_dots(axes: Axes, dots: Sequence[tuple[str, float, float, bool]]) -> None:
    """Write (name, x, y, strong) beside each dot; limits and scale of the axes must be final.

    A name that has to stand further away is tied to its dot by a thin line.
    """
    figure = axes.get_figure(root=True)
    if figure is None:
        return
    figure.draw_without_rendering()
    inch = 72 / figure.get_dpi()
    window = axes.get_window_extent()
    frame = (window.x0 * inch, window.y0 * inch, window.x1 * inch, window.y1 * inch)
    places = [tuple(axes.transData.transform((x, y)) * inch) for _, x, y, _ in dots]
    taken: list[Box] = [(x - _DOT_PT, y - _DOT_PT, x + _DOT_PT, y + _DOT_PT) for x, y in places]
    for (name, x, y, strong), place in zip(dots, places, strict=True):
        text = shorten(label(name), 30)
        spot = min(_SPOTS, key=lambda spot: _cost(_box(text, place, spot), taken, frame, spot))
        taken.append(_box(text, place, spot))
        _write(axes, text, (x, y), spot, strong)


def _write(axes: Axes, text: str, at: tuple[float, float], spot: tuple[int, int], strong: bool) -> None:
    tie = {"arrowstyle": "-", "color": MUTED, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 3}
    axes.annotate(
        text,
        at,
        xytext=spot,
        textcoords="offset points",
        ha="left" if spot[0] > 0 else "right" if spot[0] < 0 else "center",
        va="center",
        fontsize=7.5,
        fontweight="bold" if strong else "normal",
        color=INK if strong else MUTED,
        arrowprops=tie if abs(spot[1]) > 11 else None,
    )


def _box(text: str, place: tuple[float, ...], spot: tuple[int, int]) -> Box:
    width = _LETTER_PT * len(text)
    x, y = place[0] + spot[0], place[1] + spot[1]
    left = x if spot[0] > 0 else x - width if spot[0] < 0 else x - width / 2
    return left, y - _LINE_PT / 2, left + width, y + _LINE_PT / 2


def _cost(box: Box, taken: Sequence[Box], frame: Box, spot: tuple[int, int]) -> float:
    """What is hidden weighs most, what leaves the frame more; among equals the nearer spot wins."""
    hidden = sum(_overlap(box, other) for other in taken)
    area = (box[2] - box[0]) * (box[3] - box[1])
    return 20 * hidden + 100 * (area - _overlap(box, frame)) + 0.05 * (spot[0] ** 2 + spot[1] ** 2)


def _overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if width > 0 and height > 0 else 0.0
