"""How much of two masks is the same: Dice, IoU, sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.inputs import check_names, check_numbers

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Overlap:
    """Two masks of one case.

    Args:
        reference, predicted, both: numbers of pixels or voxels.
        unit: size of one, in mm^2 or mm^3 (1 where no spacing is known).
    """

    reference: int
    predicted: int
    both: int
    unit: float

    @property
    def dice(self) -> float | None:
        """2 |A and B| / (|A| + |B|); 0 where one is empty, None (undefined) where both are."""
        total = self.reference + self.predicted
        return 2 * self.both / total if total else None

    @property
    def iou(self) -> float | None:
        """|A and B| / |A or B|, with Dice's rule for empty masks."""
        either = self.reference + self.predicted - self.both
        return self.both / either if either else None

    @property
    def sensitivity(self) -> float | None:
        """Share of the reference that was found; None without a reference."""
        return self.both / self.reference if self.reference else None

    @property
    def precision(self) -> float | None:
        """Share of the prediction that is right; None without a prediction."""
        return self.both / self.predicted if self.predicted else None

    @property
    def relative_size_error(self) -> float | None:
        """(predicted - reference) / reference; None without a reference."""
        return (self.predicted - self.reference) / self.reference if self.reference else None

    @property
    def reference_size(self) -> float:
        """Area or volume of the reference in mm^2 or mm^3."""
        return self.reference * self.unit

    @property
    def predicted_size(self) -> float:
        """Area or volume of the prediction in mm^2 or mm^3."""
        return self.predicted * self.unit


def overlap(reference: Any, predicted: Any, *, spacing: Any = None) -> Overlap:
    """Count what two masks share.

    Args:
        reference, predicted: arrays of one shape, of False and True, or 0 and 1.
        spacing: distance of neighbours along each axis, in mm; None counts pixels.

    Raises:
        UsageError: different shapes, or a spacing that does not fit.
        DataRefused: other values than 0 and 1.
    """
    truth, found = check_masks(reference, predicted)
    size = check_spacing(spacing, truth.ndim)
    both = int(np.count_nonzero(truth & found))
    return Overlap(int(np.count_nonzero(truth)), int(np.count_nonzero(found)), both, float(np.prod(size)))


def check_masks(reference: Any, predicted: Any) -> tuple[Mask, Mask]:
    """Two masks of one shape, as booleans.

    Raises:
        UsageError: different shapes.
        DataRefused: values other than 0 and 1 (a mask of 0 and 255 has to be divided first).
    """
    masks = []
    for name, mask in (("reference", reference), ("prediction", predicted)):
        array = check_names(f"the {name}", mask)
        if array.dtype != np.bool_:
            wrong = (array != 0) & (array != 1)
            if wrong.any():
                raise DataRefused(f"the {name} holds the value {array[wrong][0]}; a mask holds 0 and 1")
            array = array == 1
        masks.append(array)
    if masks[0].shape != masks[1].shape or not masks[0].ndim:
        raise UsageError(f"masks of one case have one shape, got {masks[0].shape} and {masks[1].shape}")
    return masks[0], masks[1]


def check_spacing(spacing: Any, dimensions: int) -> NDArray[np.float64]:
    """Spacing along each axis; ones where none is known.

    Raises:
        UsageError: another number of axes, or a distance that is not above 0.
    """
    if spacing is None:
        return np.ones(dimensions)
    size = check_numbers("spacing", spacing)
    if size.shape != (dimensions,) or not (np.isfinite(size) & (size > 0)).all():
        raise UsageError(f"expected {dimensions} distances above 0 as spacing, got {spacing}")
    return size
