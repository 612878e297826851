"""Recipes where a plan is made, and what `recipes show --data` compares."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thirdeye.errors import UsageError
from thirdeye.journey.planning import plan
from thirdeye.journey.recipes import differences, recipe, run_recipe


@pytest.fixture(scope="module")
def cases(make_cases: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_cases(tmp_path_factory.mktemp("recipes") / "data", 24)


def test_the_published_plan_beside_our_own(cases: Path, known_machine: None) -> None:
    found = {one.name: one for one in differences("lenet5", cases, budget="5m", positive="malignant")}
    assert found["architecture"].ours == "efficientnet_lite0"
    assert found["architecture"].published == "lenet5"
    assert found["architecture"].why.startswith("lenet5: C1 6@5x5")
    assert not {"task", "classes", "validation", "seed"} & set(found)


def test_a_plan_by_a_recipe_keeps_the_users_value(cases: Path, known_machine: None) -> None:
    planned = plan(cases, budget="5m", recipe="alexnet", overrides={"epochs": 2}, positive="malignant").plan
    assert (planned.architecture, planned.epochs) == ("alexnet", 2)  # type: ignore[attr-defined]
    assert planned.chosen_by["architecture"] == "recipe"
    assert planned.chosen_by["epochs"] == "user"
    assert planned.values()["validation"] == "cross_fitted"
    assert "validation" not in planned.chosen_by


def test_a_taxonomy_is_not_put_on_other_classes(cases: Path, known_machine: None) -> None:
    with pytest.raises(UsageError, match="knows the kinds of the classes akiec, bcc"):
        plan(cases, budget="5m", recipe="esteva_taxonomy", positive="malignant")


def test_what_is_refused_is_refused_before_the_data_are_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no recipe is called 'lenet'; did you mean lenet5"):
        plan(tmp_path / "nowhere", recipe="lenet")
    with pytest.raises(UsageError, match="no flaw 'leak' to reproduce"):
        plan(tmp_path / "nowhere", recipe="lenet5", flaws=("leak",))
    with pytest.raises(UsageError, match="described but not built yet"):
        recipe("cap_portal")
    with pytest.raises(UsageError, match="teaching recipe"):
        run_recipe("mcp_neuron", tmp_path, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
