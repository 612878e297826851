"""Both arms of the paper are there, and every network that they name can be built."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from thirdeye.model.build import check_architecture
from thirdeye.plan.lineup import entries
from thirdeye.recipes.rows.lakhani2017 import RECIPE

CLASSES = RECIPE.fixture.classes


@pytest.mark.parametrize("switches", [(), ("scratch",), ("plain",), ("scratch", "plain")])
def test_the_arms_differ_as_the_paper_says(switches: tuple[str, ...]) -> None:
    found = RECIPE.published(CLASSES, switches)
    from_scratch = "scratch" in switches
    assert found["weights"].value == ("none" if from_scratch else "hub")
    assert found["learning_rate"].value == (0.01 if from_scratch else 0.001)
    assert ("clahe" in dict(found["augmentation"].value)) is ("plain" not in switches)
    plan = SimpleNamespace(
        **{name: found[name].value for name in ("architecture", "weights", "networks")}, copies=1
    )
    for one in entries(plan):
        check_architecture(one.architecture, one.weights)


def test_the_lighter_networks_need_no_download() -> None:
    found = RECIPE.published(CLASSES, lighter=True)
    plan = SimpleNamespace(
        **{name: found[name].value for name in ("architecture", "weights", "networks")}, copies=1
    )
    assert {one.weights for one in entries(plan)} == {"embedded", "none"}
