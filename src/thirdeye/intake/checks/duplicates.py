"""Pictures that occur more than once."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import duplicate_groups, register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.fixes import keep_one
from thirdeye.intake.words import counted, shown_name


@register_check("dup.exact", title="Identical pictures", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Copies with equal decoded pixels, whatever the file format."""
    facts = exhibits.facts
    groups = duplicate_groups(facts)
    if not groups:
        return
    images = tuple(image for group in groups for image in group)
    first = " and ".join(f"'{shown_name(image)}'" for image in groups[0][:3])
    yield Finding(
        check="dup.exact",
        severity="warning",
        message=f"{counted(len(groups), 'group')} of identical images ({len(images):,} images), "
        f"for example {first}.",
        cases=images,
        groups=tuple(groups),
        evidence={"groups": len(groups), "images": len(images)},
        remedy="Each group is kept on one side of every split that is drawn here; copies count more than "
        "once in the figures",
        source="SHA-256 of the decoded pixels",
        fixes=keep_one(groups, exhibits.rows["split"], "is identical to"),
    )
