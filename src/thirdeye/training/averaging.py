"""The moving average of a network's weights over the steps of training: a steadier network for nothing."""

from __future__ import annotations

import copy
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

N = TypeVar("N", bound=nn.Module)


class WeightAverage(Generic[N]):
    """Exponential moving average of weights and batch statistics.

    Args:
        network: the network that is trained.
        decay: share of the old average that is kept at each step, 0 to 1; early steps keep less.
    """

    def __init__(self, network: N, *, decay: float) -> None:
        self.network: N = copy.deepcopy(network).eval().requires_grad_(False)
        self.decay = decay
        self.step = 0
        self._source = _floating(network)
        self._target = _floating(self.network)

    @torch.no_grad()
    def update(self) -> None:
        """Take in the weights as they are after an optimiser step."""
        decay = min(self.decay, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(self._target, self._source, 1 - decay)
        self.step += 1


def _floating(network: nn.Module) -> list[Tensor]:
    """Floating-point tensors of the network's state, sharing its memory."""
    return [tensor for tensor in network.state_dict().values() if tensor.dtype.is_floating_point]
