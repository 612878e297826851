"""Cases with a high loss are drawn more often, by as much as asked for."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from thirdeye.training.dense.difficulty import KEPT, Difficulty
from thirdeye.training.dense.losses import IGNORED


def shares(difficulty, draws=4000):
    rng = np.random.default_rng(0)
    drawn = [difficulty.draw(rng) for _ in range(draws)]
    return {row: drawn.count(row) / draws for row in difficulty.rows.tolist()}


def test_without_mining_every_case_is_drawn_alike():
    difficulty = Difficulty(np.array([3, 8]), 0.0)
    difficulty.learn([3], torch.tensor([[[9.0], [0.0]]]), torch.tensor([[1]]))
    assert shares(difficulty)[3] == pytest.approx(0.5, abs=0.03)


def test_hard_cases_come_in_proportion():
    difficulty = Difficulty(np.array([3, 8]), 0.5)
    difficulty.values = np.array([3.0, 1.0])
    assert shares(difficulty)[3] == pytest.approx(0.5 * 0.5 + 0.5 * 0.75, abs=0.03)


def test_difficulty_is_the_mean_loss_of_known_places():
    difficulty = Difficulty(np.array([0, 1]), 0.5)
    logits = torch.zeros(1, 2, 4)
    target = torch.tensor([[0, 1, IGNORED, IGNORED]])
    logits[:, 0, 2:] = 50.0
    difficulty.learn([1], logits, target)
    assert difficulty.values.tolist() == pytest.approx([1.0, KEPT + (1 - KEPT) * np.log(2)])
