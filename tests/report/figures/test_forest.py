"""The forest plot draws what is there and leaves out what is not."""

from __future__ import annotations

from thirdeye.report.figures.forest import Panel, Point, forest_figure


def test_names_and_panels_are_drawn() -> None:
    points = (Point(0.8, 0.7, 0.9), Point(None), Point(0.5, None, None, shaky=True))
    drawing = forest_figure(
        ["women", "men & boys", "not recorded"], [Panel("AUC", points, 0.8), Panel("O:E", points)]
    )
    assert "women" in drawing.svg
    assert "men &amp; boys" in drawing.svg
    assert drawing.svg.count("AUC") == 1
    assert drawing.height_in > 1
    assert drawing.png.startswith(b"\x89PNG")


def test_many_groups_are_taller() -> None:
    few, many = (
        forest_figure([f"g{i}" for i in range(n)], [Panel("AUC", (Point(0.5, 0.4, 0.6),) * n)])
        for n in (2, 20)
    )
    assert many.height_in > few.height_in + 3


def test_nothing_known() -> None:
    assert "–" in forest_figure(["a"], [Panel("AUC", (Point(None),))]).svg
