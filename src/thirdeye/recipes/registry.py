"""The recipes by name; each file of `thirdeye.recipes.rows` enters one."""

from __future__ import annotations

from thirdeye.recipes.recipe import Recipe
from thirdeye.registry import Registry

RECIPES: Registry[Recipe] = Registry("recipe")


def entered(recipe: Recipe) -> Recipe:
    """Enter a recipe under its id."""
    return RECIPES.register(recipe.id)(recipe)
