"""An image knows its shape and nothing of what is done with it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from thirdeye.case.image import Image


def test_grey_and_colour() -> None:
    grey = Image(np.zeros((3, 5), np.uint8), bits=8, source="a.png")
    colour = Image(np.zeros((3, 5, 3), np.uint8), bits=8, source="a.png")
    assert (grey.height, grey.width, grey.is_colour) == (3, 5, False)
    assert (colour.height, colour.width, colour.is_colour) == (3, 5, True)


def test_it_is_frozen_and_shares_no_attributes() -> None:
    first, second = (Image(np.zeros((1, 1), np.uint8), bits=8, source=name) for name in "ab")
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.bits = 12  # type: ignore[misc]
    assert first.attributes is not second.attributes
    assert first.spacing_mm is None
    assert first.modality is None
