"""Images without a mask."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.annotation_view import cases
from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.words import listed


@register_check("mask.missing", title="Images without a mask", about="volume")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Warning: a mask that was forgotten is not a mask of nothing."""
    collection = exhibits.collection
    if collection.task != "segmentation":
        raise NotApplicable("the task is not segmentation")
    rows = collection.rows.drop_duplicates("image")
    without = rows[~rows["image"].isin(set(collection.masks["image"]))]
    is_test = without["split"] == "test"
    if without.empty:
        return
    where = " (all of the test part)" if bool(is_test.all()) else ""
    yield Finding(
        check="mask.missing",
        severity="warning",
        message=f"{share(len(without), len(rows))} images have no mask{where}: "
        f"{listed(list(without['image']), 4)}.",
        cases=cases(without["image"]),
        evidence={"images": len(without), "in_test": int(is_test.sum())},
        remedy="Draw them, or leave these images out; where nothing is to be seen, add a mask of zeros",
        source="An image without a mask is not an image without a structure",
        fixes=tuple(Fix(image, "leave_out", "it has no mask") for image in without["image"]),
    )
