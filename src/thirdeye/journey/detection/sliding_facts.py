"""What the rules of sliding look at, measured on the boxes outside the test part."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.journey.detection.reference import ReferenceBoxes, judged_rows, reference_boxes
from thirdeye.plan.detection.sliding import OBJECT_PX, SlidingFacts


def sliding_facts(
    dataset: Dataset,
    regions: RegionTable,
    facts: pd.DataFrame,
    *,
    has_bf16: bool,
    patches_per_s: Callable[[int], float],
) -> SlidingFacts:
    """Sizes, numbers and distances of the boxes of the development part.

    Args:
        dataset: with parts.
        regions: boxes of the dataset.
        facts: of every image, indexed by reference (`Examination.facts`).
        has_bf16: whether the processor multiplies bf16 in hardware.
        patches_per_s: channels to the patches that this machine learns from in a second.
    """
    rows = judged_rows(dataset, "train", "validation")
    sizes = facts.loc[rows["image"], ["height", "width"]].to_numpy(np.int64)
    drawn = [
        reference_boxes(regions, image, regions.annotators[0], height=int(height), width=int(width))
        for image, (height, width) in zip(rows["image"], sizes, strict=True)
    ]
    longest = sizes.max(axis=1)
    sides = [_sides(one) for one in drawn]
    shares = np.concatenate([np.zeros(0), *(own / long for own, long in zip(sides, longest, strict=True))])
    every = np.concatenate([np.zeros(0), *sides])
    counts = np.array([len(own) for own in sides if len(own)])
    gaps = np.concatenate([np.zeros(0), *(_nearest(one) for one in drawn)])
    channels = 3 if facts.loc[rows["image"], "is_colour"].any() else 1
    low, high = np.percentile(every, (10, 90)) if every.size else (1.0, 1.0)
    return SlidingFacts(
        sizes_px=typical_sizes(drawn, len(regions.names)),
        small_share=float(np.median(shares)) if shares.size else 1.0,
        spread=float(high / max(low, 1e-6)),
        per_image=float(np.median(counts)) if counts.size else 0.0,
        nearest_px=float(np.percentile(gaps, 5)) if gaps.size else 0.0,
        channels=channels,
        has_bf16=has_bf16,
        patches_per_s=patches_per_s(channels),
    )


def typical_sizes(drawn: list[ReferenceBoxes], n_classes: int) -> tuple[tuple[float, float], ...]:
    """Median (width, height) of each class; of all where a class has no box."""
    boxes = np.concatenate([np.zeros((0, 4)), *(one.boxes for one in drawn)])
    classes = np.concatenate([np.zeros(0, np.int64), *(one.classes for one in drawn)])
    extents = boxes[:, 2:] - boxes[:, :2]
    every = np.median(extents, axis=0) if len(extents) else np.array([OBJECT_PX, OBJECT_PX])
    found = []
    for number in range(n_classes):
        own = extents[classes == number]
        width, height = np.median(own, axis=0) if len(own) else every
        found.append((float(f"{width:.4g}"), float(f"{height:.4g}")))
    return tuple(found)


def _sides(one: ReferenceBoxes) -> NDArray[np.float64]:
    return np.asarray((one.boxes[:, 2:] - one.boxes[:, :2]).mean(axis=1).reshape(-1), np.float64)


def _nearest(one: ReferenceBoxes) -> NDArray[np.float64]:
    """Distance from each object's middle to the nearest other one."""
    middles = (one.boxes[:, :2] + one.boxes[:, 2:]) / 2
    if len(middles) < 2:
        return np.zeros(0)
    gaps = np.linalg.norm(middles[:, None] - middles[None], axis=2)
    np.fill_diagonal(gaps, np.inf)
    return np.asarray(gaps.min(axis=1), np.float64)
