"""Masks with specks: pieces of a few pixels beside the structure."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.annotation_view import cases, readable_masks, table
from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import counted, shown_name


@register_check("mask.specks", title="Specks in the masks", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Warning: Dice hardly notices them, but boxes, Hausdorff distances and counts do."""
    masks = readable_masks(exhibits)
    wrong = masks[masks["specks"] > 0]
    if wrong.empty:
        return
    wrong = wrong.sort_values("specks", ascending=False, kind="stable")
    first = wrong.iloc[0]
    yield Finding(
        check="mask.specks",
        severity="warning",
        message=f"{share(len(wrong), len(masks))} masks hold specks, lone pieces of a few pixels beside the "
        f"structure; '{shown_name(first['mask'])}' holds {counted(int(first['specks']), 'speck')}.",
        cases=cases(wrong["image"]),
        evidence={"table": table(wrong, ["image", "mask", "specks", "components"])},
        remedy="Remove pieces of a few pixels before boxes, counts or Hausdorff distances are taken from the "
        "masks",
        source="A slip of the brush or the trace of a threshold; nobody sees it at the size of a screen",
    )
