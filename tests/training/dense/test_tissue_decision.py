"""Grades and findings are learnt from maps of tissues."""

from __future__ import annotations

import time

import numpy as np
import torch

from thirdeye.model.architectures.densenet_volume import DenseNetVolume, DenseShape
from thirdeye.training.dense.tissue_decision import DecisionSetting, fit_decision
from thirdeye.transform.dense.one_hot import one_hot_maps


def maps(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Maps of three tissues; the grade says how much there is of the third one."""
    rng = np.random.default_rng(seed)
    grades = rng.integers(0, 2, count)
    made = (rng.random((count, 2, 12, 12)) < 0.5).astype(np.uint8)
    for one, grade in zip(made, grades, strict=True):
        if grade:
            one[:, 3:9, 4:9] = 2
    return made, grades


def fitted(setting: DecisionSetting) -> tuple[DenseNetVolume, int]:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    made, grades = maps(24, 0)
    findings = np.stack([grades, np.full(24, np.nan)], axis=1).astype(np.float32)
    network = DenseNetVolume(DenseShape(3, 4, (2, 12, 12), 4, (1, 1)))
    return network, fit_decision(network, [made, made], grades, findings, setting, n_tissues=3)


def test_learns_from_maps_what_it_says_of_new_ones() -> None:
    network, done = fitted(DecisionSetting(12, 6, 1e-2, 1.0, 0.1, 0, time.monotonic() + 60))
    made, grades = maps(20, 1)
    with torch.inference_mode():
        said = network(torch.from_numpy(one_hot_maps(made, 3)))
    assert done == 12
    assert (said[:, :2].argmax(1).numpy() == grades).mean() > 0.9
    assert ((said[:, 2] > 0).numpy() == grades).mean() > 0.9


def test_ends_after_one_pass_where_time_is_up() -> None:
    _, done = fitted(DecisionSetting(50, 6, 1e-2, 1.0, 0.1, 0, time.monotonic()))
    assert done == 1
