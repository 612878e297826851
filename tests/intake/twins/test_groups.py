"""Groups are stars around a picture, cover every pair and do not chain."""

from __future__ import annotations

from thirdeye.intake.twins.groups import near_groups
from thirdeye.intake.twins.pairs import NearPair


def _pair(first: str, second: str, similarity: float = 0.99) -> NearPair:
    return NearPair(first, second, similarity, "")


def test_one_picture_with_three_copies() -> None:
    found = near_groups([_pair("a", "x"), _pair("b", "x"), _pair("c", "x")], 10, {})
    assert found.groups == (("x", "a", "b", "c"),)
    assert found.dropped == 0


def test_a_chain_becomes_groups_that_overlap() -> None:
    pairs = [_pair(a, b) for a, b in ("ab", "bc", "cd", "de")]
    groups = near_groups(pairs, 10, {}).groups
    assert all(len(group) <= 3 for group in groups)
    covered = {frozenset((group[0], other)) for group in groups for other in group[1:]}
    assert {frozenset(pair) for pair in ("ab", "bc", "cd", "de")} == covered


def test_identical_copies_join() -> None:
    groups = near_groups([_pair("a", "b")], 10, {"b": ("b", "b again")}).groups
    assert [set(group) for group in groups] == [{"a", "b", "b again"}]


def test_a_film_is_not_one_group() -> None:
    film = [_pair(f"{n}", f"{n + 1}", 0.96 + 0.03 * (n % 5 == 0)) for n in range(200)]
    found = near_groups([*film, _pair("x", "y", 0.96)], 300, {})
    assert found.dropped == 160
    assert len(found.groups) == 41
    assert ("x", "y") in found.groups
