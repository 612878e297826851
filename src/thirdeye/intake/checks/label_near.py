"""Nearly the same picture under two labels."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.checks.near import SOURCE, groups_of, images_of, pairs_that, table_of, told
from thirdeye.intake.collection import CLASSIFICATION
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.words import counted


@register_check("label.near_conflict", title="Near-copies under two labels", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Warning: a person must look, because two exposures of one patient can rightly differ."""
    collection = exhibits.collection
    if collection.task not in CLASSIFICATION:
        raise NotApplicable("the images have no label of their own")
    labels = collection.rows.groupby("image", sort=False)["label"].agg(
        lambda held: " and ".join(sorted(set(held)))
    )
    named = labels.to_dict()
    pairs = pairs_that(exhibits, lambda a, b: named[a] != named[b] and bool(named[a] and named[b]))
    if not pairs:
        return
    images = images_of(pairs)
    first = pairs[0]
    yield Finding(
        check="label.near_conflict",
        severity="warning",
        message=f"{counted(len(pairs), 'pair')} of nearly identical pictures under two labels, for example "
        f"{told(first)}: {named[first.first]} and {named[first.second]}.",
        cases=images,
        groups=groups_of(pairs),
        evidence={**table_of(pairs), "labels": {image: named[image] for image in images}},
        remedy="Look at the pairs: if it is one picture, one of the labels is wrong",
        source=SOURCE,
    )
