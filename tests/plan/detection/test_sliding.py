"""When a classifier slides, and with which values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from thirdeye.plan.detection.sliding import (
    SlidingFacts,
    apart_px,
    mining_rounds,
    stretches,
    suits_sliding,
    view_scale,
)

MITOSES = SlidingFacts(((30.0, 30.0),), 0.015, 1.3, 5.0, 60.0, 3, True, 500.0)


@pytest.mark.parametrize(
    ("change", "suits"),
    [
        ({}, True),
        ({"small_share": 0.06}, False),
        ({"spread": 2.5}, False),
        ({"per_image": 2.0}, False),
    ],
)
def test_small_alike_and_many(change: dict[str, float], suits: bool) -> None:
    assert suits_sliding(replace(MITOSES, **change)) is suits  # type: ignore[arg-type]


def test_a_typical_object_gets_twenty_pixels_but_none_are_invented() -> None:
    assert view_scale(MITOSES)[0] == pytest.approx(20 / 30, rel=0.01)
    assert view_scale(replace(MITOSES, sizes_px=((2.0, 2.0),)))[0] == 3.0
    three = replace(MITOSES, sizes_px=((10.0, 10.0), (40.0, 40.0), (200.0, 200.0)))
    assert view_scale(three)[0] == 0.5  # the middle class


def test_peaks_lie_as_far_apart_as_the_objects_do_within_reason() -> None:
    assert apart_px(MITOSES)[0] == 24.0  # 0.8 of a side: objects lie far apart
    assert apart_px(replace(MITOSES, nearest_px=20.0))[0] == 18.0
    assert apart_px(replace(MITOSES, nearest_px=2.0))[0] == 10.5  # 0.35 of a side
    assert apart_px(replace(MITOSES, nearest_px=0.0))[0] == 24.0


def test_rounds_and_steps_follow_from_the_budget() -> None:
    assert mining_rounds(120.0)[0] == 2
    assert mining_rounds(600.0)[0] == 3
    # 600 s x 0.45 for the first round x 0.75 for learning, at 500 patches a second in steps of 25 x 64
    assert stretches(MITOSES, 600.0, 1)[0] == int(600 * 0.45 * 0.75 * 500 / 1600)
    assert stretches(MITOSES, 6000.0, 1)[0] == 120
    assert stretches(MITOSES, 1.0, 5)[0] == 2
