"""Augmented copies among the data: what belongs into training was done before the split."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.checks.near import groups_of
from thirdeye.intake.checks.parts import REPAIRED, Crossing, crossing, stated_parts
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.fixes import keep_one
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.related.kinship import kinships
from thirdeye.intake.words import counted, shown_name

_TURNED = ("mirrored", "rotated")
_LEAST, _LEAST_SHARE = 3, 0.005


@register_check("dup.augmented", title="Augmented copies", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Told by names, and by pictures that occur turned or mirrored: nature does neither."""
    collection = exhibits.collection
    named = [g for kin in kinships(collection.rows) if kin.kind == "augmented" for g in kin.groups]
    turned = [pair for pair in exhibits.near_pairs if pair.how.startswith(_TURNED)]
    if len(turned) < max(_LEAST, _LEAST_SHARE * len(exhibits.rows)):
        turned = []
    groups = tuple(dict.fromkeys([*named, *groups_of(turned)]))
    if not groups:
        return
    images = tuple(dict.fromkeys(image for group in groups for image in group))
    sides = _sides(exhibits, groups)
    by_name = f"{counted(len(named), 'group')} by their file names" if named else ""
    by_look = f"{counted(len(turned), 'pair')} by being mirrored or turned" if turned else ""
    first = " and ".join(f"'{shown_name(image)}'" for image in groups[0][:2])
    crosses = f"; {counted(len(sides.groups), 'group')} on two sides of the split" if sides.groups else ""
    yield Finding(
        check="dup.augmented",
        severity=sides.severity if sides.groups else "warning",
        message=f"{counted(len(images), 'image')} seem to be augmented copies and their originals "
        f"({' and '.join(filter(None, (by_name, by_look)))}), for example {first}{crosses}.",
        cases=images,
        groups=groups,
        evidence={"by_name": len(named), "by_look": len(turned), "on_two_sides": len(sides.groups)},
        remedy=_remedy(sides),
        source="SPEC section 3, leak.slice: augmented copies; augmentation before the split",
        fixes=keep_one(groups, exhibits.rows["split"], "is an augmented copy, or the original, of"),
    )


def _sides(exhibits: Exhibits, groups: tuple[tuple[str, ...], ...]) -> Crossing:
    try:
        split = stated_parts(exhibits.collection)
    except NotApplicable:
        return Crossing((), 0, True)
    return crossing(exhibits.collection, groups, split)


def _remedy(sides: Crossing) -> str:
    if not sides.groups:
        return (
            "Take the originals: training here augments by itself. Copies are kept on one side of every "
            "split that is drawn here, and count more than once in the figures"
        )
    return REPAIRED if sides.repaired else "Take the originals and split these, before any augmentation"
