"""Nearly the same picture on two sides of a split."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.checks.near import SOURCE, groups_of, images_of, pairs_that, table_of, told
from thirdeye.intake.collection import SPLITS
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.fixes import keep_one_side
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.words import counted

_TOO_MANY = 0.5  # of the training images


@register_check("split.near_duplicate", title="Near-copies on two sides of a split", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Warning while leaving out the training copies repairs it; error when that would cost half of them."""
    split = exhibits.rows["split"].to_dict()
    if len(set(split.values()) & set(SPLITS)) < 2:
        raise NotApplicable("the data state no split")
    pairs = pairs_that(exhibits, lambda a, b: split[a] != split[b] and {split[a], split[b]} <= set(SPLITS))
    if not pairs:
        return
    images = images_of(pairs)
    lost = sum(split[image] == "train" for image in images)
    repaired = lost <= _TOO_MANY * sum(part == "train" for part in split.values())
    parts = f"{split[pairs[0].first]} and {split[pairs[0].second]}"
    yield Finding(
        check="split.near_duplicate",
        severity="warning" if repaired else "error",
        message=f"{counted(len(pairs), 'pair')} of nearly identical pictures on two sides of the split, for "
        f"example {told(pairs[0])} in {parts}.",
        cases=images,
        groups=groups_of(pairs),
        evidence=table_of(pairs),
        remedy="The copies in training are left out (and in validation, where the test part has the "
        "picture); the test part is untouched. Look at the pairs"
        if repaired
        else f"Leaving out the copies would cost {lost} training images: draw the split again",
        source=f"DESIGN 5.1: no near-duplicate on two sides of a split. {SOURCE}",
        fixes=keep_one_side(groups_of(pairs), split, "shows nearly the same as an image of another part"),
    )
