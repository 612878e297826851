from __future__ import annotations

from dataclasses import replace

import pytest

from thirdeye.errors import UsageError
from thirdeye.plan.landmarks.make import make_landmark_plan
from thirdeye.plan.landmarks.rules import CANVAS_PX, LandmarkFacts


def test_every_value_has_a_reason(facts: LandmarkFacts) -> None:
    plan = make_landmark_plan(facts)
    assert set(plan.reasons) == set(plan.values())
    assert all(plan.reasons.values())


def test_the_canvas_has_the_shape_of_the_images(facts: LandmarkFacts) -> None:
    height, width = make_landmark_plan(facts).canvas
    assert height % 32 == width % 32 == 0
    assert 896 / 333 / 1.4 < height / width < 896 / 333
    assert height * width < 1.2 * CANVAS_PX
    flat = make_landmark_plan(replace(facts, sides=(333.0, 896.0))).canvas
    assert flat == (width, height)


def test_a_smaller_canvas_can_be_asked_for(facts: LandmarkFacts) -> None:
    height, width = make_landmark_plan(facts, {"canvas_px": 28_000}).canvas
    assert 0.8 < height * width / 28_000 < 1.2
    small = make_landmark_plan(replace(facts, sides=(96.0, 64.0)), {"canvas_px": 28_000}).canvas
    assert small == make_landmark_plan(replace(facts, sides=(96.0, 64.0))).canvas


def test_small_images_are_not_blown_up(facts: LandmarkFacts) -> None:
    plan = make_landmark_plan(replace(facts, sides=(96.0, 64.0)))
    assert plan.canvas[0] <= 128
    assert (plan.zoom, plan.fine_rounds) == (0.0, 0)


def test_large_images_get_a_second_look(facts: LandmarkFacts) -> None:
    plan = make_landmark_plan(replace(facts, sides=(2400.0, 1935.0)))
    assert plan.zoom == 4.0
    assert plan.fine_rounds > 0


def test_the_margin_holds_points_outside(facts: LandmarkFacts) -> None:
    assert make_landmark_plan(facts).margin == pytest.approx(0.034)
    assert make_landmark_plan(replace(facts, beyond=0.0)).margin == 0.02


def test_mirrored_only_where_the_landmarks_lie_alike(facts: LandmarkFacts) -> None:
    assert make_landmark_plan(facts).swapped == facts.mirror
    assert make_landmark_plan(replace(facts, mirror_misfit=3.0)).swapped == ()


def test_a_short_budget_means_fewer_rounds_and_members(facts: LandmarkFacts) -> None:
    long, short = make_landmark_plan(facts), make_landmark_plan(replace(facts, budget_s=120))
    assert short.rounds < long.rounds
    assert (short.folds, short.validation) == (2, "cross_fitted")
    assert "bears no more" in short.reasons["folds"]
    assert long.folds > 2


def test_an_official_validation_part_is_used(facts: LandmarkFacts) -> None:
    assert make_landmark_plan(replace(facts, n_validation=40)).validation == "official"


def test_no_shape_model_from_few_complete_images(facts: LandmarkFacts) -> None:
    assert make_landmark_plan(replace(facts, complete=12)).shape == (0.0,)


def test_patches_bring_their_own_network_and_are_read_in_one_look(facts: LandmarkFacts) -> None:
    plan = make_landmark_plan(replace(facts, sides=(2400.0, 1935.0)), {"technique": "patches"})
    assert (plan.architecture, plan.zoom, plan.fine_rounds) == ("landmark_patches", 0.0, 0)
    assert len(plan.widths) == 5
    assert make_landmark_plan(facts).technique == "heat"


def test_rates_follow_the_optimiser(facts: LandmarkFacts) -> None:
    usual, plain = make_landmark_plan(facts), make_landmark_plan(facts, {"optimiser": "sgd"})
    assert (usual.optimiser, usual.schedule, usual.learning_rate, usual.weight_decay) == (
        "adamw", "cosine", 2e-3, 0.01,
    )  # fmt: skip
    assert (plain.learning_rate, plain.weight_decay) == (0.01, 5e-4)
    for wrong in ({"optimiser": "lion"}, {"schedule": "steps:0:0.1"}):
        with pytest.raises(UsageError):
            make_landmark_plan(facts, wrong)
