"""One study, series, frame of reference or accession on two sides of a split."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.checks.parts import REPAIRED, crossing, stated_parts, where
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.fixes import keep_one_side
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.related.kinship import kinships
from thirdeye.intake.words import counted, shown_name


@register_check("split.study", title="Studies on two sides of a split", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Error for a table; official parts are kept and cleaned."""
    collection = exhibits.collection
    split = stated_parts(collection)
    studies = [kinship for kinship in kinships(collection.rows) if kinship.kind == "study"]
    if not studies:
        raise NotApplicable("no column names a study, a series or an accession")
    for kinship in studies:
        found = crossing(collection, kinship.groups, split)
        if not found.groups:
            continue
        first = found.groups[0]
        yield Finding(
            check="split.study",
            severity=found.severity,
            message=f"{counted(len(found.groups), 'group')} of images with one value in {kinship.origin} on "
            f"two sides of the split, for example '{shown_name(first[0])}' and {len(first) - 1} more in "
            f"{where(first, split)}.",
            cases=found.images,
            groups=found.groups,
            evidence={"groups": len(found.groups), "training_images": found.lost},
            remedy=REPAIRED
            if found.repaired
            else "Correct the split column, or let Third Eye draw the split: --split-column none",
            source="SPEC section 3, leak.patient: study, series, frame of reference, accession",
            fixes=keep_one_side(found.groups, split, "is of a study that another part has too"),
        )
