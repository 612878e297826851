"""A traditional technique on the same images: hand-crafted channels, a sliding window, boosted trees."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.explanation.overlay import display
from thirdeye.inference.detection.detections import Detections
from thirdeye.intake.pixels import load_image
from thirdeye.journey.detection.judging import Judged
from thirdeye.journey.detection.reference import judged_rows, reference_boxes
from thirdeye.plan.detection.plan import DetectionPlan
from thirdeye.training.channels.detector import ChannelDetector
from thirdeye.training.channels.fit import ROUNDS, Taught, fit_channel_detector
from thirdeye.training.channels.windows import FEATURES
from thirdeye.training.event import Event, Listener

SHARE = 0.1  # of the time budget, for the traditional technique
LEAST_FITTING_S = 3.0
LEAST_READING_S = 30.0  # for the test images: a comparison on a few of them would say little
LONGEST_PX = 800
INTENSITY = {"range": "full_range", "image": "percentile"}  # of a plan, as pictures are made
_READING = 0.25  # share of the time that reading the test images may take
DESCRIPTION = (
    "Aggregated channel features (brightness, two colour differences, strength and six directions of edges, "
    "in cells of 4 pixels), and a window slid over the image in sizes a third of an octave apart. A linear "
    f"look at all windows is fitted with {ROUNDS} rounds of hard negatives; boosted trees judge the best "
    "windows again, and a regression fits the box."
)


@dataclass(frozen=True)
class Traditional:
    """What the traditional technique found.

    Args:
        found: test image to its detections.
        n_images: development images that it was fitted on.
        detector: the fitted technique.
        left_out: test images that it did not read, since its time was over.
    """

    found: dict[str, Detections]
    n_images: int
    detector: ChannelDetector
    left_out: int = 0

    @property
    def description(self) -> str:
        """One paragraph."""
        if not self.left_out:
            return DESCRIPTION
        return f"{DESCRIPTION} {self.left_out} test images were left out when its time was over."

    def as_json(self) -> dict[str, Any]:
        """The entry "traditional" in evaluation.json."""
        trees = f"boosted trees, {self.detector.n_trees} a class, on {self.n_images} images"
        return {
            "description": self.description, "n_features": FEATURES,
            "chosen": [{"name": trees, "n_folds": 1}], "techniques": [], "left_out": [], "importance": [],
        }  # fmt: skip


def find_traditionally(
    dataset: Dataset, table: RegionTable, test: Judged, plan: DetectionPlan, *, seconds: float,
    tell: Listener, root: Path | None = None,
) -> Traditional | None:  # fmt: skip
    """Fit on the development images and read the test images; None where there is no box to learn from.

    Args:
        dataset, table: of the study.
        test: the images to read.
        plan: classes, intensity and seed.
        seconds: aim for fitting and reading; `LEAST_FITTING_S` and `LEAST_READING_S` are allowed in any case.
        tell: hears how it goes.
        root: of the test images; None: that of the dataset.
    """
    began = time.monotonic()
    rows = judged_rows(dataset, "train", "validation")
    order = np.random.default_rng(plan.seed).permutation(len(rows))
    names = rows["image"].to_numpy(object)[order]

    def taught() -> Iterator[Taught]:
        for name in names:
            image = load_image(dataset.root, name)
            picture, scale = _picture(image, plan)
            truth = reference_boxes(table, name, table.annotators[0], height=image.height, width=image.width)
            yield Taught(picture, truth.boxes * scale, truth.classes)

    sample = [one.boxes for _, one in zip(range(40), taught(), strict=False)]
    boxes = np.concatenate([*sample, np.zeros((0, 4))])
    if not len(boxes):
        return None
    for_fitting = (1 - _READING) * seconds - (time.monotonic() - began)
    detector, n_images = fit_channel_detector(
        taught, boxes, n_classes=len(plan.classes), seconds=max(LEAST_FITTING_S, for_fitting), seed=plan.seed
    )
    found: dict[str, Detections] = {}
    until = max(began + seconds, time.monotonic() + LEAST_READING_S)
    for done, case in enumerate(test.cases):
        if time.monotonic() > until:
            break
        found[case.name] = _read(detector, load_image(root or dataset.root, case.name), plan)
        tell(Event("progress", "test images read by the traditional technique", (done + 1) / len(test.cases)))
    return Traditional(found, n_images, detector, len(test.cases) - len(found))


def _read(detector: ChannelDetector, image: Image, plan: DetectionPlan) -> Detections:
    picture, scale = _picture(image, plan)
    found = detector.find(picture)
    return Detections.ordered(found.boxes / scale, found.scores, found.classes)


def _picture(image: Image, plan: DetectionPlan) -> tuple[NDArray[np.uint8], float]:
    """The image as a person sees it, and its size over that of the image."""
    longest = max(image.height, image.width)
    side = min(longest, LONGEST_PX)
    return display(image, intensity=INTENSITY[plan.intensity], largest_side=side), side / longest
