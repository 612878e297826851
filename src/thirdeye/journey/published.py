"""A recipe where a plan is made: its values before the rules', the user's own before both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from thirdeye.errors import UsageError
from thirdeye.plan.decisions import Decisions
from thirdeye.recipes.recipe import Chosen, Recipe, marked, values_of

P = TypeVar("P", bound=Decisions)


@dataclass(frozen=True)
class Published:
    """A published system to plan by.

    Args:
        recipe: the system.
        switches: its flaws that are to be reproduced.
        lighter: with those values with which a processor can bear it.
    """

    recipe: Recipe
    switches: tuple[str, ...] = ()
    lighter: bool = False

    def values(self, classes: Sequence[str]) -> Mapping[str, Chosen]:
        """The published values of the plan, for data with these classes; raises as `Recipe.published`."""
        return self.recipe.published(classes, self.switches, lighter=self.lighter)


def registered(name: str) -> Recipe:
    """The recipe with this id.

    Raises:
        UsageError: there is none; the message lists the nearest.
    """
    import thirdeye.recipes.rows  # noqa: F401 - enters the recipes
    from thirdeye.recipes.registry import RECIPES

    return RECIPES.get(name)


def named(name: str | None, switches: Sequence[str] = (), *, lighter: bool = False) -> Published | None:
    """The recipe to plan by; None without one.

    Raises:
        UsageError: there is none, or it has no such switch.
    """
    if name is None and switches:
        raise UsageError(f"the flaw '{switches[0]}' belongs to a recipe; name it with --recipe")
    if name is None and lighter:
        raise UsageError("--lighter belongs to a recipe; name it with --recipe")
    if name is None:
        return None
    recipe = registered(name)
    recipe.checked(switches)
    if lighter and not recipe.lighter:
        raise UsageError(f"the recipe {name} has no lighter form: a processor bears it as it was published")
    return Published(recipe, tuple(switches), lighter)


def with_published(
    overrides: Mapping[str, Any] | None, asked: Published | None, classes: Sequence[str]
) -> Mapping[str, Any] | None:
    """The user's values over the published ones.

    Raises:
        UsageError: nothing is trained in the recipe.
    """
    if asked is None:
        return overrides
    return {**values_of(asked.values(classes)), **(overrides or {})}


def as_published(
    plan: P, overrides: Mapping[str, Any] | None, asked: Published | None, classes: Sequence[str]
) -> P:
    """The plan, saying which values the recipe chose."""
    if asked is None:
        return plan
    return marked(plan, asked.recipe.id, asked.values(classes), overrides or {})
