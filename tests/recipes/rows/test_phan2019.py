"""Three networks and two sizes."""

from __future__ import annotations

from thirdeye.plan.lineup import entries
from thirdeye.plan.make import make_plan
from thirdeye.plan.rules import Facts
from thirdeye.recipes.recipe import values_of
from thirdeye.recipes.rows.phan2019 import LARGE, RECIPE

CLASSES = ("healthy", "glaucoma")
FACTS = Facts(
    task="binary", classes=CLASSES, positive="glaucoma", class_counts={"healthy": 500, "glaucoma": 500},
    n_development=1000, n_training=1000, validation_counts={}, fewest_groups=100, side_px=600.0,
    aspect_spread=1.3, colour_share=1.0, deep_share=0.0, has_bf16=False, images_per_s=20.0,
    budget_s=600.0, seed=0,
)  # fmt: skip


def test_three_networks_start_from_their_hub() -> None:
    plan = make_plan(FACTS, values_of(RECIPE.published(CLASSES)))
    assert [(one.architecture, one.weights) for one in entries(plan)] == [
        ("torchvision:vgg19", "hub"), ("torchvision:resnet152", "hub"), ("torchvision:densenet201", "hub"),
    ]  # fmt: skip
    assert plan.quality


def test_the_lighter_form_has_one_network_of_the_installation() -> None:
    plan = make_plan(FACTS, values_of(RECIPE.published(CLASSES, lighter=True)))
    assert [(one.architecture, one.weights) for one in entries(plan)] == [("efficientnet_lite0", "embedded")]


def test_the_switch_takes_the_larger_of_the_two_sizes() -> None:
    sizes = [RECIPE.published(CLASSES, switches)["image_size_px"].value for switches in ((), (LARGE,))]
    assert sizes == [256, 512]
