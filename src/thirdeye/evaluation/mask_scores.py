"""Each structure of each case: how well a label map agrees with the reference.

Both empty: the overlap is undefined and counted apart. One empty: Dice, IoU and NSD are 0, and distances
count as the diagonal of the image, a worst case that is fixed beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.inputs import check_names
from thirdeye.evaluation.mask_pieces import Pieces, count_pieces
from thirdeye.evaluation.overlap import check_spacing, overlap
from thirdeye.evaluation.surface_distance import surface_distances, worst_distance

TOLERANCE_MM = 2.0
_NO_PIECES = Pieces(0, 0, 0, 0)


@dataclass(frozen=True)
class MaskScore:
    """One structure of one case.

    Args:
        case: name of the case.
        structure: name of the structure.
        there, found: whether the reference and the prediction mark it.
        reference_size, predicted_size: mm^3 or mm^2; pixels where no spacing is known.
        dice, iou, nsd: 0 to 1; None where both masks are empty.
        pixel_sensitivity: share of the reference that is predicted; None without a reference.
        pixel_precision: share of the prediction that is right; None without a prediction.
        pieces: connected pieces, and which were found.
        unit: of distances, "mm" or "px"; sizes are in its square or cube, or in pixels.
        hd95_max_of_directed, assd_pooled: mm (or pixels); the diagonal where one mask is empty, None where
            both are.
    """

    case: str
    structure: str
    there: bool
    found: bool
    reference_size: float
    predicted_size: float
    dice: float | None
    iou: float | None
    nsd: float | None
    hd95_max_of_directed: float | None
    assd_pooled: float | None
    pixel_sensitivity: float | None = None
    pixel_precision: float | None = None
    pieces: Pieces = _NO_PIECES
    unit: str = "px"

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


def score_masks(
    case: str,
    reference: Any,
    predicted: Any,
    *,
    structures: Sequence[str],
    spacing: Any = None,
    tolerance: float = TOLERANCE_MM,
    ignored: int | None = None,
) -> list[MaskScore]:
    """Scores of every structure of one case.

    Args:
        case: its name.
        reference, predicted: label maps of one shape; 0 is background, structure number i + 1 is
            ``structures[i]``.
        structures: names.
        spacing: of neighbours along each axis, in mm; None counts pixels.
        tolerance: of the normalised surface distance, in mm or pixels.
        ignored: label of places in the reference that take no part.

    Raises:
        UsageError: shapes that differ, or a spacing that does not fit.
    """
    truth, found = (_numbers(case, labels) for labels in (reference, predicted))
    if truth.shape != found.shape:
        raise UsageError(
            f"{case}: label maps of one case have one shape, got {truth.shape} and {found.shape}"
        )
    known = np.ones(truth.shape, bool) if ignored is None else truth != ignored
    return [
        _score(case, name, (truth == number) & known, (found == number) & known, spacing, tolerance)
        for number, name in enumerate(structures, start=1)
    ]


def _numbers(case: str, labels: Any) -> NDArray[Any]:
    array = check_names(f"{case}: a label map", labels)
    if array.dtype.kind not in "biuf" or not array.ndim:
        raise UsageError(f"{case}: a label map is an array of numbers, got {array.dtype} of {array.shape}")
    return array


def _score(case: str, name: str, truth: Any, found: Any, spacing: Any, tolerance: float) -> MaskScore:
    shared = overlap(truth, found, spacing=check_spacing(spacing, truth.ndim))
    both_empty = shared.dice is None
    distances = surface_distances(truth, found, spacing=spacing)
    worst = None if both_empty else worst_distance(truth.shape, spacing)
    return MaskScore(
        case=case,
        structure=name,
        there=shared.reference > 0,
        found=shared.predicted > 0,
        reference_size=shared.reference_size,
        predicted_size=shared.predicted_size,
        dice=shared.dice,
        iou=shared.iou,
        nsd=distances.nsd(tolerance) if distances else None if both_empty else 0.0,
        hd95_max_of_directed=distances.hd95_max_of_directed if distances else worst,
        assd_pooled=distances.assd_pooled if distances else worst,
        pixel_sensitivity=shared.sensitivity,
        pixel_precision=shared.precision,
        pieces=count_pieces(truth, found),
        unit="px" if spacing is None else "mm",
    )
