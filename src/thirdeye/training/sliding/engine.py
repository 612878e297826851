"""A torch network of patches where reading expects an engine: tiles in, logits out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

Array = NDArray[np.float32]


def torch_engine(network: nn.Module) -> Callable[[Array], Array]:
    """Tiles (1, C, h, w) float32 to logits (1, K, rows, columns)."""
    ready = network.eval()

    def run(tile: Array) -> Array:
        with torch.inference_mode():
            logits: Array = ready(torch.from_numpy(tile)).float().numpy()
        return logits

    return run
