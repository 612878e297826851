"""The axis of the learning curve where the measure is at its best."""

from __future__ import annotations

import re

import pytest

from thirdeye.report.figures.learning_curve import Line, MeasuredPoint, learning_figure


def marks(points: list[MeasuredPoint], line: Line | None = None) -> list[float]:
    """Numbers at the upright axis."""
    drawing = learning_figure(points, line, x="patients", y="AUC")
    found = re.findall(r">([\d.−]+)</text>|<!-- ([\d.−]+) -->", str(drawing.svg))
    return [float(one or other) for one, other in found if "." in (one or other)]


def test_an_area_of_one_has_no_marks_above_one() -> None:
    found = marks([MeasuredPoint(n, 1.0, 1.0, 1.0) for n in (20, 40, 80)])
    assert max(found) == 1
    assert min(found) >= 0.9
    assert len(set(found)) > 2


def test_a_band_up_to_one_ends_there() -> None:
    points = [MeasuredPoint(20, 0.8, 0.7, 0.9), MeasuredPoint(80, 0.99, 0.95, 1.0)]
    line = Line([20, 80, 160], [0.8, 0.99, 1.0], [0.7, 0.95, 0.97], [0.9, 1.0, 1.0])
    found = marks(points, line)
    assert max(found) == pytest.approx(1)
    assert min(found) <= 0.7


def test_measures_beyond_one_keep_their_room() -> None:
    found = marks([MeasuredPoint(20, 2.0, 1.5, 2.5), MeasuredPoint(40, 1.5, 1.2, 1.9)])
    assert max(found) >= 2.4
