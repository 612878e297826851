"""Features that training keeps: read back only by the run that wrote them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from thirdeye.training.features_file import FEATURES_FILE, load_features, save_features


@pytest.fixture
def features() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)


def test_what_is_kept_comes_back_in_half_precision(tmp_path: Path, features: np.ndarray) -> None:
    save_features(tmp_path / "runs", features, "run")
    found = load_features(tmp_path / "runs", "run", 6)
    assert found is not None
    assert found.dtype == np.float32
    assert found == pytest.approx(features, abs=2e-3)
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [FEATURES_FILE]


@pytest.mark.parametrize(("identity", "n"), [("another", 6), ("run", 7)])
def test_of_another_run_nothing_is_read(tmp_path: Path, features: np.ndarray, identity: str, n: int) -> None:
    save_features(tmp_path, features, "run")
    assert load_features(tmp_path, identity, n) is None


def test_a_missing_or_damaged_file_is_as_none(tmp_path: Path, features: np.ndarray) -> None:
    assert load_features(tmp_path, "run", 6) is None
    save_features(tmp_path, features, "run")
    content = (tmp_path / FEATURES_FILE).read_bytes()
    for damaged in (content[:50], b"", b"no archive", content[:-40]):
        (tmp_path / FEATURES_FILE).write_bytes(damaged)
        assert load_features(tmp_path, "run", 6) is None


def test_huge_features_stay_finite(tmp_path: Path) -> None:
    save_features(tmp_path, np.full((2, 2), 1e9, np.float32), "run")
    found = load_features(tmp_path, "run", 2)
    assert found is not None
    assert np.isfinite(found).all()
