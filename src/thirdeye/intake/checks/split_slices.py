"""Slices, frames or patches of one volume, film or slide on two sides of a split."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.checks.parts import REPAIRED, crossing, stated_parts, where
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.fixes import keep_one_side
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.related.kinship import kinships
from thirdeye.intake.words import counted, shown_name

_PAIRS = 500  # that are compared


@register_check("split.slice", title="Slices of one volume on two sides of a split", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Error for a table; official parts are kept and cleaned. Says how alike neighbours are."""
    collection = exhibits.collection
    split = stated_parts(collection)
    volumes = [kinship for kinship in kinships(collection.rows) if kinship.kind == "volume"]
    if not volumes:
        raise NotApplicable("no image is named as a slice, frame, tile or patch of something")
    for kinship in volumes:
        found = crossing(collection, kinship.groups, split)
        if not found.groups:
            continue
        first = found.groups[0]
        inside, outside = _likeness(exhibits, kinship.groups)
        yield Finding(
            check="split.slice",
            severity=found.severity,
            message=f"{counted(len(found.groups), 'volume')} (film, slide; by {kinship.origin}) with parts "
            f"on two sides of the split, for example '{shown_name(first[0])}' and {len(first) - 1} more in "
            f"{where(first, split)}. Neighbours in one of them correlate by {inside:.2f}, parts of different "
            f"ones by {outside:.2f}.",
            cases=found.images,
            groups=found.groups,
            evidence={
                "volumes": len(found.groups),
                "training_images": found.lost,
                "correlation_of_neighbours": round(inside, 3),
                "correlation_of_strangers": round(outside, 3),
            },
            remedy=REPAIRED
            if found.repaired
            else "Name the volumes as patients (--patient), or let Third Eye draw the split: "
            "--split-column none",
            source="SPEC section 3, leak.slice",
            fixes=keep_one_side(found.groups, split, "is of a volume that another part has too"),
        )


def _likeness(exhibits: Exhibits, groups: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Mean correlation of the thumbnails of neighbours in a group, and of as many strangers."""
    place = exhibits.position
    neighbours = [pair for group in groups for pair in pairwise(group)]
    rng = np.random.default_rng(exhibits.seed)
    chosen = [neighbours[n] for n in rng.permutation(len(neighbours))[:_PAIRS]]
    inside = np.array([[place[first], place[second]] for first, second in chosen])
    group_of = {place[image]: number for number, group in enumerate(groups) for image in group}
    strangers = np.column_stack([inside[:, 0], rng.permutation(inside[:, 1])])
    apart = [group_of[first] != group_of[second] for first, second in strangers.tolist()]
    return _correlation(exhibits, inside), _correlation(exhibits, strangers[apart])


def _correlation(exhibits: Exhibits, pairs: np.ndarray) -> float:
    values = []
    for first, second in pairs.tolist():
        both = exhibits.thumbnails[[first, second]].reshape(2, -1).astype(float)
        if both.std(axis=1).min() > 0:
            values.append(np.corrcoef(both)[0, 1])
    return float(np.mean(values)) if values else float("nan")
