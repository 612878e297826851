"""Five networks of four families, of which a point on validation data keeps one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from thirdeye.model.build import build_network, check_architecture
from thirdeye.plan.lineup import entries
from thirdeye.recipes.rows.taylor2018 import RECIPE

CLASSES = RECIPE.fixture.classes


def test_every_family_can_be_built() -> None:
    found = RECIPE.published(CLASSES)
    plan = SimpleNamespace(
        **{name: found[name].value for name in ("architecture", "weights", "networks")}, copies=1
    )
    assert len(entries(plan)) == 5
    for one in entries(plan):
        check_architecture(one.architecture, one.weights)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("vgg16", 14_714_688), ("resnet50", 25_557_032 - 2049 * 1000)],
)
def test_the_convolutions_are_the_published_ones(name: str, parameters: int) -> None:
    """Known counts: VGG16 without its full layers, ResNet-50 without its last layer."""
    network, _ = build_network(f"torchvision:{name}", n_outputs=2, weights="none")
    assert sum(one.numel() for one in network.backbone.parameters()) == parameters


def test_the_switch_keeps_the_specific_model() -> None:
    assert RECIPE.published(CLASSES)["joined"].value == "best:sensitivity:0.84"
    assert RECIPE.published(CLASSES, ["specific"])["joined"].value == "best:specificity:0.97"
