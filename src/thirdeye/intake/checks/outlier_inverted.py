"""Pictures whose black is white among others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Exhibit, Finding
from thirdeye.intake.probe.plates import side_by_side
from thirdeye.intake.probe.resemblance import standard_pictures, typical_picture

NAME = "outlier.inverted"
LEAST_IMAGES = 30
ALIKE = 0.6  # correlation of the median picture with the typical one
OPPOSITE = -0.45
MANY = 0.01
_SHOWN = 12


@register_check(NAME, title="Inverted pictures", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """A clearly negative correlation with what the grey pictures of the set look like."""
    grey = ~exhibits.facts["is_colour"].reindex(exhibits.rows.index).to_numpy(dtype=bool)
    rows = exhibits.rows[grey]
    if len(rows) < LEAST_IMAGES:
        raise NotApplicable(f"fewer than {LEAST_IMAGES} grey images to compare")
    positions = np.array([exhibits.position[image] for image in rows.index])
    pictures = standard_pictures(exhibits.thumbnails, positions)
    like = pictures @ typical_picture(pictures)
    if np.median(like) < ALIKE:
        raise NotApplicable("the pictures are too different from each other")
    inverted = np.flatnonzero(like <= OPPOSITE)
    if inverted.size == 0:
        return
    inverted = inverted[np.argsort(like[inverted])]
    images = tuple(rows.index[inverted])
    shown = [np.asarray(exhibits.thumbnails[positions[row]]) for row in inverted[:_SHOWN]]
    yield Finding(
        check=NAME,
        severity="warning" if len(images) >= MANY * len(rows) else "info",
        message=f"{share(len(images), len(rows))} images look inverted: dark where the others are bright.",
        cases=images,
        evidence={
            "about": {
                image: f"correlation with the typical picture {like[row]:.2f}; the median is "
                f"{np.median(like):.2f}"
                for image, row in zip(images, inverted, strict=True)
            }
        },
        remedy="Invert them where they were exported (DICOM MONOCHROME1 is turned round here; copies saved "
        "as PNG or "
        "JPEG no longer say so), or leave them out",
        source="Correlation with the median picture; DICOM PS3.3 C.7.6.3.1.2",
        exhibits=(Exhibit("The images that look inverted, the clearest first", side_by_side(shown)),),
    )
