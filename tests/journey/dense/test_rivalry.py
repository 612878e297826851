from __future__ import annotations

import time

import numpy as np

from thirdeye.case.image import Image
from thirdeye.journey.dense.rivalry import Rival, _held_out
from thirdeye.training.dense.classical import fit_classical
from thirdeye.transform.dense.prepare import Prepared


def _rival(*, deadline: float) -> Rival:
    target = np.zeros((20, 20), np.uint8)
    target[5:12, 5:12] = 1
    image = (target * 2.0 + np.random.default_rng(0).normal(0, 0.3, (20, 20))).astype(np.float32)[None]
    model = fit_classical([image] * 3, [target] * 3, held_out=[2], n_structures=1, seconds=9, seed=0)
    assert model is not None
    return Rival(model, 15, deadline)


def _seen() -> Prepared:
    item = Image(pixels=np.zeros((40, 40), np.uint8), bits=8, source="a.png", spacing_mm=None)
    return Prepared(np.zeros((1, 20, 20), np.float32), item)


def test_it_answers_on_the_images_own_grid() -> None:
    found = _rival(deadline=time.monotonic() + 60).read(_seen())
    assert found is not None
    assert found.shape == (40, 40)


def test_what_there_was_no_time_for_is_counted_and_said() -> None:
    rival = _rival(deadline=time.monotonic() - 1)
    assert rival.read(_seen()) is None
    assert rival.left_out == 1
    assert "1 test cases were left out" in rival.description
    assert "chosen on held-out cases" in rival.description


def test_whole_patients_are_held_out() -> None:
    patients = np.repeat([f"p{i}" for i in range(10)], 3)
    rows = _held_out(patients, seed=1)
    assert len(rows) == 6
    assert {patients[row] for row in rows}.isdisjoint(np.delete(patients, rows))
    assert _held_out(["p", "p"], seed=0) == []
