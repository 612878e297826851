"""Rules first, then the user's own values, which later rules see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from thirdeye.errors import UsageError
from thirdeye.plan.make import make_plan
from thirdeye.plan.rules import RULES, Facts


def test_the_same_facts_give_the_same_plan(facts: Callable[..., Facts]) -> None:
    assert make_plan(facts()) == make_plan(facts())


def test_what_the_data_fix_comes_from_the_facts(facts: Callable[..., Facts]) -> None:
    plan = make_plan(facts(seed=7, budget_s=90.0))
    assert (plan.task, plan.classes, plan.positive) == ("binary", ("benign", "malignant"), "malignant")
    assert (plan.seed, plan.budget_s) == (7, 90.0)


def test_an_override_is_kept_and_marked(facts: Callable[..., Facts]) -> None:
    plan = make_plan(facts(), {"image_size_px": 64})
    assert plan.image_size_px == 64
    assert plan.chosen_by == {"image_size_px": "user"}
    assert plan.reasons["image_size_px"] == "set by the user"


def test_later_rules_see_an_override(facts: Callable[..., Facts]) -> None:
    assert make_plan(facts(), {"weights": "none"}).backbone_rate == 1.0
    assert make_plan(facts(), {"architecture": "torchvision:resnet18"}).precision == "bf16"
    assert make_plan(facts(), {"augmentation": ()}).test_time_augmentation == ("identity",)


@pytest.mark.parametrize("name", ["lerning_rate", "task", "seed", "reasons"])
def test_a_name_that_cannot_be_set(facts: Callable[..., Facts], name: str) -> None:
    with pytest.raises(UsageError, match=f"no value '{name}' that can be set; there are: validation, folds"):
        make_plan(facts(), {name: 1})


@pytest.mark.parametrize("name", list(RULES))
def test_every_value_can_be_set_to_what_its_rule_gave(facts: Callable[..., Facts], name: str) -> None:
    by_rule = make_plan(facts()).values()
    by_hand = make_plan(facts(), {name: by_rule[name]}).values()
    as_text = make_plan(facts(), {name: str(by_rule[name])}).values()
    assert by_hand == by_rule == as_text
