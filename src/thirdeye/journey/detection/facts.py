"""What the rules of a detection look at, measured on the development part of a dataset."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.errors import DataRefused
from thirdeye.journey.detection.reference import judged_rows, reference_boxes
from thirdeye.plan.detection.rules import DetectionFacts

SAMPLE = 5000  # boxes whose sizes and shapes the rules see
SMALL, LARGE, WIDE = 0.10, 0.99, 0.95  # quantiles


def detection_facts(
    dataset: Dataset,
    table: RegionTable,
    facts: pd.DataFrame,
    *,
    pixels_per_s: float,
    budget_s: float,
    seed: int,
) -> DetectionFacts:
    """Facts of the development part; the test part is not looked at.

    Args:
        dataset: with parts.
        table: boxes of the dataset.
        facts: of every image, indexed by reference (`Examination.facts`).
        pixels_per_s: pixels of windows that this machine learns from in a second.
        budget_s, seed: of the run.

    Raises:
        DataRefused: volumes or signals, or no development image has a box that can be learnt from.
    """
    rows = judged_rows(dataset, "train", "validation")
    own = facts.loc[rows["image"]]
    strange = sorted(set(own["kind"]) - {"image"})
    if strange:
        raise DataRefused(f"boxes are learnt in images; these data hold {strange[0]}s")
    boxes, kinds = _boxes(table, own)
    if not len(boxes):
        raise DataRefused("no image outside the test part has a box that can be learnt from")
    sides = boxes[:, 2:] - boxes[:, :2]
    sizes, step = np.sqrt(sides.prod(axis=1)), max(1, len(boxes) // SAMPLE)
    return DetectionFacts(
        classes=table.names,
        n_development=len(rows),
        n_validation=int((rows["split"] == "validation").sum()),
        groups=int(rows["kept_together"].nunique()),
        height_px=float(own["height"].quantile(WIDE)),
        width_px=float(own["width"].quantile(WIDE)),
        longer_px=float(own[["height", "width"]].max(axis=1).median()),
        deep_share=float((own["bits"] > 8).mean()),
        colour_share=float(own["is_colour"].astype(bool).mean()),
        small_px=min(float(np.quantile(sizes[kinds == kind], SMALL)) for kind in np.unique(kinds)),
        large_px=float(np.quantile(sides.max(axis=1), LARGE)),
        sizes=tuple(sizes[::step].tolist()),
        ratios=tuple((sides[:, 1] / sides[:, 0])[::step].tolist()),
        boxes=len(boxes),
        pixels_per_s=pixels_per_s,
        budget_s=budget_s,
        seed=seed,
    )


def _boxes(table: RegionTable, own: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All boxes (n, 4) of the reference in these images, and their classes (n,)."""
    first = (table.annotators or ("",))[0]
    found = [
        reference_boxes(table, str(image), first, height=int(height), width=int(width))
        for image, height, width in zip(own.index, own["height"], own["width"], strict=True)
    ]
    return np.concatenate([one.boxes for one in found]), np.concatenate([one.classes for one in found])
