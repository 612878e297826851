"""A torch network where reading expects an engine: windows in, logits out."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from thirdeye.model.dense_network import DenseNetwork

LAYOUTS = {2: torch.channels_last, 3: torch.channels_last_3d}


def laid_out(network: DenseNetwork) -> DenseNetwork:
    """The network with its kernels in the order in which a processor reads them fastest."""
    solid = any(kernel.ndim == 5 for kernel in network.parameters())
    return network.to(memory_format=torch.channels_last_3d if solid else torch.channels_last)


class TorchEngine:
    """A network in evaluation mode.

    Args:
        network: what reads.
        precision: "fp32" or "bf16".
    """

    def __init__(self, network: DenseNetwork, precision: str) -> None:
        self.network, self.precision = network.eval(), precision

    def run(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits (B, K, ...) of windows (B, C, ...) float32."""
        seen = torch.from_numpy(windows).contiguous(memory_format=LAYOUTS[windows.ndim - 2])
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=self.precision == "bf16"):
            logits: NDArray[np.float32] = self.network(seen).float().contiguous().numpy()
        return logits
