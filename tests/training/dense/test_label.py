"""Batches of labels: classes drawn alike, unknown ones left out, and something is learnt."""

from __future__ import annotations

import numpy as np
import torch

from thirdeye.model.architectures.unet import UNet, UNetShape
from thirdeye.model.label_head import give_label_head
from thirdeye.training.dense.label import LabelTask, label_logits

SHAPE = UNetShape(1, 2, (8, 16), ((2, 2),), ((3, 3),) * 2)


def _task(labels: list[int], every: int = 1) -> LabelTask:
    rng = np.random.default_rng(0)
    images = rng.normal(0, 0.3, (len(labels), 1, 16, 16)).astype(np.float32)
    for image, label in zip(images, labels, strict=True):
        if label == 1:
            image[:, 4:10, 4:10] += 2  # a bright square
    return LabelTask(images, np.array(labels), 2, 0.5, every, 8)


def _network() -> UNet:
    torch.manual_seed(0)
    network = UNet(SHAPE)
    give_label_head(network, n_classes=2, sides=(16, 16), channels=1)
    return network


def test_a_visible_label_is_learnt() -> None:
    task, network, rng = _task([0, 1] * 12), _network(), np.random.default_rng(0)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-2)
    rows = np.arange(16)
    for _ in range(40):
        optimiser.zero_grad()
        task.loss(network, rows, rng, mirrored=(0, 1), tone=0.0).backward()
        optimiser.step()
    unseen = np.arange(16, 24)
    assert (label_logits(network, task.images[unseen]).argmax(axis=1) == task.labels[unseen]).all()


def test_the_weight_scales_the_loss_and_unknown_labels_take_no_part() -> None:
    network = _network().eval()
    known, half = _task([0, 1, 0, 1]), _task([0, 1, -1, -1])
    rows = np.arange(4)
    one = known.loss(network, rows, np.random.default_rng(1), mirrored=(), tone=0.0)
    double = LabelTask(**{**vars(known), "weight": 1.0})
    other = double.loss(network, rows, np.random.default_rng(1), mirrored=(), tone=0.0)
    torch.testing.assert_close(2 * one, other)
    again = half.loss(network, rows, np.random.default_rng(1), mirrored=(), tone=0.0)
    assert torch.isfinite(again)
    nothing = half.loss(network, np.array([2, 3]), np.random.default_rng(1), mirrored=(), tone=0.0)
    assert float(nothing) == 0.0
