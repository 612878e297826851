from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.affine import farthest_mm, is_bare, is_left_handed, is_sheared, mirrored, refusal, shear

SOUND = np.array([[-0.7, 0, 0, 90], [0, 0.7, 0, -126], [0, 0, 3, -72], [0, 0, 0, 1.0]])


def changed(row: int, column: int, value: float) -> np.ndarray:
    affine = SOUND.copy()
    affine[row, column] = value
    return affine


def test_a_sound_affine_is_not_refused() -> None:
    assert refusal(SOUND) == ""
    assert refusal(np.diag([1e-3, 1e-3, 1e-3, 1])) == ""  # microscopy


@pytest.mark.parametrize(
    ("affine", "words"),
    [
        (changed(0, 0, np.nan), "not numbers"),
        (changed(1, 3, np.inf), "not numbers"),
        (changed(0, 0, 0), "spacing 0"),
        (np.zeros((4, 4)) + np.diag([0, 0, 0, 1]), "spacing 0"),
        (np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]), "one plane"),
        (changed(3, 0, 1), "last row"),
        (changed(0, 3, 1e30), "kilometre"),
        (np.eye(3), "4 x 4"),
    ],
)
def test_what_cannot_be_believed_is_refused(affine: np.ndarray, words: str) -> None:
    assert words in refusal(affine)


@pytest.mark.parametrize("tilt", [0.0, 5.0, 20.0])
def test_a_tilted_gantry_leaves_the_sine_of_its_tilt(tilt: float) -> None:
    angle = np.radians(tilt)
    affine = np.diag([1.0, 1, 1, 1])
    affine[:3, 2] = (0, np.sin(angle), np.cos(angle))
    assert shear(affine) == pytest.approx(np.sin(angle), abs=1e-12)
    assert is_sheared(affine) == (tilt > 0)


def test_handedness_and_mirrors() -> None:
    assert is_left_handed(SOUND)
    assert not is_left_handed(np.eye(4))
    assert mirrored(SOUND, np.eye(4))
    assert not mirrored(SOUND, SOUND)
    assert not mirrored(np.eye(4), np.diag([1.0, -1, 1, 1]))  # front and back, not left and right


def test_bare() -> None:
    assert is_bare(np.eye(4))
    assert not is_bare(SOUND)


def test_farthest_is_at_a_corner() -> None:
    other = SOUND.copy()
    other[2, 2] = 3.01
    other[2, 3] += 0.5
    shape = (10, 10, 101)
    indices = ((i, j, k) for i in (0, 5, 9) for j in (0, 9) for k in range(101))
    every = [np.abs((SOUND - other) @ (*index, 1)).max() for index in indices]
    assert farthest_mm(SOUND, other, shape) == pytest.approx(max(every)) == pytest.approx(1.5)
