"""Sizes, diameters and outlines against shapes of known size."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from thirdeye.inference.dense.measure import outlines, regions_of


def test_a_box_in_millimetres():
    labels = np.zeros((10, 12, 8), np.uint8)
    labels[2:6, 3:9, 1:4] = 2
    (found,) = regions_of(labels, ("liver", "spleen"), (1.0, 2.0, 0.5))
    assert found.structure == "spleen"
    assert found.size == pytest.approx(4 * 6 * 3 * 1.0 / 1000)
    assert found.size_unit == "ml"
    assert found.diameter == pytest.approx(np.sqrt(3**2 + 10**2 + 1**2))
    assert found.box == ((2, 5), (3, 8), (1, 3))
    assert found.pieces == 1


def test_a_picture_without_spacing_is_in_pixels():
    labels = np.zeros((20, 20), np.uint8)
    labels[3:5, 4] = 1
    labels[15, 15] = 1
    (found,) = regions_of(labels, ("polyp",), None)
    assert (found.size, found.size_unit, found.length_unit, found.pieces) == (3, "px", "px", 2)
    assert found.diameter == pytest.approx(1)  # of the longer piece, not from piece to piece
    assert found.box == ((3, 15), (4, 15))


@pytest.mark.parametrize("shape", ["point", "line", "plane"])
def test_flat_things_have_a_diameter(shape):
    labels = np.zeros((9, 9, 9), np.uint8)
    labels[
        {"point": (4, 4, 4), "line": (4, 4, slice(1, 8)), "plane": (4, slice(1, 8), slice(1, 8))}[shape]
    ] = 1
    (found,) = regions_of(labels, ("x",), (1.0, 1.0, 1.0))
    assert found.diameter == pytest.approx({"point": 0, "line": 6, "plane": 6 * 2**0.5}[shape])


def test_nothing_marked_nothing_found():
    assert regions_of(np.zeros((4, 4), np.uint8), ("x",), None) == []


def test_an_outline_surrounds_its_mask():
    mask = np.zeros((12, 15), bool)
    mask[0:4, 5:9] = True
    (line,) = outlines(mask)
    assert line[0] == pytest.approx(line[-1])
    assert (line[:, 0].min(), line[:, 0].max()) == (4.5, 8.5)
    assert (line[:, 1].min(), line[:, 1].max()) == (-0.5, 3.5)
    x, y = line[:-1].T
    area = 0.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    assert area == pytest.approx(16, abs=0.6)  # the corners are cut


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_large_mark_on_one_slice_has_its_longest_diameter(axis):
    down, right = np.mgrid[:400, :300].astype(float) - np.array([199.5, 149.5])[:, None, None]
    along, across = (down + 2 * right) / 5**0.5, (2 * down - right) / 5**0.5
    ellipse = (along / 140) ** 2 + (across / 60) ** 2 < 1
    labels = np.stack([np.zeros_like(ellipse), ellipse], axis=axis).astype(np.uint8)
    spacing = np.insert([0.7, 0.7], axis, 4.0)
    (found,) = regions_of(labels, ("x",), spacing)
    places = np.argwhere(ellipse) * 0.7
    border = places[np.hypot(*(places - places.mean(axis=0)).T) > 90]  # the two ends, some hundred places
    assert found.diameter == pytest.approx(pdist(border).max(), abs=1e-9)
