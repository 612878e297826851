"""What follows from the data: rules of a segmentation, read back one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.plan.dense.make import make_dense_plan
from thirdeye.plan.dense.rules import STEPS_A_ROUND, DenseFacts

FUNDUS = DenseFacts(
    classes=("vessel",), n_development=20, n_validation=0, groups=20, axes=2, channels=3,
    sides=(584.0, 565.0),
    spacing_mm=(1.0, 1.0), modality="", deep_share=0.0, window=(0.0, 255.0, 100.0, 30.0), thickness_px=4.0,
    smallest_share=0.08, has_bf16=True, voxels_per_s=1e6, budget_s=1800.0, seed=0,
)  # fmt: skip
HIPPOCAMPUS = replace(
    FUNDUS, classes=("anterior", "posterior"), n_development=160, groups=160, axes=3, channels=1,
    sides=(35.0, 50.0, 36.0), spacing_mm=(1.0, 1.0, 1.0), modality="MR", deep_share=1.0, thickness_px=0.0,
    smallest_share=0.02,
)  # fmt: skip
PROSTATE = replace(HIPPOCAMPUS, sides=(320.0, 320.0, 20.0), spacing_mm=(0.6, 0.6, 6.0))


def test_every_value_has_a_reason():
    for facts in (FUNDUS, HIPPOCAMPUS, PROSTATE):
        plan = make_dense_plan(facts)
        assert all(plan.reasons[name] for name in plan.values())


def test_members_follow_the_budget_and_folds_do_not():
    counts = {
        minutes: make_dense_plan(replace(FUNDUS, budget_s=60.0 * minutes)) for minutes in (2, 30, 60, 500)
    }
    assert [plan.members for plan in counts.values()] == sorted(plan.members for plan in counts.values())
    assert counts[2].members == 1
    assert "bears no more" in counts[2].reasons["members"]
    assert "each member learns for" in counts[60].reasons["members"]
    assert counts[500].members == 5
    assert {plan.folds for plan in counts.values()} == {5}


def test_few_patients_make_few_folds():
    assert make_dense_plan(replace(FUNDUS, groups=3)).folds == 3
    assert make_dense_plan(replace(FUNDUS, groups=3, budget_s=1e5)).members == 3


def test_an_official_part_is_held_out_of_every_member():
    plan = make_dense_plan(replace(FUNDUS, n_validation=30, budget_s=1e5))
    assert (plan.validation, plan.folds) == ("official", plan.members)


def test_thin_structures_keep_every_pixel():
    plan = make_dense_plan(FUNDUS)
    assert (plan.longest_px, plan.architecture) == (0, "unet")
    thick = make_dense_plan(replace(FUNDUS, thickness_px=90.0, sides=(1000.0, 1200.0)))
    assert thick.longest_px < 1200
    assert thick.architecture == "unet_lite0"


def test_grey_pictures_of_thick_things_use_the_encoder_too():
    grey = make_dense_plan(replace(FUNDUS, channels=1, thickness_px=40.0))
    assert (grey.channels, grey.architecture) == (3, "unet_lite0")
    assert make_dense_plan(replace(FUNDUS, channels=1)).channels == 1
    four = make_dense_plan(replace(FUNDUS, channels=4, thickness_px=40.0))
    assert (four.channels, four.architecture) == (4, "unet")


def test_rounds_are_what_the_time_allows():
    slow, fast = (make_dense_plan(replace(FUNDUS, voxels_per_s=speed)) for speed in (1e5, 2e5))
    assert fast.rounds == pytest.approx(2 * slow.rounds, abs=1)
    voxels = slow.batch_size * np.prod(slow.patch) * STEPS_A_ROUND * slow.rounds * slow.members
    assert voxels / 1e5 <= 1.25 * 1800


def test_small_structures_get_another_loss():
    assert make_dense_plan(FUNDUS).loss == "dice_cross_entropy"
    rare = make_dense_plan(replace(FUNDUS, smallest_share=0.0004))
    assert rare.loss == "tversky_cross_entropy"
    assert "0.04%" in rare.reasons["loss"]


def test_ct_has_one_window_and_mr_has_none():
    assert make_dense_plan(HIPPOCAMPUS).intensity == "image"
    body = make_dense_plan(replace(HIPPOCAMPUS, modality="CT", window=(-50.0, 150.0, 60.0, 40.0)))
    assert (body.intensity, body.window) == ("window", (-50.0, 150.0, 60.0, 40.0))


def test_slices_far_apart_are_read_one_by_one_with_their_neighbours():
    plan = make_dense_plan(PROSTATE)
    assert (plan.neighbours, plan.inputs, plan.thick_axis) == (1, 3, 2)
    assert {kernel[2] for kernel in plan.kernels} == {1}
    assert {stride[2] for stride in plan.strides} == {1}
    assert plan.patch[2] <= 20
    assert "10 times" in plan.reasons["neighbours"]
    assert plan.turned_axes == (2,)
    whole = make_dense_plan(PROSTATE, {"neighbours": 0})
    assert {kernel[2] for kernel in whole.kernels} != {1}


def test_volumes_of_few_slices_are_read_slice_by_slice():
    few = replace(HIPPOCAMPUS, sides=(128.0, 128.0, 4.0), spacing_mm=(1.0, 1.0, 3.0))
    assert make_dense_plan(few).neighbours == 1
    one = make_dense_plan(replace(few, sides=(128.0, 128.0, 1.0)))
    assert (one.neighbours, one.patch[2]) == (0, 1)


def test_whoever_sets_a_value_is_named():
    plan = make_dense_plan(FUNDUS, {"width": 8, "mining": 0.25})
    assert (plan.width, plan.chosen_by["width"], plan.mining) == (8, "user", 0.25)


@pytest.mark.parametrize(
    "wanted",
    [{"elastic": -1}, {"widht": 8}, {"width": "wide"}, {"mining": 2}, {"neighbours": -1}, {"loss": 3}],
)
def test_values_that_make_no_sense_are_refused(wanted):
    with pytest.raises(UsageError):
        make_dense_plan(FUNDUS, wanted)


def test_squares_around_each_place_are_learnt_place_by_place():
    plan = make_dense_plan(PROSTATE, {"architecture": "multiscale_patch"})
    assert (plan.scales, plan.sampling, plan.overlap, plan.supervised) == ((25, 51, 75), "classes", 0.0, 1)
    assert (plan.learnt, plan.margin) == ((1, 1, 1), (37, 37, 0))
    assert np.prod(plan.patch) <= 1.15 * 32_768
    one = make_dense_plan(HIPPOCAMPUS, {"architecture": "multiscale_patch", "scales": (25,)})
    assert one.margin == (12, 12, 0)
    assert all(kernel[2] == 1 for kernel in one.kernels)


def test_a_step_of_single_places_is_no_step_of_patches():
    slow = replace(PROSTATE, voxels_per_s=400.0, budget_s=480.0)
    found = make_dense_plan(slow, {"architecture": "multiscale_patch"})
    assert 60 < found.rounds < 100  # of 25 steps of 96 places


def test_other_networks_have_no_squares():
    plan = make_dense_plan(FUNDUS)
    assert (plan.scales, plan.sampling, plan.margin, plan.learnt) == ((), "structures", (0, 0), plan.patch)
    assert plan.optimiser == "adamw"


def test_squares_learn_no_label_of_whole_cases():
    labelled = replace(FUNDUS, label_classes=("a", "b"))
    assert make_dense_plan(labelled).label_weight > 0
    plan = make_dense_plan(labelled, {"architecture": "multiscale_patch"})
    assert plan.label_weight == 0
    assert "no whole case" in plan.reasons["label_weight"]
