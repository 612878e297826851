from __future__ import annotations

import json

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.landmarks import landmark_distances, landmark_metrics


@pytest.mark.data
def test_known_answer(shared_reference) -> None:
    file = shared_reference / "stats" / "detection_landmarks.json"
    told = json.loads(file.read_text())["landmarks"]["expected"]
    distances = landmark_distances(told["ref"], np.array(told["pred"], float), spacing=told["spacing"])
    assert distances == pytest.approx(np.array(told["distances"], float), nan_ok=True)
    found = {metric.name: metric for metric in landmark_metrics(distances)}
    assert found["mre_mm"].value == pytest.approx(told["mre_detected"])
    assert found["mre_mm"].details["sd"] == pytest.approx(told["sd_sample"])
    assert found["mre_mm"].details["median"] == pytest.approx(told["median"])
    assert found["mre_mm"].n_excluded == {"not found": told["n_missing"]}
    for tolerance, value in told["sdr_all_denominator"].items():
        assert found[f"sdr_{tolerance}mm".replace(".", "_")].value == pytest.approx(value)


def test_intervals_cover_over_cases(rng) -> None:
    """Points of one case are alike: the interval over cases covers, one over points would not."""
    inside = 0
    for _ in range(200):
        distances = np.abs(rng.normal(2, 0.5, (30, 1)) + rng.normal(0, 0.2, (30, 8)))
        found = landmark_metrics(distances)[0]
        inside += found.ci_low <= 2 <= found.ci_high
    assert inside >= 178  # 190 expected


def test_spacing_of_every_case() -> None:
    reference, predicted = np.zeros((2, 1, 2)), np.ones((2, 1, 2))
    found = landmark_distances(reference, predicted, spacing=[(1, 1), (3, 4)])
    assert found.ravel() == pytest.approx([2**0.5, 5])


def test_nothing_found() -> None:
    found = landmark_metrics(np.full((3, 2), np.nan))
    assert found[0].status == "undefined"
    assert found[1].value == 0


def test_refusals() -> None:
    with pytest.raises(UsageError, match="cases, points, axes"):
        landmark_distances(np.zeros((2, 3)), np.zeros((2, 3)))
    with pytest.raises(DataRefused, match="point 1 in case 0"):
        landmark_distances([[[0, 0], [np.nan, 1]]], np.zeros((1, 2, 2)))
