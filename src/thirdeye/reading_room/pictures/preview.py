"""A picture of an image for a first look, decoded by a worker process with limits."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image as Picture

from thirdeye.errors import UnreadableFile
from thirdeye.intake.decode import decoded


def preview(path: Path) -> bytes:
    """A PNG of an image file, in the file's own window.

    Raises:
        UnreadableFile: it cannot be decoded.
    """
    (image,) = decoded([path])
    if isinstance(image, UnreadableFile):
        raise image
    written = io.BytesIO()
    Picture.fromarray(image.pixels).save(written, "PNG", compress_level=1)
    return written.getvalue()
