"""How well several annotators agree on the outline of the same structure."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.signal import Signal
from thirdeye.errors import UnreadableFile
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.overlap import overlap
from thirdeye.evaluation.proper_scores import mean_metric
from thirdeye.evaluation.surface_distance import surface_distances
from thirdeye.intake.collection import Collection
from thirdeye.intake.mask_values import foreground, form_of, values_of
from thirdeye.intake.pixels import load
from thirdeye.intake.workers import Lost, Task, each

MOST_IMAGES = 500
_NEAR_PX = 2.0


@dataclass(frozen=True)
class MaskAgreement:
    """Overlap of masks that several annotators drew of the same images.

    Args:
        table: one row per image: ``image``, ``pairs``, ``dice``, ``nsd`` (NaN where undefined).
        annotators: their names.
        metrics: Dice, then the share of outline within 2 pixels.
        lost: images whose masks could not be compared, with the reason.
        left_out: images beyond the first `MOST_IMAGES`.
    """

    table: pd.DataFrame
    annotators: tuple[str, ...]
    metrics: tuple[Metric, ...]
    lost: dict[str, str]
    left_out: int


def mask_agreement(collection: Collection, *, seed: int = 0) -> MaskAgreement | None:
    """Dice between the annotators of a collection, averaged over pairs, then images; None without two.

    The interval is over patients (over images where none is known).
    """
    pairs = _pairs(collection.masks)
    images = list(dict.fromkeys(image for image, _, _ in pairs))
    if not images:
        return None
    kept = set(images)
    if len(images) > MOST_IMAGES:
        drawn = np.random.default_rng(seed).choice(len(images), MOST_IMAGES, replace=False)
        kept = {images[i] for i in drawn}
    asked = [pair for pair in pairs if pair[0] in kept]
    rows, lost = [], {}
    with closing(each(compare_masks, (Task((collection.root, a, b)) for _, a, b in asked))) as answers:
        for (image, _, _), answer in zip(asked, answers, strict=True):
            if isinstance(answer, Lost):
                lost[image] = answer.reason
            else:
                rows.append((image, *answer))
    frame = pd.DataFrame(rows, columns=["image", "dice", "nsd"])
    grouped = frame.groupby("image", sort=False)
    table = grouped[["dice", "nsd"]].mean().assign(pairs=grouped.size()).reset_index()
    who = collection.masks["annotator"]
    return MaskAgreement(
        table=table,
        annotators=tuple(sorted(set(who[collection.masks["image"].isin(kept)]))),
        metrics=tuple(_metrics(table, collection)),
        lost=lost,
        left_out=len(images) - len(kept),
    )


def compare_masks(root: Path, one: str, other: str) -> tuple[float, float]:
    """Dice, and the share of both outlines within 2 pixels of each other (NSD); NaN where both are empty.

    Runs in a worker.

    Raises:
        UnreadableFile: one cannot be read, or they differ in size.
    """
    first, second = (_marked(root, reference) for reference in (one, other))
    if first.shape != second.shape:
        raise UnreadableFile(other, f"has another size than '{one}'")
    dice = overlap(first, second).dice
    distances = surface_distances(first, second) if dice else None
    near = distances.nsd(_NEAR_PX) if distances is not None else None
    return (np.nan if dice is None else dice), (np.nan if near is None else near)


def _marked(root: Path, reference: str) -> NDArray[np.bool_]:
    item = load(root, reference)
    if isinstance(item, Signal):
        raise UnreadableFile(reference, "is a signal, not a mask")
    is_image = isinstance(item, Image)
    pixels = item.pixels if isinstance(item, Image) else item.voxels
    values, counts, codes = values_of(pixels, is_volume=not is_image)
    form, _ = form_of(values, counts, file_format=str(item.attributes.get("format", "")))
    return foreground(codes, values, form)


def _pairs(masks: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Image and two masks of the same structure by different annotators, where each drew one."""
    named = masks[masks["annotator"] != ""]
    found = []
    for (image, _), held in named.groupby(["image", "name"], sort=False):
        if held["annotator"].nunique() != len(held):
            continue
        found += [(str(image), a, b) for a, b in combinations(held["mask"], 2)]
    return found


def _metrics(table: pd.DataFrame, collection: Collection) -> list[Metric]:
    rows = collection.rows.drop_duplicates("image").set_index("image")
    who = rows["patient"].where(rows["patient"] != "", rows.index.to_series())
    found = []
    for column, name, meaning in (
        ("dice", "dice", "Dice between annotators, averaged over pairs and then images"),
        ("nsd", f"nsd_{_NEAR_PX:g}px", f"share of both outlines within {_NEAR_PX:g} pixels of each other"),
    ):
        known = table[table[column].notna()]
        if len(known):
            patients = known["image"].map(who).astype(str).to_numpy()
            metric = mean_metric(known[column].to_numpy(), name=name, clusters=patients, convention=meaning)
            empty = len(table) - len(known)
            found.append(metric.with_(n_excluded={"both masks empty": empty} if empty else {}))
    return found
