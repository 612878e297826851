"""The lit disc of an eye photograph, as a square around it: eyes of all cameras at one size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.transform.preparation import Frame, preparations

LIT = 0.1  # of the bright end: pixels above this belong to the field
BRIGHT = 99.0  # percentile that is the bright end
SHARE = 0.02  # a row or a column with fewer lit pixels is black: dust, or text at the edge


class Fundus:
    """The square around the lit field; `strength` is the border left around it, as a share of its radius.

    The field is as wide as its longer extent: cameras cut it above and below, hardly ever left and right.
    An image that is black everywhere, or lit everywhere, is kept whole.
    """

    def frame(self, image: Image, strength: float) -> Frame:
        """The square, of an image of any size."""
        rows, columns = _extent(_lit(image.pixels))
        radius = max(rows[1] - rows[0], columns[1] - columns[0]) / 2
        side = max(1, round(2 * radius * (1 + strength)))
        top, left = (sum(rows) - side) / 2, (sum(columns) - side) / 2
        return Frame(int(np.floor(top + 0.5)), int(np.floor(left + 0.5)), side, side)


def _lit(pixels: NDArray[np.generic]) -> NDArray[np.bool_]:
    """(H, W): which pixels belong to the field, by their brightest channel."""
    brightest = np.asarray(pixels if pixels.ndim == 2 else pixels.max(axis=2), dtype=np.float64)
    low = float(brightest.min())
    return np.asarray(brightest - low > LIT * (np.percentile(brightest, BRIGHT) - low))


def _extent(lit: NDArray[np.bool_]) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last (exclusive) row, and column, in which the field lies."""
    return _ends(lit.mean(axis=1)), _ends(lit.mean(axis=0))


def _ends(share: NDArray[np.float64]) -> tuple[int, int]:
    """Of a line of shares, where it first and last is lit; all of it where it never is."""
    found = np.flatnonzero(share >= SHARE)
    return (int(found[0]), int(found[-1]) + 1) if len(found) else (0, len(share))


preparations.register("fundus")(Fundus())
