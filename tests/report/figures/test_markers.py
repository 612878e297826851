"""Markers and crosses hold what they were given, and no arm without limits."""

from __future__ import annotations

from matplotlib.figure import Figure

from thirdeye.report.figures.markers import draw_cross, draw_marker


def test_an_arm_without_limits_is_left_out() -> None:
    axes = Figure().subplots()
    draw_cross(axes, (0.2, 0.1, 0.3), (0.8, None, None), colour="#000000", linewidth=1)
    (arm,) = axes.lines
    assert (list(arm.get_xdata()), list(arm.get_ydata())) == ([0.1, 0.3], [0.8, 0.8])
    draw_cross(axes, (0.2, None, 0.3), (0.8, 0.7, 0.9), colour="#000000", linewidth=1)
    assert list(axes.lines[-1].get_ydata()) == [0.7, 0.9]
    assert len(axes.lines) == 2


def test_a_marker_is_named_in_the_legend() -> None:
    axes = Figure().subplots()
    draw_marker(axes, 0.2, 0.8, "o", label="Balanced point")
    assert axes.get_legend_handles_labels()[1] == ["Balanced point"]
