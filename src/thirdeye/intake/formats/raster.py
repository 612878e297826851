"""PNG, JPEG, TIFF, BMP, GIF, WebP, PGM."""

from __future__ import annotations

from pathlib import Path

from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.format import FORMATS, Format
from thirdeye.intake.raster import picture_format, read_picture

_SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".bmp", ".dib", ".gif", ".webp",
    ".pgm", ".ppm", ".pnm",
)  # fmt: skip
_DICOM_MARK = b"DICM"  # a preamble may look like a picture (PS3.10 section 7.1)


def recognise(head: bytes, name: str) -> bool:
    """By the first bytes."""
    return picture_format(head) is not None and head[128:132] != _DICOM_MARK


def read(path: Path, name: str, selector: str) -> Image:
    """See `read_picture`."""
    if selector:
        raise UnreadableFile(name, f"is one picture; it has no part '{selector}'")
    with path.open("rb") as file:
        kind = picture_format(file.read(16))
    if kind is None:
        raise UnreadableFile(name, "is not a picture any more")
    return read_picture(path, name, kind)


FORMATS.register("raster")(Format("a picture", "image", _SUFFIXES, recognise, read))
