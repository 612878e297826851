"""Landmarks drawn on their image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from thirdeye.case.image import Image
from thirdeye.inference.landmarks.points import Points

SURE, DOUBTFUL, RIM = (86, 180, 233), (230, 159, 0), (0, 0, 0)  # Okabe and Ito, readable in any colour vision
SMALLEST = 700  # pixels of the longer side of what is drawn on
FEW = 20  # landmarks that are named in the picture


def drawn(item: Image, points: Points, names: Sequence[str], doubtful_below: float) -> Picture.Image:
    """An RGB picture: each landmark a dot, orange where doubtful, with its name where they are few.

    Args:
        item: the image.
        points: found in it.
        names: of the landmarks.
        doubtful_below: certainty below which a landmark is drawn as doubtful.
    """
    factor = max(1.0, SMALLEST / max(item.height, item.width))
    size = round(item.width * factor), round(item.height * factor)
    picture = Picture.fromarray(_shown(item)).convert("RGB").resize(size, Picture.Resampling.BICUBIC)
    brush = ImageDraw.Draw(picture)
    radius = max(2.0, max(size) / (300 if len(names) > FEW else 180))
    font = ImageFont.load_default(size=max(14, max(size) // 45))
    for (x, y), certainty, name in zip(points.xy * factor, points.certainty, names, strict=True):
        if not (np.isfinite(x) and np.isfinite(y)):
            continue
        colour = DOUBTFUL if certainty < doubtful_below else SURE
        for reach, fill in ((radius + 1, RIM), (radius, colour)):
            brush.ellipse((x - reach, y - reach, x + reach, y + reach), fill=fill)
        if len(names) <= FEW:
            place = (x + radius + 4, y)
            brush.text(place, name, fill=colour, font=font, anchor="lm", stroke_width=2, stroke_fill=RIM)
    return picture


def _shown(item: Image) -> NDArray[np.uint8]:
    """8 bits; deeper images from their 0.5th to their 99.5th percentile."""
    if item.pixels.dtype == np.uint8:
        return np.asarray(item.pixels, np.uint8)
    values = item.pixels.astype(np.float32)
    low, high = np.percentile(values, (0.5, 99.5))
    return np.asarray(np.clip((values - low) / max(float(high - low), 1e-6), 0, 1) * 255, np.uint8)
