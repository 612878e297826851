"""What model.json holds of the label, and the probabilities that follow."""

from __future__ import annotations

import json

import numpy as np
import pytest

from thirdeye.case.opinion import Opinion
from thirdeye.errors import StudyMismatch
from thirdeye.inference.calibration import Calibration
from thirdeye.inference.dense.label import LabelEntry, LabelReader, with_label

POINT = {"name": "youden", "threshold": 0.6, "origin": "tuned_on_validation"}
ENTRY = LabelEntry(
    "binary", ("benign", "malignant"), "malignant", (4, 4),
    Calibration("temperature", "binary", {"temperature": 2.0}), (POINT,), ({"file": "a", "sha256": "b"},),
)  # fmt: skip


def test_what_is_written_is_read() -> None:
    assert LabelEntry.from_json(json.loads(json.dumps(ENTRY.as_json()))) == ENTRY
    with pytest.raises(StudyMismatch, match="incompletely"):
        LabelEntry.from_json({"task": "binary"})


def test_members_are_averaged_and_calibrated() -> None:
    reader = LabelReader([lambda seen: np.array([[0.0, 3.0]]), lambda seen: np.array([[0.0, 1.0]])], ENTRY)
    found = reader.probabilities(np.zeros((1, 9, 7), np.float32))
    assert found[1] == pytest.approx(1 / (1 + np.exp(-2.0 / 2.0)))
    opinion = with_label(Opinion("x", "segmentation", {}), reader, np.zeros((1, 9, 7), np.float32))
    assert opinion.probabilities == {"benign": found[0], "malignant": found[1]}
    assert (opinion.positive, [one.positive for one in opinion.verdicts]) == ("malignant", [True])


def test_an_opinion_without_a_label_stays_as_it_is() -> None:
    opinion = Opinion("x", "segmentation", {})
    assert with_label(opinion, None, np.zeros((1, 4, 4), np.float32)) is opinion
