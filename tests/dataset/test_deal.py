from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from thirdeye.dataset.deal import deal


def sums(groups: dict[str, np.ndarray], placed: dict[str, int], parts: int) -> np.ndarray:
    return np.array(
        [
            sum((groups[n] for n in groups if placed[n] == p), np.zeros(len(next(iter(groups.values())))))
            for p in range(parts)
        ]
    )


def singles(*sizes: int) -> dict[str, np.ndarray]:
    return {f"c{c}n{n}": np.eye(len(sizes))[c] for c, size in enumerate(sizes) for n in range(size)}


def test_shares_are_exact_for_single_images() -> None:
    groups = singles(100, 50, 10)
    assert sums(groups, deal(groups, [0.8, 0.2], list(groups)), 2).tolist() == [[80, 40, 8], [20, 10, 2]]
    folds = sums(groups, deal(groups, [0.2] * 5, list(groups)), 5)
    assert folds.tolist() == [[20, 10, 2]] * 5


def test_two_cases_of_a_class_reach_both_parts() -> None:
    groups = singles(30, 2)
    held = sums(groups, deal(groups, [0.9, 0.1], list(groups)), 2)
    assert (held > 0).all()


def test_nothing_to_deal() -> None:
    assert deal({}, [0.5, 0.5], []) == {}


def test_groups_without_any_class_are_dealt_by_share() -> None:
    groups = {f"n{n}": np.zeros(2) for n in range(10)} | singles(10, 10)
    placed = deal(groups, [0.5, 0.5], list(groups))
    assert sum(placed[f"n{n}"] == 0 for n in range(10)) in (4, 5, 6)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=40),
    st.integers(2, 4),
)
def test_every_group_has_one_part_and_possible_classes_are_everywhere(
    counts: list[list[int]], parts: int
) -> None:
    groups = {f"g{n}": np.array(row, float) for n, row in enumerate(counts)}
    placed = deal(groups, [1 / parts] * parts, list(groups))
    assert set(placed) == set(groups)
    assert set(placed.values()) <= set(range(parts))
    pure = {n: row for n, row in groups.items() if (row > 0).sum() == 1}
    for index in range(3):  # groups of one class can always be moved without harm to another class
        if (
            sum(row[index] > 0 for row in pure.values())
            == sum(row[index] > 0 for row in groups.values())
            >= parts
        ):
            assert (sums(groups, placed, parts)[:, index] > 0).all()
