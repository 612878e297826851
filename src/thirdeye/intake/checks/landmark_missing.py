"""Landmarks that an image lacks, or has twice."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.annotation_view import cases, points_of
from thirdeye.intake.checks.check import register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import counted, listed

_USUAL = 0.5  # of the images: landmarks in fewer are not expected of all


@register_check("landmark.missing", title="Landmarks that are missing or repeated", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Warning for both; a landmark in fewer than half of the images is not expected."""
    points = points_of(exhibits)
    counts = pd.crosstab(points["image"], points["name"])
    expected = [name for name in counts.columns if (counts[name] > 0).mean() >= _USUAL]
    lacking = {str(image): [n for n in expected if row[n] == 0] for image, row in counts.iterrows()}
    lacking = {image: names for image, names in lacking.items() if names}
    if lacking:
        image, names = next(iter(lacking.items()))
        yield Finding(
            check="landmark.missing",
            severity="warning",
            message=f"{counted(len(lacking), 'image')} of {len(counts):,} lack landmarks that the others "
            f"have: "
            f"'{image}' lacks {listed([str(n) for n in names], 4)}.",
            cases=tuple(lacking),
            evidence={"about": {image: f"lacks {listed(names, 12)}" for image, names in lacking.items()}},
            remedy="Add them, or say that they cannot be seen",
            source="A landmark that was forgotten is not one that cannot be seen",
        )
    twice = points[points.duplicated(["image", "name", "annotator"], keep="first")]
    if len(twice):
        yield Finding(
            check="landmark.missing",
            severity="warning",
            message=f"{counted(len(twice), 'landmark')} given twice in one image, for example "
            f"{twice.iloc[0]['name']} in '{twice.iloc[0]['image']}'.",
            cases=cases(twice["image"]),
            evidence={"landmarks": len(twice)},
            remedy="Keep one place per landmark and annotator",
            source="A landmark is one place",
        )
