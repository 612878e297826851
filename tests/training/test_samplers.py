"""Orders of an epoch: complete where natural, by the square root of rarity where balanced."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.training.samplers import batches, epoch_order


def test_the_natural_order_holds_every_image_once() -> None:
    labels = np.arange(50) % 3
    order = epoch_order(labels, np.random.default_rng(0), balanced=False)
    assert sorted(order) == list(range(50))
    assert not np.array_equal(order, np.arange(50))
    assert np.array_equal(order, epoch_order(labels, np.random.default_rng(0), balanced=False))


def test_balanced_shares_follow_the_square_root_of_the_frequency() -> None:
    labels = np.repeat([0, 1, 2], [900, 90, 10])
    rng = np.random.default_rng(0)
    drawn = np.concatenate([epoch_order(labels, rng, balanced=True) for _ in range(40)])
    shares = np.bincount(labels[drawn]) / len(drawn)
    expected = np.sqrt([900, 90, 10])
    assert np.allclose(shares, expected / expected.sum(), atol=0.01)
    assert len(drawn) == 40 * len(labels)


def test_a_class_without_images_is_no_trouble() -> None:
    labels = np.repeat([0, 3], [5, 2])
    order = epoch_order(labels, np.random.default_rng(0), balanced=True)
    assert set(labels[order]) <= {0, 3}


def test_rare_labels_among_several_come_up_more_often() -> None:
    labels = np.zeros((1000, 2), np.int64)
    labels[:500, 0] = 1
    labels[:10, 1] = 1
    rng = np.random.default_rng(0)
    drawn = np.concatenate([epoch_order(labels, rng, balanced=True) for _ in range(20)])
    assert (drawn < 10).mean() > 0.04  # 0.01 of the images
    assert (drawn >= 500).mean() < 0.45  # half of the images, none of the labels


@pytest.mark.parametrize("size", [2, 7, 16, 100])
@pytest.mark.parametrize("n", [2, 3, 15, 16, 17, 33, 99])
def test_batches_cover_all_and_none_is_alone(n: int, size: int) -> None:
    order = np.random.default_rng(0).permutation(n)
    cut = batches(order, size)
    assert np.array_equal(np.concatenate(cut), order)
    assert all(2 <= len(batch) <= size + 1 for batch in cut)


def test_one_image_stays_one_batch() -> None:
    assert [batch.tolist() for batch in batches(np.array([0]), 8)] == [[0]]
