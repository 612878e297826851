"""A case drawn with two outlines: the expert's in amber, the network's in blue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from scipy import ndimage

from thirdeye.report.figures.palette import EXPERT_RGB, NETWORK_RGB

SIDE = 440  # of a pane, in pixels
GAP = 6  # between panes
LINE = 2  # width of an outline
_MARGIN = 0.6  # around what is marked, as a share of its extent
_LEAST = 24  # pixels of the image on each side of a cut-out
_WHOLE = 0.7  # a cut-out that would hold so much of each side is the whole picture

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Pane:
    """One picture with what two observers marked in it.

    Args:
        pixels: (H, W) or (H, W, 3), 8 bits.
        expert, network: (H, W).
        spacing: (row, column) distance; only its ratio counts.
    """

    pixels: Pixels
    expert: Mask
    network: Mask
    spacing: tuple[float, float] = (1.0, 1.0)


def outlined(panes: Sequence[Pane]) -> bytes:
    """PNG of the panes one below the other, each cut to what is marked and enlarged.

    Of each pane the part around what either marked is shown; the outline of the expert lies just outside its
    mask and that of the network just inside, so that both can be seen where they agree.
    """
    drawn = [_drawn(_cut(pane)) for pane in panes]
    rows: list[Pixels] = []
    for one in drawn:
        rows += [np.full((GAP, SIDE, 3), 255, np.uint8), one] if rows else [one]
    stream = BytesIO()
    PIL.Image.fromarray(np.concatenate(rows)).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _cut(pane: Pane) -> Pane:
    """The part around what is marked; all of it where nothing is, or nearly everything."""
    marked = pane.expert | pane.network
    if not marked.any():
        return pane
    spans = []
    for axis in (0, 1):
        where = np.flatnonzero(marked.any(axis=1 - axis))
        spans.append((int(where[0]), int(where[-1]) + 1))
    reach = max((high - low) * size for (low, high), size in zip(spans, pane.spacing, strict=True))
    slices = []
    for (low, high), size, side in zip(spans, pane.spacing, marked.shape, strict=True):
        half = max(reach * (0.5 + _MARGIN) / size, _LEAST / 2)
        middle = (low + high) / 2
        slices.append(slice(max(0, int(middle - half)), min(side, int(np.ceil(middle + half)))))
    rows, columns = slices
    kept = [(s.stop - s.start) / side for s, side in zip(slices, marked.shape, strict=True)]
    if min(kept) >= _WHOLE:
        return pane
    return Pane(
        pane.pixels[rows, columns], pane.expert[rows, columns], pane.network[rows, columns], pane.spacing
    )


def _drawn(pane: Pane) -> Pixels:
    """(SIDE, SIDE, 3): scaled to the square with its own proportions, black around."""
    height, width = (n * size for n, size in zip(pane.expert.shape, pane.spacing, strict=True))
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    picture = PIL.Image.fromarray(np.ascontiguousarray(pane.pixels)).convert("RGB")
    pixels = np.array(picture.resize(size, PIL.Image.Resampling.BICUBIC))
    for mask, colour, outside in ((pane.expert, EXPERT_RGB, True), (pane.network, NETWORK_RGB, False)):
        pixels[_line(_scaled(mask, size), outside=outside)] = colour
    canvas = np.zeros((SIDE, SIDE, 3), np.uint8)
    top, left = (SIDE - size[1]) // 2, (SIDE - size[0]) // 2
    canvas[top : top + size[1], left : left + size[0]] = pixels
    return canvas


def _scaled(mask: Mask, size: tuple[int, int]) -> Mask:
    """A mask at the size of the picture, its stairs smoothed; thin parts are kept."""
    grey = PIL.Image.fromarray(np.where(mask, 255, 0).astype(np.uint8))
    return np.asarray(grey.resize(size, PIL.Image.Resampling.BILINEAR)) >= 128


def _line(mask: Mask, *, outside: bool) -> Mask:
    if outside:
        wide: Mask = ndimage.binary_dilation(mask, iterations=LINE)
        return wide & ~mask
    narrow: Mask = ndimage.binary_erosion(mask, iterations=LINE, border_value=1)
    return mask & ~narrow
