from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from thirdeye.errors import ThirdEyeError, UsageError
from thirdeye.evaluation.froc import FrocMarks, froc_curve, froc_score


@pytest.fixture
def case(shared_reference):
    folder = shared_reference / "stats"
    told = json.loads((folder / "detection_landmarks.json").read_text())["froc"]["expected"]
    with (folder / "froc_truth.csv").open() as stream:
        truth = list(csv.DictReader(stream))
    with (folder / "froc_marks.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    place = {row["image"]: at for at, row in enumerate(truth)}
    best: dict[tuple[str, str], float] = {}
    for row in rows:
        if row["kind"] == "TP":
            key = row["image"], row["lesion"]
            best[key] = max(best.get(key, -1.0), float(row["score"]))
    false = [row for row in rows if row["kind"] == "FP"]
    marks = FrocMarks(
        np.array([place[image] for image, _ in best]),
        np.array(list(best.values())),
        np.array([place[row["image"]] for row in false]),
        np.array([float(row["score"]) for row in false]),
        np.array([int(row["n_lesions"]) for row in truth]),
    )
    return told, marks


@pytest.mark.data
def test_known_answer(case) -> None:
    told, marks = case
    curve = froc_curve(marks)
    found = np.column_stack([curve.false_per_image, curve.sensitivity, curve.thresholds])
    assert found == pytest.approx(np.array(told["curve"]))
    for rate, value in told["step"].items():
        assert curve.at(float(rate)) == pytest.approx(value)
        assert curve.at(float(rate), interpolated=True) == pytest.approx(told["interp"][rate])
    score = froc_score(marks)
    assert score.value == pytest.approx(told["cpm_step"])
    assert score.ci_low < score.value < score.ci_high
    assert froc_score(marks, interpolated=True).value == pytest.approx(told["cpm_interp"])


def test_the_lowest_threshold_counts() -> None:
    """A peer drops it, and gives 0.5 where every lesion is found."""
    nothing = np.array([], int)
    marks = FrocMarks(
        np.array([0, 1]), np.array([0.9, 0.1]), nothing, nothing.astype(float), np.array([1, 1])
    )
    assert froc_curve(marks).sensitivity.tolist() == [0.5, 1.0]
    assert froc_score(marks).value == 1.0


def test_no_lesion() -> None:
    none = FrocMarks(np.array([], int), np.array([]), np.array([0]), np.array([0.5]), np.array([0]))
    assert froc_score(none).status == "undefined"
    with pytest.raises(UsageError, match="at least one lesion"):
        froc_curve(none)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"hit_image": [9]}, "image 9, but images are 0 to 1"),
        ({"hit_image": [0, 0], "hit_score": [0.5, 0.4]}, "2 marked lesions on image 0, which has 1"),
        ({"hit_score": [float("nan")]}, "not finite"),
        ({"lesions": [2, -1]}, "lesions"),
        ({"false_image": [0, 1]}, "false_image"),
    ],
)
def test_marks_that_cannot_be(change: dict, says: str) -> None:
    right = {
        "hit_image": [0],
        "hit_score": [0.5],
        "false_image": [1],
        "false_score": [0.2],
        "lesions": [1, 0],
    }
    assert froc_score(FrocMarks(**right)).status in ("unstable", "degenerate")
    with pytest.raises(ThirdEyeError, match=says):
        FrocMarks(**right | change)
