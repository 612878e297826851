"""Losses against plain arithmetic."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from thirdeye.training.dense.losses import (
    DENSE_LOSSES,
    IGNORED,
    dice_cross_entropy,
    dice_loss,
    one_hot,
    supervised_loss,
)

NAMES = [name for name, _ in DENSE_LOSSES]


def certain(target, n_classes, size=30.0):
    """Logits of somebody who is sure and right."""
    return one_hot(target, n_classes) * size


def test_a_perfect_answer_costs_nothing():
    target = torch.randint(0, 3, (2, 6, 7))
    assert float(dice_loss(certain(target, 3), target)) == pytest.approx(0, abs=1e-4)
    assert float(dice_cross_entropy(certain(target, 3), target)) == pytest.approx(0, abs=1e-4)


def test_dice_by_hand():
    target = torch.tensor([[[1, 1, 0, 0]]])
    logits = certain(torch.tensor([[[1, 0, 1, 0]]]), 2)
    assert float(dice_loss(logits, target)) == pytest.approx(1 - 2 * 1 / (2 + 2), abs=1e-4)


def test_missing_costs_more_where_it_should():
    target = torch.tensor([[[1, 1, 1, 0, 0, 0]]])
    missed = certain(torch.tensor([[[1, 1, 0, 0, 0, 0]]]), 2)
    invented = certain(torch.tensor([[[1, 1, 1, 1, 0, 0]]]), 2)
    assert float(dice_loss(missed, target, missed=0.7)) > float(dice_loss(missed, target))
    assert float(dice_loss(invented, target, missed=0.7)) < float(dice_loss(invented, target))


@pytest.mark.parametrize("name", NAMES)
def test_ignored_places_take_no_part(name):
    torch.manual_seed(0)
    loss = DENSE_LOSSES.get(name)
    logits, target = torch.randn(2, 3, 8, 8), torch.randint(0, 3, (2, 8, 8))
    hidden = target.clone()
    hidden[:, :, 4:] = IGNORED
    other = logits.clone()
    other[:, :, :, 4:] += 5 * torch.randn(2, 3, 8, 4)
    assert float(loss(logits, hidden)) == pytest.approx(float(loss(other, hidden)), rel=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_of_ignored_places_alone_teaches_nothing(name):
    logits = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(0)).requires_grad_()
    loss = DENSE_LOSSES.get(name)(logits, torch.full((2, 8, 8), IGNORED))
    (slope,) = torch.autograd.grad(loss, logits)
    assert float(loss.detach()) == pytest.approx(0)
    assert not slope.any()


@pytest.mark.parametrize("name", NAMES)
def test_every_loss_falls_when_the_answer_improves(name):
    torch.manual_seed(0)
    loss, target = DENSE_LOSSES.get(name), torch.randint(0, 3, (1, 10, 10))
    values = [float(loss(certain(target, 3, size), target)) for size in (0.0, 1.0, 3.0, 10.0)]
    assert values == sorted(values, reverse=True)


def test_levels_weigh_half_as_much_each():
    torch.manual_seed(0)
    target = torch.randint(0, 2, (1, 8, 8))
    answers = [torch.randn(1, 2, 8, 8), torch.randn(1, 2, 4, 4)]
    coarse = F.interpolate(target[:, None].float(), size=(4, 4), mode="nearest")[:, 0].long()
    expected = (2 * dice_cross_entropy(answers[0], target) + dice_cross_entropy(answers[1], coarse)) / 3
    assert float(supervised_loss(dice_cross_entropy, answers, target)) == pytest.approx(float(expected))


def test_cross_entropy_alone_is_torchs_over_known_places():
    logits, target = torch.randn(3, 4, 5), torch.randint(0, 4, (3, 5))
    target[0, :2] = IGNORED
    expected = F.cross_entropy(logits, target, ignore_index=IGNORED)
    found = DENSE_LOSSES.get("cross_entropy")(logits, target)
    assert float(found) == pytest.approx(float(expected), abs=1e-6)
