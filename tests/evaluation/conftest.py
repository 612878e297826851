"""Known answers beside the checkout, and small sets of cases."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

SHARED_REFERENCE = Path(__file__).parents[3] / "shared" / "reference"


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """The folder of known answers; skips where it is missing."""
    if not SHARED_REFERENCE.is_dir():
        pytest.skip("the known answers (../shared/reference beside the checkout) are not here")
    return SHARED_REFERENCE


class Known:
    """expected.json with its tables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "stats"
        cases = json.loads((self.folder / "expected.json").read_text())["cases"]
        self.cases = {case["id"]: case for case in cases}

    def __getitem__(self, case_id: str) -> dict:
        return self.cases[case_id]

    def columns(self, case_id: str) -> dict[str, np.ndarray]:
        """The case's CSV as columns: numbers where they are numbers."""
        with (self.folder / self.cases[case_id]["input"]).open() as stream:
            rows = list(csv.DictReader(stream))
        return {name: _column([row[name] for row in rows]) for name in rows[0]}


def _column(values: list[str]) -> np.ndarray:
    try:
        return np.array([float(value) for value in values])
    except ValueError:
        return np.array(values)


@pytest.fixture(scope="session")
def known(shared_reference: Path) -> Known:
    return Known(shared_reference)


@pytest.fixture(scope="session")
def known_masks(shared_reference: Path) -> list[tuple[dict, tuple[np.ndarray, np.ndarray]]]:
    """Known pairs of masks, reference and prediction, with what they should give."""
    cases = json.loads((shared_reference / "stats" / "segmentation.json").read_text())["cases"]
    return [(case, _masks_of(case)) for case in cases]


def _masks_of(case: dict) -> tuple[np.ndarray, np.ndarray]:
    """Masks of a known case, which are given as boxes."""
    made = []
    for who in ("ref", "pred"):
        mask = np.zeros(case["shape"], bool)
        for boxes, value in ((case[f"{who}_boxes"], True), (case[f"{who}_minus"], False)):
            for box in boxes:
                mask[tuple(slice(low, high) for low, high in box)] = value
        made.append(mask)
    return made[0], made[1]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20260101)


def clustered_scores(
    generator: np.random.Generator, *, patients: int, effect: float = 1.2
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, scores and patients of 1 to 4 correlated images each, rounded so that some scores tie."""
    sizes = generator.integers(1, 5, patients)
    who = np.repeat(np.arange(patients), sizes)
    severity = generator.normal(size=patients)[who]
    labels = (severity + generator.normal(size=who.size) > 0.6).astype(int)
    scores = effect * labels + 0.8 * generator.normal(size=patients)[who] + generator.normal(size=who.size)
    return labels, np.round(scores, 2), np.array([f"patient {i}" for i in who])


@pytest.fixture
def clustered(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return clustered_scores(rng, patients=80)
