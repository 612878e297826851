"""Names beside dots."""

from __future__ import annotations

import matplotlib
import pytest
from matplotlib.text import Text

from thirdeye.report.figures.drawing import STYLE, new_figure
from thirdeye.report.literature.spread import _box, _overlap, name_dots


def test_names_of_crowded_dots_do_not_cover_each_other() -> None:
    with matplotlib.rc_context(STYLE):
        figure = new_figure(8, 4, bare=True)
        axes = figure.add_subplot()
        axes.set(xlim=(0, 1), ylim=(0, 1))
        dots = [(f"Study {index}", 0.5 + 0.004 * index, 0.5, False) for index in range(5)]
        name_dots(axes, dots)
        figure.draw_without_rendering()
        boxes = [Text.get_window_extent(text) for text in axes.texts]  # without the line to the dot
    assert len(boxes) == 5
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            assert not one.overlaps(other)


@pytest.mark.parametrize("x", [0.0, 1.0])
def test_names_stay_inside_the_frame(x: float) -> None:
    with matplotlib.rc_context(STYLE):
        axes = new_figure(8, 4, bare=True).add_subplot()
        axes.set(xlim=(0, 1), ylim=(0, 1))
        name_dots(axes, [("A study of some length", x, 0.5, True)])
        box, frame = axes.texts[0].get_window_extent(), axes.get_window_extent()
    assert frame.x0 <= box.x0
    assert box.x1 <= frame.x1 + 8


def test_boxes() -> None:
    right, left = _box("abc", (0.0, 0.0), (7, 0)), _box("abc", (0.0, 0.0), (-7, 0))
    assert right[0] == 7
    assert left[2] == -7
    assert _overlap(right, left) == 0
    assert _overlap((0, 0, 2, 2), (1, 1, 3, 3)) == 1
