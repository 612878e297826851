"""A recipe's values where a plan is made, and which of them the user changed."""

from __future__ import annotations

import pytest

from thirdeye.errors import UsageError
from thirdeye.journey.published import as_published, named, registered, with_published
from thirdeye.plan.plan import Plan


def test_without_a_recipe_nothing_changes() -> None:
    assert named(None) is None
    assert with_published({"epochs": 3}, None, ("a", "b")) == {"epochs": 3}
    assert with_published(None, None, ("a", "b")) is None


def test_the_users_value_comes_last() -> None:
    wanted = with_published({"batch_size": 3}, named("alexnet"), ("a", "b"))
    assert wanted is not None
    assert (wanted["batch_size"], wanted["architecture"]) == (3, "alexnet")


def test_a_flaw_needs_a_recipe_that_has_it() -> None:
    with pytest.raises(UsageError, match="the flaw 'leak' belongs to a recipe"):
        named(None, ("leak",))
    assert named("perceptron_xt", ("random_start",)) is not None
    with pytest.raises(UsageError, match="has no flaw 'leak'"):
        named("perceptron_xt", ("leak",))


def test_a_plan_without_a_recipe_is_left_as_it_is() -> None:
    plan = object.__new__(Plan)
    assert as_published(plan, None, None, ("a",)) is plan
    assert registered("lenet5").id == "lenet5"
