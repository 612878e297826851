"""Contours in pixels and in millimetres, against shapes whose place is known."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.geometry import Geometry
from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.inference.dense.contours import contours_json


def area(points: list[list[float]]) -> float:
    x, y = np.array(points)[:, :2].T
    return 0.5 * abs(float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])))


def test_an_image_with_a_hole_in_pixels_and_millimetres() -> None:
    labels = np.zeros((20, 30), np.uint8)
    labels[4:14, 6:20] = 2
    labels[8:10, 10:12] = 0
    image = Image(labels, 8, "x", spacing_mm=(2.0, 0.5))
    found = contours_json(labels, ("a", "b"), image, "x.png")
    assert {one["structure"] for one in found["contours"]} == {"b"}
    outer, inner = sorted(found["contours"], key=lambda one: -len(one["points"]))
    assert (outer["is_hole"], inner["is_hole"], outer["slice"]) == (False, True, None)
    points = np.array(outer["points"])
    assert points.min(axis=0).tolist() == [6.0, 4.0]  # the edge of the first marked pixel
    assert points.max(axis=0).tolist() == [20.0, 14.0]
    assert area(outer["points"]) == pytest.approx(10 * 14, abs=0.6)
    np.testing.assert_allclose(outer["points_mm"], points * [0.5, 2.0])
    assert found["sides"] == [20, 30]


def test_an_image_without_spacing_has_no_millimetres() -> None:
    labels = np.ones((5, 5), np.uint8)
    (one,) = contours_json(labels, ("a",), Image(labels, 8, "x"), "x.png")["contours"]
    assert one["points_mm"] is None


@pytest.mark.parametrize("across", [0, 1, 2])
def test_a_volume_is_cut_along_its_slices(across: int) -> None:
    spacing = [1.0, 1.0, 1.0]
    spacing[across] = 5.0
    affine = np.diag([*spacing, 1.0])
    affine[:3, 3] = (10, 20, 30)
    labels = np.zeros((12, 12, 12), np.uint8)
    labels[3:9, 4:10, 5:8] = 1
    found = contours_json(labels, ("a",), Volume(labels, Geometry(affine), "x"), "x.nii")
    assert found["slices_along"] == across
    low, high = np.array([3, 4, 5]), np.array([9, 10, 8])
    assert [one["slice"] for one in found["contours"]] == list(range(low[across], high[across]))
    for one in found["contours"]:
        points = np.array(one["points"])
        assert set(points[:, across]) == {one["slice"]}
        others = [axis for axis in range(3) if axis != across]
        assert (points[:, others].min(axis=0) == low[others] - 0.5).all()
        assert (points[:, others].max(axis=0) == high[others] - 0.5).all()
        np.testing.assert_allclose(one["points_mm"], points * spacing + [10, 20, 30])
