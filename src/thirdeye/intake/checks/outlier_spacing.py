"""Pixel spacings in another unit, or missing from some of the pictures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding

NAME = "outlier.spacing"
FACTOR = 4.0
LEAST_IMAGES = 3
NOT_SQUARE = 1.05
_SOURCE = "DICOM PS3.3 10.7.1.3: pixel spacing in mm"


@register_check(NAME, title="Spacing of the pixels", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Spacings several times the median of their modality; pictures without one among pictures with one."""
    facts = exhibits.facts.loc[exhibits.rows.index]
    facts = facts[facts["kind"] == "image"]
    spacing = facts["row_spacing_mm"].to_numpy(dtype=np.float64)
    known = np.isfinite(spacing) & (spacing > 0)
    if not known.any():
        raise NotApplicable("no picture states the spacing of its pixels")
    kind = pd.Series(np.where(known, spacing, np.nan)).groupby(facts["modality"].to_numpy())
    middle = kind.transform("median").to_numpy()
    judged = known & (kind.transform("count").to_numpy() >= LEAST_IMAGES)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(judged, np.maximum(spacing / middle, middle / spacing), 1.0)
    far = facts.index[ratio >= FACTOR]
    if len(far):
        yield Finding(
            check=NAME,
            severity="warning",
            message=f"{share(len(far), len(facts))} images state a pixel spacing more than {FACTOR:g} times "
            f"off the median of {_usual(middle[ratio >= FACTOR])} mm: another unit, or another kind of "
            "picture.",
            cases=tuple(far),
            evidence={"about": {image: f"{facts.loc[image, 'row_spacing_mm']:.4g} mm" for image in far}},
            remedy="Compare with the size of a known structure; sizes in mm would be wrong",
            source=_SOURCE,
        )
    lacking = facts.index[~known]
    if len(lacking):
        yield Finding(
            check=NAME,
            severity="info",
            message=f"{share(len(lacking), len(facts))} images do not state the spacing of their pixels; the "
            f"others do.",
            cases=tuple(lacking),
            remedy="Sizes in mm cannot be measured in them; a source of its own may be behind it",
            source=_SOURCE,
        )


def _usual(medians: NDArray[np.float64]) -> str:
    """The medians of the modalities concerned."""
    return " and ".join(f"{value:.3g}" for value in np.unique(medians))
