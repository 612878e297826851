"""Registry: names in, names out, near misses named, outsiders by entry point."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

import thirdeye.registry as registry_module
from thirdeye.errors import UsageError
from thirdeye.registry import Registry


@pytest.fixture
def fruit() -> Registry[str]:
    registry: Registry[str] = Registry("fruit")
    registry.register("pear")("a pear")
    registry.register("apple")("an apple")
    return registry


def test_registered_plugins_come_back_in_their_order(fruit: Registry[str]) -> None:
    assert fruit.names() == ["pear", "apple"]
    assert list(fruit) == [("pear", "a pear"), ("apple", "an apple")]
    assert fruit.get("apple") == "an apple"


def test_register_returns_the_plugin_unchanged(fruit: Registry[str]) -> None:
    plugin = "a fig"
    assert fruit.register("fig")(plugin) is plugin


def test_a_duplicate_raises_and_names_the_first(fruit: Registry[str]) -> None:
    with pytest.raises(ValueError, match=r"fruit named 'pear' is already registered: 'a pear'"):
        fruit.register("pear")("another")
    assert fruit.get("pear") == "a pear"


def test_an_unknown_name_lists_the_near_ones(fruit: Registry[str]) -> None:
    with pytest.raises(UsageError, match=r"no fruit is called 'appel'; did you mean apple\?"):
        fruit.get("appel")


def test_where_nothing_is_near_all_names_are_listed(fruit: Registry[str]) -> None:
    with pytest.raises(UsageError, match=r"did you mean apple, pear\?"):
        fruit.get("zzz")


def test_outsiders_join_by_entry_points_once(monkeypatch: pytest.MonkeyPatch, fruit: Registry[str]) -> None:
    asked: list[str] = []

    def found(*, group: str) -> list[EntryPoint]:
        asked.append(group)
        return [EntryPoint(name="joined", value="string:digits", group=group)]

    monkeypatch.setattr(registry_module, "entry_points", found)
    assert fruit.get("joined") == "0123456789"
    assert fruit.names() == ["pear", "apple", "joined"]
    assert asked == ["thirdeye.fruit"]
