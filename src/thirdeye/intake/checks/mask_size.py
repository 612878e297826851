"""Masks of another size than their image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from thirdeye.intake.annotation_view import cases, readable_masks, table
from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.words import shown_name

_SIZE = ("height", "width", "depth")


@register_check("mask.size", title="Masks that fit their image", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Error: no pixel of such a mask can be trusted to lie on its pixel of the image."""
    masks = readable_masks(exhibits)
    masks = masks[masks["image_error"] == ""]
    differs = np.zeros(len(masks), bool)
    for side in _SIZE:
        differs |= (masks[side] != masks[f"image_{side}"]).to_numpy()
    if differs.any():
        yield _size(masks[differs], len(masks))


def _size(wrong: pd.DataFrame, of: int) -> Finding:
    first = wrong.iloc[0]
    said = {
        row["image"]: f"image {_shape(row, 'image_')}, mask {_shape(row, '')}" for _, row in wrong.iterrows()
    }
    shown = wrong.assign(image_size=wrong.apply(_shape, axis=1, prefix="image_"),
                         mask_size=wrong.apply(_shape, axis=1, prefix=""))  # fmt: skip
    turned = sum(
        (row["height"], row["width"]) == (row["image_width"], row["image_height"])
        for _, row in wrong.iterrows()
    )
    hint = f" {turned:,} of them fit when they are turned." if turned else ""
    return Finding(
        check="mask.size",
        severity="error",
        message=f"{share(len(wrong), of)} masks have another size than their image, for example "
        f"'{shown_name(first['mask'])}': {said[first['image']]}.{hint}",
        cases=cases(wrong["image"]),
        evidence={"about": said, "table": table(shown, ["image", "mask", "image_size", "mask_size"])},
        remedy="Export image and mask at the same size, or leave these images out",
        source="Every pixel of a mask belongs to one pixel of its image",
        fixes=tuple(Fix(i, "leave_out", "its mask has another size") for i in cases(wrong["image"])),
    )


def _shape(row: pd.Series, prefix: str) -> str:
    depth = int(row[f"{prefix}depth"])
    return f"{int(row[f'{prefix}width'])} x {int(row[f'{prefix}height'])}" + (
        f" x {depth}" if depth > 1 else ""
    )
