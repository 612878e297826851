"""A head for a label sits on the encoder and leaves the masks alone."""

from __future__ import annotations

import pytest
import torch

from thirdeye.model.architectures.unet import UNet, UNetShape
from thirdeye.model.build_dense import build_dense
from thirdeye.model.label_head import LabelReader, give_label_head

SHAPE = UNetShape(1, 3, (8, 16, 32), ((2, 2),) * 2, ((3, 3),) * 3)


def test_masks_stay_and_labels_come() -> None:
    torch.manual_seed(0)
    network = UNet(SHAPE).eval()
    images = torch.randn(2, 1, 32, 32)
    before = network(images)
    give_label_head(network, n_classes=4, sides=(32, 32), channels=1)
    torch.testing.assert_close(network(images), before)
    assert LabelReader(network.eval())(images).shape == (2, 4)
    assert any(name.startswith("label_head") for name in network.state_dict())


def test_a_network_without_a_head_says_so() -> None:
    with pytest.raises(ValueError, match="without a head"):
        UNet(SHAPE).labels(torch.zeros(1, 1, 32, 32))


def test_the_loss_of_the_label_reaches_the_shared_encoder_alone() -> None:
    network = UNet(SHAPE)
    give_label_head(network, n_classes=2, sides=(32, 32), channels=1)
    network.labels(torch.randn(2, 1, 32, 32)).sum().backward()
    assert all(one.grad is not None for one in network.down.parameters())
    assert all(one.grad is None for one in [*network.up.parameters(), *network.heads.parameters()])


def test_a_pre_trained_encoder_bears_one_too() -> None:
    wide = UNetShape(3, 2, (8, 16), ((2, 2),), ((3, 3),) * 2)
    network, _ = build_dense("unet_lite0", wide, pretrained=False)
    give_label_head(network, n_classes=2, sides=(64, 64), channels=3)
    assert network.eval().labels(torch.zeros(1, 3, 64, 64)).shape == (1, 2)
