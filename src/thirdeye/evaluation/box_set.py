"""A set of images with boxes, matched at every overlap that is asked for; patients known or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thirdeye.errors import UsageError
from thirdeye.evaluation.boxes import MATCH_IOU, BoxCase, BoxMatches, match_boxes, middle_closeness
from thirdeye.evaluation.detection import COCO_IOUS
from thirdeye.evaluation.inputs import Clusters, check_clusters

CONVENTION = (
    f"a mark hits a lesion of its class where their IoU is at least {MATCH_IOU:g}; each lesion is hit once, "
    "highest score first"
)


@dataclass(frozen=True)
class BoxSet:
    """Images with their boxes.

    Args:
        classes: names, in the order of the codes.
        matches: at `MATCH_IOU`.
        stricter: at the overlaps of COCO, 0.50 to 0.95.
        groups: patient of each image; each image for itself where no patient is known.
        patients_known: whether one is.
        by_middle: matches where a mark hits a lesion whose middle is at most half its side away.
    """

    classes: tuple[str, ...]
    matches: BoxMatches
    stricter: tuple[BoxMatches, ...]
    groups: Clusters
    patients_known: bool
    by_middle: BoxMatches

    @property
    def kinds(self) -> list[tuple[str | None, int | None]]:
        """Name and code of each class, then (None, None): all of them together."""
        return [*((name, code) for code, name in enumerate(self.classes)), (None, None)]


def box_set(
    cases: Sequence[BoxCase], *, classes: Sequence[str], clusters: Mapping[str, str] | None
) -> BoxSet:
    """Match the boxes of a set.

    Args:
        cases: see `match_boxes`.
        classes: names.
        clusters: image to patient; None where no patient is known.

    Raises:
        UsageError: as `match_boxes`, or an image without a patient where others have one.
    """
    common: dict[str, Any] = {"n_classes": len(classes)}
    stricter = tuple(match_boxes(cases, iou=iou, **common) for iou in COCO_IOUS)
    if clusters is not None and (unnamed := [case.name for case in cases if case.name not in clusters]):
        raise UsageError(f"{len(unnamed)} images have no patient, {unnamed[0]} among them; name every one")
    names = None if clusters is None else np.array([clusters[case.name] for case in cases])
    return BoxSet(
        tuple(classes), match_boxes(cases, iou=MATCH_IOU, **common), stricter,
        check_clusters(names, len(cases)), clusters is not None,
        match_boxes(cases, iou=MATCH_IOU, by=middle_closeness, **common),
    )  # fmt: skip
