"""When a classifier slides, and with which values."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from thirdeye.errors import UsageError
from thirdeye.plan.detection.file import detection_plan_from_json
from thirdeye.plan.detection.make import make_detection_plan
from thirdeye.plan.detection.networks import SLIDING_NETWORKS
from thirdeye.plan.detection.rules import DetectionFacts
from thirdeye.plan.detection.sliding import (
    SlidingFacts,
    apart_px,
    mining_rounds,
    stretches,
    suits_sliding,
    view_scale,
)

CELLS = DetectionFacts(
    classes=("mitosis",), n_development=40, n_validation=20, groups=40, height_px=2000.0, width_px=2000.0,
    longer_px=2000.0, deep_share=0.0, colour_share=1.0, small_px=25.0, large_px=40.0, sizes=(30.0,) * 50,
    ratios=(1.0,), boxes=200, pixels_per_s=600_000.0, budget_s=1200.0, seed=0,
    sliding=SlidingFacts(((30.0, 30.0),), 0.015, 1.3, 5.0, 60.0, 3, True, 500.0),
)  # fmt: skip
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


def test_images_are_scaled_for_the_network_that_slides() -> None:
    # 40 pixels of a mitosis in the window of 101
    assert view_scale(MITOSES, SLIDING_NETWORKS["ciresan_dnn1"])[0] == pytest.approx(40 / 30, rel=0.01)


def test_a_published_network_brings_its_own_square() -> None:
    plan = make_detection_plan(CELLS, {"technique": "sliding", "architecture": "ciresan_dnn2"})
    assert plan.tile_px == (101, 101)
    assert plan.view_scale == pytest.approx(40 / 30, rel=0.01)
    assert (plan.networks, plan.mining, plan.preparation) == ((), "peaks", ())
    assert detection_plan_from_json(json.loads(json.dumps(plan.as_json()))).values() == plan.values()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"networks": ("ciresan_dnn1",)}, "squares of one side: patch_net 48, ciresan_dnn1 101"),
        ({"answers_px": 8}, "power of two up to 4 for patch_net, got 8"),
        ({"architecture": "fcos_lite0"}, "the technique 'sliding' has the architecture"),
        ({"technique": "one_stage", "networks": ("patch_net",)}, "'one_stage' has one network"),
        (
            {"technique": "one_stage", "preparation": (("local_contrast", 0.1),)},
            "the technique is 'one_stage'",
        ),
    ],
)
def test_values_that_do_not_go_together_are_refused(values: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        make_detection_plan(CELLS, {"technique": "sliding", **values})
