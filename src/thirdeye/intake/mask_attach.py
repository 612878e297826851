"""Masks that lie beside images which are sorted into classes: kept with their image, not classified."""

from __future__ import annotations

from dataclasses import replace

from thirdeye.intake.mask_pairs import pair_masks
from thirdeye.intake.reading import Reading
from thirdeye.intake.words import counted


def attach_masks(reading: Reading) -> Reading:
    """The reading with the masks that its layout left aside and whose image is among its rows."""
    left = reading.leftovers.get("mask", ())
    if not left or len(reading.masks):
        return reading
    masks = set(left)
    pairs = pair_masks((*dict.fromkeys(reading.rows["image"]), *left))
    found = pairs.masks[
        pairs.masks["mask"].isin(masks) & pairs.masks["image"].isin(set(reading.rows["image"]))
    ]
    if found.empty:
        return reading
    leftovers = {**reading.leftovers, "mask": tuple(mask for mask in left if mask not in set(found["mask"]))}
    sentence = f"{counted(len(found), 'mask')} beside the images: kept with them, not classified."
    return replace(
        reading,
        masks=found.reset_index(drop=True),
        leftovers=leftovers,
        sentences=(*reading.sentences, sentence),
    )
