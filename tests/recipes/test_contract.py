"""What every recipe promises."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from thirdeye.errors import UsageError
from thirdeye.plan.rules import Facts
from thirdeye.recipes.recipe import KNOWN, Recipe
from thirdeye.recipes.registry import RECIPES
from thirdeye.recipes.systems import listed
from thirdeye.recipes.words import recipe_json, recipe_text, told_of
from thirdeye.report.teaching.text import trace_text
from thirdeye.report.teaching.trace import Trace

ALL = [recipe for _, recipe in RECIPES]
TEACHING = [recipe for recipe in ALL if recipe.demonstrate is not None]
TRAINED = [
    recipe for recipe in ALL if recipe.values is not None and not recipe.fixture.located and not recipe.system
]


def facts(classes: tuple[str, ...], task: str) -> Facts:
    """A set of a thousand pictures."""
    counts = dict.fromkeys(classes, 1000 // len(classes))
    return Facts(
        task=task, classes=classes, positive=classes[-1] if task == "binary" else None, class_counts=counts,
        n_development=1000, n_training=1000, validation_counts={}, fewest_groups=100, side_px=256.0,
        aspect_spread=1.0, colour_share=1.0, deep_share=0.0, has_bf16=False, images_per_s=20.0,
        budget_s=600.0, seed=0,
    )  # fmt: skip


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.id)
def test_is_in_the_table_under_the_same_words(recipe: Recipe) -> None:
    row = {one.id: one for one in listed()}[recipe.id]
    assert (row.title, row.tasks, row.state) == (recipe.title, recipe.tasks, "ready")


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.id)
def test_says_where_everything_comes_from(recipe: Recipe) -> None:
    assert all(told.known in KNOWN and told.text for _, told in told_of(recipe.row))
    assert recipe.sources
    assert recipe.question
    assert all(one.known in KNOWN for one in recipe.public)
    assert len(set(recipe.switches)) == len(recipe.switches)


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.id)
def test_can_be_run_without_a_download(recipe: Recipe) -> None:
    assert recipe.fixture.about
    assert (recipe.fixture.write is not None) or (recipe.demonstrate is not None)
    assert recipe.demonstrate is not None or recipe.expected, "a trained recipe says what it reaches"


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.id)
def test_is_told_in_words_and_as_json(recipe: Recipe) -> None:
    words = recipe_text(recipe)
    assert all(line == line.rstrip() and len(line) <= 100 for line in words.splitlines())
    told = json.loads(json.dumps(recipe_json(recipe)))
    assert told["id"] == recipe.id
    assert set(told["row"]) == {name for name, _ in told_of(recipe.row)}
    assert {one.name for one in fields(recipe.row)} >= set(told["row"])


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.id)
def test_has_a_page_that_names_its_command(recipe: Recipe, repository: Path) -> None:
    page = (repository / "docs" / "recipes" / f"{recipe.id}.md").read_text(encoding="utf-8")
    assert f"thirdeye recipes run {recipe.id}" in page
    assert all(f"`{switch}`" in page for switch in recipe.switches)


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.id)
def test_refuses_a_flaw_that_it_has_not(recipe: Recipe) -> None:
    with pytest.raises(UsageError, match="no flaw 'no such flaw'"):
        recipe.checked(["no such flaw"])
    assert recipe.checked(recipe.switches) == frozenset(recipe.switches)


@pytest.mark.parametrize("recipe", TEACHING, ids=lambda recipe: recipe.id)
def test_traced_run_equals_what_is_known(recipe: Recipe, trace: Callable[[str], Trace]) -> None:
    found = trace(recipe.id)
    assert found.id == recipe.id
    assert found.equalities
    assert [one for one in found.equalities if not one.equal] == []
    assert json.loads(json.dumps(found.as_json(), allow_nan=False))["equal"] is True
    text = trace_text(found)
    assert "DIFFERS" not in text
    assert all(part.title in text for part in found.parts)


@pytest.mark.parametrize("recipe", TRAINED, ids=lambda recipe: recipe.id)
def test_published_plan_says_who_chose(recipe: Recipe) -> None:
    task = "binary" if recipe.tasks == ("binary",) else "multiclass"
    classes = ("healthy", "ill") if task == "binary" else recipe.fixture.classes
    chosen = recipe.published(classes)
    plan = recipe.plan(facts(classes, task))
    assert chosen
    for name, one in chosen.items():
        assert plan.values()[name] == one.value
        assert plan.chosen_by[name] == "recipe"
        assert recipe.id in plan.reasons[name]
        assert KNOWN[one.known] in plan.reasons[name]


@pytest.mark.parametrize("recipe", TRAINED, ids=lambda recipe: recipe.id)
def test_the_users_value_comes_before_the_published_one(recipe: Recipe) -> None:
    plan = recipe.plan(facts(recipe.fixture.classes, "multiclass"), {"batch_size": 7})
    assert plan.batch_size == 7
    assert plan.chosen_by["batch_size"] == "user"


def test_teaching_recipes_are_not_learnt_from_data() -> None:
    with pytest.raises(UsageError, match="mcp_neuron is a teaching recipe"):
        RECIPES.get("mcp_neuron").published(("a", "b"))
