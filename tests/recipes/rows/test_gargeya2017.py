"""Trees on features and camera data, or neither."""

from __future__ import annotations

from thirdeye.model.architectures.residual import LAYERS
from thirdeye.plan.plan import Plan
from thirdeye.recipes.rows.gargeya2017 import AS_REVIEWED, COLUMNS, RECIPE

CLASSES = ("none", "retinopathy")


def test_features_and_camera_data_go_to_boosted_trees() -> None:
    assert RECIPE.published(CLASSES)["joining"].value == "boosting"
    assert RECIPE.fixture.overrides["variables"] == COLUMNS
    assert LAYERS == (4, 6, 8, 10, 6)


def test_the_switch_leaves_the_trees_out() -> None:
    found = RECIPE.published(CLASSES, [AS_REVIEWED])
    assert "joining" not in found
    assert found["variables"].value == ()


def test_every_value_is_one_of_the_plans() -> None:
    assert set(RECIPE.published(CLASSES, lighter=True)) <= set(Plan.__dataclass_fields__)
