"""The partitioning algorithm, on random trees."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.recipes.rows.esteva_taxonomy import NINE, ROOTS, tree
from thirdeye.recipes.teaching.partition import leaves_of, partition, probability


@pytest.mark.parametrize("seed", range(20))
def test_every_leaf_is_in_one_class_and_no_class_can_be_joined(seed: int) -> None:
    rng = np.random.default_rng(seed)
    children, leaves = tree(rng)
    images = dict(zip(leaves, rng.integers(1, 900, len(leaves)).tolist(), strict=True))
    classes = partition(ROOTS, children, images, most=1000)
    assert sorted(leaf for held in classes for leaf in held) == sorted(leaves)
    sizes = {held: sum(images[leaf] for leaf in held) for held in classes}
    assert all(size < 1000 for held, size in sizes.items() if len(held) > 1)
    for node in (*ROOTS, *NINE):  # a node that is small enough is never divided
        held = leaves_of(node, children)
        if sum(images[leaf] for leaf in held) < 1000:
            assert any(set(held) <= set(one) for one in classes)


@pytest.mark.parametrize("seed", range(5))
def test_probabilities_sum_up_along_the_tree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    children, leaves = tree(rng)
    chances = dict(zip(leaves, rng.dirichlet(np.ones(len(leaves))).tolist(), strict=True))
    for node, below in children.items():
        parts = sum(probability(child, children, chances) for child in below)
        assert probability(node, children, chances) == pytest.approx(parts, abs=1e-12)
    assert sum(probability(root, children, chances) for root in ROOTS) == pytest.approx(1)


def test_a_large_leaf_stays_one_class() -> None:
    children = {"root": ("a", "b")}
    assert partition(("root",), children, {"a": 5000, "b": 3}, most=1000) == (("a",), ("b",))
