"""Masks, boxes and points from elsewhere, in the words of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from thirdeye.dataset.masks_file import MaskTable
from thirdeye.dataset.regions_file import RegionTable
from thirdeye.errors import DataRefused
from thirdeye.intake.collection import Collection
from thirdeye.intake.mask_pairs import pair_fields
from thirdeye.intake.mask_pass import facts_of_masks
from thirdeye.intake.structures import ONE, Structures, structures_of, with_presence, without_damaged
from thirdeye.journey.detection.from_masks import needs_masks, with_boxes_of_masks
from thirdeye.journey.external.classes import ClassMatch, match_classes

Mapped = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Marks:
    """What is drawn in external data.

    Args:
        collection: as opened; the label of a row names what is marked in its image, in the reader's words.
        match: names of the data and the reader's.
        masks: of a segmentation.
        regions: of a detection or of landmarks.
        fields: image to the mask that says where the picture is.
    """

    collection: Collection
    match: ClassMatch
    masks: MaskTable | None = None
    regions: RegionTable | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def images(self) -> set[str]:
        """Images in which the reference marks something, or is known to mark nothing."""
        table = self.masks if self.masks is not None else self.regions
        if table is None or table.rows.empty:
            return set()
        first = table.annotators[0]
        return set(table.rows.loc[table.rows["annotator"] == first, "image"])


def masks_elsewhere(collection: Collection, classes: Sequence[str], mapping: Mapped) -> Marks:
    """The masks of external data, numbered as the reader numbers its structures.

    Structures that the reader does not know are background here.

    Args:
        collection: with masks.
        classes: structures of the reader.
        mapping: see `match_classes`.

    Raises:
        DataRefused: no mask marks anything, or names on both sides may mean the same.
        UsageError: the mapping names what is not there.
    """
    measured = facts_of_masks(collection)
    collection = without_damaged(collection, measured)
    theirs = structures_of(collection, measured)
    match = _matched(theirs.names, classes, mapping)
    shown = _renamed_labels(with_presence(collection, theirs, measured), match)
    number = {name: list(classes).index(ours) + 1 for name, ours in match.known.items()}
    values = {
        value: number[theirs.names[at - 1]]
        for value, at in theirs.values.items()
        if theirs.names[at - 1] in number
    }
    rows = collection.masks
    if not theirs.values:
        rows = rows.assign(name=rows["name"].where(rows["name"] != "", theirs.names[0]))
    known = (rows["name"] == "") | rows["name"].isin(list(match.known))
    rows = rows[known].assign(name=rows["name"][known].map(lambda name: match.known.get(name, "")))
    fields = pair_fields(collection.rows["image"], collection.leftovers.get("field_of_view", ()))
    return Marks(
        shown,
        match,
        masks=MaskTable(rows.reset_index(drop=True), Structures(tuple(classes), values)),
        fields=fields,
    )


def boxes_elsewhere(
    collection: Collection, classes: Sequence[str], mapping: Mapped, facts: pd.DataFrame
) -> Marks:
    """The boxes of external data, or those around the pieces of its masks.

    Boxes of a class that the reader does not know keep their name, and are counted as left out.

    Args:
        collection: with boxes or masks.
        classes: of the reader.
        mapping: see `match_classes`.
        facts: of every image.

    Raises:
        DataRefused: there is no box, or names on both sides may mean the same.
        UsageError: the mapping names what is not there.
    """
    if needs_masks(collection):
        collection = with_boxes_of_masks(collection, facts)
    return _regions(collection, "box", classes, mapping, keep_unknown=True)


def points_elsewhere(collection: Collection, classes: Sequence[str], mapping: Mapped) -> Marks:
    """The points of external data under the reader's names; others are left out.

    Args, Raises: as `boxes_elsewhere`.
    """
    return _regions(collection, "point", classes, mapping, keep_unknown=False)


def _regions(
    collection: Collection, kind: str, classes: Sequence[str], mapping: Mapped, *, keep_unknown: bool
) -> Marks:
    rows = collection.regions
    rows = rows[(rows["kind"] == kind) & rows["image"].isin(collection.rows["image"])]
    if rows.empty:
        raise DataRefused(f"the external data hold no {kind}: without the truth nothing can be measured")
    match = _matched(tuple(dict.fromkeys(rows["name"])), classes, mapping)
    if not keep_unknown:
        rows = rows[rows["name"].isin(list(match.known))]
    rows = rows.assign(name=[match.known.get(name, name) for name in rows["name"]]).reset_index(drop=True)
    there = {image: "|".join(sorted(set(own) & set(classes))) for image, own in rows.groupby("image")["name"]}
    labels = [there.get(image, "") for image in collection.rows["image"]]
    shown = replace(collection, rows=collection.rows.assign(label=labels))
    return Marks(shown, match, regions=RegionTable(rows, tuple(classes)))


def _matched(found: Sequence[str], classes: Sequence[str], mapping: Mapped) -> ClassMatch:
    """As of classes; where each side has one thing and one of the two has no name, they are the same."""
    if len(found) == len(classes) == 1 and ONE in (found[0], classes[0]) and not mapping:
        return ClassMatch({found[0]: classes[0]}, (), ())
    return match_classes(found, classes, mapping=mapping)


def _renamed_labels(collection: Collection, match: ClassMatch) -> Collection:
    labels = [
        "|".join(match.known[name] for name in label.split("|") if name in match.known)
        for label in collection.rows["label"]
    ]
    return replace(collection, rows=collection.rows.assign(label=labels))
