"""Masks, boxes and points drawn over a thumbnail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.intake.collection import Collection
from thirdeye.report.trial.evidence import Place
from thirdeye.report.trial.look import Look

_COLOURS = ((255, 196, 0), (64, 200, 255), (255, 92, 160), (128, 230, 96))
_ACCUSED = (255, 40, 40)
_LEAST_FRAME = 13
_MOST_SHAPES = 200


@dataclass(frozen=True)
class Outlines:
    """Draws what is annotated in an image; each class (or annotator, where several) has a colour.

    Args:
        collection: with its masks and regions.
        look: loads a mask as it loads a picture.
    """

    collection: Collection
    look: Look

    def over(
        self,
        image: str,
        small: NDArray[np.uint8],
        full: tuple[int, ...],
        accused: Sequence[Place] = (),
    ) -> NDArray[np.uint8]:
        """The thumbnail in colour, with the edges of the masks, boxes and points of `image`.

        Args:
            image: reference.
            small: (h, w) or (h, w, 3), the thumbnail.
            full: (H, W) of the picture that it was made of; boxes are in its pixels.
            accused: boxes to point at, (x_min, y_min, x_max, y_max).
        """
        drawn = np.repeat(small[:, :, None], 3, axis=2) if small.ndim == 2 else small.copy()
        for position, mask in enumerate(self._masks(image)):
            edge = _edge(_resized(mask, drawn.shape[:2]))
            drawn[edge] = _COLOURS[position % len(_COLOURS)]
        regions = self.collection.regions
        if len(regions):
            self._draw_regions(regions[regions["image"] == image].head(_MOST_SHAPES), drawn, full)
        for place in accused:
            _point_at(place, drawn, full)
        return drawn

    def _masks(self, image: str) -> Iterator[NDArray[np.bool_]]:
        """One mask after the other; several classes in one file come one by one."""
        masks = self.collection.masks
        for reference in masks["mask"][masks["image"] == image].head(len(_COLOURS)):
            pixels = self.look(reference)
            if pixels is None:
                continue
            flat = pixels if pixels.ndim == 2 else pixels.astype(np.int64) @ np.array([65536, 256, 1])
            for value in np.unique(flat)[1 : 1 + len(_COLOURS)]:
                yield flat == value

    @staticmethod
    def _draw_regions(regions: pd.DataFrame, drawn: NDArray[np.uint8], full: tuple[int, ...]) -> None:
        height, width = drawn.shape[:2]
        names = {name: position for position, name in enumerate(dict.fromkeys(regions["name"]))}
        for region in regions.itertuples():
            colour = _COLOURS[names[region.name] % len(_COLOURS)]
            left, right = (_pixel(x, width / full[1], width) for x in (region.x_min, region.x_max))
            top, bottom = (_pixel(y, height / full[0], height) for y in (region.y_min, region.y_max))
            if region.kind == "point":
                drawn[max(0, top - 1) : top + 2, max(0, left - 1) : left + 2] = colour
                continue
            drawn[top : bottom + 1, [left, right]] = colour
            drawn[[top, bottom], left : right + 1] = colour


def _point_at(place: Place, drawn: NDArray[np.uint8], full: tuple[int, ...]) -> None:
    """A thick frame around an accused box, never smaller than can be seen."""
    height, width = drawn.shape[:2]
    left, right = _span(place[0] * width / full[1], place[2] * width / full[1], width)
    top, bottom = _span(place[1] * height / full[0], place[3] * height / full[0], height)
    inside = drawn[top + 2 : bottom - 2, left + 2 : right - 2].copy()
    drawn[top:bottom, left:right] = _ACCUSED
    drawn[top + 2 : top + 2 + inside.shape[0], left + 2 : left + 2 + inside.shape[1]] = inside


def _span(start: float, end: float, size: int) -> tuple[int, int]:
    """From where to where a frame reaches along one axis."""
    middle = float(np.clip((start + end) / 2, 0, size - 1))
    reach = max(abs(end - start) / 2 + 2, _LEAST_FRAME / 2)
    low = int(np.clip(middle - reach, 0, max(0, size - _LEAST_FRAME)))
    return low, int(np.clip(middle + reach + 1, min(size, low + _LEAST_FRAME), size))


def _pixel(value: object, scale: float, size: int) -> int:
    """A coordinate of the full picture in the thumbnail, kept inside it; 0 where it is no number."""
    try:
        place = float(value) * scale  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 0
    return int(np.clip(place, 0, size - 1)) if np.isfinite(place) else 0


def _resized(mask: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Nearest neighbour: an outline needs no more."""
    rows = (np.arange(shape[0]) * mask.shape[0] // shape[0]).clip(max=mask.shape[0] - 1)
    columns = (np.arange(shape[1]) * mask.shape[1] // shape[1]).clip(max=mask.shape[1] - 1)
    return mask[np.ix_(rows, columns)]


def _edge(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels of the mask with a neighbour outside it; the border of the picture counts as outside."""
    padded = np.pad(mask, 1)
    inside = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~inside
