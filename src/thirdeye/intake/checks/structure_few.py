"""Structures (classes of masks, boxes and points) that too few cases show."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.collection import CLASSIFICATION, Collection
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.structure_names import is_background
from thirdeye.intake.words import counted, listed

LEAST, FEW = 5, 30
_SOURCE = "Each class needs cases in the training, validation and test parts"


@register_check("structure.few", title="Cases per structure", about="volume")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Error below 5 cases of all structures, warning below 30 of one, or where a part lacks one."""
    collection = exhibits.collection
    if collection.task in CLASSIFICATION or collection.task == "unlabelled":
        raise NotApplicable("the images are sorted into classes, not marked")
    shown = structures(exhibits)
    rows = collection.rows.drop_duplicates("image").set_index("image")
    shown = shown[shown["image"].isin(rows.index)]
    who = rows["patient"].where(rows["patient"] != "", rows.index.to_series())
    shown = shown.assign(who=shown["image"].map(who), split=shown["image"].map(rows["split"]))
    counts = shown.groupby("name", sort=False)["who"].nunique().to_dict()
    few = {name or "the structure": int(number) for name, number in counts.items() if number < FEW}
    unit = "patients" if collection.patient_known else "images"
    if few:
        blocks = all(number < LEAST for number in counts.values())
        words = listed([f"{name} ({number})" for name, number in few.items()], 8)
        yield Finding(
            check="structure.few",
            severity="error" if blocks else "warning",
            message=f"Fewer than {LEAST if blocks else FEW} {unit} show: {words}.",
            evidence={"counts": few},
            remedy="Add cases; with so few, figures have wide intervals",
            source=_SOURCE,
        )
    yield from _missing_from_parts(shown, set(rows["split"]))


def structures(exhibits: Exhibits) -> pd.DataFrame:
    """Which image shows what: one row per image and name ("" where masks hold one unnamed structure)."""
    collection = exhibits.collection
    found = [collection.regions[["image", "name"]], _of_masks(collection, exhibits.mask_facts)]
    return pd.concat([part for part in found if len(part)] or found[:1]).drop_duplicates()


def _of_masks(collection: Collection, facts: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for mask in collection.masks.itertuples():
        if mask.mask not in facts.index or facts.at[mask.mask, "error"]:
            continue
        if not facts.at[mask.mask, "coverage"]:
            continue
        if mask.name or not collection.mask_values:
            rows.append((mask.image, mask.name))
            continue
        held = json.loads(str(facts.at[mask.mask, "values"]))
        known = {v: n for v, n in collection.mask_values.items() if not is_background(v, n)}
        rows += [(mask.image, known[value]) for value in held if value in known]
    return pd.DataFrame(rows, columns=["image", "name"], dtype=object)


def _missing_from_parts(shown: pd.DataFrame, parts: set[str]) -> Iterator[Finding]:
    for part in ("train", "test"):
        if part not in parts:
            continue
        held = set(shown["name"][shown["split"] == part])
        missing = [name or "the structure" for name in dict.fromkeys(shown["name"]) if name not in held]
        if missing:
            yield Finding(
                check="structure.few",
                severity="warning",
                message=f"No image of the {part} part shows {listed(missing, 8)} "
                f"({counted(len(missing), 'structure')}).",
                evidence={"part": part, "missing": missing},
                remedy="Move cases of it into this part, or leave the structure out",
                source=_SOURCE,
            )
