from __future__ import annotations

import pytest

from thirdeye.report.figures.band import Band
from thirdeye.report.figures.froc import FrocLine, FrocPoint, _steps, froc_figure


def test_the_curve_enters_at_its_height_and_ends_where_it_ends() -> None:
    """Attained at 0, 0.01, 0.5 and 20 false alarms: drawn from 1/16 at 0.2 on, level to 16."""
    x, y = _steps(FrocLine("all", [0.0, 0.01, 0.5, 20.0], [0.1, 0.2, 0.6, 0.9], 30.0))
    assert (x, y) == ([1 / 16, 0.5, 16.0], [0.2, 0.6, 0.6])
    x, y = _steps(FrocLine("all", [0.5], [0.6], 2.0))
    assert (x, y) == ([1 / 16, 0.5, 2.0], [0.0, 0.6, 0.6])


@pytest.mark.parametrize("points", [[], [FrocPoint("One", (1.0, 0.8, 1.2), (0.7, 0.6, 0.8))]])
def test_it_names_its_lines_and_points(points) -> None:
    lines = [FrocLine("All together", [0.1, 1.0], [0.5, 0.7], 4.0), FrocLine("cell", [0.2], [0.4], 1.0)]
    drawing = froc_figure(lines, points, Band([0.1, 1.0], [0.4, 0.6], [0.6, 0.8]))
    assert "All together" in drawing.svg
    assert "cell" in drawing.svg
    assert ("One" in drawing.svg) == bool(points)
    assert drawing.png.startswith(b"\x89PNG")


def test_a_point_without_a_false_alarm_is_off_the_scale() -> None:
    lines = [FrocLine("All together", [0.0], [0.5], 0.0)]
    assert "None" not in froc_figure(lines, [FrocPoint("None", (0.0, None, None), (0.5, None, None))]).svg
