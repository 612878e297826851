from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.plan.detection.anchors import clustered_sizes, common_ratios
from thirdeye.plan.detection.file import detection_plan_from_json, detection_plan_schema
from thirdeye.plan.detection.make import make_detection_plan
from thirdeye.plan.detection.rules import DETECTION_RULES, DetectionFacts

# As measured on photographs of blood cells: platelets of 36 px, cells of 100 to 200.
CELLS = DetectionFacts(
    classes=("cell", "platelet"), n_development=292, n_validation=87, groups=292, height_px=480.0,
    width_px=640.0, longer_px=640.0, deep_share=0.0, colour_share=1.0, small_px=31.0, large_px=260.0,
    sizes=tuple(np.repeat([35.0, 100.0, 190.0], [30, 300, 30])), ratios=(0.9, 1.0, 1.1), boxes=360,
    pixels_per_s=600_000.0, budget_s=1200.0, seed=0,
)  # fmt: skip


def test_images_are_shrunk_as_far_as_small_things_bear() -> None:
    plan = make_detection_plan(CELLS)
    assert plan.technique == "one_stage"
    assert plan.longest_px == 320
    assert plan.tile_px == (256, 320)
    assert plan.strides == (8, 16, 32)
    assert plan.anchors == (8.0, 16.0, 32.0)
    assert plan.batch_size == 8
    assert (plan.validation, plan.folds) == ("official", 1)
    # 1200 s x 0.85 x 600,000 pixels a second / (8 windows x 81,920 pixels x 25 steps)
    assert plan.rounds == 37


def test_small_things_in_large_images_are_read_window_by_window() -> None:
    plan = make_detection_plan(
        replace(CELLS, small_px=9.0, large_px=60.0, height_px=3000.0, width_px=4000.0, longer_px=4000.0)
    )
    assert plan.longest_px == 0
    assert plan.tile_px == (512, 512)
    assert plan.strides[0] == 4
    assert plan.overlap == pytest.approx(0.2)
    wide = make_detection_plan(
        replace(CELLS, small_px=12.0, large_px=400.0, height_px=3000.0, width_px=4000.0, longer_px=4000.0)
    )
    assert min(wide.tile_px) >= 800
    assert wide.overlap == pytest.approx(400 / wide.tile_px[0], abs=0.01)


def test_large_things_get_coarser_levels_and_windows_that_fit_them() -> None:
    plan = make_detection_plan(replace(CELLS, small_px=20.0, large_px=900.0, height_px=600.0, width_px=1000.0,
                                       longer_px=1000.0))  # fmt: skip
    assert plan.strides == (8, 16, 32, 64, 128)
    assert all(side % 128 == 0 for side in plan.tile_px)


def test_without_a_validation_part_members_are_cross_fitted() -> None:
    facts = replace(CELLS, n_validation=0)
    assert make_detection_plan(facts).validation == "cross_fitted"
    assert make_detection_plan(facts).folds == 2
    assert make_detection_plan(replace(facts, budget_s=7200.0)).folds == 5
    assert make_detection_plan(replace(facts, budget_s=7200.0, groups=3)).folds == 3


def test_anchors_of_a_two_stage_detector_follow_the_boxes() -> None:
    plan = make_detection_plan(CELLS, {"technique": "two_stage"})
    assert plan.architecture == "faster_rcnn_lite0"
    assert plan.anchors == pytest.approx((17.5, 50.0, 95.0))
    assert plan.ratios == (1.0,)
    assert plan.chosen_by["technique"] == "user"


def test_clusters_are_centres_of_groups_and_never_below_two_cells() -> None:
    rng = np.random.default_rng(0)
    sizes = np.concatenate([rng.normal(m, m / 20, n) for m, n in ((12, 40), (40, 500), (150, 60))])
    assert clustered_sizes(sizes, (4, 8, 16), seed=1) == pytest.approx((12, 40, 150), rel=0.02)
    assert clustered_sizes(sizes, (8, 16, 32), seed=1)[0] == 16.0
    assert clustered_sizes(np.zeros(0), (8, 16), seed=1) == (32.0, 64.0)


def test_shapes_are_quantiles_unless_nearly_all_boxes_are_square() -> None:
    assert common_ratios(np.array([0.9, 1.0, 1.2])) == (1.0,)
    assert common_ratios(np.linspace(0.5, 2.5, 101)) == (0.7, 1.5, 2.3)
    assert common_ratios(np.zeros(0)) == (1.0,)


def test_deep_and_grey_images() -> None:
    plan = make_detection_plan(replace(CELLS, deep_share=0.9, colour_share=0.0))
    assert plan.intensity == "image"
    assert plan.mirrored == (1,)


def test_every_value_has_a_reason_and_the_file_comes_back() -> None:
    for overrides in ({}, {"technique": "two_stage"}):
        plan = make_detection_plan(CELLS, overrides)
        form = plan.as_json()
        jsonschema.validate(_plain(form), detection_plan_schema())
        assert all(entry["reason"] for entry in form["values"].values())
        back = detection_plan_from_json(_plain(form))
        assert back.values() == plan.values()
        assert back.reasons == plan.reasons
        assert {k for k, who in back.chosen_by.items() if who == "user"} == set(overrides)


def _plain(form: dict) -> dict:
    import json

    return json.loads(json.dumps(form))


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"colour": 3}, "no value 'colour'"),
        ({"technique": "three_stage"}, "one_stage"),
        ({"tile_px": (100, 320)}, "tile_px"),
        ({"strides": (8, 32)}, "twice the last"),
        ({"anchors": (8.0,)}, "one size for each"),
        ({"ratios": (0.5, 1.0)}, "one anchor a place"),
        ({"architecture": "faster_rcnn_lite0"}, "one_stage"),
        (
            {"strides": (32, 64, 128), "anchors": (32.0, 64.0, 128.0), "tile_px": (160, 160)},
            "multiples of 128",
        ),
        ({"suppressions": (("hart", 0.5),)}, "hart"),
        ({"learning_rate": 5.0}, "between"),
        ({"optimiser": "lion"}, "adamw"),
        ({"schedule": "plateau:3:0.1"}, "schedule"),
    ],
)
def test_values_that_cannot_be_are_refused(overrides: dict, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        make_detection_plan(CELLS, overrides)


@pytest.mark.parametrize(
    ("name", "value"), [("strides", [8, 16]), ("tile_px", [64, 64, 64]), ("rounds", "many"), ("folds", 0)]
)
def test_a_file_edited_into_nonsense_is_refused(name: str, value: object) -> None:
    form = _plain(make_detection_plan(CELLS).as_json())
    form["values"][name]["value"] = value
    with pytest.raises(UsageError):
        detection_plan_from_json(form)


def test_a_file_may_say_whole_numbers_for_decimals() -> None:
    form = _plain(make_detection_plan(CELLS).as_json())
    form["values"]["overlap"]["value"] = 0
    form["values"]["anchors"]["value"] = [8, 16, 32]
    plan = detection_plan_from_json(form)
    assert isinstance(plan.overlap, float)
    assert all(isinstance(one, float) for one in plan.anchors)


def test_all_rules_stand_in_the_schema() -> None:
    known = detection_plan_schema()["properties"]["values"]
    assert set(DETECTION_RULES) | {"task", "classes", "budget_s", "seed"} == set(known["properties"])
    later = {
        "networks",
        "mining",
        "object_shares",
        "object_reach",
        "answers_px",
        "smoothing",
        "apart_sides",
        "preparation",
        "weights",
        "optimiser",
        "schedule",
    }  # plans of earlier versions have none; fmt: skip
    assert set(known["properties"]) - set(known["required"]) == later


def test_rates_follow_the_optimiser() -> None:
    usual, plain = make_detection_plan(CELLS), make_detection_plan(CELLS, {"optimiser": "sgd"})
    assert (usual.optimiser, usual.schedule, usual.learning_rate, usual.weight_decay) == (
        "adamw", "cosine", 1e-3, 0.01,
    )  # fmt: skip
    assert (plain.learning_rate, plain.weight_decay) == (0.01, 5e-4)
    assert make_detection_plan(CELLS, {"optimiser": "sgd", "learning_rate": 1e-4}).learning_rate == 1e-4
