"""What the masks of a dataset mark: the structures by name, and which value of a mask is which."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from thirdeye.errors import DataRefused
from thirdeye.intake.collection import Collection
from thirdeye.intake.structure_names import is_background

MOST_STRUCTURES = 64  # that only their values tell apart
MOST_NAMED = 254  # a label map holds bytes, and 255 takes no part
ONE = "foreground"
_BACKGROUND = ("0", "#000000")
_TWO_VALUED = ("empty", "full", "binary", "binary_255", "binary_other", "soft", "noisy")


@dataclass(frozen=True)
class Structures:
    """The classes of a segmentation; background is number 0 and has no name here.

    Args:
        names: of the structures; the first is number 1 in a label map.
        values: value of a mask ("2", "#ff0000") to the number of its structure, for masks that hold several;
            empty where every mask marks one structure.
    """

    names: tuple[str, ...]
    values: Mapping[str, int] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """Of a mask that marks one structure: the number of the structure called `name` ("": the only one).

        Raises:
            DataRefused: there is none of that name.
        """
        if not name and len(self.names) == 1:
            return 1
        if name not in self.names:
            raise DataRefused(f"a mask marks '{name}', but the structures are {', '.join(self.names)}")
        return self.names.index(name) + 1


def structures_of(collection: Collection, masks: pd.DataFrame) -> Structures:
    """The structures that a collection's masks mark.

    Names come from the file names or folders of masks of one structure, from the legend (`mask_values`), or,
    where neither speaks, from the values themselves ("label 2").

    Args:
        collection: with masks.
        masks: their facts, indexed by reference (`thirdeye.intake.mask_pass.facts_of_masks`).

    Raises:
        DataRefused: no mask marks anything, or the masks hold too many values or names to be classes.
    """
    named = sorted({str(name) for name in collection.masks["name"]} - {""})
    if named:
        return Structures(_countable(tuple(named)))
    several = masks[~masks["form"].isin(_TWO_VALUED) & (masks["error"] == "")]
    legend = {v: name for v, name in collection.mask_values.items() if not is_background(v, name)}
    if several.empty and len(legend) < 2:
        if not (masks["coverage"] > 0).any():
            raise DataRefused("no mask marks anything; check that the masks belong to these images")
        return Structures((next(iter(legend.values()), ONE),))
    seen = sorted(
        {value for text in masks["values"] for value in json.loads(text)} - {*_BACKGROUND}, key=_order
    )
    if legend:
        names = _countable(tuple(dict.fromkeys(legend.values())))
        return Structures(names, {value: names.index(name) + 1 for value, name in legend.items()})
    if len(seen) > MOST_STRUCTURES or (several["form"] == "picture").any():
        raise DataRefused(
            f"the masks hold {len(seen)} different values, too many to be structures; if they number single "
            "objects, give masks of 0 and 1, or a legend that names what each value means"
        )
    return Structures(
        tuple(value if value.startswith("#") else f"label {value}" for value in seen),
        {value: index + 1 for index, value in enumerate(seen)},
    )


def _countable(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, where a label map can number them."""
    if len(names) > MOST_NAMED:
        raise DataRefused(
            f"the masks name {len(names)} structures, and a label map holds {MOST_NAMED}; leave out what is "
            "not asked for"
        )
    return names


def _order(value: str) -> tuple[int, float, str]:
    """Numbers by size, then colours."""
    return (1, 0.0, value) if value.startswith("#") else (0, float(value), "")


def without_damaged(collection: Collection, masks: pd.DataFrame) -> Collection:
    """The collection without the masks that one annotator drew of an image, where one of them cannot be read.

    What the others leave free may be what the damaged one marks, so they would call it background.

    Args:
        collection: with masks.
        masks: facts of the masks, indexed by reference.
    """
    drawn = collection.masks
    damaged = drawn["mask"].isin(masks.index[masks["error"] != ""])
    spoilt = set(zip(drawn["image"][damaged], drawn["annotator"][damaged], strict=True))
    kept = [pair not in spoilt for pair in zip(drawn["image"], drawn["annotator"], strict=True)]
    return replace(collection, masks=drawn[kept].reset_index(drop=True))


def with_presence(collection: Collection, structures: Structures, masks: pd.DataFrame) -> Collection:
    """The collection with what each image's masks mark as its label: names joined by ``|``.

    Args:
        collection: with masks.
        structures: of it.
        masks: facts of the masks, indexed by reference.
    """
    there: dict[str, set[int]] = {}
    for image, mask, name in collection.masks[["image", "mask", "name"]].itertuples(index=False):
        there.setdefault(image, set()).update(_numbers_in(masks.loc[mask], name, structures))
    labels = [
        "|".join(structures.names[number - 1] for number in sorted(there.get(image, ())))
        for image in collection.rows["image"]
    ]
    return replace(collection, classes=structures.names, rows=collection.rows.assign(label=labels))


def _numbers_in(facts: pd.Series, name: str, structures: Structures) -> set[int]:
    """Numbers of the structures in one mask."""
    if not facts["coverage"] > 0:
        return set()
    if structures.values and not name:
        return {
            structures.values[value] for value in json.loads(facts["values"]) if value in structures.values
        }
    return {structures.number(name)}
