"""Which members of a reader give the features of a split's held-out cases."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import thirdeye.journey.feature_sets.tables as tables
from thirdeye.journey.feature_sets.names import NETWORK
from thirdeye.journey.feature_sets.tables import DESCRIBED, single_tables

SPLITS = [(np.arange(4, 8), np.arange(4)), (np.arange(4), np.arange(4, 8))]


def ground(monkeypatch: pytest.MonkeyPatch, *, folds: tuple[int, ...], splits: Any = SPLITS) -> Any:
    """A reader of members with two features each: the number of the member, twice."""
    wide = np.repeat(np.arange(len(folds), dtype=np.float32), 2)
    monkeypatch.setattr(tables, "Engine", lambda path, *, threads: None)
    monkeypatch.setattr(
        tables, "pass_over",
        lambda engine, images, chosen: SimpleNamespace(features=np.tile(wide, (len(images), 1))),
    )  # fmt: skip
    place = SimpleNamespace(path=lambda name: Path(name))
    parts = [SimpleNamespace(images=np.zeros((count, 4, 4, 3), np.uint8)) for count in (8, 3)]
    return SimpleNamespace(
        place=place, development=parts[0], test=parts[1], splits=splits, folds=folds,
        manifest=SimpleNamespace(onnx={"file": "model.onnx"}),
    )  # fmt: skip


def test_members_that_learnt_from_the_held_out_cases_give_none(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = single_tables(NETWORK, ground(monkeypatch, folds=(0, 1, -1)))
    assert [one.shape for one in (*first, *second)] == [(8, 4), (3, 4)] * 2
    assert [set(one[0]) for one in first] == [{0.0, 2.0}] * 2
    assert [set(one[0]) for one in second] == [{1.0, 2.0}] * 2


def test_with_one_split_all_members_do(monkeypatch: pytest.MonkeyPatch) -> None:
    ((own, new),) = single_tables(NETWORK, ground(monkeypatch, folds=(0, 0, 0), splits=SPLITS[:1]))
    assert set(own[0]) == set(new[0]) == {0.0, 1.0, 2.0}


def test_descriptions_are_finite_and_as_wide_as_they_say() -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, 40, 40, 3)).astype(np.uint8)
    for name, width in (("hog", 128), ("divergence", 32)):
        found = DESCRIBED[name](images)
        assert found.shape == (2, width)
        assert np.isfinite(found).all()
        assert not np.allclose(found[0], found[1])
