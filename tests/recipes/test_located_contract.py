"""What every recipe promises whose data say where something is: its plan is made as that of any such data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import thirdeye.recipes.rows  # noqa: F401 - enters the recipes
from thirdeye.journey.checking import put_on_trial
from thirdeye.journey.planning import plan
from thirdeye.journey.results import Checked
from thirdeye.plan.decisions import Decisions
from thirdeye.recipes.recipe import KNOWN, Recipe
from thirdeye.recipes.registry import RECIPES
from thirdeye.training.event import Listener

LOCATED = [recipe for _, recipe in RECIPES if recipe.fixture.located]
Once = Callable[[str, Callable[[Path], object]], Path]
Planned = Callable[..., Decisions]

pytestmark = pytest.mark.parametrize("recipe", LOCATED, ids=lambda recipe: recipe.id)


@pytest.fixture
def planned(recipe: Recipe, once: Once, monkeypatch: pytest.MonkeyPatch) -> Planned:
    """The plan of the recipe's fixture; the machine is not measured."""
    for room, speed in (("dense", lambda _: 20.0), ("detection", lambda: 1e6), ("landmarks", lambda: 1e6)):
        monkeypatch.setattr(f"thirdeye.journey.{room}.planning._speed", speed)
    monkeypatch.setattr("thirdeye.journey.planning.put_on_trial", _on_trial)
    folder = once(f"fixture_{recipe.id}", lambda place: _written(recipe, place))
    data = folder / (folder / "what.txt").read_text(encoding="utf-8")

    def made(**named: Any) -> Decisions:
        options = {"recipe": recipe.id, "budget": recipe.fixture.budget, **recipe.fixture.options, **named}
        return plan(data, **options).plan

    return made


@cache
def _examined(data: Path, options: tuple[tuple[str, Any], ...]) -> Checked:
    return put_on_trial(data, **dict(options))


def _on_trial(data: Path, tell: Listener, **options: Any) -> Checked:
    """The same data are checked once."""
    return _examined(data, tuple(sorted(options.items())))


def _written(recipe: Recipe, folder: Path) -> None:
    assert recipe.fixture.write is not None
    data = recipe.fixture.write(folder / "data", 0)
    (folder / "what.txt").write_text(data.relative_to(folder).as_posix(), encoding="utf-8")


def test_every_published_value_arrives(recipe: Recipe, planned: Planned) -> None:
    found = planned()
    chosen = recipe.published(found.classes)
    assert found.task == recipe.fixture.located
    assert chosen
    for name, one in chosen.items():
        assert found.values()[name] == one.value
        assert found.chosen_by[name] == "recipe"
        assert recipe.id in found.reasons[name]
        assert KNOWN[one.known] in found.reasons[name]


def test_what_was_not_published_is_decided_by_the_rules(recipe: Recipe, planned: Planned) -> None:
    found = planned()
    chosen = recipe.published(found.classes)
    assert {name for name, who in found.chosen_by.items() if who == "recipe"} == set(chosen)
    assert "user" not in found.chosen_by.values()
    assert set(found.reasons) == set(found.values())


def test_the_users_value_comes_before_the_published_one(recipe: Recipe, planned: Planned) -> None:
    ours, published = planned(recipe=None).values(), planned()
    wanted = _different(ours, published.values(), recipe)
    assert wanted, "a published system differs in something from what the rules choose"
    found = planned(overrides=wanted)
    for name, value in wanted.items():
        assert found.values()[name] == value
        assert found.chosen_by[name] == "user"
    kept = set(recipe.published(found.classes)) - set(wanted)
    assert all(found.chosen_by[name] == "recipe" for name in kept)


def _different(ours: Mapping[str, Any], theirs: Mapping[str, Any], recipe: Recipe) -> dict[str, Any]:
    chosen = recipe.published(tuple(ours["classes"]))
    return {name: ours[name] for name in chosen if ours[name] != theirs[name]}


def test_the_small_values_of_the_fixture_are_taken(recipe: Recipe, planned: Planned) -> None:
    found = planned(overrides=recipe.fixture.overrides)
    for name, value in recipe.fixture.overrides.items():
        assert found.values()[name] == value
        assert found.chosen_by[name] == "user"


def test_lighter_values_come_before_the_published_ones(recipe: Recipe, planned: Planned) -> None:
    if not recipe.lighter:
        pytest.skip("a processor bears it as it was published")
    found = planned(lighter=True)
    for name, one in recipe.lighter.items():
        assert found.values()[name] == one.value
        assert one.why in found.reasons[name]


def test_every_flaw_can_be_planned(recipe: Recipe, planned: Planned) -> None:
    for switch in recipe.switches:
        found = planned(flaws=[switch])
        chosen = recipe.published(found.classes, [switch])
        assert all(found.values()[name] == one.value for name, one in chosen.items())
