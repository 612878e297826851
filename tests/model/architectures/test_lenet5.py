"""LeNet-5: sizes of every layer, and the free parameters that its paper counts."""

from __future__ import annotations

import torch

from thirdeye.model.architectures.lenet5 import CONNECTIONS, LeNet5
from thirdeye.model.build import build_network


def test_maps_are_those_of_the_layer_table() -> None:
    net, maps = LeNet5(), torch.rand(2, 1, 32, 32)
    sides = []
    for layer in (net.c1, net.s2, net.c3, net.s4, net.c5):
        maps = layer(maps)
        sides.append((maps.shape[1], maps.shape[2]))
    assert sides == [(6, 28), (6, 14), (16, 10), (16, 5), (120, 1)]
    assert net.f6(maps).shape == (2, 84, 1, 1)


def test_free_parameters_are_those_of_the_paper() -> None:
    net = LeNet5()
    count = {
        name: sum(p.numel() for p in getattr(net, name).parameters())
        for name in ("c1", "s2", "s4", "c5", "f6")
    }
    count["c3"] = net.c3.free_parameters()
    assert count == {"c1": 156, "s2": 12, "c3": 1516, "s4": 32, "c5": 48120, "f6": 10164}
    assert sum(count.values()) == 60_000


def test_a_map_sees_the_maps_of_table_one_alone() -> None:
    assert [len(maps) for maps in CONNECTIONS] == [3] * 6 + [4] * 9 + [6]
    assert len(set(CONNECTIONS)) == 16
    layer = LeNet5().c3
    before = layer(torch.zeros(1, 6, 14, 14))
    for number in range(6):
        moved = torch.zeros(1, 6, 14, 14)
        moved[0, number] = 1
        changed = (layer(moved) - before).abs().amax(dim=(0, 2, 3)) > 0
        assert changed.tolist() == [number in maps for maps in CONNECTIONS]


def test_the_squashing_function_keeps_one() -> None:
    from thirdeye.model.architectures.lenet5 import Squash

    assert torch.allclose(Squash()(torch.tensor([1.0, -1.0, 0.0])), torch.tensor([1.0, -1.0, 0.0]), atol=1e-3)


def test_larger_images_are_read_place_by_place() -> None:
    network, origin = build_network("lenet5", n_outputs=10, weights="none")
    network.eval()
    with torch.inference_mode():
        large = torch.rand(1, 3, 36, 36)
        maps = network.features(large)
        corner = network.features(large[:, :, 4:, 4:])
    assert maps.shape == (1, 84, 2, 2)
    torch.testing.assert_close(maps[:, :, 1:, 1:], corner)
    assert origin.source == "random"
