"""The moving average against its recursion, written out."""

from __future__ import annotations

from collections.abc import Callable

import torch

from thirdeye.model.network import Network
from thirdeye.training.averaging import WeightAverage


def test_the_recursion(tiny: Callable[..., Network]) -> None:
    network = tiny()
    average = WeightAverage(network, decay=0.9)
    name = "head.weight"
    expected = network.state_dict()[name].clone().double()
    for step in range(30):
        with torch.no_grad():
            network.head.weight.add_(torch.randn_like(network.head.weight))
        average.update()
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * network.state_dict()[name].double()
    assert torch.allclose(average.network.state_dict()[name].double(), expected, atol=1e-5)
    assert average.step == 30


def test_batch_statistics_are_averaged_and_counters_are_not(tiny: Callable[..., Network]) -> None:
    network = tiny().train()
    average = WeightAverage(network, decay=0.5)
    before = average.network.state_dict()["backbone.1.running_mean"].clone()
    network(torch.rand(4, 3, 16, 16))
    average.update()
    state = average.network.state_dict()
    assert not torch.equal(state["backbone.1.running_mean"], before)
    assert state["backbone.1.num_batches_tracked"] == 0


def test_no_decay_follows_the_network(tiny: Callable[..., Network]) -> None:
    network = tiny()
    average = WeightAverage(network, decay=0.0)
    with torch.no_grad():
        network.head.weight.fill_(3.0)
    average.update()
    assert torch.equal(average.network.head.weight, network.head.weight)


def test_the_average_is_a_copy_that_reads_and_never_learns(tiny: Callable[..., Network]) -> None:
    network = tiny()
    average = WeightAverage(network, decay=0.9)
    assert average.network is not network
    assert not average.network.training
    assert not any(parameter.requires_grad for parameter in average.network.parameters())
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert average.network.head.weight.data_ptr() != network.head.weight.data_ptr()
