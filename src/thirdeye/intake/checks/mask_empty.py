"""Masks in which nothing, or everything, is marked."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.annotation_view import cases, readable_masks
from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.words import listed

_OFTEN = 0.2  # from here on empty masks are how the data say "not there"
_ALL = 0.999


@register_check("mask.empty", title="Masks with nothing, or everything, marked", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Of several masks of one image (a mask a class) an empty one is ordinary, and told as information."""
    masks = readable_masks(exhibits)
    empty = masks[masks["coverage"] == 0]
    marked = set(masks["image"][masks["coverage"] > 0])
    bare = empty[~empty["image"].isin(marked)]
    if len(empty):
        rare = 0 < len(bare) < _OFTEN * len(masks)
        yield Finding(
            check="mask.empty",
            severity="warning" if rare else "info",
            message=f"{share(len(empty), len(masks))} masks mark nothing: {listed(list(empty['mask']), 4)}"
            + (f"; {len(bare):,} images have no other mask." if len(bare) != len(empty) else "."),
            cases=cases(empty["image"]),
            evidence={"masks": list(empty["mask"]), "images_with_nothing": len(cases(bare["image"]))},
            remedy="Look at these images: either nothing is to be seen, or the mask was not saved",
            source="Overlap measures of an empty mask are undefined (SPEC section 4)",
            fixes=tuple(Fix(i, "leave_out", "its mask is empty") for i in cases(bare["image"]))
            if rare
            else (),
        )
    full = masks[masks["coverage"] >= _ALL]
    if len(full):
        yield Finding(
            check="mask.empty",
            severity="warning",
            message=f"{share(len(full), len(masks))} masks mark the whole picture: "
            f"{listed(list(full['mask']), 4)}.",
            cases=cases(full["image"]),
            evidence={"masks": list(full["mask"])},
            remedy="Check that these files are masks, and not inverted",
            source="A structure that fills the picture tells nothing about its outline",
        )
