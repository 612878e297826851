"""Every slice with marks, and no other."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.geometry import Geometry
from thirdeye.case.volume import Volume
from thirdeye.inference.dense.slices import marked_slices


@pytest.fixture
def volume() -> Volume:
    voxels = np.random.default_rng(0).integers(0, 200, (20, 24, 12)).astype(np.int16)
    return Volume(voxels, Geometry(np.diag([1.0, 1.0, 3.0, 1.0])), "x")


def test_the_slices_that_hold_something_and_the_fullest_of_them(volume: Volume) -> None:
    labels = np.zeros((20, 24, 12), np.uint8)
    labels[5:9, 5:9, 3] = 1
    labels[5:12, 5:12, 4] = 2
    labels[6, 6, 9] = 1
    found = list(marked_slices(volume, labels))
    assert [(one.number, one.total) for one in found] == [(3, 12), (8, 12), (9, 12)]  # from the head
    assert [one.is_fullest for one in found] == [False, True, False]
    assert all(one.pixels.ndim == 3 for one in found)
    plain = [np.ptp(one.pixels.astype(int), axis=2).max() for one in found]
    assert min(plain) > 50  # a mark is in colour, the volume is grey


def test_nothing_marked_gives_no_slice(volume: Volume) -> None:
    assert list(marked_slices(volume, np.zeros((20, 24, 12), np.uint8))) == []
