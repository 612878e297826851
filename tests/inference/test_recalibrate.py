"""A recalibration over opinions: said aloud, no decision changed, and only for its own reader."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.second_opinion import SecondReader


@pytest.fixture
def offer(blob_study: Path) -> dict[str, Any]:
    manifest = SecondReader.load(blob_study, threads=1).manifest
    return {
        "version": 1,
        "classes": list(manifest.classes),
        "calibration": manifest.calibration.as_json(),
        "source": {"name": "hospital b", "n": 60, "model_sha256": manifest.onnx["sha256"]},
        "recommended": "intercept_slope",
        "updates": {
            "intercept_slope": {
                "method": "intercept_slope", "kind": "binary", "n": 60,
                "parameters": {"intercept": -1.5, "slope": 0.7},
            }
        },
    }  # fmt: skip


@pytest.fixture
def images(blob_image: Any) -> list[Image]:
    random = np.random.default_rng(5)
    return [blob_image(random, positive=bool(k % 2)) for k in range(8)]


def written(offer: dict[str, Any], tmp_path: Path) -> Path:
    path = tmp_path / "recalibration.json"
    path.write_text(json.dumps(offer), encoding="utf-8")
    return path


def test_probabilities_move_and_decisions_do_not(
    blob_study: Path, offer: dict[str, Any], images: list[Image], tmp_path: Path
) -> None:
    plain = SecondReader.load(blob_study, threads=1).read_images(images)
    path = written(offer, tmp_path)
    updated = SecondReader.load(blob_study, threads=1, recalibration=path).read_images(images)
    for before, after in zip(plain, updated, strict=True):
        if before.abstained is not None:
            assert after == before
            continue
        p = before.probabilities[before.positive]
        expected = 1 / (1 + np.exp(-(-1.5 + 0.7 * np.log(p / (1 - p)))))
        assert after.probabilities[after.positive] == pytest.approx(expected, rel=1e-6)
        assert sum(after.probabilities.values()) == pytest.approx(1)
        assert [one.positive for one in after.verdicts] == [one.positive for one in before.verdicts]
        for verdict in after.verdicts:
            assert verdict.positive == (after.probabilities[after.positive] >= verdict.threshold - 1e-12)
        assert (after.frequencies, after.sets) == ((), ())
        assert "recalibrated to 'hospital b' (60 cases" in after.warnings[-1]
    assert any(one.abstained is None for one in updated)


@pytest.mark.parametrize("field", ["classes", "calibration", "source"])
def test_another_reader_s_update_is_refused(
    blob_study: Path, offer: dict[str, Any], tmp_path: Path, field: str
) -> None:
    other = copy.deepcopy(offer)
    changed = {"classes": ["a", "b"], "calibration": {"method": "none"}, "source": {"model_sha256": "0" * 64}}
    other[field] = changed[field]
    with pytest.raises(StudyMismatch, match="was fitted to another reader"):
        SecondReader.load(blob_study, recalibration=written(other, tmp_path))


def test_files_that_cannot_be_used(blob_study: Path, offer: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no file 'nowhere\.json'"):
        SecondReader.load(blob_study, recalibration=tmp_path / "nowhere.json")
    with pytest.raises(UsageError, match="recommends no update"):
        SecondReader.load(blob_study, recalibration=written({**offer, "recommended": None}, tmp_path))
    with pytest.raises(StudyMismatch, match="is damaged"):
        SecondReader.load(blob_study, recalibration=written({**offer, "updates": {}}, tmp_path))
    with pytest.raises(StudyMismatch, match="no recalibration that this version knows"):
        SecondReader.load(blob_study, recalibration=written({**offer, "version": 2}, tmp_path))
    (tmp_path / "odd.json").write_text("{", encoding="utf-8")
    with pytest.raises(StudyMismatch, match="not readable JSON"):
        SecondReader.load(blob_study, recalibration=tmp_path / "odd.json")
