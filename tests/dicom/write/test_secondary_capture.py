"""The picture of an opinion: pixels, notice, side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thirdeye.dicom.write.object import Maker
from thirdeye.dicom.write.secondary_capture import secondary_capture, with_notice
from thirdeye.errors import DataRefused

MAKER = Maker.of({})


def test_the_picture_is_whole_and_the_notice_below_it(
    radiograph: Path, picture: bytes, through_file: Callable[[Any], Any]
) -> None:
    pixels = through_file(secondary_capture(radiograph, picture, MAKER)).pixel_array
    assert (pixels[:200, :400] == (0, 128, 0)).all()
    band = pixels[200:]
    assert band.shape[0] > 12
    assert (band.max(axis=2) > 200).mean() > 0.02


@pytest.mark.parametrize("width", [1, 64, 333, 2000])
def test_the_notice_fits_every_width(width: int) -> None:
    drawn = with_notice(np.zeros((10, width, 3), np.uint8))
    ink = np.nonzero((drawn[10:].max(axis=2) > 120).any(axis=0))[0]
    assert ink.size
    assert ink.max() < drawn.shape[1] - 2


def test_the_side_is_kept(make_image: Any, picture: bytes, faults: Callable[[Any], list[str]]) -> None:
    for keyword in ("Laterality", "ImageLaterality"):
        source = make_image(Laterality="")
        setattr(source, keyword, "R")
        made = secondary_capture(source, picture, MAKER)
        assert made.Laterality == "R"
        assert faults(made) == []


@pytest.mark.parametrize("content", [b"", b"MZ not a picture", b"<svg/>"])
def test_what_is_no_picture_is_refused(radiograph: Path, content: bytes) -> None:
    with pytest.raises(DataRefused, match="expected a PNG"):
        secondary_capture(radiograph, content, MAKER)
