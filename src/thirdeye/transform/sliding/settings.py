"""What a sliding detector needs to know besides its weights; training and reading share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.transform.sliding.committee import UPRIGHT
from thirdeye.transform.sliding.peaks import PeakRule, Peaks, find_peaks
from thirdeye.transform.sliding.tiles import Field, Run, dense_map
from thirdeye.transform.sliding.view import View, sides_seen

FEWEST_CELLS = 1.0  # of a radius or smoothing, below which neighbouring answers would not be told apart


@dataclass(frozen=True)
class SlidingSettings:
    """How images are read by sliding.

    Args:
        view: what the network sees of an image.
        field: what one answer sees.
        sizes_px: (width, height) of the box of each class, in pixels of the image as stored.
        smoothing_px: standard deviation (or radius of the disc) by which probabilities are smoothed, in
            pixels of the view.
        radius_px: within which of a more certain object none is reported, in pixels of the view.
        views: in which every tile is read.
        least: score below which nothing is reported.
        smoothing_shape: "gaussian" or "disc".
    """

    view: View
    field: Field
    sizes_px: tuple[tuple[float, float], ...]
    smoothing_px: float
    radius_px: float
    views: tuple[str, ...] = (UPRIGHT,)
    least: float = 0.02
    smoothing_shape: str = "gaussian"

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> SlidingSettings:
        """What `as_json` gave.

        Raises:
            KeyError, TypeError, ValueError: a value is missing or of another kind.
        """
        return cls(
            View.from_json(form["view"]), Field(**form["field"]),
            tuple((float(width), float(height)) for width, height in form["sizes_px"]),
            float(form["smoothing_px"]), float(form["radius_px"]), tuple(form["views"]),
            float(form["least"]), str(form.get("smoothing_shape", "gaussian")),
        )  # fmt: skip

    @property
    def n_outputs(self) -> int:
        """Classes with background."""
        return len(self.sizes_px) + 1

    def rule(self) -> PeakRule:
        """Lengths in cells."""
        stride = self.field.stride
        return PeakRule(
            smoothing=max(FEWEST_CELLS / 2, self.smoothing_px / stride),
            radius=max(FEWEST_CELLS, self.radius_px / stride),
            least=self.least,
            shape=self.smoothing_shape,
        )


def peaks_of(pixels: NDArray[np.uint8], run: Run, how: SlidingSettings) -> Peaks:
    """What lies in an image that is already seen at the network's scale; places in cells."""
    return find_peaks(dense_map(pixels, run, how.field, n_outputs=how.n_outputs), how.rule())


def boxes_around(peaks: Peaks, image: tuple[int, int], how: SlidingSettings) -> NDArray[np.float64]:
    """Boxes (n, 4) in pixels of the image as stored, of the size of their class, cut off at its edges.

    Args:
        peaks: places in cells.
        image: height and width as stored.
        how: of the detector.
    """
    seen_sides = [max(1, round(side * how.view.scale)) for side in image]
    seen = peaks.places * how.field.stride + how.field.middle
    middle = seen * (np.array(image) / np.array(seen_sides))  # (row, column)
    half = np.array(how.sizes_px, np.float64).reshape(-1, 2)[peaks.classes] / 2
    across, down = middle[:, 1:2], middle[:, 0:1]
    boxes = np.concatenate(
        [across - half[:, :1], down - half[:, 1:], across + half[:, :1], down + half[:, 1:]], axis=1
    )
    height, width = image
    return np.asarray(np.clip(boxes, 0, [width, height, width, height]), np.float64)


def centres_seen(boxes: NDArray[np.float64], image: Image, how: View) -> NDArray[np.float64]:
    """(n, 2) row and column of the middles of boxes (n, 4), in pixels of the view."""
    height, width = sides_seen(image, how)
    factors = np.array([height / image.height, width / image.width])
    return np.stack([boxes[:, 1] + boxes[:, 3], boxes[:, 0] + boxes[:, 2]], axis=1) / 2 * factors
