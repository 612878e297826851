"""Boxes that reach beyond their image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thirdeye.intake.annotation_view import boxes_of, cases, said_of, table
from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.regions import EDGES

_TOLERANCE_PX = 1.0  # counting from 1 instead of 0, and rounding
_TOO_MANY = 0.2


@register_check("box.outside", title="Boxes beyond the image", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Error when many do: then the boxes are of another size of the images, or in another unit."""
    boxes = boxes_of(exhibits)
    boxes = boxes[boxes["image_width"].notna()]
    over = np.maximum.reduce([
        -boxes["x_min"], -boxes["y_min"],
        boxes["x_max"] - boxes["image_width"], boxes["y_max"] - boxes["image_height"],
    ])  # fmt: skip
    wrong = boxes.assign(beyond_px=over)[over > _TOLERANCE_PX]
    if wrong.empty:
        return
    wrong = wrong.sort_values("beyond_px", ascending=False)
    gone = (
        (wrong["x_min"] >= wrong["image_width"]) | (wrong["y_min"] >= wrong["image_height"])
        | (wrong["x_max"] <= 0) | (wrong["y_max"] <= 0)
    ).sum()  # fmt: skip
    first = wrong.iloc[0]
    many = len(wrong) > _TOO_MANY * len(boxes)
    entirely = f", {gone:,} of them entirely" if gone else ""
    yield Finding(
        check="box.outside",
        severity="error" if many else "warning",
        message=f"{share(len(wrong), len(boxes))} boxes reach beyond their image{entirely}: {said_of(wrong)} "
        f"in an "
        f"image of {first['image_width']:.0f} x {first['image_height']:.0f} pixels.",
        cases=cases(wrong["image"]),
        evidence={"boxes": len(wrong), "entirely": int(gone),
                  "table": table(wrong, ["image", "name", *EDGES, "beyond_px"])},
        remedy="The boxes seem to be of other sizes of the images; export both together"
        if many
        else "Cut the boxes at the edge of the image, or draw them again",
        source="A box lies within its image",
    )  # fmt: skip
