"""A torch network of patches where reading expects an engine: tiles in, logits out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from thirdeye.model.answers import with_answers_every

Array = NDArray[np.float32]


def torch_engine(network: nn.Module, stride_px: int) -> Callable[[Array], Array]:
    """Tiles (1, C, h, w) float32 to logits (1, K, rows, columns), `stride_px` pixels apart."""
    ready = with_answers_every(stride_px, network.eval())

    def run(tile: Array) -> Array:
        with torch.inference_mode():
            logits: Array = ready(torch.from_numpy(tile)).float().numpy()
        return logits

    return run
