"""Boxes that do not bound the mask of their image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thirdeye.intake.annotation_view import boxes_of, cases, readable_masks, table
from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.regions import EDGES
from thirdeye.intake.words import shown_name

_LEAST_OVERLAP = 0.5
_TOO_MANY = 0.2
_DRAWN = ("left", "top", "right", "bottom")


@register_check("mask.box", title="Masks and boxes of the same image", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """What surrounds all marked pixels against what surrounds all boxes; error when many disagree.

    Then boxes and masks are of different sizes of the images, or of different images.
    """
    masks = readable_masks(exhibits)
    masks = masks[(masks["coverage"] > 0) & (masks["kind"] == "image")]
    boxes = boxes_of(exhibits)
    boxes = boxes[boxes["image_width"].notna()]
    drawn = masks.groupby("image").agg({"left": "min", "top": "min", "right": "max", "bottom": "max"})
    boxed = boxes.groupby("image").agg({
        "x_min": "min", "y_min": "min", "x_max": "max", "y_max": "max",
        "image_width": "first", "image_height": "first",
    })  # fmt: skip
    both = drawn.join(boxed, how="inner")
    if both.empty:
        raise NotApplicable("no image has both a mask and a box")
    for edge, side in (("left", "width"), ("right", "width"), ("top", "height"), ("bottom", "height")):
        both[edge] *= both[f"image_{side}"]
    low = np.maximum(both[["left", "top"]].to_numpy(), both[["x_min", "y_min"]].to_numpy())
    high = np.minimum(both[["right", "bottom"]].to_numpy(), both[["x_max", "y_max"]].to_numpy())
    shared = (high - low).clip(0).prod(axis=1)
    areas = [
        (both[right] - both[left]) * (both[bottom] - both[top])
        for left, top, right, bottom in (
            ("left", "top", "right", "bottom"),
            ("x_min", "y_min", "x_max", "y_max"),
        )
    ]
    both["overlap"] = shared / (areas[0] + areas[1] - shared)
    wrong = both[both["overlap"] < _LEAST_OVERLAP].sort_values("overlap").reset_index()
    if wrong.empty:
        return
    first = wrong.iloc[0]
    yield Finding(
        check="mask.box",
        severity="error" if len(wrong) > _TOO_MANY * len(both) else "warning",
        message=f"In {share(len(wrong), len(both))} images the boxes do not surround what the masks mark, "
        f"least of all "
        f"in '{shown_name(first['image'])}' (overlap {first['overlap']:.2f}).",
        cases=cases(wrong["image"]),
        evidence={"table": table(wrong, ["image", *_DRAWN, *EDGES, "overlap"])},
        remedy="Look at these images: a box is missing or of another size of the image, or the mask is of "
        "another structure",
        source=f"Intersection over union of the two frames below {_LEAST_OVERLAP}",
    )  # fmt: skip
