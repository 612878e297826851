"""Pictures that prove what is wrong with volumes: slices in radiological convention."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Exhibit
from thirdeye.intake.volume_picture import overlaid

_GAP = 6
_LARGEST = 512  # rows and columns of one slice


def side_by_side(exhibits: Exhibits, references: Sequence[str], caption: str) -> tuple[Exhibit, ...]:
    """One exhibit with the central slice of each volume, turned by its own header.

    None where one is unreadable.

    Args:
        exhibits: gives the pictures.
        references: volumes.
        caption: what is to be seen.
    """
    pictures = [_shown(exhibits.look(reference)) for reference in references]
    there = [picture for picture in pictures if picture is not None]
    if len(there) < len(references):
        return ()
    height = max(len(picture) for picture in there)
    sheets = [_on_white(picture, height) for picture in there]
    gap = np.full((height, _GAP, 3), 255, np.uint8)
    parts = [part for sheet in sheets for part in (gap, sheet)][1:]
    return (Exhibit(caption, np.concatenate(parts, axis=1)),)


def mask_on_volume(exhibits: Exhibits, image: str, mask: str, caption: str) -> tuple[Exhibit, ...]:
    """One exhibit with the central slice of a volume and its mask over it, each turned by its own header.

    None where one is unreadable, their slices have other sizes, or the mask is not in that slice.
    """
    picture, drawn = _shown(exhibits.look(image)), _shown(exhibits.look(mask))
    if picture is None or drawn is None or picture.shape != drawn.shape or not drawn.any():
        return ()
    return (Exhibit(caption, overlaid(picture, drawn[..., 0] > 0)),)


def _shown(pixels: NDArray[np.generic] | None) -> NDArray[np.uint8] | None:
    """(H, W, 3), thinned to `_LARGEST`."""
    if pixels is None or pixels.dtype != np.uint8:
        return None
    step = max(1, -(-max(pixels.shape[:2]) // _LARGEST))
    thin = pixels[::step, ::step].astype(np.uint8)
    return np.repeat(thin[..., None], 3, axis=2) if thin.ndim == 2 else thin


def _on_white(picture: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    sheet = np.full((height, picture.shape[1], 3), 255, np.uint8)
    sheet[: len(picture)] = picture
    return sheet
