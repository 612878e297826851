"""Copies of a finished study that a test may change, and a quick report."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from thirdeye.dataset.phantoms_located import LANDMARKS, write_point_phantoms
from thirdeye.journey.planning import plan
from thirdeye.journey.reporting import REPORT_FILES
from thirdeye.journey.results import Validated
from thirdeye.journey.running import run
from thirdeye.journey.training import train


@pytest.fixture(scope="session")
def points_place(once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A folder with ``data``, 16 phantoms with points, and the ``study`` that learnt them; not to be changed.

    One phantom is without points, one without its first two, one has a point outside.
    """
    return once("points", _learn_points)


def _learn_points(place: Path) -> None:
    folder = write_point_phantoms(place / "data", cases=16)
    table = pd.read_csv(folder / "landmarks.csv")
    images = table["image"].unique()
    table = table[~(table["image"] == images[3])]
    table = table[~((table["image"] == images[5]) & table["landmark"].isin(LANDMARKS[:2]))]
    table.loc[(table["image"] == images[7]) & (table["landmark"] == "left"), "x"] = -1.0
    table.to_csv(folder / "landmarks.csv", index=False)
    small = {"rounds": 1, "zoom": 1.5, "crop_px": 64, "fine_rounds": 1, "batch_size": 4, "crops": 4}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("thirdeye.journey.landmarks.training.usable_threads", lambda: 1)
        plan(folder, out=place / "study", budget="10m", overrides=small)
        train(place / "study", data=folder)


@pytest.fixture
def place(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished folder: ``data`` and ``study``."""
    return Path(shutil.copytree(finished, tmp_path / "place"))


@pytest.fixture
def again(quick_report: None, known_machine: None) -> Callable[..., Validated]:
    """`run` as the finished study was made, on a folder with ``data`` and ``study``."""

    def call(place: Path, **changed: Any) -> Validated:
        given: dict[str, Any] = {"budget": "1h", "overrides": {"image_size_px": 32, "epochs": 1, "folds": 2}}
        data = changed.pop("data", place / "data")
        return run(data, place / "study", **{**given, **changed})

    return call


@pytest.fixture
def quick_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report is a few small files."""

    def write(study: Path, *, publish: bool = False) -> list[Path]:
        paths = [study / name for name in REPORT_FILES]
        for path in paths:
            path.write_text("{}", encoding="utf-8")
        return paths

    monkeypatch.setattr("thirdeye.journey.reporting.write_report", write)


def provenance(study: Path) -> dict[str, Any]:
    """The ledger as it lies on disk."""
    content: dict[str, Any] = json.loads((study / "provenance.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def ledger_of() -> Callable[[Path], dict[str, Any]]:
    """Reads a study's provenance.json."""
    return provenance


@pytest.fixture
def differences() -> Callable[[dict[str, Any], dict[str, Any]], list[str]]:
    """Where the evidence of two validations differs in more than what is said of looks."""

    def compare(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
        for evidence in (first, second):
            assert _without_reuse(evidence["sets"]["test"]) == evidence.pop("test_looks")
        return _differences(first, second)

    return compare


def _without_reuse(entry: dict[str, Any]) -> int:
    """Takes the audit of looks, and the warning that it gives, out of a set; the looks that it told."""
    (reuse,) = (audit for audit in entry["audits"] if audit["id"] == "test.reuse")
    entry["audits"].remove(reuse)
    entry["warnings"] = [sentence for sentence in entry["warnings"] if sentence != reuse["sentence"]]
    return int(reuse["numbers"]["looks"])


def _differences(one: Any, other: Any, at: str = "") -> list[str]:
    """Where two JSON values differ by more than the rounding of sums that several threads share."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [found for key in one for found in _differences(one[key], other[key], f"{at}/{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [found for index, pair in pairs for found in _differences(*pair, f"{at}/{index}")]
    if isinstance(one, float) and isinstance(other, float):
        return [] if other == pytest.approx(one, rel=1e-9, abs=1e-12) else [f"{at}: {one} and {other}"]
    return [] if one == other and type(one) is type(other) else [f"{at}: {one!r:.80} and {other!r:.80}"]
