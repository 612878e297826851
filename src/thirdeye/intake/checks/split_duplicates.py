"""One picture on two sides of a split."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import duplicate_groups, register_check
from thirdeye.intake.collection import SPLITS
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.fixes import keep_one_side
from thirdeye.intake.words import counted, shown_name


@register_check("split.duplicate", title="Copies on two sides of a split", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Warning: the copies outside the test part are left out, the test part stays as it is."""
    collection, facts = exhibits.collection, exhibits.facts
    split = collection.rows.drop_duplicates("image").set_index("image")["split"]
    groups = [g for g in duplicate_groups(facts) if len({split[i] for i in g} & set(SPLITS)) > 1]
    if not groups:
        return
    first = ", ".join(f"'{shown_name(image)}' ({split[image]})" for image in groups[0][:3])
    yield Finding(
        check="split.duplicate",
        severity="warning",
        message=f"{counted(len(groups), 'picture')} on two sides of the split, for example {first}.",
        cases=tuple(image for group in groups for image in group),
        groups=tuple(groups),
        evidence={"groups": len(groups)},
        remedy="The copies in training are left out (and in validation, where the test part has the "
        "picture); the test part is untouched",
        source="DESIGN 5.1: no duplicate on two sides of a split",
        fixes=keep_one_side(groups, split, "is in another part too"),
    )
