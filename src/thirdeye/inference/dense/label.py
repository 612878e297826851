"""The label of a whole case, told by the readers that also mark its structures; no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.opinion import Opinion
from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.calibration import Calibration, apply
from thirdeye.inference.dense.engine import DenseEngine
from thirdeye.inference.member_files import refuse_changed_files, refuse_strange_files
from thirdeye.inference.opine import verdicts
from thirdeye.transform.dense.whole import whole

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True)
class LabelEntry:
    """What ``model.json`` holds of the label.

    Args:
        task: "binary" or "multiclass".
        classes: names in the order of the logits.
        positive: the class that counts as diseased (binary only).
        sides: of the whole reduced image that it is told from.
        calibration: fitted on validation data.
        operating_points: thresholds, tuned on validation data.
        onnx: {"file", "sha256"} of each member.
    """

    task: str
    classes: tuple[str, ...]
    positive: str | None
    sides: tuple[int, ...]
    calibration: Calibration
    operating_points: tuple[Mapping[str, Any], ...]
    onnx: tuple[Mapping[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "task": self.task, "classes": list(self.classes), "positive": self.positive,
            "sides": list(self.sides), "calibration": self.calibration.as_json(),
            "operating_points": [dict(one) for one in self.operating_points],
            "onnx": [dict(one) for one in self.onnx],
        }  # fmt: skip

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> LabelEntry:
        """What `as_json` gave.

        Raises:
            StudyMismatch: a value is missing or of another kind.
        """
        try:
            return cls(
                str(form["task"]), tuple(form["classes"]), form["positive"],
                tuple(int(side) for side in form["sides"]), Calibration.from_json(form["calibration"]),
                tuple(form["operating_points"]), tuple(form["onnx"]),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise StudyMismatch(f"model.json tells of its label incompletely: {error}") from error


class LabelReader:
    """Members that tell the label of a prepared image.

    Args:
        engines: each whole reduced images (1, C, ...) to logits (1, classes).
        entry: of the study.
    """

    def __init__(self, engines: Sequence[Run], entry: LabelEntry) -> None:
        self.engines, self.entry = tuple(engines), entry

    def logits(self, array: NDArray[np.float32]) -> NDArray[np.float64]:
        """(classes,) mean over the members, of a prepared image (C, ...)."""
        seen = whole(array, self.entry.sides)[None]
        return np.asarray(np.mean([engine(seen)[0] for engine in self.engines], axis=0), np.float64)

    def probabilities(self, array: NDArray[np.float32]) -> NDArray[np.float64]:
        """(classes,) calibrated, of a prepared image (C, ...)."""
        return np.asarray(apply(self.entry.calibration, self.logits(array)[None])[0], np.float64)


def open_label(study: Study, form: Mapping[str, Any] | None, *, threads: int) -> LabelReader | None:
    """The readers of the label of a study, after their hashes were compared; None where it has no label.

    Args:
        study: with a trained reader.
        form: ``label`` of its model.json.
        threads: of one pass.

    Raises:
        StudyMismatch: a file is missing, or is not the one that training wrote.
    """
    if form is None:
        return None
    entry = LabelEntry.from_json(form)
    refuse_strange_files(entry.onnx)
    refuse_changed_files(study, entry.onnx)
    engines = [DenseEngine(study.path(f"model/{one['file']}"), threads=threads) for one in entry.onnx]
    return LabelReader([engine.run for engine in engines], entry)


def with_label(opinion: Opinion, reader: LabelReader | None, array: NDArray[np.float32]) -> Opinion:
    """An opinion on what is where, with what the same network says of the whole case.

    Args:
        opinion: of a segmentation.
        reader: of the label; None where the study has none.
        array: the prepared image (C, ...).
    """
    if reader is None:
        return opinion
    said = reader.probabilities(array)
    names = zip(reader.entry.classes, said, strict=True)
    return replace(
        opinion, probabilities={name: float(value) for name, value in names},
        positive=reader.entry.positive, verdicts=verdicts(reader.entry, said),
    )  # fmt: skip
