"""What was drawn beside what was found, image by image: the material of the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.errors import StudyMismatch
from thirdeye.evaluation.box_set import BoxSet, box_set
from thirdeye.evaluation.boxes import BoxCase
from thirdeye.inference.detection.detections import Detections
from thirdeye.intake.pixels import load_image
from thirdeye.journey.detection.reference import ReferenceBoxes, judged_rows, reference_boxes
from thirdeye.journey.material import VALIDATION_FILE

Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Judged:
    """Images of one part with what was drawn and found.

    Args:
        cases: in the order of the rows; their names are references of images.
        patients: image to patient; None where no patient is known.
        left_out: reason to number of boxes of the reference that are not judged.
        others: other annotator to their boxes, as marks of score 1, in the images that they drew in.
    """

    cases: list[BoxCase]
    patients: dict[str, str] | None
    left_out: Counter[str] = field(default_factory=Counter)
    others: dict[str, list[BoxCase]] = field(default_factory=dict)

    def boxes(self, classes: tuple[str, ...]) -> BoxSet:
        """Matched, ready to be measured."""
        return box_set(self.cases, classes=classes, clusters=self.patients)

    def with_found(self, found: dict[str, Detections]) -> list[BoxCase]:
        """The same lesions with the marks of somebody else, in the images that they read."""
        return [
            boxes_of(case.name, _truth(case), found[case.name]) for case in self.cases if case.name in found
        ]


def judged_test(
    dataset: Dataset, table: RegionTable, find: Callable[[Image], Detections], *, told: Told
) -> Judged:
    """Every annotated test image, read as `thirdeye read` reads new ones.

    Args:
        dataset: of the study.
        table: the boxes.
        find: reads an image.
        told: hears how many of how many were read.
    """
    rows = judged_rows(dataset, "test")

    def read() -> Iterator[tuple[str, Image, Detections]]:
        for done, name in enumerate(rows["image"]):
            image = load_image(dataset.root, name)
            yield name, image, find(image)
            told(done + 1, len(rows))

    return _judged(dataset, table, rows, read())


def judged_validation(study: Study, dataset: Dataset, table: RegionTable) -> Judged:
    """Development images as training left them: each read by networks that had not seen it.

    Raises:
        StudyMismatch: what training left is missing, or belongs to other rows.
    """
    rows = judged_rows(dataset, "train", "validation")
    if not study.has(VALIDATION_FILE):
        raise StudyMismatch(f"the study has no {VALIDATION_FILE}; train it again")
    with np.load(study.path(VALIDATION_FILE), allow_pickle=False) as saved:
        places = sorted(
            int(name.removeprefix("scores_")) for name in saved.files if name.startswith("scores_")
        )
        if places and places[-1] >= len(rows):
            raise StudyMismatch(f"{VALIDATION_FILE} tells of image {places[-1]} of {len(rows)}; train again")
        found = {
            place: Detections.ordered(*(saved[f"{part}_{place}"] for part in ("boxes", "scores", "classes")))
            for place in places
        }
    names = rows["image"].tolist()
    read = ((names[at], load_image(dataset.root, names[at]), marks) for at, marks in found.items())
    return _judged(dataset, table, rows, read)


def _judged(
    dataset: Dataset, table: RegionTable, rows: pd.DataFrame, read: Iterator[tuple[str, Image, Detections]]
) -> Judged:
    first, *others = table.annotators or ("",)
    patients = dict(zip(rows["image"], rows["patient"], strict=True))
    judged = Judged([], None)
    for name, image, marks in read:
        size = {"height": image.height, "width": image.width}
        truth = reference_boxes(table, name, first, **size)
        judged.left_out.update(truth.left_out)
        judged.cases.append(boxes_of(name, truth, marks))
        for other in others:
            if len(table.of(name, other)):
                drawn = reference_boxes(table, name, other, **size)
                judged.others.setdefault(other, []).append(boxes_of(name, truth, _as_marks(drawn)))
    known = {case.name: str(patients[case.name]) for case in judged.cases}
    return Judged(judged.cases, known if dataset.group != "image" else None, judged.left_out, judged.others)


def boxes_of(name: str, truth: ReferenceBoxes, found: Detections) -> BoxCase:
    """An image as the evidence takes it."""
    return BoxCase(name, truth.boxes, truth.classes, found.boxes, found.scores, found.classes)


def _truth(case: BoxCase) -> ReferenceBoxes:
    return ReferenceBoxes(case.truth, case.truth_classes, {})


def _as_marks(drawn: ReferenceBoxes) -> Detections:
    return Detections.ordered(drawn.boxes, np.ones(len(drawn.boxes)), drawn.classes)
