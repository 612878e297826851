"""Feature maps of the embedded network, part of the way in, for techniques that learn on top of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from thirdeye.model.build import build_network

_BLOCKS = 8  # a map at a sixteenth, where places are still told apart
_BATCH = 16


def frozen_maps(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the first blocks of the pre-trained network make of pictures.

    Args:
        pictures: (m, h, w) grey, 0 to 1.

    Returns:
        (m, C h' w') features.

    Raises:
        MissingExtra: the embedded weights are not installed.
    """
    network, _ = build_network("efficientnet_lite0", n_outputs=2, weights="embedded")
    network.eval()
    parts = []
    with torch.inference_mode():
        for start in range(0, len(pictures), _BATCH):
            batch = torch.from_numpy(pictures[start : start + _BATCH])[:, None].expand(-1, 3, -1, -1)
            parts.append(_part_way(network, batch.contiguous()).flatten(1).numpy())
    return np.concatenate(parts)


def _part_way(network: Any, images: torch.Tensor) -> torch.Tensor:
    body = network.backbone
    hidden = body.act(body.stem((images - network.mean) / network.std))
    for block in body.blocks[:_BLOCKS]:
        hidden = block(hidden)
    return torch.as_tensor(hidden)
