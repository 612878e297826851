"""The fingerprint: what the plan needs to know about the data and the machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from thirdeye.dataset.machine import Machine, this_machine
from thirdeye.dataset.table import Dataset
from thirdeye.errors import StudyMismatch
from thirdeye.intake.class_counts import count_classes, count_images

FINGERPRINT_VERSION = 1


@dataclass(frozen=True)
class Spread:
    """Smallest, median and largest of a quantity."""

    minimum: float
    median: float
    maximum: float


@dataclass(frozen=True)
class Fingerprint:
    """Facts about a dataset; counts are of images that take part, unless said otherwise.

    Args:
        task, classes, positive, group, split_origin: as in `Dataset`.
        images, cases, patients: numbers; patients counts groups of `group`.
        excluded: number of images left out.
        splits: part to number of images.
        class_counts: part to class to number of images ("all": of every part).
        class_patients: class to number of patients.
        height_px, width_px, aspect: spread over images; aspect is width divided by height.
        one_size: True when all images have one size.
        colour_share: share of images with colour, 0 to 1.
        bits: bits to number of images (as text keys, as JSON has them).
        formats, modalities, sites: name to number of images; unknown ones are not counted.
        intensity_mean, intensity_std: spread of each image's mean and standard deviation, as a share of the
            range of its type (0 to 1); floats as they are.
        used_range: spread of each image's largest value as a share of its range: 0.06 means 12-bit data in
            a 16-bit file.
        deep_grey_share: share of images with more than 8 bits.
        machine: what it will run on.
    """

    task: str
    classes: tuple[str, ...]
    positive: str | None
    group: str
    split_origin: str
    images: int
    cases: int
    patients: int
    excluded: int
    splits: Mapping[str, int]
    class_counts: Mapping[str, Mapping[str, int]]
    class_patients: Mapping[str, int]
    height_px: Spread
    width_px: Spread
    aspect: Spread
    one_size: bool
    colour_share: float
    bits: Mapping[str, int]
    formats: Mapping[str, int]
    modalities: Mapping[str, int]
    sites: Mapping[str, int]
    intensity_mean: Spread
    intensity_std: Spread
    used_range: Spread
    deep_grey_share: float
    machine: Machine

    def as_json(self) -> dict[str, Any]:
        """The form of ``fingerprint.json``."""
        return {"version": FINGERPRINT_VERSION, **asdict(self), "classes": list(self.classes)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Fingerprint:
        """The fingerprint that `as_json` gave.

        Raises:
            StudyMismatch: another version, or a field is missing.
        """
        if content.get("version") != FINGERPRINT_VERSION:
            raise StudyMismatch(
                f"fingerprint.json has version {content.get('version')!r}; expected {FINGERPRINT_VERSION}"
            )
        missing = [field.name for field in fields(cls) if field.name not in content]
        if missing:
            raise StudyMismatch(
                f"fingerprint.json lacks {', '.join(missing)}; run the study again from 'check'"
            )
        values = {field.name: content[field.name] for field in fields(cls)}
        for name in _SPREADS:
            values[name] = Spread(**values[name])
        values["classes"] = tuple(values["classes"])
        values["machine"] = Machine(**values["machine"])
        return cls(**values)


_SPREADS = ("height_px", "width_px", "aspect", "intensity_mean", "intensity_std", "used_range")


def fingerprint(dataset: Dataset, *, images: pd.DataFrame, machine: Machine | None = None) -> Fingerprint:
    """Compute the fingerprint of a dataset.

    Args:
        dataset: with parts and folds.
        images: facts of every image, indexed by its reference (`Examination.facts`).
        machine: what it will run on; measured when None (then without GPUs).
    """
    rows = dataset.rows[dataset.rows["split"] != "excluded"]
    facts = images.loc[rows["image"]]
    full = facts["bits"].map(lambda bits: 2.0**bits - 1 if bits <= 16 else 1.0)
    parts = [part for part in ("train", "validation", "test") if (rows["split"] == part).any()]
    return Fingerprint(
        task=dataset.task,
        classes=dataset.classes,
        positive=dataset.positive,
        group=dataset.group,
        split_origin=dataset.split_origin,
        images=len(rows),
        cases=int(rows["case"].nunique()),
        patients=int(rows["patient"].nunique()),
        excluded=len(dataset.rows) - len(rows),
        splits={part: int((rows["split"] == part).sum()) for part in parts},
        class_counts={
            "all": count_images(rows, dataset.classes),
            **{part: count_images(rows[rows["split"] == part], dataset.classes) for part in parts},
        },
        class_patients=count_classes(rows, dataset.classes),
        height_px=_spread(facts["height"]),
        width_px=_spread(facts["width"]),
        aspect=_spread(facts["width"] / facts["height"]),
        one_size=len(facts[["height", "width"]].drop_duplicates()) == 1,
        colour_share=round(float(facts["is_colour"].mean()), 4),
        bits=_numbers(facts["bits"].astype(str)),
        formats=_numbers(facts["format"]),
        modalities=_numbers(facts["modality"]),
        sites=_numbers(rows["site"]),
        intensity_mean=_spread(facts["mean"] / full),
        intensity_std=_spread(facts["std"] / full),
        used_range=_spread(facts["maximum"] / full),
        deep_grey_share=round(float((facts["bits"] > 8).mean()), 4),
        machine=machine or this_machine(),
    )


def _spread(values: pd.Series) -> Spread:
    numbers = values.to_numpy(dtype=np.float64)
    low, middle, high = (float(f"{v:.6g}") for v in (numbers.min(), np.median(numbers), numbers.max()))
    return Spread(low, middle, high)


def _numbers(values: pd.Series) -> dict[str, int]:
    counts = values[values != ""].value_counts()
    return {str(name): int(counts[name]) for name in sorted(counts.index)}
