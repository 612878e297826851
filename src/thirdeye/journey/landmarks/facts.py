"""What the rules of landmarks look at, measured on the development part of a dataset."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.errors import DataRefused
from thirdeye.intake.pixels import load_image
from thirdeye.journey.landmarks.material import reference_points, rows_with_points
from thirdeye.plan.landmarks.rules import LandmarkFacts
from thirdeye.transform.landmarks.mirror import mirror_of

MOST_LOOKED_AT = 12  # images opened to see whether they are in colour
LEAST_IMAGES = 4


def landmark_facts(
    dataset: Dataset,
    table: RegionTable,
    facts: pd.DataFrame,
    *,
    pixels_per_s: float,
    budget_s: float,
    seed: int,
) -> LandmarkFacts:
    """Facts of the development part; the test part is not looked at.

    Args:
        dataset: with parts.
        table: points of the dataset.
        facts: of every image, indexed by reference (`Examination.facts`).
        pixels_per_s: of a canvas, that this machine learns from in a second.
        budget_s, seed: of the run.

    Raises:
        DataRefused: too few development images have a landmark, or volumes are among them.
    """
    rows = rows_with_points(dataset, table, "train", "validation")
    if len(rows) < LEAST_IMAGES:
        raise DataRefused(
            f"{len(rows)} images outside the test part have landmarks; at least {LEAST_IMAGES} are needed"
        )
    own = facts.loc[rows["image"]]
    if set(own["kind"]) != {"image"}:
        raise DataRefused("landmarks are found in images of two dimensions; volumes are among these data")
    points = reference_points(table, rows)
    sides = own[["height", "width"]].to_numpy(float)
    mirror, misfit = mirror_of(points)
    return LandmarkFacts(
        names=table.names,
        n_development=len(rows),
        n_validation=int((rows["split"] == "validation").sum()),
        groups=int(rows["kept_together"].nunique()),
        channels=_channels(dataset, rows),
        deep_share=float((own["bits"] > 8).mean()),
        sides=(float(np.median(sides[:, 0])), float(np.median(sides[:, 1]))),
        beyond=_beyond(points, sides),
        mirror=mirror,
        mirror_misfit=misfit,
        complete=int(np.isfinite(points).all(axis=(1, 2)).sum()),
        pixels_per_s=pixels_per_s,
        budget_s=budget_s,
        seed=seed,
    )


def _channels(dataset: Dataset, rows: pd.DataFrame) -> int:
    step = max(1, len(rows) // MOST_LOOKED_AT)
    seen = [load_image(dataset.root, image).is_colour for image in rows["image"].iloc[::step]]
    return 3 if np.mean(seen) > 0 else 1


def _beyond(points: NDArray[np.float64], sides: NDArray[np.float64]) -> float:
    """Share of a side by which the farthest point lies outside; wild ones are not planned for."""
    shares = points / sides[:, None, ::-1]
    over = np.nanmax(np.maximum(shares - 1, -shares), axis=(1, 2))
    return max(0.0, float(over[over < 1].max(initial=0.0)))
