"""Boxes of a set of images: which mark met which lesion, at one overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.detection import Matched, box_iou
from thirdeye.evaluation.froc import FrocMarks
from thirdeye.evaluation.inputs import check_numbers, check_scores, check_squarable
from thirdeye.evaluation.ratings import check_whole
from thirdeye.evaluation.scalars import check_count, check_number

Array = NDArray[np.float64]
Places = NDArray[np.int64]
Nearness = Callable[[Array, Array], Array]
MATCH_IOU = 0.5
FALSE, HIT, REPEAT = 0, 1, 2


@dataclass(frozen=True)
class BoxCase:
    """One image: what is there, and what was found.

    Args:
        name: of the image, unique in its set.
        truth: (t, 4) x_min, y_min, x_max, y_max in pixels, with extent.
        truth_classes: (t,) class of each, from 0.
        boxes: (d, 4) found, in any order.
        scores: (d,) finite, higher is more certain.
        classes: (d,) class of each, from 0.

    Raises:
        UsageError: arrays that do not fit together.
        DataRefused: a coordinate or score that is no number, or a box of the reference without extent.
    """

    name: str
    truth: Array
    truth_classes: Places
    boxes: Array
    scores: Array
    classes: Places

    def __post_init__(self) -> None:
        for corners, codes in (("truth", "truth_classes"), ("boxes", "classes")):
            object.__setattr__(self, corners, _corners(self.name, corners, getattr(self, corners)))
            whole = check_whole(codes, getattr(self, codes)) if np.size(getattr(self, codes)) else np.zeros(0)
            object.__setattr__(self, codes, np.asarray(whole, np.int64))
            if self.__dict__[codes].shape != (len(self.__dict__[corners]),):
                raise UsageError(f"{self.name}: {corners} and {codes} are of unequal length")
        object.__setattr__(self, "scores", check_scores(self.scores, len(self.boxes)))
        flat = (self.truth[:, 2:] <= self.truth[:, :2]).any(axis=1)
        if flat.any():
            box = self.truth[int(np.argmax(flat))].tolist()
            raise DataRefused(f"{self.name}: the reference box {box} has no extent; leave it out, counted")


@dataclass(frozen=True)
class BoxMatches:
    """Every lesion and every mark of a set; marks from the highest score down.

    Args:
        cases: names of the images; `n_classes` classes are looked for.
        iou: smallest overlap that is a hit.
        lesion_case, lesion_class: (l,).
        lesion_box: (l, 4).
        lesion_score, lesion_iou: (l,) of the mark that met it; NaN where none did.
        case, kind, score: (m,) image, class and score of each mark.
        box: (m, 4).
        outcome: (m,) `HIT`; `REPEAT`, a further mark on a lesion that was met; `FALSE`.
        iou_any, nearest: (m,) largest overlap with a lesion of any class, and that lesion; -1 where none
            overlaps.
    """

    cases: tuple[str, ...]
    n_classes: int
    iou: float
    lesion_case: Places
    lesion_class: Places
    lesion_box: Array
    lesion_score: Array
    lesion_iou: Array
    case: Places
    kind: Places
    score: Array
    box: Array
    outcome: Places
    iou_any: Array
    nearest: Places

    def lesions_per_case(self, kind: int | None = None) -> Places:
        """(i,) lesions in each image, of one class or of all."""
        kept = slice(None) if kind is None else self.lesion_class == kind
        return np.bincount(self.lesion_case[kept], minlength=len(self.cases)).astype(np.int64)

    def matched(self, kind: int) -> Matched:
        """One class, as average precision takes it: a repeat is a false positive."""
        mine = self.kind == kind
        lesions = self.lesions_per_case(kind)
        return Matched(
            self.score[mine], self.outcome[mine] == HIT, tuple(self.cases[c] for c in self.case[mine]),
            int(lesions.sum()), len(self.cases), self.iou, lesions, self.case[mine],
        )  # fmt: skip

    def marks(self, kind: int | None = None) -> FrocMarks:
        """One class or all, as a FROC takes it: a repeat is neither right nor wrong."""
        mine = np.ones(self.kind.shape, bool) if kind is None else self.kind == kind
        hits, false = mine & (self.outcome == HIT), mine & (self.outcome == FALSE)
        return FrocMarks(
            self.case[hits],
            self.score[hits],
            self.case[false],
            self.score[false],
            self.lesions_per_case(kind),
        )


def match_boxes(
    cases: Sequence[BoxCase], *, n_classes: int, iou: float = MATCH_IOU, by: Nearness = box_iou
) -> BoxMatches:
    """Which mark met which lesion: greedy, image by image and class by class, from the highest score down.

    A mark goes to the free lesion of its own class with the largest overlap. One that overlaps a lesion
    enough, but finds it taken, is a repeat.

    Args:
        cases: images, also those where nothing is there or nothing was found.
        n_classes: how many classes there are.
        iou: smallest intersection over union that is a hit, above 0 to 1.
        by: marks (a, 4) and lesions (b, 4) to (a, b) of how well they meet, 0 to 1, in place of the
            intersection over union.

    Raises:
        UsageError: no image, an overlap that cannot be, a name that comes twice, or an unknown class.
    """
    check_number("the IoU to match by", iou, 0, 1 + 1e-9, inside=True)
    n_classes = check_count("classes", n_classes, 1)
    names = tuple(case.name for case in cases)
    if not names or len(set(names)) < len(names):
        raise UsageError("boxes are matched over one image or more, each with a name of its own")
    for case in cases:
        used = np.concatenate([case.truth_classes, case.classes])
        if used.size and used.max() >= n_classes:
            raise UsageError(f"{case.name}: class {used.max()}, but classes are 0 to {n_classes - 1}")
    first = np.cumsum([0, *(len(case.truth) for case in cases)])
    parts = [_match_case(case, iou, by) for case in cases]
    case_of = np.repeat(np.arange(len(cases)), [len(case.boxes) for case in cases])
    score, lesion_score, lesion_iou, outcome, iou_any, nearest = (
        np.concatenate([part[i] for part in parts]) for i in range(6)
    )
    nearest = np.where(nearest < 0, -1, nearest + first[:-1][case_of])
    order = np.argsort(-score, kind="stable")
    return BoxMatches(
        cases=names, n_classes=n_classes, iou=float(iou),
        lesion_case=np.repeat(np.arange(len(cases)), np.diff(first)),
        lesion_class=np.concatenate([case.truth_classes for case in cases]),
        lesion_box=np.concatenate([case.truth for case in cases]),
        lesion_score=lesion_score, lesion_iou=lesion_iou,
        case=case_of[order], kind=np.concatenate([case.classes for case in cases])[order],
        score=score[order], box=np.concatenate([case.boxes for case in cases])[order],
        outcome=outcome[order].astype(np.int64), iou_any=iou_any[order],
        nearest=nearest[order].astype(np.int64),
    )  # fmt: skip


def _corners(name: str, what: str, boxes: Any) -> Array:
    values = check_numbers(f"{name}: {what}", boxes)
    if values.size == 0:
        return values.reshape(0, 4)
    if values.ndim != 2 or values.shape[1] != 4:
        raise UsageError(f"{name}: {what} are (n, 4) corners, got an array of {values.shape}")
    check_squarable(f"{name}: {what}", values.ravel())
    return values


def middle_closeness(marks: Array, lesions: Array) -> Array:
    """(a, 4) and (b, 4) boxes to (a, b): 1 where middles are one, 0.5 at half a lesion's side, 0 from a side.

    The side of a lesion is the mean of its width and height. A mitosis of 10 um counts as found from a point
    within 5 um of it (Ciresan et al., MICCAI 2013): 0.5 here.
    """
    middles = [(part[:, :2] + part[:, 2:]) / 2 for part in (marks, lesions)]
    gaps = np.linalg.norm(middles[0][:, None] - middles[1][None], axis=2)
    sides = (lesions[:, 2:] - lesions[:, :2]).mean(axis=1)
    return np.asarray(np.clip(1 - gaps / np.maximum(sides, 1e-9)[None], 0, 1), np.float64)


def _match_case(case: BoxCase, iou: float, by: Nearness) -> tuple[Array, Array, Array, Places, Array, Places]:
    """Scores; of each lesion the score and overlap of its mark; outcome, largest overlap and its lesion."""
    shared = by(case.boxes, case.truth)
    own = np.where(case.classes[:, None] == case.truth_classes[None, :], shared, -1.0)
    lesion_score, lesion_iou = np.full(len(case.truth), np.nan), np.full(len(case.truth), np.nan)
    outcome = np.full(len(case.boxes), FALSE, np.int64)
    if len(case.truth):
        for place in np.argsort(-case.scores, kind="stable"):
            row = own[place]
            free = np.where(np.isnan(lesion_score), row, -1.0)
            best = int(np.argmax(free))
            if free[best] >= iou:
                lesion_score[best], lesion_iou[best], outcome[place] = case.scores[place], free[best], HIT
            elif row.max() >= iou:
                outcome[place] = REPEAT
    if not len(case.truth):
        return (
            case.scores,
            lesion_score,
            lesion_iou,
            outcome,
            np.zeros(len(outcome)),
            np.full(len(outcome), -1),
        )
    top, nearest = shared.max(axis=1), shared.argmax(axis=1)
    return case.scores, lesion_score, lesion_iou, outcome, top, np.where(top > 0, nearest, -1)
