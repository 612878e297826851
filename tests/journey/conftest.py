"""Copies of a finished study that a test may change, and a quick report."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thirdeye.journey.reporting import REPORT_FILES
from thirdeye.journey.results import Validated
from thirdeye.journey.running import run


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
