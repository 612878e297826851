"""The eight symmetries, in pixels, in frequencies and in words."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from scipy.fft import dctn

from thirdeye.intake.twins.symmetry import COUNT, WORDS, turned, turned_coefficients

_PICTURE = np.random.default_rng(0).normal(size=(8, 8)).astype(np.float32)
_TRANSPOSE = Image.Transpose


def _turned(g: int) -> np.ndarray:
    return turned(_PICTURE[None], np.array([g]))[0]


def test_all_eight_differ_and_each_picture_gets_its_own() -> None:
    every = turned(np.repeat(_PICTURE[None], COUNT, axis=0), np.arange(COUNT))
    assert len({picture.tobytes() for picture in every}) == COUNT
    np.testing.assert_array_equal(every[5], _turned(5))


@pytest.mark.parametrize("g", range(COUNT))
def test_in_frequencies_as_in_pixels(g: int) -> None:
    whole = dctn(_PICTURE, norm="ortho").astype(np.float32)
    np.testing.assert_allclose(
        turned_coefficients(whole[None], g)[0], dctn(_turned(g), norm="ortho"), atol=1e-5
    )


@pytest.mark.parametrize(
    ("words", "transpose"),
    [
        ("mirrored left to right", _TRANSPOSE.FLIP_LEFT_RIGHT),
        ("mirrored top to bottom", _TRANSPOSE.FLIP_TOP_BOTTOM),
        ("rotated by 90 degrees", _TRANSPOSE.ROTATE_90),
        ("rotated by 180 degrees", _TRANSPOSE.ROTATE_180),
        ("rotated by 270 degrees", _TRANSPOSE.ROTATE_270),
    ],
)
def test_the_words_are_those_of_the_imaging_library(words: str, transpose: Image.Transpose) -> None:
    np.testing.assert_array_equal(
        _turned(WORDS.index(words)), np.asarray(Image.fromarray(_PICTURE).transpose(transpose))
    )


def test_a_mirrored_quarter_turn_is_mirrored_first() -> None:
    mirrored = Image.fromarray(_PICTURE).transpose(_TRANSPOSE.FLIP_LEFT_RIGHT)
    for words, transpose in ((WORDS[4], _TRANSPOSE.ROTATE_90), (WORDS[7], _TRANSPOSE.ROTATE_270)):
        np.testing.assert_array_equal(_turned(WORDS.index(words)), np.asarray(mirrored.transpose(transpose)))
