"""DenseNet over volumes: widths as of DenseNet-121, and what it does with few slices."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision.models import densenet121

from thirdeye.model.architectures.densenet_volume import DenseNetVolume, DenseShape


def widths(network: nn.Module, kind: type[nn.Module]) -> list[tuple[int, int]]:
    return [(one.in_channels, one.out_channels) for one in network.modules() if isinstance(one, kind)]


def test_has_the_layers_and_widths_of_densenet_121() -> None:
    made = DenseNetVolume(DenseShape(3, 1000, (64, 64, 64)))
    known = densenet121(weights=None)
    assert widths(made, nn.Conv3d) == widths(known.features, nn.Conv2d)
    assert (made.n_features, made.head.out_features) == (1024, known.classifier.out_features)


@pytest.mark.parametrize("sides", [(1, 32, 32), (6, 24, 32), (43, 75, 88)])
def test_reads_volumes_of_few_and_of_many_slices(sides: tuple[int, int, int]) -> None:
    made = DenseNetVolume(DenseShape(2, 5, sides, growth=2, blocks=(1, 2, 1))).eval()
    with torch.inference_mode():
        said = made(torch.randn(2, 2, *sides))
    assert said.shape == (2, 5)
    assert float(said.std()) > 0
