"""The residual network of five stages: its layers, sides and features."""

from __future__ import annotations

import torch
from torch import nn

from thirdeye.model.architectures.residual import LAYERS, WIDTHS, ResidualStages
from thirdeye.model.build import build_network


def test_five_stages_of_the_published_depth_end_in_1024_features() -> None:
    network, _ = build_network("residual5", n_outputs=2, weights="none")
    stages = network.backbone.stages
    assert isinstance(stages, nn.Sequential)
    found = [
        sum(isinstance(one, nn.Conv2d) and one.kernel_size == (3, 3) for one in s.modules()) for s in stages
    ]
    assert tuple(found) == LAYERS
    assert network.head.in_features == 1024 == WIDTHS[-1]


def test_every_stage_halves_the_side() -> None:
    net, maps = ResidualStages((4, 8, 8, 8, 16), LAYERS).eval(), torch.rand(1, 3, 64, 64)
    maps = net.stem(maps)
    sides = []
    for stage in net.stages:
        maps = stage(maps)
        sides.append(tuple(maps.shape[1:3]))
    assert sides == [(4, 32), (8, 16), (8, 8), (8, 4), (16, 2)]


def test_the_small_one_has_five_stages_too() -> None:
    network, origin = build_network("residual5_small", n_outputs=3, weights="none")
    assert network.eval()(torch.rand(2, 3, 64, 64)).shape == (2, 3)
    assert origin.source == "random"
    assert len(network.backbone.stages) == 5  # type: ignore[arg-type]
