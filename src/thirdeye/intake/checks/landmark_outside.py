"""Landmarks that lie beyond their image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thirdeye.intake.annotation_view import cases, points_of, table
from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import counted, shown_name

_TOLERANCE_PX = 1.0
_TOO_MANY = 0.2


@register_check("landmark.outside", title="Landmarks beyond the image", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Error when many do: then they are of another size of the images, or in another unit."""
    points = points_of(exhibits)
    points = points[points["image_width"].notna()]
    over = np.maximum.reduce([
        -points["x"], -points["y"], points["x"] - points["image_width"], points["y"] - points["image_height"],
    ])  # fmt: skip
    wrong = points.assign(beyond_px=over)[~(over <= _TOLERANCE_PX)].sort_values("beyond_px", ascending=False)
    if wrong.empty:
        return
    first = wrong.iloc[0]
    yield Finding(
        check="landmark.outside",
        severity="error" if len(wrong) > _TOO_MANY * len(points) else "warning",
        message=f"{share(len(wrong), len(points))} landmarks lie beyond their image, in "
        f"{counted(wrong['image'].nunique(), 'image')}: '{shown_name(first['image'])}', {first['name']} by "
        f"{first['beyond_px']:.0f} pixels.",
        cases=cases(wrong["image"]),
        evidence={"landmarks": len(wrong), "table": table(wrong, ["image", "name", "x", "y", "beyond_px"])},
        remedy="Cropped images leave some landmarks outside: mark them as missing, or take the uncropped "
        "image",
        source="What is not in the picture cannot be pointed at",
    )
