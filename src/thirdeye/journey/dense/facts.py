"""What the rules of a segmentation look at, measured on the development part of a dataset."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.reorient import reoriented
from thirdeye.case.volume import Volume
from thirdeye.dataset.masks_file import MaskTable
from thirdeye.dataset.table import Dataset
from thirdeye.errors import DataRefused
from thirdeye.intake.joined import load_channels
from thirdeye.intake.label_map import label_map
from thirdeye.journey.dense.channels import files_of_case, first_channels
from thirdeye.plan.dense.rules import DenseFacts
from thirdeye.transform.dense.prepare import ORIENTATION, TAILS

MOST_LOOKED_AT = 40  # images whose pixels are looked at for thickness, shares and windows
VALUES_A_CASE = 20_000


def dense_facts(
    dataset: Dataset,
    masks: MaskTable,
    facts: pd.DataFrame,
    *,
    has_bf16: bool,
    voxels_per_s: float,
    budget_s: float,
    seed: int,
) -> DenseFacts:
    """Facts of the development part; the test part is not looked at.

    Args:
        dataset: with parts.
        masks: of the dataset.
        facts: of every image, indexed by reference (`Examination.facts`).
        has_bf16: whether the processor multiplies bf16 in hardware.
        voxels_per_s: that this machine learns from in a second with the planned network.
        budget_s, seed: of the run.

    Raises:
        DataRefused: images and volumes are mixed, or no development image has a mask.
    """
    rows = dataset.part("train", "validation")
    with_mask = first_channels(dataset, rows[rows["image"].isin(masks.rows["image"])])
    if with_mask.empty:
        raise DataRefused("no image outside the test part has a mask; there is nothing to learn from")
    kinds = set(facts.loc[with_mask["image"], "kind"])
    if kinds not in ({"image"}, {"volume"}):
        raise DataRefused(
            f"these data mix {' and '.join(f'{kind}s' for kind in sorted(kinds))}; give one kind"
        )
    axes = 3 if kinds == {"volume"} else 2
    step = max(1, len(with_mask) // MOST_LOOKED_AT)
    looks = [_look(dataset, masks, image) for image in with_mask["image"].iloc[::step][:MOST_LOOKED_AT]]
    own = facts.loc[with_mask["image"]]
    inside = np.concatenate([look.inside for look in looks])
    return DenseFacts(
        classes=masks.structures.names,
        n_development=len(with_mask),
        n_validation=int((with_mask["split"] == "validation").sum()),
        groups=int(with_mask["kept_together"].nunique()),
        axes=axes,
        channels=int(np.median([look.channels for look in looks])),
        sides=tuple(float(side) for side in np.median([look.sides for look in looks], axis=0)),
        spacing_mm=tuple(float(one) for one in np.median([look.spacing for look in looks], axis=0)),
        modality=str(own["modality"].mode().iloc[0]),
        deep_share=float((own["bits"] > 8).mean()),
        window=_window(inside),
        thickness_px=min((min(look.thickness) for look in looks if look.thickness), default=0.0),
        smallest_share=_smallest(looks, len(masks.structures.names)),
        has_bf16=has_bf16,
        voxels_per_s=voxels_per_s,
        budget_s=budget_s,
        seed=seed,
    )


class _Look:
    """One image with its masks."""

    def __init__(self, item: Image | Volume, numbers: NDArray[np.uint8]) -> None:
        turned = item.pixels if isinstance(item, Image) else reoriented(item, ORIENTATION).voxels
        axes = 2 if isinstance(item, Image) else 3
        self.sides = turned.shape[:axes]
        self.channels = turned.shape[axes] if turned.ndim > axes else 1
        self.spacing = (
            (1.0, 1.0) if isinstance(item, Image) else reoriented(item, ORIENTATION).geometry.spacing_mm
        )
        values = (item.pixels if isinstance(item, Image) else item.voxels)[numbers > 0].ravel()
        self.inside = values[:: max(1, values.size // VALUES_A_CASE)].astype(np.float64)
        counts = np.bincount(numbers.ravel())
        self.shares = {
            number: counts[number] / numbers.size for number in range(1, len(counts)) if counts[number]
        }
        self.thickness = [_thickness(numbers == number) for number in self.shares] if axes == 2 else []


def _look(dataset: Dataset, masks: MaskTable, image: str) -> _Look:
    item = load_channels(dataset.root, files_of_case(dataset, image))
    sides = (item.height, item.width) if isinstance(item, Image) else item.voxels.shape[:3]
    drawn = masks.of(image, masks.annotators[0])
    return _Look(item, label_map(dataset.root, drawn, masks.structures, sides).numbers)


def _thickness(mask: NDArray[np.bool_]) -> float:
    """Four times the mean distance from the border, in pixels: the width of a strip."""
    from scipy import ndimage

    return float(4 * ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1][mask].mean() - 2)


def _smallest(looks: list[_Look], n_structures: int) -> float:
    medians = []
    for number in range(1, n_structures + 1):
        shares = [look.shares[number] for look in looks if number in look.shares]
        if shares:
            medians.append(float(np.median(shares)))
    return min(medians, default=0.0)


def _window(inside: NDArray[np.float64]) -> tuple[float, float, float, float]:
    if not inside.size:
        raise DataRefused("no mask marks anything; check that the masks belong to these images")
    low, high = np.percentile(inside, TAILS)
    cut = np.clip(inside, low, high)
    return float(low), float(high), float(cut.mean()), float(cut.std())
