"""Sliding windows against a plain loop that keeps everything in memory."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.transform.dense.windows import Windows, importance, most_likely, read_slabs, starts_along


def plain(image, run, size, overlap, n_outputs):
    """Every window, one after the other, into arrays of the whole image."""
    padded = np.pad(
        image, [(0, 0), *[(0, max(0, side - n)) for n, side in zip(image.shape[1:], size, strict=True)]]
    )
    sums, weights = np.zeros((n_outputs, *padded.shape[1:])), np.zeros(padded.shape[1:])
    weight = importance(size)
    along = [starts_along(n, side, overlap) for n, side in zip(padded.shape[1:], size, strict=True)]
    for corner in itertools.product(*along):
        place = tuple(slice(a, a + side) for a, side in zip(corner, size, strict=True))
        sums[(slice(None), *place)] += run(padded[(slice(None), *place)][None])[0] * weight
        weights[place] += weight
    crop = tuple(slice(0, n) for n in image.shape[1:])
    return (sums / weights)[(slice(None), *crop)]


def position_dependent(batch):
    """A "network" whose answer depends on where in the window a voxel lies: overlaps must be weighed."""
    ramp = np.linspace(-1, 1, batch.shape[2]).reshape(1, 1, -1, *[1] * (batch.ndim - 3))
    return np.concatenate([batch[:, :1], batch[:, :1] * 0.5 + ramp, -batch[:, :1]], axis=1).astype(np.float32)


@pytest.mark.parametrize(
    ("sides", "size"),
    [
        ((37, 20, 11), (16, 8, 8)),
        ((16, 8, 8), (16, 8, 8)),
        ((5, 20, 3), (16, 8, 8)),
        ((50, 33), (16, 12)),
        ((17, 9), (16, 12)),
    ],
)
@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.5, 0.8])
@pytest.mark.parametrize("batch", [1, 3])
def test_slabs_give_what_a_plain_loop_gives(sides, size, overlap, batch):
    image = np.random.default_rng(0).normal(size=(2, *sides)).astype(np.float32)
    expected = plain(image, position_dependent, size, overlap, 3)
    windows = Windows(size, overlap, batch)
    slabs = list(read_slabs(image, position_dependent, windows, n_outputs=3))
    assert [first for first, _ in slabs] == list(
        itertools.accumulate([0, *(logits.shape[1] for _, logits in slabs[:-1])])
    )
    found = np.concatenate([logits for _, logits in slabs], axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    labels = most_likely(image, position_dependent, windows, n_outputs=3)
    assert (labels == expected.argmax(0)).mean() > 0.9999


def test_the_last_window_ends_at_the_edge():
    assert starts_along(256, 96, 0.5) == [0, 48, 96, 144, 160]
    assert starts_along(96, 96, 0.5) == [0]
    assert starts_along(40, 96, 0.5) == [0]
    assert starts_along(10, 4, 0.0) == [0, 4, 6]


def test_the_middle_counts_most():
    weight = importance((9, 9))
    assert weight[4, 4] == pytest.approx(1)
    assert weight.argmax() == 40
    assert weight.min() == pytest.approx(1e-3)


@pytest.mark.parametrize(("size", "overlap", "batch"), [((0, 4), 0.5, 1), ((4, 4), 1.0, 1), ((4, 4), 0.5, 0)])
def test_impossible_windows_are_refused(size, overlap, batch):
    with pytest.raises(UsageError, match="windows need"):
        Windows(size, overlap, batch)


@pytest.mark.parametrize("sides", [(37, 20), (5, 30), (16, 12), (3, 3)])
@pytest.mark.parametrize("overlap", [0.0, 0.5])
def test_a_margin_shows_the_network_what_lies_around_the_window(sides, overlap):
    """A "network" that adds up its surroundings: the answer is that of the whole image, edges included."""

    def sum_around(seen):
        rows, columns = seen.shape[2] - 4, seen.shape[3] - 6
        shifts = itertools.product(range(5), range(7))
        return sum(seen[..., i : i + rows, j : j + columns] for i, j in shifts)

    image = np.random.default_rng(0).normal(size=(1, *sides)).astype(np.float32)
    windows = Windows((16, 12), overlap, margin=(2, 3))
    assert windows.seen == (20, 18)
    expected = sum_around(np.pad(image, [(0, 0), (2, 2), (3, 3)])[None])[0]
    found = np.concatenate([one for _, one in read_slabs(image, sum_around, windows, n_outputs=1)], axis=1)
    np.testing.assert_allclose(found, expected, atol=1e-4)
