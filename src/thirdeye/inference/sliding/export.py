"""A network of patches as an ONNX file that reads tiles of any size, compared with torch first."""

from __future__ import annotations

from pathlib import Path

from thirdeye.inference.dense.export import export_dense
from thirdeye.model.architectures.patch_net import PATCH, STRIDE, PatchNet

CELLS = (7, 5)  # along the sides of the tile on which both are compared


def export_sliding(network: PatchNet, path: Path, *, channels: int) -> str:
    """Write a network; its SHA-256.

    Args:
        network: in evaluation mode.
        path: file to write; it appears only after it has passed the comparison.
        channels: of an image.

    Raises:
        StageFailed: ONNX Runtime disagrees with torch.
    """
    sides = tuple(PATCH + STRIDE * (count - 1) for count in CELLS)
    return export_dense(network, path, channels=channels, patch=sides, any_sides=True)
