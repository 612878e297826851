"""The patch network as an ONNX file for whole volumes, and what runs it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from thirdeye.training.volumes.risk import Bytes, Maps, margin_of


def exported(network: Any, sides: tuple[int, int, int], patch: int = 1) -> Bytes:
    """The network as the bytes of an ONNX file that reads whole volumes of these sides.

    Args:
        network: in evaluation mode.
        sides: of the volumes, in voxels.
        patch: side of a patch that is to stand on every voxel, the volumes being padded for it; 1 for none.

    Raises:
        StageFailed: ONNX Runtime disagrees with torch.
    """
    from thirdeye.inference.dense.export import export_dense

    padded = tuple(side + 2 * margin_of(patch) for side in sides)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "risk.onnx"
        export_dense(network, path, channels=1, patch=padded)
        return np.frombuffer(path.read_bytes(), dtype=np.uint8)


def running(network: Bytes, threads: int = 1) -> Callable[[Maps], Maps]:
    """What runs the exported network."""
    from thirdeye.inference.runtime import load_network

    loaded = load_network(network.tobytes(), name="risk.onnx", threads=threads)

    def run(windows: Maps) -> Maps:
        return np.asarray(loaded.run(windows)[0], dtype=np.float32)

    return run
