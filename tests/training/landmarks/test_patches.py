from __future__ import annotations

import math

import pytest
import torch

from thirdeye.training.landmarks.patches import PatchTeaching, other_shares, patch_loss

HOW = PatchTeaching(2.0, (8.0, 16.0), 0.0)
PLACES = torch.tensor([[[18.0, 18.0], [float("nan"), float("nan")]]])  # cell (4, 4) of stride 4


def _logits(value: float = 0.0) -> torch.Tensor:
    return torch.full((1, 2, 10, 10), value)


def test_a_network_without_an_opinion_loses_log_two() -> None:
    assert float(patch_loss(_logits(), PLACES, 4, HOW)) == pytest.approx(math.log(2))


def test_the_landmark_should_be_high_and_all_else_low() -> None:
    right = _logits(-10.0)
    right[0, 0, 4, 4] = 10.0
    assert float(patch_loss(right, PLACES, 4, HOW)) < 1e-3
    wrong = _logits(-10.0)
    wrong[0, 0, 4, 7] = 10.0  # 12 px away: of the first ring
    assert float(patch_loss(wrong, PLACES, 4, HOW)) > 5


def test_patches_nearer_than_the_first_ring_take_no_part() -> None:
    logits = _logits(-10.0)
    logits[0, 0, 4, 4] = 10.0
    logits[0, 0, 4, 5] = 10.0  # 4 px away
    assert float(patch_loss(logits, PLACES, 4, HOW)) < 1e-3


def test_a_missing_landmark_takes_no_part() -> None:
    logits = _logits().requires_grad_()
    patch_loss(logits, PLACES, 4, HOW).backward()
    assert logits.grad is not None
    assert logits.grad[0, 0].abs().sum() > 0
    assert logits.grad[0, 1].abs().sum() == 0
    everywhere = torch.full_like(PLACES, float("nan"))
    assert float(patch_loss(_logits(3.0), everywhere, 4, HOW)) == 0


def test_each_ring_counts_alike_and_hard_places_more() -> None:
    squared = torch.tensor([[[2.0, 9.0, 10.0, 40.0]]]) ** 2
    scores = torch.tensor([[[0.0, 4.0, -4.0, 0.0]]])
    assert other_shares(scores, squared, HOW)[0, 0].tolist() == pytest.approx([0, 0.5, 0.5, 1])
    hard = other_shares(scores, squared, PatchTeaching(2.0, (8.0, 16.0), 1.0))[0, 0].tolist()
    assert hard[1] / hard[2] == pytest.approx(
        (1 / (1 + math.exp(-4)) + 0.01) / (1 / (1 + math.exp(4)) + 0.01)
    )
    assert (hard[0], hard[3]) == (0, pytest.approx(1))
