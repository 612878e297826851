"""A recipe in words: short tags, and one legend for them."""

from __future__ import annotations

import re

import pytest

from thirdeye.journey.recipes import recipe
from thirdeye.recipes.recipe import KNOWN, TAGS
from thirdeye.recipes.words import recipe_text


@pytest.mark.parametrize("name", ["zech2018", "moeskops2016", "perceptron_xt"])
def test_every_tag_is_explained_exactly_once(name: str) -> None:
    words = recipe_text(recipe(name))
    before, _, legend = words.rpartition("\n\n")
    used = set(re.findall(r"\[([a-z]+)\]", before)) & set(TAGS.values())
    explained = re.findall(r"^\[([a-z]+)\]", legend, re.MULTILINE)
    assert used
    assert sorted(explained) == sorted(used)


def test_the_warning_about_memory_is_given_once() -> None:
    words = " ".join(recipe_text(recipe("zech2018")).split())
    assert words.count("[memory]") > 2
    assert words.count(KNOWN["memory"]) == 1


def test_every_kind_of_knowledge_has_a_tag_of_its_own() -> None:
    assert set(TAGS) == set(KNOWN)
    assert len(set(TAGS.values())) == len(TAGS)
