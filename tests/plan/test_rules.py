"""Each rule by what it should do, not by its constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from thirdeye.plan.make import make_plan
from thirdeye.plan.rules import RULES, SIDES, Facts


def decided(facts: Facts, **overrides: Any) -> Any:
    return make_plan(facts, overrides)


def test_every_rule_is_documented_and_gives_a_reason(facts: Callable[..., Facts]) -> None:
    plan = make_plan(facts())
    for name, rule in RULES.items():
        assert rule.__doc__, name
        assert plan.reasons[name].strip(), name


def test_official_validation_only_where_it_is_large(facts: Callable[..., Facts]) -> None:
    large = decided(facts(validation_counts={"benign": 400, "malignant": 150}, n_training=400))
    small = decided(facts(validation_counts={"benign": 400, "malignant": 20}))
    assert large.validation == "official"
    assert small.validation == "cross_fitted"
    assert "only 20 cases" in small.reasons["validation"]
    assert decided(facts()).validation == "cross_fitted"


@pytest.mark.parametrize(("groups", "folds"), [(180, 5), (5, 5), (4, 4), (2, 2), (1, 2)])
def test_no_more_folds_than_patients_of_the_rarest_class(
    facts: Callable[..., Facts], groups: int, folds: int
) -> None:
    assert decided(facts(fewest_groups=groups)).folds == folds


def test_size_follows_image_and_budget(facts: Callable[..., Facts]) -> None:
    tiny = decided(facts(side_px=20.0))
    rich = decided(facts(budget_s=36_000.0))
    poor = decided(facts(budget_s=600.0, n_development=3_000, n_training=3_000))
    assert tiny.image_size_px == min(SIDES)
    assert rich.image_size_px == max(SIDES)
    assert poor.image_size_px == min(SIDES)
    assert "time budget" in poor.reasons["image_size_px"]


def test_frozen_features_alone_see_all_that_the_images_have(facts: Callable[..., Facts]) -> None:
    hopeless = decided(facts(budget_s=120.0, n_development=20_000, n_training=20_000))
    assert (hopeless.epochs, hopeless.image_size_px) == (0, max(SIDES))
    assert "no room" in hopeless.reasons["image_size_px"]


def test_more_time_never_gives_fewer_pixels_or_epochs(facts: Callable[..., Facts]) -> None:
    budgets = (60.0, 120.0, 300.0, 600.0, 1200.0, 3600.0, 36_000.0)
    plans = [decided(facts(budget_s=budget)) for budget in budgets]
    sizes = [plan.image_size_px for plan in plans if plan.epochs]
    assert sizes == sorted(sizes)
    fixed = [decided(facts(budget_s=budget), image_size_px=128).epochs for budget in budgets]
    assert fixed == sorted(fixed)
    assert fixed[0] == 0
    assert fixed[-1] > 0


def test_without_time_only_the_frozen_features(facts: Callable[..., Facts]) -> None:
    plan = decided(facts(budget_s=61.0))
    assert plan.epochs == 0
    assert "no room" in plan.reasons["epochs"]


@pytest.mark.parametrize(("spread", "resize"), [(1.0, "squash"), (1.5, "squash"), (2.5, "pad")])
def test_shapes_are_kept_where_they_vary(facts: Callable[..., Facts], spread: float, resize: str) -> None:
    assert decided(facts(aspect_spread=spread)).resize == resize


def test_deep_grey_is_windowed(facts: Callable[..., Facts]) -> None:
    assert decided(facts(deep_share=1.0)).intensity == "percentile"
    assert decided(facts(deep_share=0.0)).intensity == "full_range"


def test_colour_pictures_turn_and_grey_ones_keep_their_top(facts: Callable[..., Facts]) -> None:
    grey = dict(decided(facts(colour_share=0.0)).augmentation)
    colour = dict(decided(facts(colour_share=1.0)).augmentation)
    assert not {"flip_vertical", "quarter_turn", "colour"} & set(grey)
    assert {"flip_vertical", "quarter_turn", "colour"} <= set(colour)
    assert decided(facts(colour_share=1.0)).test_time_augmentation[0] == "identity"
    assert "flip_vertical" not in decided(facts(colour_share=0.0)).test_time_augmentation


def test_imbalance_is_answered(facts: Callable[..., Facts]) -> None:
    assert decided(facts(class_counts={"benign": 900, "malignant": 100})).class_weighting == "sampler"
    assert decided(facts(class_counts={"benign": 500, "malignant": 480})).class_weighting == "none"


def test_rarest_share_ignores_classes_without_cases(facts: Callable[..., Facts]) -> None:
    assert facts(class_counts={"a": 10, "b": 0, "c": 5}).rarest_share == 0.5


def test_bf16_only_where_it_pays(facts: Callable[..., Facts]) -> None:
    assert decided(facts()).precision == "fp32"
    dense = {"architecture": "torchvision:resnet18"}
    assert decided(facts(), **dense).precision == "bf16"
    assert decided(facts(has_bf16=False), **dense).precision == "fp32"


def test_small_sets_get_small_batches(facts: Callable[..., Facts]) -> None:
    large = decided(facts(n_development=5000), image_size_px=128)
    assert decided(facts(n_development=300), image_size_px=128).batch_size < large.batch_size
    assert decided(facts(n_development=5000), image_size_px=224).batch_size < large.batch_size


def test_weights_fit_the_architecture(facts: Callable[..., Facts]) -> None:
    assert decided(facts()).weights == "embedded"
    assert decided(facts(), architecture="torchvision:resnet18").weights == "hub"
