"""Images that no annotation file speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.annotation_view import cases
from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.words import listed


@register_check("region.missing", title="Images without annotation", about="volume")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Not named at all is a warning; named with nothing in it is information, as that is a statement."""
    collection = exhibits.collection
    if collection.task not in ("detection", "landmarks") or "annotated" not in collection.rows:
        raise NotApplicable("there are no boxes or points")
    rows = collection.rows.drop_duplicates("image")
    unnamed = rows["image"][rows["annotated"] == "no"]
    if len(unnamed):
        yield Finding(
            check="region.missing",
            severity="warning",
            message=f"{share(len(unnamed), len(rows))} images are in no annotation file: "
            f"{listed(list(unnamed), 4)}.",
            cases=cases(unnamed),
            evidence={"images": len(unnamed)},
            remedy="Annotate them or leave them out; to say that nothing is there, name them with no box",
            source="An image that was not annotated is not an image with nothing in it",
            fixes=tuple(Fix(image, "leave_out", "it was not annotated") for image in unnamed),
        )
    bare = rows["image"][(rows["annotated"] == "yes") & ~rows["image"].isin(set(collection.regions["image"]))]
    if len(bare):
        yield Finding(
            check="region.missing",
            severity="info",
            message=f"{share(len(bare), len(rows))} images are annotated as having nothing to find.",
            cases=cases(bare),
            evidence={"images": len(bare)},
            source="They count as images without a lesion",
        )
