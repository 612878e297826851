"""Networks that have forgotten what they learnt: weights drawn anew, from the head downwards."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from thirdeye.model.network import Network

_Norm = nn.modules.batchnorm._BatchNorm


def stages(network: Network, *, most: int = 5) -> list[tuple[str, list[nn.Module]]]:
    """The head, then the backbone's layers in up to `most` - 1 groups from the last to the first.

    Args:
        network: whose modules are listed.
        most: number of stages.
    """
    layers = [
        layer for layer in network.backbone.modules() if any(True for _ in layer.parameters(recurse=False))
    ]
    layers.reverse()
    n_groups = max(1, min(most - 1, len(layers)))
    edges = [round(k * len(layers) / n_groups) for k in range(n_groups + 1)]
    groups = [(f"backbone {k + 1} of {n_groups}", layers[edges[k] : edges[k + 1]]) for k in range(n_groups)]
    return [("head", [network.head]), *groups]


def forgotten(network: Network, images: Tensor, *, depth: int | None, seed: int) -> Network:
    """A copy whose weights are random from the head down to a stage.

    Each tensor is drawn from a normal distribution with its own trained mean and standard deviation, and
    batch normalisation takes its statistics anew from `images`: a network of default initial weights in
    evaluation mode gives maps of 1e-18, which would be compared as noise.

    Args:
        network: stays as it is.
        images: (B, 3, S, S) in 0..1, for the statistics.
        depth: number of stages, 1 is the head alone; None: all.
        seed: of the draw.
    """
    changed = copy.deepcopy(network).eval()
    generator = torch.Generator().manual_seed(seed)
    chosen = stages(changed)[:depth]
    with torch.no_grad():
        for _, layers in chosen:
            for layer in layers:
                for tensor in layer.parameters(recurse=False):
                    _draw(tensor, generator)
        if len(chosen) > 1:
            _renormalise(changed, images)
    return changed


def _draw(tensor: Tensor, generator: torch.Generator) -> None:
    deviation = float(tensor.std(correction=0)) or 0.02
    noise = torch.randn(tensor.shape, generator=generator)
    tensor.copy_(noise * deviation + float(tensor.mean()))


def _renormalise(network: Network, images: Tensor) -> None:
    norms = [layer for layer in network.modules() if isinstance(layer, _Norm)]
    if not norms:
        return
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # plain average
        norm.train()
    network.features(images)
    network.eval()
