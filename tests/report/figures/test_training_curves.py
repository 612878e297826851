"""What is marked in training curves, and that nothing empty is drawn."""

from __future__ import annotations

import re

from thirdeye.report.figures.training_curves import MemberCurve, training_figure

NAN = float("nan")


def dots(members: list[MemberCurve], *, less: bool = False) -> list[float]:
    """Where round markers stand along the page; ticks have a line width."""
    svg = training_figure(members, metric="Dice", less_is_better=less).svg
    found = re.findall(r'<use[^>]* x="([^"]+)"[^>]*style="([^"]+)"', svg)
    return [float(x) for x, style in found if "stroke-width" not in style]


def test_the_best_round_is_marked_whichever_way_is_better() -> None:
    curve = MemberCurve("0", [1, 2, 3], [1, 1, 1], [NAN] * 3, [0.2, 0.9, 0.5])
    (highest,), (lowest,) = dots([curve]), dots([curve], less=True)
    first, last = (
        dots([MemberCurve("0", [1, 2, 3], [1, 1, 1], [NAN] * 3, values)], less=True)[0]
        for values in ([0.2, 0.9, 0.5], [0.5, 0.9, 0.2])
    )
    assert lowest == first < highest < last


def test_a_panel_without_figures_is_left_out_and_a_single_round_is_a_dot() -> None:
    one = MemberCurve("0", [1], [1.0], [NAN], [NAN])
    two = MemberCurve("0", [1, 2], [1.0, 0.5], [NAN] * 2, [NAN] * 2)
    assert "on validation cases" not in training_figure([one], metric="Dice").svg
    assert (len(dots([one])), len(dots([two]))) == (1, 0)
