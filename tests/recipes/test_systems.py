"""The table of all systems."""

from __future__ import annotations

from collections import Counter

from thirdeye.recipes.registry import RECIPES
from thirdeye.recipes.systems import GROUPS, STATES, listed, systems


def test_there_are_117_in_three_groups() -> None:
    assert Counter(one.group for one in listed()) == {"review": 25, "lecture": 25, "capability": 67}
    assert set(GROUPS) == {one.group for one in listed()}
    assert len({one.id for one in listed()}) == 117


def test_the_state_follows_from_what_is_built() -> None:
    ready = {one.id for one in listed() if one.state == "ready"}
    assert ready == {name for name in RECIPES.names() if name in {one.id for one in listed()}}
    assert {one.state for one in listed()} <= set(STATES)
    assert [one.id for one in listed() if one.state == "not a system"] == ["cap_out_of_scope"]


def test_the_json_form_has_the_four_fields_of_the_design() -> None:
    assert all(list(one.as_json()) == ["id", "title", "task", "state"] for one in systems())
    neuron = next(one for one in systems() if one.id == "mcp_neuron")
    assert neuron.as_json()["task"] == "demonstration"
