"""Pictures of what was marked: which slice, which side, which colours."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.geometry import Geometry
from thirdeye.case.image import Image
from thirdeye.case.orientation import turn_affine, turn_voxels
from thirdeye.case.volume import Volume
from thirdeye.inference.dense.picture import LARGEST_SIDE, LEAST_SIDE, marked_picture, with_legend
from thirdeye.intake.volume_picture import mask_colour


def coloured(picture: np.ndarray, number: int) -> np.ndarray:
    return (picture == mask_colour(number)).all(axis=-1)


def test_an_outline_in_the_colour_of_the_structure() -> None:
    labels = np.zeros((40, 80), np.uint8)
    labels[10:20, 20:50] = 2
    image = Image(np.full((40, 80), 90, np.uint8), 8, "x")
    picture, about = marked_picture(image, labels)
    assert (picture.shape, about) == ((LEAST_SIDE // 2, LEAST_SIDE, 3), "")
    rows, columns = np.nonzero(coloured(picture, 2))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (40, 79, 80, 199)
    assert not coloured(picture, 2)[60, 140]  # the inside is a veil, not paint
    assert not coloured(picture, 1).any()


def test_large_and_anisotropic_pictures_fit_a_page() -> None:
    labels = np.zeros((3000, 100), np.uint8)
    picture, _ = marked_picture(Image(np.zeros((3000, 100), np.uint8), 8, "x", spacing_mm=(0.1, 1.0)), labels)
    assert max(picture.shape) <= LARGEST_SIDE
    assert picture.shape[0] / picture.shape[1] == pytest.approx(3, rel=0.02)


@pytest.mark.parametrize("code", ["RAS", "LPS", "PIR", "SAL"])
def test_the_slice_with_most_marked_hangs_as_on_a_light_box(code: str) -> None:
    voxels = np.zeros((30, 32, 10), np.int16)
    labels = np.zeros(voxels.shape, np.uint8)
    labels[20:25, 4:10, 7] = 1  # on the patient's right, at the back
    affine = np.diag([1.0, 1.0, 4.0, 1.0])
    volume = Volume(turn_voxels(voxels, "RAS", code), Geometry(turn_affine(affine, voxels.shape, code)), "x")
    picture, about = marked_picture(volume, turn_voxels(labels, "RAS", code).astype(np.uint8))
    axis = next(index for index, letter in enumerate(code) if letter in "SI")
    index = 7 if code[axis] == "S" else 2
    assert about == f"axial slice at {'ijk'[axis]} = {index} (counted from 0), the one with most marked"
    rows, columns = np.nonzero(coloured(picture, 1))
    assert columns.mean() < picture.shape[1] / 2  # the patient's right is on the left
    assert rows.mean() > picture.shape[0] / 2  # the back is below


def test_nothing_marked_shows_the_middle_and_says_so() -> None:
    volume = Volume(np.zeros((8, 8, 9), np.int16), Geometry(np.eye(4)), "x")
    labels = np.zeros((8, 8, 9), np.uint8)
    picture, about = marked_picture(volume, labels)
    assert about == "axial slice at k = 4 (counted from 0)"
    assert with_legend(picture, labels, ("a",)).shape[0] > picture.shape[0]


def test_the_legend_names_what_is_there() -> None:
    labels = np.zeros((20, 20), np.uint8)
    labels[5:9, 5:9] = 2
    picture = np.zeros((320, 320, 3), np.uint8)
    legend = with_legend(picture, labels, ("a", "b"))[320:]
    assert coloured(legend, 2).any()
    assert not coloured(legend, 1).any()
