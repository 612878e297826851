"""Xception has the maps and parameters of its paper."""

from __future__ import annotations

import torch

from thirdeye.model.architectures.xception import Module, xception
from thirdeye.model.build import build_network


def test_maps_are_those_of_the_figure() -> None:
    """Figure 5: 19 x 19 x 728 in the middle flow, 10 x 10 x 2048 at the end."""
    maps, shapes = torch.zeros(1, 3, 299, 299), []
    with torch.inference_mode():
        for layer in xception().eval():  # type: ignore[attr-defined]
            maps = layer(maps)
            if isinstance(layer, Module):
                shapes.append(tuple(maps.shape[1:]))
    assert shapes[0][0] == 128
    assert shapes[2:11] == [(728, 19, 19)] * 9
    assert shapes[11] == (1024, 10, 10)
    assert tuple(maps.shape[1:]) == (2048, 10, 10)


def test_it_has_the_known_number_of_parameters() -> None:
    network, origin = build_network("xception", n_outputs=2, weights="none")
    assert sum(one.numel() for one in network.backbone.parameters()) == 20_806_952
    assert (network.head.in_features, origin.source) == (2048, "random")
