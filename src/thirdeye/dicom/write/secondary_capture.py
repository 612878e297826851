"""A picture as a Secondary Capture Image (PS3.3 A.8), the research-use notice burned in."""

from __future__ import annotations

import io
import textwrap
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.dicom.write.object import Maker, new_object
from thirdeye.dicom.write.source import headers_of, reference_to, side_of
from thirdeye.errors import DataRefused

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_LARGEST_PX = 16_384
_LEAST_WIDTH = 320
_INK, _PAPER = (255, 214, 10), (20, 20, 20)


def secondary_capture(
    source: Any, picture_png: bytes, maker: Maker, *, series_number: int = 9003, now: datetime | None = None
) -> Any:
    """A picture of an opinion as an object of the study it is about.

    Args:
        source: see `thirdeye.dicom.write.source.headers_of`.
        picture_png: any picture that Pillow opens; grey or colour.
        maker: what made it.
        series_number: of its new series.
        now: time of writing.

    Raises:
        DataRefused: the picture cannot be opened or is larger than 16,384 pixels along a side.
    """
    header = headers_of(source)[0]
    pixels = with_notice(_pixels(picture_png))
    made = new_object(
        header, maker, sop_class=SECONDARY_CAPTURE, modality="OT", series_number=series_number, now=now
    )
    made.ConversionType = "WSD"
    made.ImageType = ["DERIVED", "SECONDARY"]
    made.PatientOrientation = ""
    made.Laterality = side_of(header)  # type 2C
    made.DerivationDescription = "Picture of a second opinion. Research use only. Not for diagnosis."
    made.SourceImageSequence = [reference_to(header)]
    made.BurnedInAnnotation = "YES" if header.get("BurnedInAnnotation") == "YES" else "NO"
    made.ImageComments = RESEARCH_USE
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PlanarConfiguration = 3, "RGB", 0
    made.Rows, made.Columns = pixels.shape[:2]
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 8, 8, 7, 0
    made.LossyImageCompression = "01" if header.get("LossyImageCompression") == "01" else "00"
    content = pixels.tobytes()
    made.PixelData = content + b"\0" * (len(content) % 2)
    made["PixelData"].VR = "OB"
    return made


def _pixels(picture: bytes) -> NDArray[np.uint8]:
    import PIL.Image

    try:
        with PIL.Image.open(io.BytesIO(picture)) as opened:
            if max(opened.size) > _LARGEST_PX:
                raise DataRefused(
                    f"the picture has {opened.width} x {opened.height} pixels; at most {_LARGEST_PX} a side"
                )
            return np.asarray(opened.convert("RGB"))
    except (OSError, ValueError, PIL.Image.DecompressionBombError) as error:
        raise DataRefused("the picture of the opinion cannot be opened; expected a PNG") from error


def with_notice(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with the research-use notice on a band below it, which hides nothing of the picture.

    Args:
        pixels: (H, W, 3).
    """
    import PIL.Image
    import PIL.ImageDraw
    import PIL.ImageFont

    height, width = pixels.shape[:2]
    across = max(width, _LEAST_WIDTH)
    size = max(12, min(40, across // 50))
    font = PIL.ImageFont.load_default(size=size)
    letters = max(20, int(across / (0.54 * size)))
    lines = textwrap.wrap(RESEARCH_USE, letters)
    band = (len(lines) * 14 + 10) * size // 10
    sheet = PIL.Image.new("RGB", (across, height + band), _PAPER)
    sheet.paste(PIL.Image.fromarray(pixels), ((across - width) // 2, 0))
    pen = PIL.ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        pen.text((size // 2, height + size // 2 + number * 14 * size // 10), line, fill=_INK, font=font)
    return np.asarray(sheet)
