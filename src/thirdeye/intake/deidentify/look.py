"""Whether a person has to look at the pixels of a file, and at which places."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.dicom.deidentify.file import is_video
from thirdeye.intake.deidentify.burned_in import risk, says_burned_in
from thirdeye.intake.deidentify.frames import pictures
from thirdeye.intake.deidentify.outcome import Box
from thirdeye.intake.deidentify.settings import Settings
from thirdeye.intake.deidentify.text_search import find_text

_RED = (255, 0, 0)


@dataclass(frozen=True)
class Doubt:
    """Why a person has to look.

    Args:
        reason: goes on from the file's name; "" where nobody has to.
        boxes: what may be text.
        picture: (H, W) or (H, W, 3) uint8 in which the boxes are; None where there is none.
    """

    reason: str = ""
    boxes: tuple[Box, ...] = ()
    picture: NDArray[np.uint8] | None = None


def look_at_dicom(dataset: Any, settings: Settings) -> Doubt:
    """Judge the pixels of a DICOM file by its header and, where the settings say so, by a search for text.

    Args:
        dataset: before it is cleaned, since cleaning removes what tells a screenshot from an image.
        settings: of the run.
    """
    if settings.look == "trust" or "PixelData" not in dataset:
        return Doubt()
    if is_video(dataset):
        return Doubt("is a video, in which nothing can be searched for")
    says = "says in its header that there is text in its pixels" if says_burned_in(dataset) else ""
    why = risk(dataset)
    if settings.look == "suspect":
        unseen = f"is {why}, in which text is common, and was not searched for it" if why else ""
        return Doubt(says or unseen)
    if not (says or why or settings.searches_everything):
        return Doubt()
    try:
        shown = pictures(dataset)
    except Exception as error:  # a decoder may raise anything
        return Doubt(f"has pixels that cannot be decoded ({type(error).__name__}), so they were not searched")
    return _searched(shown, says)


def look_at_picture(content: bytes, settings: Settings) -> Doubt:
    """Judge an ordinary picture; without a search every one of them is in doubt.

    Args:
        content: of a PNG, JPEG or TIFF file.
        settings: of the run.
    """
    if settings.look == "trust":
        return Doubt()
    if settings.look == "suspect":
        return Doubt("was not searched for text in its pixels")
    try:
        return _searched([_first_page(content)], "")
    except Exception as error:  # as above
        return Doubt(f"has pixels that cannot be decoded ({type(error).__name__}), so they were not searched")


def picture_with_boxes(doubt: Doubt) -> bytes | None:
    """A PNG of the searched picture with its boxes in red; None where there is no picture."""
    from PIL import Image, ImageDraw

    if doubt.picture is None:
        return None
    image = Image.fromarray(doubt.picture).convert("RGB")
    draw = ImageDraw.Draw(image)
    for left, upper, right, lower in doubt.boxes:
        draw.rectangle((left - 1, upper - 1, right, lower), outline=_RED)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _searched(shown: list[NDArray[np.uint8]], says: str) -> Doubt:
    boxes = tuple(dict.fromkeys(box for picture in shown for box in find_text(picture)))
    if not boxes:
        return Doubt(says, (), shown[0] if says else None)
    places = f"{len(boxes)} place{'s' if len(boxes) > 1 else ''}"
    return Doubt(f"may have text in its pixels, at {places}", boxes, shown[0])


def _first_page(content: bytes) -> NDArray[np.uint8]:
    """8 bits a channel, stretched from darkest to brightest where there are more."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        if image.mode in ("L", "RGB"):
            return np.asarray(image)
        if image.mode in ("1", "P", "LA", "RGBA", "CMYK", "YCbCr", "PA"):
            return np.asarray(image.convert("RGB"))
        values = np.asarray(image, dtype=np.float32)
    low, high = float(values.min()), float(values.max())
    return np.rint(255 * (values - low) / max(high - low, 1e-9)).astype(np.uint8)
